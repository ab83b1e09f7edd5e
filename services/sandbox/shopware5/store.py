"""One shop's orders, and the baskets that were left at the checkout."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from services.sandbox.faults import Faults
from services.sandbox.merchant import Basket
from services.sandbox.shopware5.access import Access
from services.sandbox.shopware5.catalogue import Catalogue
from services.sandbox.shopware5.states import order_status, payment_status
from services.sandbox.shopware5.till import Till
from services.sandbox.shopware5.values import shown

FIRST_NUMBER = 20000
BETWEEN_BASKETS = 20
"""After so many orders somebody leaves a basket behind."""


@dataclass
class Stored:
    """An order and what the sandbox remembers of it. `stamp` is its last change, `ordered` says that it is one: a
    basket left at the checkout is a row like any other."""

    body: dict[str, Any]
    stamp: datetime
    written_at: datetime
    case: str
    expect: tuple[str, ...]
    ordered: bool = True


@dataclass
class Store:
    """`changes`: orders tell when they were changed, which old shops do not; `zoned`: times have an offset. `withheld`
    are resources that the user's role may not read."""

    name: str
    faults: Faults
    clock: Callable[[], datetime]
    version: str
    changes: bool
    zoned: bool
    orders: dict[int, Stored] = field(default_factory=dict)
    served: list[dict[str, Any]] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        basic = tuple(int(part) for part in self.version.split(".")) >= (5, 3, 2)
        self.access = Access(self.name, self.clock, lambda: self.faults.active("revoke_token") is not None, basic=basic)
        self.catalogue = Catalogue(self.clock, zoned=self.zoned)
        self.till = Till(self.catalogue, zoned=self.zoned)

    def place(self, basket: Basket, expect: tuple[str, ...]) -> int:
        id = len(self.orders) + 1
        body = self.till.order(basket, id, basket.number or str(FIRST_NUMBER + id))
        at = basket.placed_at.replace(microsecond=0)
        self.orders[id] = Stored(body, at, self.clock(), basket.case, expect)
        for row in body["details"]:
            if isinstance(row["quantity"], int):
                self.catalogue.take(row["articleNumber"], row["quantity"])
        if id % BETWEEN_BASKETS == 1:
            self._leave_behind(basket)
        return id

    def _leave_behind(self, basket: Basket) -> None:
        """Somebody gets as far as the way of payment and goes away: an order without a number."""
        id = len(self.orders) + 1
        body = self.till.order(basket, id, "0" if id % 3 else "")
        body |= {"orderStatusId": -1, "orderStatus": order_status(-1), "customerComment": "", "temporaryId": "s3ss10n"}
        body |= {"paymentStatusId": 17, "paymentStatus": payment_status(17), "clearedDate": None, "transactionId": ""}
        at = basket.placed_at.replace(microsecond=0)
        self.orders[id] = Stored(body, at, self.clock(), "left at the checkout", (), ordered=False)

    def touch(self, stored: Stored, at: datetime | None = None) -> None:
        stored.stamp = (at or self.clock()).replace(microsecond=0)
        stored.body["changed"] = shown(stored.stamp, zoned=self.zoned)

    def listed(self) -> list[Stored]:
        """Orders that are still being written are not among them."""
        late = self.faults.active("late_visibility")
        hidden = timedelta(seconds=late.seconds) if late else timedelta(0)
        now = self.clock()
        return [one for one in self.orders.values() if not late or now - one.written_at >= hidden]
