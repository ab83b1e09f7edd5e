"""Returns: goods that customers ask to send back, that the staff lets come, and that are paid for in the end."""

from typing import Any, Literal

from services.sandbox.shopify import refunds
from services.sandbox.shopify.backend import Backend
from services.sandbox.shopify.identity import gid

Record = dict[str, Any]
Status = Literal["REQUESTED", "OPEN", "CLOSED", "CANCELED", "DECLINED"]
# What an order says, by the returns it has; the first that fits.
_SAYS = (("OPEN", "IN_PROGRESS"), ("REQUESTED", "RETURN_REQUESTED"), ("CLOSED", "RETURNED"))


def begin(backend: Backend, order: Record, units: refunds.Units, status: Status) -> Record:
    """Only what was sent comes back. Raises ValueError for more pieces than that."""
    number = backend.numbers.take()
    row: Record = {
        "__typename": "Return",
        "id": gid("Return", number),
        "name": f"{order['name']}-R{len(order['returns']) + 1}",
        "order": order,
        "createdAt": backend.now,
        "closedAt": None,
        "status": status,
        "totalQuantity": sum(quantity for _, quantity in units),
        "refunds": [],
        "returnLineItems": [_part(backend, order, line, quantity) for line, quantity in units],
    }
    order["returns"] = [*order["returns"], row]
    backend.orders.register(row)
    _settle(backend, order)
    return row


def _part(backend: Backend, order: Record, line: Record, quantity: int) -> Record:
    sent = [part for row in order["fulfillments"] for part in row["fulfillmentLineItems"] if part["lineItem"] is line]
    taken = sum(
        part["quantity"]
        for row in order["returns"]
        if row["status"] not in ("CANCELED", "DECLINED")
        for part in row["returnLineItems"]
        if part["fulfillmentLineItem"]["lineItem"] is line
    )
    if not 0 < quantity <= sum(part["quantity"] for part in sent) - taken:
        raise ValueError(f"{quantity} units of line {line['name']} cannot come back.")
    return part_of(backend, sent[0], quantity)


def part_of(backend: Backend, sent: Record, quantity: int) -> Record:
    """Pieces of one line of a parcel; nobody has said why they come."""
    return {
        "__typename": "ReturnLineItem",
        "id": backend.numbers.gid("ReturnLineItem"),
        "fulfillmentLineItem": sent,
        "quantity": quantity,
        "refundedQuantity": 0,
        "returnReason": "UNKNOWN",
        "returnReasonNote": "",
    }


def move(backend: Backend, order: Record, row: Record, status: Status) -> None:
    """Opens, closes, declines or cancels it."""
    row |= {"status": status, "closedAt": backend.now if status == "CLOSED" else None}
    _settle(backend, order)


def pay(backend: Backend, order: Record, row: Record) -> None:
    """Gives the money for its units back."""
    for part in row["returnLineItems"]:
        units = [(part["fulfillmentLineItem"]["lineItem"], part["quantity"] - part["refundedQuantity"])]
        made = refunds.refund(backend, order, units, backend.now)
        made["return"] = row
        row["refunds"] = [*row["refunds"], made]
        part["refundedQuantity"] = part["quantity"]
        backend.subscriptions.publish("refunds/create", made)
    _settle(backend, order)


def _settle(backend: Backend, order: Record) -> None:
    states = {row["status"] for row in order["returns"]}
    order["returnStatus"] = next((word for status, word in _SAYS if status in states), "NO_RETURN")
    backend.changed(order)
