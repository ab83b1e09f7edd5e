"""How Mirakl says no: a JSON body with the status, a message, and a code where the operation names one."""

from typing import Any

from fastapi.responses import JSONResponse


class Refusal(Exception):
    """Becomes the answer."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code

    def answer(self) -> JSONResponse:
        body: dict[str, Any] = {"status": self.status, "message": self.message}
        return JSONResponse(body | ({"code": self.code} if self.code else {}), self.status)


def not_found(what: str, id: str) -> Refusal:
    return Refusal(404, f"{what} with id '{id}' not found")
