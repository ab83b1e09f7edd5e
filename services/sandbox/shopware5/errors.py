"""How the REST API says no."""

from fastapi import Response

from services.sandbox.shopware5.values import written


class ApiError(Exception):
    """Becomes the answer. `challenge` is what a caller without valid credentials is asked for."""

    def __init__(self, status: int, message: str, *, code: bool = True, challenge: str = "") -> None:
        super().__init__(message)
        self.status, self.message, self.code, self.challenge = status, message, code, challenge

    def answer(self) -> Response:
        body = {"success": False, "message": self.message} | ({"code": self.status} if self.code else {})
        headers = {"WWW-Authenticate": self.challenge} if self.challenge else {}
        return Response(written(body), self.status, headers, "application/json")


def not_found(what: str, id: str) -> ApiError:
    return ApiError(404, f"{what} by id {id} not found")


def not_allowed(resource: str, privilege: str) -> ApiError:
    return ApiError(403, f'Resource "{resource}" with privilege "{privilege}" not allowed')


def unknown_field(model: str, name: str) -> ApiError:
    """What the database layer says of a filter for something that is not there; nobody has translated it."""
    said = f"Error message: [Semantical Error] Class Shopware\\Models\\{model} has no field or association named {name}"
    return ApiError(500, said, code=False)
