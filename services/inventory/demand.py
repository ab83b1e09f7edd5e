"""What an order wants from our own stock, per article: its lines summed, and what changed since the last version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from shared.contracts.order import OrderChanged

ZERO = Decimal(0)


@dataclass(frozen=True)
class Demand:
    """One order's pieces of one article: still to be shipped, shipped so far (the latest at `shipped_at`), and back on
    our shelves (`returned`), which never becomes less.

    `acknowledged` is how many pieces the internal system knew of when it acknowledged the order: an edit that adds
    pieces afterwards is not known to it, so at most these can already be off its *available* quantities. An order
    book says `acknowledged_at` of the version it sends: none as long as this version is not acknowledged.
    """

    quantity: Decimal = ZERO
    shipped: Decimal = ZERO
    shipped_at: datetime | None = None
    acknowledged: Decimal = ZERO
    acknowledged_at: datetime | None = None
    returned: Decimal = ZERO

    @property
    def wanted(self) -> Decimal:
        return self.quantity + self.shipped


NOTHING = Demand()


def demands(order: OrderChanged, before: Mapping[str, Demand]) -> dict[str, Demand]:
    """The order's demand per article number; articles it no longer wants are there with nothing."""
    open_pieces: dict[str, Decimal] = {}
    shipped: dict[str, Decimal] = {}
    for line in order.demand:
        open_pieces[line.article_number] = open_pieces.get(line.article_number, ZERO) + line.quantity
    returned: dict[str, Decimal] = {}
    for line in order.returned:
        returned[line.article_number] = returned.get(line.article_number, ZERO) + line.quantity
    for line in order.shipped:
        shipped[line.article_number] = shipped.get(line.article_number, ZERO) + line.quantity
    return {
        number: _demand(
            order, max(open_pieces.get(number, ZERO), ZERO), max(shipped.get(number, ZERO), ZERO),
            returned.get(number, ZERO), before.get(number, NOTHING),
        )
        for number in sorted({*open_pieces, *shipped, *returned, *before})
    }  # fmt: skip


def _demand(order: OrderChanged, quantity: Decimal, shipped: Decimal, returned: Decimal, old: Demand) -> Demand:
    shipped_at = old.shipped_at if shipped == old.shipped else order.shipped_at
    acknowledged = ZERO
    if order.acknowledged_at is not None:
        known = order.acknowledged_at == old.acknowledged_at
        acknowledged = min(old.acknowledged, quantity + shipped) if known else quantity + shipped
    back = max(old.returned, returned)
    return Demand(quantity, shipped, shipped_at if shipped else None, acknowledged, order.acknowledged_at, back)
