"""The seller's orders, listed by their last change up to two minutes ago, behind tokens bound to the question."""

import base64
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.sandbox.amazon.checkout import CENT, Sold, order, proceeds, release, sold, sum_up
from services.sandbox.amazon.errors import invalid, not_found
from services.sandbox.amazon.markets import Market
from services.sandbox.amazon.times import seconds, shown
from services.sandbox.merchant import Basket

TOKEN_LIVES = timedelta(hours=24)
# Which part of an order comes with which word of `includedData`; the rest always comes.
OF_ORDER = {
    "BUYER": "buyer", "RECIPIENT": "recipient", "PROCEEDS": "proceeds", "FULFILLMENT": "fulfillment",
    "PACKAGES": "packages", "TAX": "tax", "PAYMENT": "payment", "FULFILLMENT_ORDERS": "fulfillmentOrders",
}  # fmt: skip
OF_ITEM = {
    "PROCEEDS": "proceeds", "EXPENSE": "expense", "PROMOTION": "promotion", "CANCELLATION": "cancellation",
    "FULFILLMENT": "fulfillment", "TAX": "tax",
}  # fmt: skip
DATA = frozenset({*OF_ORDER, *OF_ITEM})


@dataclass
class Stored:
    """One order as it is kept: `body` holds everything, whoever may see it."""

    body: dict[str, Any]
    basket: Basket
    market: Market
    modified: datetime
    written_at: datetime
    sold: list[Sold]

    @property
    def id(self) -> str:
        return str(self.body["orderId"])

    @property
    def key(self) -> tuple[datetime, str]:
        return self.modified, self.id

    @property
    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body["orderItems"]
        return found

    @property
    def status(self) -> str:
        return str(self.body["fulfillment"]["fulfillmentStatus"])

    def item(self, id: str) -> dict[str, Any] | None:
        return next((one for one in self.items if one["orderItemId"] == id), None)

    def shown(self, included: frozenset[str]) -> dict[str, Any]:
        """As it is answered when only these data were asked for."""
        hidden = {name for word, name in OF_ORDER.items() if word not in included}
        hidden_items = {name for word, name in OF_ITEM.items() if word not in included}
        found = {name: value for name, value in self.body.items() if name not in hidden}
        found["orderItems"] = [
            {name: value for name, value in item.items() if name not in hidden_items} for item in self.items
        ]
        return found


@dataclass(frozen=True)
class Query:
    """What a list was asked for, its end fixed when it was asked first. `by` names the moment that is compared."""

    by: str
    since: datetime
    until: datetime
    markets: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    fulfilled_by: frozenset[str] = frozenset()

    def fits(self, one: Stored) -> bool:
        moment = one.modified if self.by == "lastUpdated" else one.basket.placed_at
        body = one.body
        return (
            self.since <= moment <= self.until
            and (not self.markets or body["salesChannel"].get("marketplaceId") in self.markets)
            and (not self.statuses or one.status in self.statuses)
            and (not self.fulfilled_by or body["fulfillment"]["fulfilledBy"] in self.fulfilled_by)
        )


@dataclass
class OrderBook:
    """All orders by their id. `page` remembers the page served last, for the faults that repeat or move it."""

    name: str
    clock: Callable[[], datetime]
    tax: str
    personal: bool
    orders: dict[str, Stored] = field(default_factory=dict)
    page: tuple[list[Stored], str] | None = None

    def place(self, basket: Basket, market: Market) -> Stored:
        number = len(self.orders) + 1
        shop = zlib.crc32(self.name.encode())
        id = f"30{shop % 10}-{shop % 10**4:04d}{number // 10**6:03d}-{(number + 1_000_000) % 10**7:07d}"
        body = order(basket, id, market, self.tax, personal=self.personal)
        stored = Stored(body, basket, market, seconds(basket.placed_at), self.clock(), sold(basket))
        self.orders[id] = stored
        return stored

    def find(self, id: str) -> Stored:
        """Raises ApiError where there is none."""
        if id not in self.orders:
            raise not_found(f"The order {id}")
        return self.orders[id]

    def select(
        self, query: Query, limit: int, after: tuple[datetime, str] | None, hidden_since: datetime
    ) -> tuple[list[Stored], bool]:
        """A page, and whether there is more behind it; what was written after `hidden_since` is not listed yet."""
        fitting = [one for one in self.orders.values() if one.written_at <= hidden_since and query.fits(one)]
        fitting = [one for one in fitting if after is None or one.key > after]
        fitting.sort(key=lambda one: one.key)
        return fitting[:limit], len(fitting) > limit

    def token(self, asked: Mapping[str, str], query: Query, last: Stored) -> str:
        held = {
            "asked": dict(asked),
            "until": query.until.isoformat(),
            "after": [last.modified.isoformat(), last.id],
            "ends": (self.clock() + TOKEN_LIVES).isoformat(),
        }
        return base64.urlsafe_b64encode(json.dumps(held).encode()).decode()

    def behind(self, token: str, asked: Mapping[str, str]) -> tuple[datetime, tuple[datetime, str]]:
        """Where a token goes on, and the end of its list. Raises ApiError for another question than the token's."""
        try:
            held = json.loads(base64.urlsafe_b64decode(token))
            after = datetime.fromisoformat(held["after"][0]), str(held["after"][1])
            until, ends = datetime.fromisoformat(held["until"]), datetime.fromisoformat(held["ends"])
        except (ValueError, TypeError, KeyError) as error:
            raise invalid("The paginationToken is not valid.") from error
        if ends <= self.clock():
            raise invalid("The paginationToken has expired.")
        if held["asked"] != dict(asked):
            raise invalid("The request parameters differ from those that the paginationToken was made for.")
        return until, after

    def touch(self, one: Stored, at: datetime | None = None) -> None:
        one.modified = seconds(at or self.clock())
        one.body["lastUpdatedTime"] = shown(one.modified)

    def release(self, one: Stored) -> None:
        """A pending order may be sent from now on."""
        release(one.body, one.basket, one.market, self.tax, personal=self.personal)
        self.touch(one)

    def reprice(self, one: Stored, line: int, share: Decimal) -> None:
        """Of a line only this share is left, and of its money."""
        before = one.sold[line]
        parts = {name: (worth * share).quantize(CENT) for name, worth in before.parts.items()}
        left = replace(before, parts=parts, discount=(before.discount * share).quantize(CENT))
        one.sold[line] = left
        one.items[line]["proceeds"] = proceeds(left, one.market.currency, self.tax, free=one.basket.tax_free)
        sum_up(one.body, one.basket, one.market.currency)

    def settle(self, one: Stored) -> None:
        """The status that follows from what was sent and cancelled."""
        done = [row["fulfillment"]["quantityFulfilled"] for row in one.items]
        left = [row["fulfillment"]["quantityUnfulfilled"] for row in one.items]
        if not any(done) and not any(left):
            word = "CANCELLED"
        elif not any(left):
            word = "SHIPPED"
        else:
            word = "PARTIALLY_SHIPPED" if any(done) else one.status
        one.body["fulfillment"]["fulfillmentStatus"] = word

    def cancel(
        self, one: Stored, items: list[dict[str, Any]], by: str, reason: str, at: datetime | None = None
    ) -> None:
        """Whatever of these is not sent yet."""
        for row in items:
            row["fulfillment"]["quantityUnfulfilled"] = 0
            row["cancellation"] = {"cancellationExecution": {"cancelledBy": by, "cancelReason": reason}}
        self.settle(one)
        self.touch(one, at)

    def __iter__(self) -> Iterator[Stored]:
        return iter(self.orders.values())
