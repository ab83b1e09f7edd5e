"""What happens to orders after they were placed, as the shop's staff would do it in the admin."""

from typing import Any

from services.sandbox.merchant import Change
from services.sandbox.shopify import cancellation, refunds
from services.sandbox.shopify.backend import Backend
from services.sandbox.shopify.identity import stamp
from services.sandbox.shopify.money import ZERO
from services.sandbox.shopify.routing import set_status
from services.sandbox.shopify.settlement import settle

Record = dict[str, Any]


def apply(backend: Backend, order: Record, change: Change) -> None:
    """Does one change; `change.at` is when it happened. Raises ValueError where the order does not allow it."""
    at = stamp(change.at) if change.at else backend.now
    match change.kind:
        case "touch":
            backend.changed(order, at=change.at)
        case "cancel":
            if order["cancelledAt"]:
                raise ValueError(f"Order {order['name']} is cancelled already.")
            cancellation.cancel(backend, order, "CUSTOMER", at)
        case "remove_line":
            line = order["lineItems"][change.line]
            _take_off(backend, order, line, line["currentQuantity"], change, at)
        case "lower_quantity":
            _take_off(backend, order, order["lineItems"][change.line], change.quantity, change, at)
        case "refund_full":
            _refunded(backend, order, refunds.everything(backend, order, at), change)
        case "refund_line":
            units = [(order["lineItems"][change.line], change.quantity)]
            _refunded(backend, order, refunds.refund(backend, order, units, at), change)
        case "refund_amount":
            made = refunds.refund(backend, order, [], at, money=change.amount, note="Kulanz")
            _refunded(backend, order, made, change)


def _take_off(backend: Backend, order: Record, line: Record, quantity: int, change: Change, at: str) -> None:
    """An edit: the line stays with fewer current units; money is owed to the customer, but not yet paid back."""
    if not 0 < quantity <= line["currentQuantity"]:
        raise ValueError(f"Line {line['name']} has {line['currentQuantity']} units, not {quantity}.")
    order["edited"] = True
    refunds.refund(backend, order, [(line, quantity)], at, money=ZERO)
    order["refunds"][-1]["orderAdjustments"] = []
    backend.changed(order, "orders/edited", at=change.at)


def _refunded(backend: Backend, order: Record, made: Record, change: Change) -> None:
    backend.subscriptions.publish("refunds/create", made)
    backend.changed(order, at=change.at)


def hold(backend: Backend, order: Record, reason: str) -> None:
    """Someone of the staff holds the order back."""
    for row in order["fulfillmentOrders"]:
        if row["status"] == "OPEN":
            set_status(row, "ON_HOLD", backend.now)
            held = {"id": backend.numbers.gid("FulfillmentHold"), "handle": None, "displayReason": "Auf Wartestellung"}
            row["fulfillmentHolds"] = [held | {"reason": reason, "reasonNotes": None}]
    settle(order)
    backend.changed(order)
