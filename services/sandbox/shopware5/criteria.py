"""What a list is asked for: filters, order and a page of it, as the query's nested parameters say."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from fastapi import Request

from services.sandbox.shopware5.errors import unknown_field

USUAL = 1000
_NESTED = re.compile(r"(filter|sort)\[(\d+)\]\[(\w+)\]")
Row = dict[str, Any]

COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda found, asked: found == asked,
    "!=": lambda found, asked: found != asked,
    ">": lambda found, asked: found > asked,
    ">=": lambda found, asked: found >= asked,
    "<": lambda found, asked: found < asked,
    "<=": lambda found, asked: found <= asked,
    "LIKE": lambda found, asked: fnmatchcase(str(found).lower(), str(asked).lower().replace("%", "*")),
}


@dataclass(frozen=True)
class Listed:
    """A page, and how many rows there are in all."""

    rows: list[Row]
    total: int


def search(request: Request, rows: list[Row], model: str, known: dict[str, Callable[[Row], Any]]) -> Listed:
    """`known` are the columns that can be filtered and sorted by. Raises ApiError for any other."""
    nested: dict[str, dict[int, dict[str, str]]] = {"filter": {}, "sort": {}}
    for name, value in request.query_params.multi_items():
        if match := _NESTED.fullmatch(name):
            nested[match[1]].setdefault(int(match[2]), {})[match[3]] = value

    def column(name: str) -> Callable[[Row], Any]:
        if name not in known:
            raise unknown_field(model, name)
        return known[name]

    for one in nested["filter"].values():
        read, compared = column(one["property"]), COMPARED[one.get("expression", "LIKE")]
        asked = one["value"]
        rows = [row for row in rows if (found := read(row)) is not None and compared(found, _like(found, asked))]
    for one in reversed(list(nested["sort"].values())):
        rows = sorted(rows, key=column(one["property"]), reverse=one.get("direction", "ASC").upper() == "DESC")
    start, limit = _number(request, "start", 0), _number(request, "limit", USUAL)
    return Listed(rows[start : start + limit], len(rows))


def _like(found: Any, asked: str) -> Any:
    """The database compares a number with a number."""
    return int(asked) if isinstance(found, int) and re.fullmatch(r"-?\d+", asked) else asked


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else usual
