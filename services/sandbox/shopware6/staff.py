"""What the shop's own people do in its administration after an order was placed."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Change
from services.sandbox.shopware6.prices import price
from services.sandbox.shopware6.settle import settle
from services.sandbox.shopware6.states import state
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.values import hexid, stamp


def apply(store: Store, order: dict[str, Any], change: Change) -> None:
    """Does one change; its time is the stamp that it leaves behind."""
    at = stamp(change.at or store.clock())
    match change.kind:
        case "touch":
            order["updatedAt"] = at
        case "cancel":
            store.move("order", order, order, "cancel", mail=False)
            order["updatedAt"] = at
        case "remove_line":
            _edit(store, order, change.line, 0, at)
        case "lower_quantity":
            _edit(store, order, change.line, order["lineItems"][change.line]["quantity"] - change.quantity, at)
        case "refund_full":
            _set_payment(order, "refunded", at)
        case "refund_line":
            line = order["lineItems"][change.line]
            _refund(order, line["unitPrice"] * change.quantity, "Beschädigt", at, (line["id"], change.quantity))
        case "refund_amount":
            _refund(order, change.amount, "Kulanz", at)


def pay_otherwise(store: Store, order: dict[str, Any], method: str, at: datetime) -> None:
    """The customer chooses another way to pay: the old attempt is cancelled, a new one stands beside it."""
    _set_payment(order, "cancelled", stamp(at))
    new = store.till.transaction(order, method, "open", stamp(at))
    order["transactions"].append(new)
    if "primaryOrderTransactionId" in order:
        order["primaryOrderTransactionId"] = new["id"]
    order["updatedAt"] = stamp(at)


def _edit(store: Store, order: dict[str, Any], index: int, quantity: int, at: str) -> None:
    """A line of an order edited in the administration. The transaction keeps the amount it had."""
    line = order["lineItems"][index]
    store.catalogue.take(line["productId"], quantity - line["quantity"])
    positions = [one for delivery in order["deliveries"] for one in delivery["positions"]]
    if quantity > 0:
        shares = {rule["taxRate"] / 100: rule["percentage"] / 100 for rule in line["price"]["taxRules"]}
        counted = price(line["unitPrice"], quantity, shares, order["taxStatus"])
        line |= {"quantity": quantity, "totalPrice": counted["totalPrice"], "price": counted, "updatedAt": at}
        for one in positions:
            if one["orderLineItemId"] == line["id"]:
                one["quantity"] = quantity
    else:
        order["lineItems"].remove(line)
        for delivery in order["deliveries"]:
            delivery["positions"] = [one for one in delivery["positions"] if one["orderLineItemId"] != line["id"]]
    settle(order)
    order["updatedAt"] = at


def _set_payment(order: dict[str, Any], word: str, at: str) -> dict[str, Any]:
    """The order's own stamp does not move with its payment."""
    last: dict[str, Any] = order["transactions"][-1]
    last |= {"stateMachineState": state(word), "stateId": state(word)["id"], "updatedAt": at}
    return last


def _refund(order: dict[str, Any], amount: Decimal, reason: str, at: str, line: tuple[str, int] | None = None) -> None:
    """What a payment app leaves behind that can pay back: a capture with a refund."""
    transaction = _set_payment(order, "refunded_partially", at)
    id = hexid("refund", transaction["id"], len(transaction["captures"]))
    counted = price(amount, 1, {}, "tax-free")
    positions = [] if line is None else [
        {"id": hexid("position", id), "orderLineItemId": line[0], "quantity": line[1], "amount": counted}
    ]  # fmt: skip
    refund = {
        "id": id, "amount": counted, "reason": reason, "externalReference": None, "positions": positions,
        "stateMachineState": state("completed"), "createdAt": at, "updatedAt": None,
    }  # fmt: skip
    capture = {"id": hexid("capture", id), "amount": transaction["amount"], "refunds": [refund]}
    transaction["captures"].append(
        capture | {"stateMachineState": state("completed"), "createdAt": at, "updatedAt": None}
    )
