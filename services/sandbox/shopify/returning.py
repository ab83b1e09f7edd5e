"""Returns that an app makes: of pieces that were sent, are not in another return, and were not given money for."""

from collections.abc import Iterator
from typing import Any

from services.sandbox.shopify import paging, returns
from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call

Record = dict[str, Any]
LONGEST_NOTE = 255


def create(backend: Backend, call: Call) -> Record:
    """`returnCreate`: the return is open at once."""
    given = call.args["returnInput"]
    order = backend.orders.open(given["orderId"])
    if order is None:
        return _refused("Order does not exist.", "NOT_FOUND", "returnInput", "orderId")
    parts = {part["id"]: part for row in order["fulfillments"] for part in row["fulfillmentLineItems"]}
    left = {part["id"]: quantity for _, part, quantity in _returnable(order)}
    units: list[tuple[Record, int, Record]] = []
    for place, entry in enumerate(given["returnLineItems"]):
        path = ("returnInput", "returnLineItems", str(place))
        part = parts.get(entry["fulfillmentLineItemId"])
        if part is None:
            return _refused("Fulfillment line item does not exist.", "NOT_FOUND", *path, "fulfillmentLineItemId")
        if not 0 < entry["quantity"] <= left.get(part["id"], 0):
            return _refused("Return line item has an invalid quantity.", "INVALID", *path, "quantity")
        if len(entry.get("returnReasonNote") or "") > LONGEST_NOTE:
            return _refused("Return reason note is too long", "TOO_LONG", *path, "returnReasonNote")
        left[part["id"]] -= entry["quantity"]
        units.append((part, entry["quantity"], entry))
    if not units:
        return _refused("Return must have at least one line item.", "INVALID", "returnInput", "returnLineItems")
    row = returns.begin(backend, order, [], "OPEN")
    for part, quantity, entry in units:
        said = {"returnReason": entry.get("returnReason") or "UNKNOWN", "returnReasonNote": entry["returnReasonNote"]}
        row["returnLineItems"].append(returns.part_of(backend, part, quantity) | said)
        row["totalQuantity"] += quantity
    return {"return": row, "userErrors": []}


def close(backend: Backend, call: Call) -> Record:
    """`returnClose`, for one that is open."""
    row = backend.orders.part(call.args["id"])
    if row is None or row["__typename"] != "Return":
        return _refused("Return does not exist.", "NOT_FOUND", "id")
    if row["status"] != "OPEN":
        return _refused("Return status is not open.", "INVALID_STATE", "id")
    returns.move(backend, row["order"], row, "CLOSED")
    return {"return": row, "userErrors": []}


def returnable(backend: Backend, call: Call) -> paging.Page:
    """`returnableFulfillments`: what of an order may come back, by the parcel it left in."""
    order = backend.orders.open(call.args["orderId"])
    rows: dict[str, Record] = {}
    for parcel, part, quantity in _returnable(order) if order is not None else ():
        made = {
            "__typename": "ReturnableFulfillment",
            "id": parcel["id"].replace("/Fulfillment/", "/ReturnableFulfillment/"),
            "fulfillment": parcel,
            "returnableFulfillmentLineItems": [],
        }
        row = rows.setdefault(parcel["id"], made)
        row["returnableFulfillmentLineItems"].append({"fulfillmentLineItem": part, "quantity": quantity})
    return paging.window(list(rows.values()), call.args, "returnableFulfillments")


def _returnable(order: Record) -> Iterator[tuple[Record, Record, int]]:
    """Parcel, line of it, and how many pieces of that line may come back."""
    named: dict[str, int] = {}
    paid: dict[str, int] = {}
    for row in order["returns"]:
        for part in row["returnLineItems"] if row["status"] not in ("CANCELED", "DECLINED") else ():
            sent = part["fulfillmentLineItem"]["id"]
            named[sent] = named.get(sent, 0) + part["quantity"]
    for refund in order["refunds"]:
        for line in refund["refundLineItems"] if refund["return"] is None else ():
            if line["restockType"] != "CANCEL":
                paid[line["lineItem"]["id"]] = paid.get(line["lineItem"]["id"], 0) + line["quantity"]
    for parcel in order["fulfillments"]:
        for part in parcel["fulfillmentLineItems"] if parcel["status"] != "CANCELLED" else ():
            quantity = part["quantity"] - named.get(part["id"], 0)
            gone = min(paid.get(part["lineItem"]["id"], 0), quantity)
            paid[part["lineItem"]["id"]] = paid.get(part["lineItem"]["id"], 0) - gone
            if quantity > gone:
                yield parcel, part, quantity - gone


def _refused(message: str, code: str, *field: str) -> Record:
    return {"return": None, "userErrors": [user_error(message, *field, code=code)]}
