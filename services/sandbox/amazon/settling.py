"""What Amazon pays out: what buyers paid, less its commission, less what they got back; rows of the flat file V2.

Sums are written as in the marketplace's country: 1.234,50 in Europe.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any

from services.sandbox.amazon.book import OrderBook, Stored
from services.sandbox.amazon.checkout import CENT

COLUMNS = (
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "merchant-order-id", "adjustment-id", "shipment-id", "marketplace-name",
    "amount-type", "amount-description", "amount", "fulfillment-id", "posted-date", "posted-date-time",
    "order-item-code", "merchant-order-item-id", "merchant-adjustment-item-id", "sku", "quantity-purchased",
    "promotion-id",
)  # fmt: skip
COMMISSION = Decimal("0.15")
SUBSCRIPTION = Decimal("-39.00")


@dataclass
class GivenBack:
    """Money that a buyer got back: by item, what each gives."""

    order_id: str
    at: datetime
    amounts: dict[str, Decimal]


@dataclass
class Ledger:
    """What was not settled yet. `off` is what a settlement's total is wrong by, for whoever wants to see that."""

    given_back: list[GivenBack] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    off: Decimal = Decimal(0)
    _ids: Callable[[], int] = field(default_factory=lambda: count(18_906_543_210).__next__)

    def settle(self, book: OrderBook, since: datetime, until: datetime) -> tuple[str, list[dict[str, str]]]:
        """The settlement's id, and its lines: first the sum, then what was sent, given back, and charged."""
        id = str(self._ids())
        rows: list[tuple[dict[str, str], Decimal]] = []
        for order in book:
            if order.status == "SHIPPED" and order.id not in self.settled and "proceeds" in order.body:
                self.settled.add(order.id)
                rows += _sold(order)
        for number, one in enumerate(self.given_back, 1):
            rows += _returned(book.orders[one.order_id], one, f"amzn1:crow:{id}{number:03d}")
        self.given_back = []
        other = {"transaction-type": "other-transaction", "amount-type": "other-transaction"}
        rows.append(
            (other | {"amount-description": "Subscription Fee", "posted-date-time": _time(until)}, SUBSCRIPTION)
        )
        total = sum((worth for _, worth in rows), Decimal(0)) + self.off
        head = {
            "settlement-id": id,
            "settlement-start-date": _time(since),
            "settlement-end-date": _time(until),
            "deposit-date": _time(until),
            "total-amount": written(total),
            "currency": next((order.market.currency for order in book), "EUR"),
        }
        return id, [head, *({"settlement-id": id, "amount": written(worth)} | row for row, worth in rows)]


def written(worth: Decimal) -> str:
    """A sum as people write it in Germany."""
    return f"{worth:,.2f}".translate(str.maketrans(",.", ".,"))


def _time(at: datetime) -> str:
    return f"{at:%d.%m.%Y %H:%M:%S} UTC"


def _common(order: Stored, row: dict[str, Any], at: datetime) -> dict[str, str]:
    return {
        "order-id": order.id,
        "marketplace-name": order.market.domain.removeprefix("www.").capitalize(),
        "fulfillment-id": "AFN" if order.body["fulfillment"]["fulfilledBy"] == "AMAZON" else "MFN",
        "posted-date": f"{at:%d.%m.%Y}",
        "posted-date-time": _time(at),
        "order-item-code": row["orderItemId"],
        "sku": row["product"]["sellerSku"],
    }


def _sold(order: Stored) -> list[tuple[dict[str, str], Decimal]]:
    found = []
    for row in order.items:
        worth = Decimal(row["proceeds"]["proceedsTotal"]["amount"])
        common = _common(order, row, order.modified) | {
            "transaction-type": "Order",
            "shipment-id": f"D{order.id[-7:]}",
            "quantity-purchased": str(row["quantityOrdered"]),
        }
        found.append((common | {"amount-type": "ItemPrice", "amount-description": "Principal"}, worth))
        fee = -(worth * COMMISSION).quantize(CENT)
        found.append((common | {"amount-type": "ItemFees", "amount-description": "Commission"}, fee))
    return found


def _returned(order: Stored, one: GivenBack, id: str) -> list[tuple[dict[str, str], Decimal]]:
    found = []
    for row in order.items:
        worth = one.amounts.get(row["orderItemId"], Decimal(0))
        if worth:
            common = _common(order, row, one.at) | {"transaction-type": "Refund", "adjustment-id": id}
            found.append((common | {"amount-type": "ItemPrice", "amount-description": "Principal"}, -worth))
            fee = (worth * COMMISSION).quantize(CENT)
            found.append((common | {"amount-type": "ItemFees", "amount-description": "RefundCommission"}, fee))
    return found
