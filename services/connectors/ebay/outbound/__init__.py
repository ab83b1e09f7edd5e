"""From our commands to eBay's bodies."""

import re
from datetime import UTC
from typing import Any

from services.connectors.ebay.outbound.products import group, in_stock, item, offer
from services.connectors.ebay.outbound.refunds import refund, refund_shape
from services.connectors.ebay.vocabulary import CANCEL_REASONS
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush

__all__ = [
    "cancellation", "group", "in_stock", "item", "offer", "parcel", "price", "quantity", "refund", "refund_shape",
    "tracking",
]  # fmt: skip

Row = dict[str, Any]


def quantity(command: StockPush) -> Row:
    """An absolute quantity of one item, on all marketplaces. What one offer may have less is left to the seller."""
    return {
        "sku": command.stock_external_id or command.sku,
        "shipToLocationAvailability": {"quantity": max(command.quantity, 0)},
    }


def price(command: PricePush) -> Row:
    """What one offer costs. Raises Rejected for a price without tax: buyers there see none."""
    if not command.includes_tax:
        raise Rejected("the platform takes prices that include tax")
    amount = {"value": f"{command.price.amount:f}", "currency": command.price.currency}
    return {"offers": [{"offerId": command.external_id, "price": amount}]}


def tracking(number: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[^A-Za-z0-9]", "", number)


def parcel(command: Fulfilment) -> Row:
    """A parcel with its pieces; never without quantities, or the platform would take one of each. Raises Rejected for
    what cannot be told."""
    if command.ready_for_pickup:
        raise Rejected("the platform is not told by Kontor that goods can be fetched")
    lines = []
    for line in command.lines:
        if line.quantity != line.quantity.to_integral_value() or line.quantity < 1:
            raise Rejected(f"the line item {line.line_external_id} has whole pieces, not {line.quantity:f}")
        lines.append({"lineItemId": line.line_external_id, "quantity": int(line.quantity)})
    at = command.shipped_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body: Row = {"lineItems": lines, "shippedDate": at}
    number = tracking(command.tracking_number)
    if bool(number) != bool(command.carrier.strip()):
        raise Rejected("the platform takes a carrier and a tracking number together, or neither")
    return body | ({"trackingNumber": number, "shippingCarrierCode": command.carrier.strip()} if number else {})


def cancellation(command: Cancellation, order: Row) -> Row:
    """The whole order. It is named by its older id, which newer descriptions no longer tell of."""
    return {
        "legacyOrderId": order.get("legacyOrderId") or order["orderId"],
        "cancelReason": CANCEL_REASONS[command.reason],
        **_paid(order),
    }


def _paid(order: Row) -> Row:
    summary = order.get("paymentSummary") or {}
    dates = [one["paymentDate"] for one in summary.get("payments") or () if one.get("paymentDate")]
    return {"buyerPaid": True, "buyerPaidDate": {"value": min(dates)}} if dates else {"buyerPaid": False}
