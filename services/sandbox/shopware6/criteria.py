"""Search criteria: filters over fields and over fields of associations, sorting, pages."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from services.sandbox.shopware6.errors import ApiError

HEX_ID = re.compile(r"[0-9a-f]{32}")
NOTHING = object()


def search(rows: Iterable[dict[str, Any]], given: dict[str, Any], most: int | None) -> tuple[list[dict[str, Any]], int]:
    """The rows of one page, and the total as the counting mode tells it. `most`: the largest limit of this version."""
    limit = given.get("limit", most)
    if limit is not None and (not isinstance(limit, int) or limit < 1):
        raise ApiError(
            400, "FRAMEWORK__INVALID_LIMIT_QUERY", f"The limit parameter must be a positive integer. Given: {limit}"
        )
    if most is not None and limit is not None and limit > most:
        raise ApiError(
            400, "FRAMEWORK__QUERY_LIMIT_EXCEEDED", f"The limit must be lower than or equal to {most}. Given: {limit}"
        )
    ids = None if given.get("ids") is None else dict.fromkeys(given["ids"])
    if ids is not None and not all(isinstance(id, str) and HEX_ID.fullmatch(id) for id in ids):
        raise ApiError(400, "FRAMEWORK__INVALID_UUID", "Value is not a valid UUID")
    found = [
        row
        for row in rows
        if (ids is None or row["id"] in ids) and all(matches(row, one) for one in given.get("filter", ()))
    ]
    for one in reversed(given.get("sort") or ()):
        # Null comes first, as in the database.
        found.sort(
            key=lambda row: [(value is not None, value or 0) for value in values(row, one["field"])],
            reverse=one.get("order", "ASC").upper() == "DESC",
        )
    if limit is None:
        return found, len(found)
    start = (given.get("page", 1) - 1) * limit
    page = found[start : start + limit]
    mode = given.get("total-count-mode", 0)
    total = len(found) if mode == 1 else min(len(found), start + limit * 5 + 1) if mode == 2 else len(page)
    return page, total


def matches(row: dict[str, Any], condition: dict[str, Any]) -> bool:
    kind = condition.get("type")
    if kind == "multi":
        together = any if condition.get("operator", "and").lower() == "or" else all
        return together(matches(row, one) for one in condition["queries"])
    if kind == "not":
        together = any if condition.get("operator", "and").lower() == "or" else all
        return not together(matches(row, one) for one in condition["queries"])
    found = list(values(row, condition["field"]))
    if kind == "equals":
        wanted = condition.get("value")
        return _plain(wanted) in map(_plain, found) if wanted is not None else all(v is None for v in found)
    if kind == "equalsAny":
        given = condition["value"]
        any_of = {_plain(one) for one in (given.split("|") if isinstance(given, str) else given)}
        return any(_plain(one) in any_of for one in found)
    if kind == "range":
        return any(_within(one, condition["parameters"]) for one in found if one is not None)
    raise ApiError(400, "FRAMEWORK__INVALID_FILTER_QUERY", f"The filter type {kind} is not supported.")


def _plain(value: Any) -> Any:
    """As the database compares texts: capital letters and blanks at the end make no difference."""
    return value.rstrip().casefold() if isinstance(value, str) else value


def _within(value: Any, limits: dict[str, Any]) -> bool:
    """Stamps compare as text: all are UTC in one form. A limit in another form is brought into it."""
    for name, limit in limits.items():
        if isinstance(value, str):
            limit = str(limit).replace("Z", "+00:00")
        if not {"gte": value >= limit, "gt": value > limit, "lte": value <= limit, "lt": value < limit}[name]:
            return False
    return True


def values(row: dict[str, Any], field: str) -> Iterator[Any]:
    """What stands under a dotted name; several where an association holds several rows."""
    name, _, rest = field.removeprefix("order.").removeprefix("product.").partition(".")
    found = row.get(name, NOTHING)
    if found is NOTHING:
        raise ApiError(400, "FRAMEWORK__UNMAPPED_FIELD", f'Field "{field}" in entity was not found.', field=field)
    if not rest:
        yield found
    elif isinstance(found, list):
        for one in found:
            yield from values(one, rest)
    elif found is not None:
        yield from values(found, rest)
