"""The shop's orders: stored, rendered, and listed in a live sort order, so that pages drift as in a real shop."""

import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from services.sandbox.woocommerce.amounts import present
from services.sandbox.woocommerce.moulds import Mould
from services.sandbox.woocommerce.times import both

Key = tuple[int, int]
"""Stamp in whole seconds and order id."""


@dataclass
class Stored:
    """One order. Until somebody changes it, a plain one is only its mould, ids and stamps."""

    id: int
    number: str
    created: int
    modified: int
    written_at: datetime
    case: str
    expect: tuple[str, ...]
    status: str
    payload: dict[str, Any] | None = None
    mould: Mould | None = None
    first_item: int = 0
    _rendered: dict[int, bytes] = field(default_factory=dict, repr=False)

    def rendered(self, digits: int) -> bytes:
        """JSON at `digits` decimals; kept for orders with a payload of their own."""
        if self.mould is not None:
            return self.mould.render(digits, self.id, self.first_item, moment(self.created), moment(self.modified))
        if digits not in self._rendered:
            self._rendered[digits] = json.dumps(present(self.body(), digits), separators=(",", ":")).encode()
        return self._rendered[digits]

    def body(self) -> dict[str, Any]:
        """The order as a dict that may be changed; `OrderBook.changed` must be called after changing it."""
        if self.payload is None:
            self.payload = json.loads(self.rendered(6))
            self.mould = None
        return self.payload

    def forget(self) -> None:
        self._rendered.clear()

    @property
    def view(self) -> dict[str, Any]:
        """The order for reading only. Ids and stamps inside are those of the mould as long as it has one."""
        return self.mould.order if self.mould else self.body()

    @property
    def total(self) -> tuple[Decimal, str]:
        return Decimal(self.view["total"]), self.view["currency"]


def moment(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


class OrderBook:
    """All orders by id, and two indexes that are always sorted."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.orders: dict[int, Stored] = {}
        self.by_modified: list[Key] = []
        self.by_created: list[Key] = []

    def add(self, order: Stored) -> None:
        self.orders[order.id] = order
        if order.status != "trash":
            insort(self.by_modified, (order.modified, order.id))
            insort(self.by_created, (order.created, order.id))

    def add_many(self, orders: list[Stored]) -> None:
        """Like `add`, sorting once."""
        self.orders.update((order.id, order) for order in orders)
        self.by_modified = sorted([*self.by_modified, *((order.modified, order.id) for order in orders)])
        self.by_created = sorted([*self.by_created, *((order.created, order.id) for order in orders)])

    def changed(self, order: Stored, at: datetime | None = None) -> None:
        """After a change to the order's body: moves the stamp (whole seconds) and the place in the lists."""
        body = order.body()
        self._unlist(order)
        order.status = body["status"]
        order.modified = int((at or self._clock()).timestamp())
        body.update(both("date_modified", moment(order.modified)))
        order.forget()
        if order.status != "trash":
            insort(self.by_modified, (order.modified, order.id))
            insort(self.by_created, (order.created, order.id))

    def _unlist(self, order: Stored) -> None:
        for index, key in (
            (self.by_modified, (order.modified, order.id)),
            (self.by_created, (order.created, order.id)),
        ):
            at = bisect_left(index, key)
            if at < len(index) and index[at] == key:
                del index[at]

    def remove(self, order: Stored) -> None:
        self._unlist(order)
        del self.orders[order.id]

    @staticmethod
    def between(index: list[Key], after: int | None, before: int | None) -> tuple[int, int]:
        """Where an index' entries strictly between two stamps start and end."""
        start = 0 if after is None else bisect_right(index, (after, 1 << 62))
        end = len(index) if before is None else bisect_left(index, (before, 0))
        return start, max(start, end)

    def __iter__(self) -> Iterator[Stored]:
        return iter(self.orders.values())
