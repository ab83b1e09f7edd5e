"""Fulfilment orders: which location is to send which lines, and what a client may do with them."""

from datetime import datetime, timedelta
from typing import Any

from services.sandbox.merchant import Basket, Item
from services.sandbox.shopify.identity import Numbers, stamp

Record = dict[str, Any]

ACTIONS = {
    "OPEN": ("CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"),
    "IN_PROGRESS": ("CREATE_FULFILLMENT", "REPORT_PROGRESS", "HOLD"),
    "ON_HOLD": ("RELEASE_HOLD",),
    "SCHEDULED": ("MARK_AS_OPEN",),
    "CLOSED": (),
}
_HELD_FOR = timedelta(days=30)


def set_status(row: Record, status: str, at: str) -> None:
    row["status"] = status
    row["supportedActions"] = [{"action": action, "externalUrl": None} for action in ACTIONS[status]]
    row["updatedAt"] = at


def route(
    order: Record, basket: Basket, lines: list[tuple[Item, Record, Record]], store: Record, now: datetime, ids: Numbers
) -> list[Record]:
    """One fulfilment order per location, way of delivery and readiness. `lines` come with the location they lie at."""
    groups: dict[tuple[str, str, bool], list[tuple[Record, Record]]] = {}
    for item, line, place in lines:
        method = _method(basket, item)
        where = store if method in ("PICK_UP", "RETAIL") else place
        groups.setdefault((where["id"], method, item.preorder), []).append((line, where))
    return [
        _fulfilment_order(order, basket, method, preorder, members, now, ids)
        for (_, method, preorder), members in groups.items()
    ]


def _method(basket: Basket, item: Item) -> str:
    if item.kind in ("digital", "gift_card"):
        return "NONE"
    if basket.pos:
        return "RETAIL"
    return "PICK_UP" if basket.pickup else "SHIPPING"


def _fulfilment_order(
    order: Record,
    basket: Basket,
    method: str,
    preorder: bool,
    members: list[tuple[Record, Record]],
    now: datetime,
    ids: Numbers,
) -> Record:
    at, place = order["createdAt"], members[0][1]
    row: Record = {
        "__typename": "FulfillmentOrder",
        "id": ids.gid("FulfillmentOrder"),
        "order": order,
        "orderId": order["id"],
        "orderName": order["name"],
        "orderProcessedAt": order["processedAt"],
        "requestStatus": "UNSUBMITTED",
        "createdAt": at,
        "fulfillAt": stamp(now + _HELD_FOR) if preorder else at,
        "fulfillBy": None,
        "fulfillmentHolds": [],
        "fulfillments": [],
        "assignedLocation": _assigned(place),
        "deliveryMethod": {
            "id": ids.gid("DeliveryMethod"),
            "methodType": method,
            "presentedName": basket.shipping_method or None,
            "serviceCode": None,
            "minDeliveryDateTime": None,
            "maxDeliveryDateTime": None,
        },
        "lineItems": [_part(line, ids) for line, _ in members],
    }
    set_status(row, "SCHEDULED" if preorder else "OPEN", at)
    return row


def _assigned(place: Record) -> Record:
    address = place["address"]
    return {
        "location": place,
        "name": place["name"],
        "address1": address["address1"],
        "address2": address["address2"],
        "zip": address["zip"],
        "city": address["city"],
        "countryCode": address["countryCode"],
        "province": None,
        "phone": None,
    }


def _part(line: Record, ids: Numbers) -> Record:
    variant = line["variant"]
    return {
        "__typename": "FulfillmentOrderLineItem",
        "id": ids.gid("FulfillmentOrderLineItem"),
        "lineItem": line,
        "totalQuantity": line["quantity"],
        "remainingQuantity": line["quantity"],
        "requiresShipping": line["requiresShipping"],
        "inventoryItemId": variant["inventoryItem"]["id"] if variant else None,
        "productTitle": line["title"],
        "sku": line["sku"],
        "variant": variant,
        "variantTitle": line["variantTitle"],
        "vendor": line["vendor"],
    }


def withdraw(order: Record, line: Record, quantity: int, at: str) -> int:
    """Takes units that will not be sent out of the fulfilment orders; answers how many were found there."""
    taken = 0
    for row in order["fulfillmentOrders"]:
        if row["status"] == "CLOSED":
            continue
        for part in row["lineItems"]:
            if part["lineItem"] is line and taken < quantity:
                off = min(part["remainingQuantity"], quantity - taken)
                part["remainingQuantity"] -= off
                part["totalQuantity"] -= off
                taken += off
        if not any(part["remainingQuantity"] for part in row["lineItems"]):
            set_status(row, "CLOSED", at)
    return taken
