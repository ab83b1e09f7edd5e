"""The seller's orders, listed as orders v4 lists them: by the change of their lifecycle, behind a cursor."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.sandbox.merchant import Basket
from services.sandbox.otto.checkout import Placed, order, release
from services.sandbox.otto.errors import ApiError, not_found
from services.sandbox.otto.times import milliseconds, shown

STATUSES = ("ANNOUNCED", "PROCESSABLE", "SENT", "RETURNED", "CANCELLED_BY_PARTNER", "CANCELLED_BY_MARKETPLACE")
OVER = STATUSES[2:]
LARGEST_PAGE = 128
Key = tuple[datetime, str]


@dataclass
class Stored:
    """One order. `lifecycle` moves with the states of its position items, `modified` with anything."""

    placed: Placed
    basket: Basket
    number: str
    lifecycle: datetime
    modified: datetime
    written_at: datetime

    @property
    def id(self) -> str:
        return str(self.placed.body["salesOrderId"])

    @property
    def key(self) -> Key:
        return self.lifecycle, self.id

    @property
    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.placed.body["positionItems"]
        return found

    @property
    def statuses(self) -> set[str]:
        return {item["fulfillmentStatus"] for item in self.items}

    @property
    def bucket(self) -> str:
        """The one state of the whole order: the earliest that any of its items is in."""
        return next((one for one in STATUSES if one in self.statuses), "")


@dataclass(frozen=True)
class Query:
    """What a list was asked for. `after` is where the page before it ended."""

    changed_from: datetime | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    statuses: tuple[str, ...] = ()
    at_least_one: bool = False
    after: Key | None = None

    def fits(self, one: Stored) -> bool:
        wanted = set(self.statuses)
        there = one.statuses if self.at_least_one else {one.bucket}
        return (
            (self.changed_from is None or one.modified >= self.changed_from)
            and (self.placed_from is None or one.basket.placed_at >= self.placed_from)
            and (self.placed_to is None or one.basket.placed_at < self.placed_to)
            and (not wanted or bool(wanted & there))
            and (self.after is None or one.key > self.after)
        )

    def cursor(self, after: Key) -> str:
        moments = [
            None if one is None else one.isoformat() for one in (self.changed_from, self.placed_from, self.placed_to)
        ]
        held = [*moments, self.statuses, self.at_least_one, after[0].isoformat(), after[1]]
        return base64.urlsafe_b64encode(json.dumps(held).encode()).decode()

    @staticmethod
    def behind(cursor: str) -> "Query":
        """Raises ApiError for a cursor that was not given out here."""
        try:
            *moments, statuses, at_least_one, at, id = json.loads(base64.urlsafe_b64decode(cursor))
            changed, placed, to = (None if one is None else datetime.fromisoformat(one) for one in moments)
            return Query(changed, placed, to, tuple(statuses), at_least_one, (datetime.fromisoformat(at), id))
        except (ValueError, TypeError) as error:
            raise ApiError(400, "INVALID_REQUEST_PARAMETER", "nextcursor is not known") from error


@dataclass
class OrderBook:
    """All orders by their id. `page` remembers the page served last, for the faults that repeat or move it."""

    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    orders: dict[str, Stored] = field(default_factory=dict)
    page: tuple[list[Stored], str] | None = None
    _numbered: int = 0

    def place(self, basket: Basket) -> Stored:
        self._numbered += 1
        at = milliseconds(basket.placed_at)
        placed = order(basket, self._numbered, self.new_id)
        stored = Stored(placed, basket, placed.body["orderNumber"], at, at, self.clock())
        self.orders[stored.id] = stored
        return stored

    def find(self, id: str) -> Stored:
        """By its id or its number. Raises ApiError where there is none."""
        found = self.orders.get(id) or next((one for one in self.orders.values() if one.number == id), None)
        if found is None:
            raise not_found(f"The order {id}")
        return found

    def select(self, query: Query, limit: int, hidden_since: datetime | None) -> tuple[list[Stored], str]:
        """A page and the cursor of the next one; orders written after `hidden_since` are not listed yet."""
        fitting = [one for one in self.orders.values() if query.fits(one)]
        if hidden_since is not None:
            fitting = [one for one in fitting if one.written_at <= hidden_since]
        fitting.sort(key=lambda one: one.key)
        page = fitting[:limit]
        return page, query.cursor(page[-1].key) if len(fitting) > limit else ""

    def touch(self, one: Stored, at: datetime | None = None, *, lifecycle: bool = True) -> None:
        """Something changed; `lifecycle` only where a position item's state did."""
        one.modified = milliseconds(at or self.clock())
        one.placed.body["lastModifiedDate"] = shown(one.modified)
        if lifecycle:
            one.lifecycle = one.modified
            one.placed.body["orderLifecycleInformation"]["lifecycleChangeDate"] = shown(one.modified)

    def release(self, one: Stored) -> None:
        """An announced order may be shipped from now on."""
        release(one.placed.body, one.basket, shown(self.clock()))
        self.touch(one)

    def cancel(
        self, one: Stored, items: list[dict[str, Any]], by: str, reason: str, at: datetime | None = None
    ) -> None:
        moment = at or self.clock()
        for item in items:
            item |= {"fulfillmentStatus": by, "cancellationDate": shown(moment), "cancellationReason": reason}
        self.touch(one, moment)

    def __iter__(self) -> Iterator[Stored]:
        return iter(self.orders.values())
