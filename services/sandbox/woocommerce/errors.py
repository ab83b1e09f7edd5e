"""WordPress' way of saying no: `{"code", "message", "data": {"status"}}`."""

from typing import Any

from fastapi.responses import JSONResponse


class RestError(Exception):
    """Becomes the answer. `bare` sends the status as a number in `data`, as WooCommerce does for refunds."""

    def __init__(self, code: str | int, message: str, status: int, *, bare: bool = False, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.data: Any = status if bare else {"status": status, **data}

    def body(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "data": self.data}

    def answer(self) -> JSONResponse:
        return JSONResponse(self.body(), self.status, media_type="application/json; charset=UTF-8")


def no_route() -> RestError:
    return RestError("rest_no_route", "No route was found matching the URL and request method.", 404)


def invalid_parameters(problems: dict[str, tuple[str, str]]) -> RestError:
    """Parameter name to (code, message), as WordPress reports all of them at once."""
    return RestError(
        "rest_invalid_param",
        f"Invalid parameter(s): {', '.join(problems)}",
        400,
        params={name: message for name, (_, message) in problems.items()},
        details={name: {"code": code, "message": message, "data": None} for name, (code, message) in problems.items()},
    )
