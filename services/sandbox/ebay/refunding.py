"""Money that the seller gives back: taken at once, under way for a while, and one refund of an order at a time. What
he wrote with it is shown to the buyer and told nobody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import count
from typing import Any

from services.sandbox.ebay.errors import fulfillment
from services.sandbox.ebay.values import amount, shown

UNDER_WAY = timedelta(seconds=30)
LONGEST_COMMENT = 100
REASONS = {
    "BUYER_CANCEL", "BUYER_RETURN", "ITEM_NOT_RECEIVED", "SELLER_WRONG_ITEM", "SELLER_OUT_OF_STOCK",
    "SELLER_FOUND_ISSUE", "OTHER",
}  # fmt: skip
Row = dict[str, Any]
_IDS = count(5_400_000_101)


@dataclass
class Issuing:
    """What is on its way back for one order. `fails`: no way of payment will do for it."""

    pending: list[Row] | None = None
    until: datetime | None = None
    fails: bool = False

    def settle(self, order: Row, now: datetime) -> bool:
        """Ends what was under way long enough; answers whether anything did."""
        if self.pending is None or self.until is None or now < self.until:
            return False
        for row in self.pending:
            if "refundStatus" in row:
                row["refundStatus"] = "FAILED" if self.fails else "REFUNDED"
            if not self.fails:
                row["refundDate"] = shown(now)
        self.pending = None
        back, total = given_back(order), seen(order["pricingSummary"]["total"])[0]
        if not self.fails:
            order["orderPaymentStatus"] = "FULLY_REFUNDED" if back >= total else "PARTIALLY_REFUNDED"
        return True

    def issue(self, order: Row, wanted: Row, now: datetime) -> Row:
        """Raises ApiError where nothing flows."""
        self.settle(order, now)
        whole, items = wanted.get("orderLevelRefundAmount"), wanted.get("refundItems")
        if wanted.get("reasonForRefund") not in REASONS:
            raise fulfillment(34903, "The refund reason must be specified.")
        if bool(whole) == bool(items):
            raise fulfillment(34905, "Either orderLevelRefundAmount or refundItems must be specified.")
        if len(str(wanted.get("comment") or "")) > LONGEST_COMMENT:
            raise fulfillment(34921, "The comment exceeds the length limit.")
        if self.pending is not None:
            raise fulfillment(34922, "Refund can't be issued while previous refund is processing.")
        if order["orderPaymentStatus"] == "PENDING":
            said = "You cannot refund this order yet since the buyer payment has not been processed."
            raise fulfillment(34929, said, 409)
        if order["orderPaymentStatus"] == "FULLY_REFUNDED":
            raise fulfillment(34917, "This order was already refunded.", category="BUSINESS")
        total = order["pricingSummary"]["total"]
        paid, currency = seen(total)
        parts: list[tuple[Row | None, Decimal]] = [
            (_line(order, one), _worth(one.get("refundAmount"), currency)) for one in items or ()
        ]
        if not items:
            parts.append((None, _worth(whole, currency)))
        if given_back(order) + sum(worth for _, worth in parts) > paid:
            raise fulfillment(34915, "The refund amount exceeds order amount.")
        id, self.pending, self.until = str(next(_IDS)), [], now + UNDER_WAY
        for line, worth in parts:
            rate = (currency, paid / Decimal(total["value"])) if currency != total["currency"] else None
            row: Row = {"refundId": id, "amount": amount(worth, total["currency"], rate)}
            if line is None:
                row["refundStatus"] = "PENDING"
                order["paymentSummary"]["refunds"].append(row)
            else:
                line["refunds"].append(row)
            self.pending.append(row)
        return {"refundId": id, "refundStatus": "PENDING"}


def seen(told: Row) -> tuple[Decimal, str]:
    """An amount as the buyer knows it, before it was converted for the seller."""
    if "convertedFromCurrency" in told:
        return Decimal(told["convertedFromValue"]), str(told["convertedFromCurrency"])
    return Decimal(told["value"]), str(told["currency"])


def given_back(order: Row) -> Decimal:
    """Of an order and its lines, as the buyer knows it; what failed counts nothing."""
    rows = [*order["paymentSummary"]["refunds"], *(row for line in order["lineItems"] for row in line["refunds"])]
    return sum((seen(row["amount"])[0] for row in rows if row.get("refundStatus") != "FAILED"), Decimal(0))


def _line(order: Row, item: Row) -> Row:
    for line in order["lineItems"]:
        if line["lineItemId"] == item.get("lineItemId"):
            paid, currency = seen(line.get("discountedLineItemCost") or line["lineItemCost"])
            worth = _worth(item.get("refundAmount"), currency)
            if worth + sum((seen(row["amount"])[0] for row in line["refunds"]), Decimal(0)) > paid:
                raise fulfillment(34924, "The item refund amount exceeds the item remaining amount.", 409, "BUSINESS")
            found: Row = line
            return found
    raise fulfillment(34914, "Can't find the item in the order.")


def _worth(given: Any, currency: str) -> Decimal:
    if not isinstance(given, dict) or not given.get("value"):
        raise fulfillment(34906, "The amount value must be specified.")
    if given.get("currency") != currency:
        raise fulfillment(34909, "The amount currency isn't correct.")
    try:
        worth = Decimal(str(given["value"]))
    except InvalidOperation as error:
        raise fulfillment(34906, "The amount value must be specified.") from error
    if worth <= 0 or worth != worth.quantize(Decimal("0.01")):
        raise fulfillment(34907, "The amount value must be positive and within two decimals.")
    return worth
