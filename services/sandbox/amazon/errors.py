"""How the Selling Partner API says no: `{"errors": [{"code", "message", "details"}]}`."""

from fastapi.responses import JSONResponse


class ApiError(Exception):
    """Becomes the answer."""

    def __init__(self, status: int, code: str, message: str, details: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details

    def answer(self) -> JSONResponse:
        entry = {"code": self.code, "message": self.message, "details": self.details}
        return JSONResponse({"errors": [entry]}, self.status)


def invalid(message: str, details: str = "") -> ApiError:
    return ApiError(400, "InvalidInput", message, details)


def not_found(what: str) -> ApiError:
    return ApiError(404, "NotFound", f"{what} was not found.")
