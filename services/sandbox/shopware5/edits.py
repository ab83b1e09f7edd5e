"""What the shop's own people do in its backend after an order was placed."""

from typing import Any

from services.sandbox.merchant import Change
from services.sandbox.shopware5.states import order_status, payment_status
from services.sandbox.shopware5.store import Store, Stored
from services.sandbox.shopware5.sums import settle

CREDITED = 20


def apply(store: Store, stored: Stored, change: Change) -> None:
    """Does one change. How much was given back has no place in the shop: only that something was."""
    order = stored.body
    match change.kind:
        case "cancel":
            order |= {"orderStatusId": 4, "orderStatus": order_status(4)}
            for row in order["details"]:
                store.catalogue.take(row["articleNumber"], -row["quantity"])
        case "remove_line":
            _edit(store, order, change.line, 0)
        case "lower_quantity":
            _edit(store, order, change.line, order["details"][change.line]["quantity"] - change.quantity)
        case "refund_full" | "refund_line" | "refund_amount":
            order |= {"paymentStatusId": CREDITED, "paymentStatus": payment_status(CREDITED)}
    store.touch(stored, change.at)


def _edit(store: Store, order: dict[str, Any], index: int, quantity: int) -> None:
    """A position edited in the backend, which works the totals out anew."""
    row = order["details"][index]
    store.catalogue.take(row["articleNumber"], quantity - row["quantity"])
    if quantity > 0:
        row["quantity"] = quantity
    else:
        order["details"].remove(row)
    settle(order)
