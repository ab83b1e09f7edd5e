"""OR23 and OR24, one parcel per order; ST01 and ST11, several where the operator allows it."""

from typing import Any
from uuid import uuid4

from services.sandbox.merchant import Parcel
from services.sandbox.mirakl import lines
from services.sandbox.mirakl.book import Stored
from services.sandbox.mirakl.errors import Refusal
from services.sandbox.mirakl.store import CARRIERS, Store
from services.sandbox.mirakl.times import milliseconds


def tracking(store: Store, given: dict[str, Any]) -> dict[str, Any]:
    """A carrier by the operator's code, or one of the shop's own where that is allowed."""
    carriers = {code: (label, url) for code, label, url in CARRIERS}
    number = given.get("tracking_number") or ""
    if code := given.get("carrier_code"):
        if code not in carriers:
            raise Refusal(400, f"Carrier with code '{code}' not found")
        label, url = carriers[code]
        if "{trackingId}" in url and not number:
            raise Refusal(400, "tracking_number is mandatory for this carrier")
        address = url.replace("{trackingId}", number)
        return {"carrier_code": code, "carrier_name": label, "tracking_number": number, "tracking_url": address}
    if not given.get("carrier_name"):
        raise Refusal(400, "carrier_name is mandatory for an unregistered carrier")
    if not store.options.own_carriers:
        raise Refusal(400, "Alternative carriers are not allowed")
    url = given.get("tracking_url") or given.get("carrier_url") or ""
    name = given["carrier_name"]
    return {"carrier_code": None, "carrier_name": name, "tracking_number": number, "tracking_url": url}


def track(store: Store, order: Stored, given: dict[str, Any]) -> None:
    """OR23."""
    if order.body["order_state"] not in ("SHIPPING", "SHIPPED"):
        raise Refusal(400, f"Order '{order.id}' is not in SHIPPING state")
    found = tracking(store, given)
    order.body |= {
        "shipping_carrier_code": found["carrier_code"],
        "shipping_company": found["carrier_name"],
        "shipping_tracking": found["tracking_number"],
        "shipping_tracking_url": found["tracking_url"],
    }
    store.book.changed(order)


def ship(store: Store, order: Stored) -> None:
    """OR24."""
    if order.body["order_state"] != "SHIPPING" or not order.body["can_shop_ship"]:
        raise Refusal(400, f"Order '{order.id}' is not in SHIPPING state")
    for line in order.body["order_lines"]:
        _shipped(store, line)
    lines.settle(order.body)
    store.book.changed(order)


def create(store: Store, given: dict[str, Any]) -> dict[str, Any]:
    """ST01: each shipment for itself, so a good answer may hold nothing but errors."""
    made, errors = [], []
    for wanted in given.get("shipments", []):
        try:
            made.append(_create(store, wanted))
        except Refusal as refusal:
            errors.append({"order_id": wanted.get("order_id"), "message": refusal.message})
    return {"shipment_success": made, "shipment_errors": errors}


def _create(store: Store, wanted: dict[str, Any]) -> dict[str, Any]:
    if not store.options.multi_shipment:
        raise Refusal(400, "Multi-shipment is not enabled")
    order = store.order(str(wanted.get("order_id")))
    if order.body["order_state"] != "SHIPPING":
        raise Refusal(400, f"Order '{order.id}' is not in SHIPPING state")
    found = tracking(store, wanted["tracking"]) if wanted.get("tracking") else None
    by_id = {line["order_line_id"]: line for line in order.body["order_lines"]}
    for row in wanted.get("shipment_lines", []):
        line = by_id.get(row.get("order_line_id"))
        if line is None:
            raise Refusal(400, f"Order line '{row.get('order_line_id')}' not found")
        if row["quantity"] < 1 or row["quantity"] > lines.left(line) - _sent(store, line):
            raise Refusal(400, f"Quantity of order line '{line['order_line_id']}' is more than what is left to ship")
    now = milliseconds(store.clock())
    shipment = {
        "id": str(uuid4()),
        "order_id": order.id,
        "created_date": now,
        "last_updated_date": now,
        "shipped_date": now if wanted.get("shipped") else None,
        "status": "SHIPPED" if wanted.get("shipped") else "SHIPPING",
        "status_customer_debit": "NO_DEBIT",
        "invoice_reference": wanted.get("invoice_reference"),
        "shipment_lines": [dict(row) for row in wanted.get("shipment_lines", [])],
        "tracking": found,
    }
    store.shipments.append(shipment)
    for line in by_id.values():
        if lines.left(line) and _sent(store, line) == lines.left(line):
            _shipped(store, line)
    lines.settle(order.body)
    store.book.changed(order)
    return shipment


def _sent(store: Store, line: dict[str, Any]) -> int:
    rows = (row for shipment in store.shipments for row in shipment["shipment_lines"])
    return sum(row["quantity"] for row in rows if row["order_line_id"] == line["order_line_id"])


def _shipped(store: Store, line: dict[str, Any]) -> None:
    if line["order_line_state"] == "SHIPPING":
        line["order_line_state"] = "SHIPPED"
        line["shipped_date"] = milliseconds(store.clock())


def parcels(store: Store) -> list[Parcel]:
    """What the customer sees: shipments, or the one tracking number of an order that is shipped."""
    found = []
    for one in store.shipments:
        items = tuple((row["order_line_id"], row["quantity"]) for row in one["shipment_lines"])
        seen = one["tracking"] or {"tracking_number": "", "carrier_name": ""}
        found.append(Parcel(one["order_id"], seen["tracking_number"], seen["carrier_name"], items))
    for order in store.book.orders.values():
        if order.body["order_state"] == "SHIPPED" and order.body["shipping_tracking"] is not None:
            found.append(Parcel(order.id, order.body["shipping_tracking"], order.body["shipping_company"], ()))
    return found
