"""How the Seller API says no: a kind of problem, a sentence, and what is wrong with which field."""

from typing import Any

from fastapi.responses import JSONResponse


class ApiError(Exception):
    """Becomes the answer. `kind` stands behind `/problems/`; without one only the sentence is told."""

    def __init__(self, status: int, kind: str, message: str, **fields: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.message, self.fields = status, kind, message, fields

    def body(self) -> dict[str, Any]:
        if not self.kind:
            return {"message": self.message}
        errors = [{"field": name, "message": said} for name, said in self.fields.items()]
        return {"type": f"/problems/{self.kind}", "message": self.message, "errors": errors}

    def answer(self) -> JSONResponse:
        return JSONResponse(self.body(), self.status)


def not_found(what: str) -> ApiError:
    return ApiError(404, "not-found", f"{what} was not found.")


def unheard_of(what: str) -> ApiError:
    """How product data and categories say it."""
    return ApiError(404, "", f"{what} was not found.")


def invalid(field: str, message: str) -> ApiError:
    return ApiError(400, "validation-error", "Request parameters have invalid values.", **{field: message})
