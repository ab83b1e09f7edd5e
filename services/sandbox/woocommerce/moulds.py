"""Plain orders for load: one order rendered once, then only its ids and stamps are filled in.

A mould is an order whose ids and dates are marks. Rendering cuts the JSON at the marks; an order is the cut pieces with
its own values between them, a few microseconds for eight kilobytes.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.woocommerce.amounts import present
from services.sandbox.woocommerce.times import gmt, local

_ORDER, _ITEM = 910_000_000_000, 920_000_000_000
CREATED = datetime.fromisoformat("2001-02-03T04:05:06+00:00")
_MARKS = re.compile(
    "|".join(
        [
            r"9[12]0000000\d{3}",
            *(
                str(text)
                for moment in (CREATED, CREATED + timedelta(seconds=1))
                for text in (gmt(moment), local(moment))
            ),
        ]
    )
)


class Mould:
    """`build` makes an order from an order id and a source of line ids, placed at `CREATED`."""

    def __init__(self, build: Callable[[int, Callable[[], int]], dict[str, Any]]) -> None:
        self._items = 0
        self.order = build(_ORDER, self._next_item)
        self.items = self._items
        self._cut: dict[int, tuple[list[str], list[str]]] = {}

    def _next_item(self) -> int:
        self._items += 1
        return _ITEM + self._items

    def _pieces(self, digits: int) -> tuple[list[str], list[str]]:
        if digits not in self._cut:
            text = json.dumps(present(self.order, digits), separators=(",", ":"))
            self._cut[digits] = (_MARKS.split(text), _MARKS.findall(text))
        return self._cut[digits]

    def render(self, digits: int, order_id: int, first_item: int, created_at: datetime, modified_at: datetime) -> bytes:
        """The order's JSON with its own ids and stamps."""
        pieces, marks = self._pieces(digits)
        later = CREATED + timedelta(seconds=1)
        fill = {
            gmt(CREATED): gmt(created_at),
            local(CREATED): local(created_at),
            gmt(later): gmt(modified_at),
            local(later): local(modified_at),
        }
        parts = [pieces[0]]
        for mark, piece in zip(marks, pieces[1:], strict=True):
            parts.append(fill.get(mark) or _number(mark, order_id, first_item))
            parts.append(piece)
        return "".join(parts).encode()


def _number(mark: str, order_id: int, first_item: int) -> str:
    number = int(mark)
    return str(order_id if number == _ORDER else first_item + number - _ITEM)
