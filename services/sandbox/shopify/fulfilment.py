"""Sending: fulfilments are made from fulfilment orders, one call per order and location."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from graphql import GraphQLError

from services.sandbox.shopify import stocktaking
from services.sandbox.shopify.backend import Backend, user_error
from services.sandbox.shopify.execution import Call
from services.sandbox.shopify.identity import gid
from services.sandbox.shopify.routing import set_status
from services.sandbox.shopify.settlement import settle

Record = dict[str, Any]
Parts = list[tuple[Record, Record, int]]
"""Fulfilment order, its line, and how many units of it."""

TRACKING_URLS = {
    "DHL Express": "https://www.dhl.com/de-de/home/tracking.html?tracking-id={}",
    "Deutsche Post (DE)": "https://www.deutschepost.de/de/s/sendungsverfolgung.html?piececode={}",
    "DHL Germany": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={}",
    "DPD Germany": "https://tracking.dpd.de/status/de_DE/parcel/{}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={}",
    "GLS": "https://gls-group.com/track/{}",
    "Hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{}",
    "UPS": "https://www.ups.com/track?tracknum={}",
}
"""Carriers that the platform knows by exactly this name; for these it makes the link itself."""
MOST_LINES = 512


def tracking(given: Record | None) -> list[Record]:
    """What the shop shows of a parcel: one entry per number."""
    given = given or {}
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    urls = given.get("urls") or ([given["url"]] if given.get("url") else [])
    company = given.get("company")
    if not numbers:
        return [{"company": company, "number": None, "url": urls[0] if urls else None}] if company or urls else []
    pattern = TRACKING_URLS.get(company or "")
    entries = []
    for place, number in enumerate(numbers):
        own = pattern.format(quote(number)) if pattern else None
        entries.append({"company": company, "number": number, "url": urls[place] if place < len(urls) else own})
    return entries


def fulfil(backend: Backend, order: Record, parts: Parts, given: Record | None, at: str) -> Record:
    """Marks units as sent. Nothing is checked here."""
    rows = list({row["id"]: row for row, _, _ in parts}.values())
    place = rows[0]["assignedLocation"]["location"]
    number = backend.numbers.take()
    fulfilment: Record = {
        "__typename": "Fulfillment",
        "id": gid("Fulfillment", number),
        "legacyResourceId": str(number),
        "name": f"{order['name']}-F{len(order['fulfillments']) + 1}",
        "order": order,
        "location": place,
        "status": "SUCCESS",
        "displayStatus": "FULFILLED",
        "createdAt": at,
        "updatedAt": at,
        "deliveredAt": None,
        "inTransitAt": None,
        "estimatedDeliveryAt": None,
        "requiresShipping": any(part["requiresShipping"] for _, part, _ in parts),
        "totalQuantity": sum(quantity for _, _, quantity in parts),
        "trackingInfo": tracking(given),
        "fulfillmentOrders": rows,
        "fulfillmentLineItems": [],
    }
    for _, part, quantity in parts:
        line = part["lineItem"]
        part["remainingQuantity"] -= quantity
        line["unfulfilledQuantity"] -= quantity
        entry = {
            "id": backend.numbers.gid("FulfillmentLineItem"),
            "lineItem": line,
            "quantity": quantity,
            "_part": part,
        }
        for name in ("originalTotalSet", "discountedTotalSet"):
            entry[name] = line[name]
        fulfilment["fulfillmentLineItems"].append(entry)
        stocktaking.ship(backend, line, quantity, place)
    for row in rows:
        done = not any(part["remainingQuantity"] for part in row["lineItems"])
        set_status(row, "CLOSED" if done else "IN_PROGRESS", at)
        row["fulfillments"] = [*row["fulfillments"], fulfilment]
    order["fulfillments"] = [*order["fulfillments"], fulfilment]
    backend.orders.register(fulfilment)
    settle(order)
    return fulfilment


def create(backend: Backend, call: Call) -> Record:
    """`fulfillmentCreate`: all fulfilment orders of a call share order and location; omitted lines mean everything."""
    given = call.args["fulfillment"]
    parts, problem = _parts(backend, given["lineItemsByFulfillmentOrder"])
    if problem:
        return {"fulfillment": None, "userErrors": [user_error(problem, "fulfillment")]}
    order = parts[0][0]["order"]
    fulfilment = fulfil(backend, order, parts, given.get("trackingInfo"), backend.now)
    done = order["displayFulfillmentStatus"] == "FULFILLED"
    backend.subscriptions.publish("fulfillments/create", fulfilment)
    backend.changed(order, "orders/fulfilled" if done else "orders/partially_fulfilled")
    return {"fulfillment": fulfilment, "userErrors": []}


def _parts(backend: Backend, wanted: list[Record]) -> tuple[Parts, str]:
    parts: Parts = []
    for entry in wanted:
        row = backend.orders.part(entry["fulfillmentOrderId"], keep=True)
        if row is None or row["__typename"] != "FulfillmentOrder":
            return [], "Fulfillment order does not exist."
        if row["status"] not in ("OPEN", "IN_PROGRESS"):
            number = row["id"].rsplit("/", 1)[1]
            return [], f"Fulfillment order {number} has an unfulfillable status= {row['status'].lower()}."
        lines = {part["id"]: part for part in row["lineItems"]}
        chosen = entry.get("fulfillmentOrderLineItems")
        if not chosen:
            parts += [(row, part, part["remainingQuantity"]) for part in lines.values() if part["remainingQuantity"]]
            continue
        for choice in chosen:
            part = lines.get(choice["id"])
            if part is None:
                return [], "Fulfillment order line item does not exist."
            if not 0 < choice["quantity"] <= part["remainingQuantity"]:
                return [], "Invalid fulfillment order line item quantity requested."
            parts.append((row, part, choice["quantity"]))
    return parts, _together(parts)


def _together(parts: Parts) -> str:
    if not parts:
        return "There is nothing left to fulfill."
    if len(parts) > MOST_LINES:
        return f"The number of line items exceeds the limit of {MOST_LINES}."
    if len({row["orderId"] for row, _, _ in parts}) > 1:
        return "All fulfillment orders must belong to the same order."
    if len({row["assignedLocation"]["location"]["id"] for row, _, _ in parts}) > 1:
        return "All fulfillment orders must be assigned to the same location."
    if len({part["id"] for _, part, _ in parts}) < len(parts):
        return "Fulfillment order line items must be unique."
    return ""


def update_tracking(backend: Backend, call: Call) -> Record:
    """`fulfillmentTrackingInfoUpdate`."""
    fulfilment = backend.orders.part(call.args["fulfillmentId"], keep=True)
    if fulfilment is None or fulfilment["__typename"] != "Fulfillment":
        return {"fulfillment": None, "userErrors": [user_error("Fulfillment does not exist.", "fulfillmentId")]}
    fulfilment["trackingInfo"] = tracking(call.args["trackingInfoInput"])
    fulfilment["updatedAt"] = backend.now
    backend.subscriptions.publish("fulfillments/update", fulfilment)
    backend.changed(fulfilment["order"])
    return {"fulfillment": fulfilment, "userErrors": []}


def cancel(backend: Backend, call: Call) -> Record:
    """`fulfillmentCancel`: the units may be sent again, from the same fulfilment order."""
    fulfilment = backend.orders.part(call.args["id"], keep=True)
    if fulfilment is None or fulfilment["__typename"] != "Fulfillment" or fulfilment["status"] == "CANCELLED":
        return {"fulfillment": None, "userErrors": [user_error("Fulfillment cannot be cancelled.", "id")]}
    order, at = fulfilment["order"], backend.now
    fulfilment |= {"status": "CANCELLED", "displayStatus": "CANCELED", "updatedAt": at}
    for entry in fulfilment["fulfillmentLineItems"]:
        entry["_part"]["remainingQuantity"] += entry["quantity"]
        entry["lineItem"]["unfulfilledQuantity"] += entry["quantity"]
        stocktaking.take_back(backend, entry["lineItem"], entry["quantity"], fulfilment["location"])
    for row in fulfilment["fulfillmentOrders"]:
        set_status(row, "OPEN", at)
    settle(order)
    backend.subscriptions.publish("fulfillments/update", fulfilment)
    backend.changed(order)
    return {"fulfillment": fulfilment, "userErrors": []}


def prepare_for_pickup(backend: Backend, call: Call) -> Record:
    """`fulfillmentOrderLineItemsPreparedForPickup`: the customer is told that the goods may be fetched."""
    rows = []
    for place, entry in enumerate(call.args["input"]["lineItemsByFulfillmentOrder"]):
        row = backend.orders.part(entry["fulfillmentOrderId"], keep=True)
        where = ("input", "lineItemsByFulfillmentOrder", str(place), "fulfillmentOrderId")
        if row is None or row["__typename"] != "FulfillmentOrder" or row["deliveryMethod"]["methodType"] != "PICK_UP":
            code = "FULFILLMENT_ORDER_INVALID"
            return {"userErrors": [user_error("Invalid fulfillment order.", *where, code=code)]}
        if row["status"] not in ("OPEN", "IN_PROGRESS"):
            code = "NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER"
            return {"userErrors": [user_error("There are no line items to prepare.", *where, code=code)]}
        rows.append(row)
    for row in rows:
        set_status(row, "IN_PROGRESS", backend.now)
        row["_ready"] = True
        settle(row["order"])
        backend.subscriptions.publish("fulfillment_orders/line_items_prepared_for_pickup", row)
        backend.changed(row["order"])
    return {"userErrors": []}


def _reopener(status: str, refusal: Callable[[str], Record]) -> Callable[[Backend, Call], Record]:
    def reopen(backend: Backend, call: Call) -> Record:
        row = backend.orders.part(call.args["id"], keep=True)
        if row is None or row["__typename"] != "FulfillmentOrder":
            raise GraphQLError("Invalid id: the fulfillment order does not exist.", extensions={"code": "NOT_FOUND"})
        if row["status"] != status:
            return {"fulfillmentOrder": row, "userErrors": [refusal(f"The fulfillment order is not {status.lower()}.")]}
        row["fulfillmentHolds"] = []
        set_status(row, "OPEN", backend.now)
        settle(row["order"])
        backend.changed(row["order"])
        return {"fulfillmentOrder": row, "userErrors": []}

    return reopen


release_hold = _reopener("ON_HOLD", lambda message: user_error(message, "id", code=None))
open_now = _reopener("SCHEDULED", lambda message: user_error(message, "id"))
