"""What an order amounts to now: the `current…` amounts and the status words, after whatever has happened to it."""

from decimal import Decimal
from typing import Any

from services.sandbox.shopify import payments
from services.sandbox.shopify.money import CENT, ZERO, amount
from services.sandbox.shopify.pricing import tax_line

Record = dict[str, Any]


def settle(order: Record) -> None:
    """Brings everything that follows from lines, shipping, refunds and transactions up to date."""
    lines, shipping, purse = order["lineItems"], order["shippingLines"], order["_purse"]
    for line in lines:
        line["unfulfilledDiscountedTotalSet"] = purse.bag(_unfulfilled(line, line["_total"]))
        line["unfulfilledOriginalTotalSet"] = purse.bag(_unfulfilled(line, amount(line["originalTotalSet"])))
    for line in shipping:
        line["currentDiscountedPriceSet"] = purse.bag(line["_total"] - line["_gone"])
    subtotal = _left(lines)
    carriage = _left(shipping)
    tax = sum((line["_tax"] - line["_tax_gone"] for line in (*lines, *shipping)), order["_fee_tax"])
    total = subtotal + carriage + order["_fees"] + order["_tip"] + (ZERO if order["taxesIncluded"] else tax)
    if order["cancelledAt"]:
        total, tax = ZERO, ZERO
    received, refunded = payments.received(order), payments.refunded(order)
    order |= {
        "currentSubtotalPriceSet": purse.bag(subtotal),
        "currentShippingPriceSet": purse.bag(carriage),
        "currentTotalTaxSet": purse.bag(tax),
        "currentTotalPriceSet": purse.bag(total),
        "currentTotalDiscountsSet": purse.bag(sum((_discount_left(line, purse) for line in lines), ZERO)),
        "currentTotalAdditionalFeesSet": order["originalTotalAdditionalFeesSet"],
        "currentTaxLines": _taxes_left(order),
        "currentSubtotalLineItemsQuantity": sum(line["currentQuantity"] for line in lines),
        "totalReceivedSet": purse.bag(received),
        "totalRefundedSet": purse.bag(refunded),
        "totalRefundedShippingSet": purse.bag(sum((line["_gone"] for line in shipping), ZERO)),
        "netPaymentSet": purse.bag(received - refunded),
        "totalOutstandingSet": purse.bag(total - (received - refunded)),
        "fullyPaid": received >= total,
        "unpaid": not received,
        "refundable": received > refunded,
        "restockable": any(line["refundableQuantity"] for line in lines),
        "fulfillable": any(row["status"] in ("OPEN", "IN_PROGRESS") for row in order["fulfillmentOrders"]),
        "displayFinancialStatus": _financial(order, received, refunded),
        "displayFulfillmentStatus": _fulfilment(order),
    }


def _left(rows: list[Record]) -> Decimal:
    return sum((row["_total"] - row["_gone"] for row in rows), ZERO)


def _unfulfilled(line: Record, value: Decimal) -> Decimal:
    left: Decimal = value * line["unfulfilledQuantity"] / line["quantity"]
    return left.quantize(CENT)


def _discount_left(line: Record, purse: Any) -> Decimal:
    off: Decimal = amount(line["originalTotalSet"]) - line["_total"]
    return (
        off
        if line["currentQuantity"] == line["quantity"]
        else purse.round(off * line["currentQuantity"] / line["quantity"])
    )


def _taxes_left(order: Record) -> list[Record]:
    """One entry per rate. What a line has lost is taken from its only rate, shipping's from each in proportion."""
    if order["cancelledAt"]:
        return []
    sums: dict[Decimal, Decimal] = {}
    for row in (*order["lineItems"], *order["shippingLines"], *order["additionalFees"]):
        whole = sum((line["_tax"] for line in row["taxLines"]), ZERO)
        gone = row.get("_tax_gone", ZERO)
        for line in row["taxLines"]:
            part = order["_purse"].round(gone * line["_tax"] / whole) if whole and gone else ZERO
            sums[line["_rate"]] = sums.get(line["_rate"], ZERO) + line["_tax"] - part
    return [tax_line(rate, tax, order["_purse"]) for rate, tax in sorted(sums.items(), reverse=True)]


def _financial(order: Record, received: Decimal, refunded: Decimal) -> str:
    if not received:
        if not amount(order["totalPriceSet"]):
            return "PAID"
        if order["cancelledAt"]:
            return "VOIDED"
        held = any(row["kind"] == "AUTHORIZATION" and row["status"] == "SUCCESS" for row in order["transactions"])
        return "AUTHORIZED" if held else "PENDING"
    if refunded:
        return "REFUNDED" if refunded >= received else "PARTIALLY_REFUNDED"
    return "PAID" if received >= order["_due"] else "PARTIALLY_PAID"


def _fulfilment(order: Record) -> str:
    open_ones = [row["status"] for row in order["fulfillmentOrders"] if row["status"] not in ("CLOSED", "CANCELLED")]
    sent = any(row["status"] == "SUCCESS" for row in order["fulfillments"])
    if not order["lineItems"]:
        return "FULFILLMENT_NOT_REQUIRED"
    if sent:
        return "PARTIALLY_FULFILLED" if open_ones else "FULFILLED"
    for word in ("ON_HOLD", "SCHEDULED"):
        if open_ones and all(status == word for status in open_ones):
            return word
    return "IN_PROGRESS" if "IN_PROGRESS" in open_ones else "UNFULFILLED"
