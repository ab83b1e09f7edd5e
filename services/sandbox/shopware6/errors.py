"""Refusals in Shopware's form: a list of errors, each with a code, and a text in the shop's language."""

from typing import Any

from fastapi import Response

from services.sandbox.shopware6.values import written

BLANK = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
WRONG_TYPE = "ba785a8c-82cb-4283-967c-3cf342181b40"


class ApiError(Exception):
    """One refusal. `pointer` names the value in the request that it is about."""

    def __init__(self, status: int, code: str, detail: str | None, **parameters: Any) -> None:
        super().__init__(detail or code)
        self.status = status
        self.errors = [error(status, code, detail, parameters)]


class Violations(ApiError):
    """Several values of a write are wrong; nothing was written."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(400, errors[0]["code"], errors[0]["detail"])
        self.errors = errors


def error(status: int, code: str, detail: str | None, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
    title = {400: "Bad Request", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"}.get(status, "Error")
    row: dict[str, Any] = {"status": str(status), "code": code, "title": title, "detail": detail}
    return row | {"meta": {"parameters": parameters or []}}


def blank(pointer: str) -> dict[str, Any]:
    """A required value that a write does not carry. The text is German, as in a German shop."""
    row = error(400, BLANK, "Dieser Wert sollte nicht leer sein.", {"{{ value }}": "null"})
    return row | {"template": "This value should not be blank.", "source": {"pointer": pointer}}


def wrong_type(pointer: str, wanted: str) -> dict[str, Any]:
    row = error(400, WRONG_TYPE, f"Dieser Wert sollte vom Typ {wanted} sein.", {"{{ type }}": wanted})
    return row | {"template": "This value should be of type {{ type }}.", "source": {"pointer": pointer}}


def not_found(entity: str, id: str) -> ApiError:
    return ApiError(
        404,
        "FRAMEWORK__RESOURCE_NOT_FOUND",
        f"The {entity} resource with the following primary key was not found: id({id})",
    )


def no_route(path: str) -> ApiError:
    return ApiError(404, "0", f'No route found for "{path}"')


def answer(refusal: ApiError) -> Response:
    return Response(written({"errors": refusal.errors}), refusal.status, media_type="application/json")
