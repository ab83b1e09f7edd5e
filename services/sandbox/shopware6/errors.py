"""Refusals in Shopware's form: a list of errors, each with a code, and a text in the shop's language."""

from typing import Any

from fastapi import Response

from services.sandbox.shopware6.values import written

BLANK = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
WRONG_TYPE = "ba785a8c-82cb-4283-967c-3cf342181b40"
TOO_LONG = "d94b19cc-114f-4f44-9cc4-4138e80a87b9"
OUT_OF_RANGE = "04b91c99-a946-4221-afc5-e65ebac401eb"


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


def too_long(pointer: str, limit: int) -> dict[str, Any]:
    row = error(400, TOO_LONG, f"Diese Zeichenkette ist zu lang. Sie sollte höchstens {limit} Zeichen haben.")
    return row | {"template": "This value is too long.", "source": {"pointer": pointer}}


def out_of_range(pointer: str) -> dict[str, Any]:
    row = error(400, OUT_OF_RANGE, "Dieser Wert sollte zwischen den erlaubten Werten liegen.")
    return row | {"template": "This value should be between the limits.", "source": {"pointer": pointer}}


def duplicate_number(number: str) -> ApiError:
    """It says which number, and not where it stands."""
    detail = f'Product with number "{number}" already exists.'
    return ApiError(400, "CONTENT__DUPLICATE_PRODUCT_NUMBER", detail, number=number)


def broken_key(table: str, column: str, *, twice: bool = False) -> ApiError:
    """What the database says of a row that refers to none, or that is there already: the server's error, for ever."""
    what = "1062 Duplicate entry" if twice else "1452 Cannot add or update a child row: a foreign key constraint fails"
    detail = f"SQLSTATE[23000]: Integrity constraint violation: {what} (`shopware`.`{table}`, `{column}`)"
    return ApiError(500, what[:4], f"An exception occurred while executing a query: {detail}")


def missing(privileges: list[str]) -> ApiError:
    listed = ",".join(f'"{one}"' for one in privileges)
    detail = f'{{"message":"Missing privilege","missingPrivileges":[{listed}]}}'
    return ApiError(403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR", detail)


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
