"""Receipts v3: written by OTTO in the seller's name, when pieces leave, come back, or cost less afterwards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.otto.book import Stored
from services.sandbox.otto.checkout import money
from services.sandbox.otto.errors import ApiError, not_found
from services.sandbox.otto.times import shown

TYPES = ("PURCHASE", "REFUND", "PARTIAL_REFUND")
MOST = 128
Items = Sequence[dict[str, Any]]


def _paid(item: dict[str, Any]) -> Decimal:
    return Decimal(str(item.get("itemValueReducedGrossPrice", item["itemValueGrossPrice"])["amount"]))


@dataclass
class Receipts:
    """All receipts by their number, in the order in which they were written."""

    clock: Callable[[], datetime]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)

    def purchase(self, order: Stored, items: Items) -> None:
        """Pieces that left. The first one of an order bills what the delivery costs."""
        first = not any(row["salesOrderId"] == order.id for row in self.rows.values())
        fees = order.placed.body["initialDeliveryFees"] if first else []
        sums = [(item["product"]["vatRate"], _paid(item)) for item in items]
        sums += [(fee["vatRate"], Decimal(str(fee["deliveryFeeAmount"]["amount"]))) for fee in fees]
        self._write("PURCHASE", order, sums, {"itemPositions": [_position(item) for item in items]})

    def refund(self, order: Stored, items: Items) -> None:
        sums = [(item["product"]["vatRate"], _paid(item)) for item in items]
        lines = {"itemPositions": [_position(item) for item in items]}
        self._write("REFUND", order, sums, lines, refundType="RETURN", linkedReceiptNumber=self._purchase_of(order))

    def reduce(self, order: Stored, item: dict[str, Any], amount: Decimal) -> None:
        """A price reduction without goods coming back; the order itself does not change."""
        rate = item["product"]["vatRate"]
        named = {name: item["product"][name] for name in ("sku", "articleNumber", "productTitle")}
        line = named | {"positionItemIds": [item["positionItemId"]], "partialRefundAmount": _price(rate, amount)}
        more = {"partialRefundType": "REFUND_COMPLAINT_ITEM", "linkedReceiptNumber": self._purchase_of(order)}
        self._write("PARTIAL_REFUND", order, [(rate, amount)], {"itemPartialRefundPositions": [line]}, **more)

    def select(
        self, types: Sequence[str], since: datetime | None, order: str | None, after: str | None, limit: int
    ) -> tuple[list[dict[str, Any]], str]:
        """A page, the newest first, and the cursor of the next one. Raises ApiError."""
        if unknown := set(types) - set(TYPES):
            raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"receiptTypes: {', '.join(unknown)}")
        if not 1 <= limit <= MOST:
            raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"limit must be from 1 to {MOST}")
        fitting = [
            row
            for row in reversed(self.rows.values())
            if (not types or row["receiptType"] in types)
            and (order is None or row["salesOrderId"] == order)
            and (since is None or row["creationDate"] >= shown(since))
        ]
        numbers = [row["receiptNumber"] for row in fitting]
        start = numbers.index(after) + 1 if after in numbers else 0
        page = fitting[start : start + limit]
        return page, page[-1]["receiptNumber"] if len(fitting) > start + limit else ""

    def one(self, number: str) -> dict[str, Any]:
        if number not in self.rows:
            raise not_found(f"The receipt {number}")
        return self.rows[number]

    def _purchase_of(self, order: Stored) -> str:
        mine = (row for row in self.rows.values() if row["salesOrderId"] == order.id)
        return next((row["receiptNumber"] for row in mine if row["receiptType"] == "PURCHASE"), "")

    def _write(
        self, kind: str, order: Stored, sums: Sequence[tuple[float, Decimal]], lines: dict[str, Any], **more: Any
    ) -> None:
        body, number = order.placed.body, f"R{len(self.rows) + 1:010d}"
        rates = sorted({rate for rate, _ in sums})
        total = sum((amount for _, amount in sums), Decimal(0))
        none: dict[str, Any] = {name: [] for name in (
            "itemPositions", "itemPartialRefundPositions", "servicePositions", "servicePartialRefundPositions",
            "deliveryCosts", "deliveryFeePartialRefundPositions",
        )}  # fmt: skip
        self.rows[number] = {
            "receiptType": kind,
            "isRealReceipt": True,
            "receiptNumber": number,
            "creationDate": shown(self.clock()),
            "salesOrderId": order.id,
            "orderNumber": order.number,
            "orderDate": body["orderDate"],
            "payment": {"paymentProvider": "OTTOPAYMENTS", "paymentMethod": body["payment"]["paymentMethod"]},
            "partner": {"partnerName": "Kramladen GmbH", "street": "Am Hafen 1", "zipCode": "18055", "city": "Rostock",
                        "countryCode": "DEU", "vatId": "DE000000000", "representedBy": "K. Krämer"},
            "customer": {"invoiceAddress": {name: value for name, value in body.get("invoiceAddress", {}).items()
                         if name not in ("salutation", "email", "phoneNumber", "title")}},
            "lineItems": none | lines,
            "totals": [_price(rate, sum((a for r, a in sums if r == rate), Decimal(0))) for rate in rates],
            "amountDue": money(total),
            **{name: value for name, value in more.items() if value},
        }  # fmt: skip


def _price(rate: float, gross: Decimal) -> dict[str, Any]:
    return {"taxType": "VAT", "taxRate": f"{rate:g}", "gross": money(gross)}


def _position(item: dict[str, Any]) -> dict[str, Any]:
    price = _price(item["product"]["vatRate"], _paid(item))
    named = {name: item["product"][name] for name in ("sku", "articleNumber", "productTitle")}
    amounts = {"unitPrice": price, "positionSum": price, "priceModifications": []}
    return named | {"positionItemIds": [item["positionItemId"]], "quantity": 1} | amounts
