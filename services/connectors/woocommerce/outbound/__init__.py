"""From our commands to WooCommerce's bodies."""

from collections.abc import Sequence
from typing import Any

from shared.contracts.fulfilment import Fulfilment
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush

PARCEL_META = "_kontor_parcel"
CANCELLED = {"status": "cancelled"}


def quantities(commands: Sequence[StockPush]) -> dict[str, list[dict[str, Any]]]:
    """Absolute quantities, grouped by parent: simple products share the key "", variations go by their product."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for command in commands:
        row = {"id": int(command.external_id), "manage_stock": True, "stock_quantity": command.quantity}
        grouped.setdefault(command.parent_external_id or "", []).append(row)
    return grouped


def prices(commands: Sequence[PricePush]) -> dict[str, list[dict[str, Any]]]:
    """Prices as texts, grouped by parent as quantities are. With a strike price that one is the regular price and ours
    the sale's; without one the sale ends, unless sales are the shop's own business."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for command in commands:
        regular, sale = command.strike or command.price, command.price if command.strike else None
        row: dict[str, Any] = {"id": int(command.external_id), "regular_price": f"{regular.amount:f}"}
        if command.sets_strike:
            row |= {"sale_price": f"{sale.amount:f}" if sale else "", "date_on_sale_from": "", "date_on_sale_to": ""}
        grouped.setdefault(command.parent_external_id or "", []).append(row)
    return grouped


def fulfilment(parcel: Fulfilment) -> dict[str, Any]:
    """An order fulfilment; our parcel id in its meta data tells later whether it was already made."""
    items = [{"item_id": int(line.line_external_id), "qty": _whole(line.quantity)} for line in parcel.lines]
    meta = [
        ("_items", items),
        ("_tracking_number", parcel.tracking_number),
        ("_shipment_provider", parcel.carrier),
        ("_tracking_url", parcel.tracking_url),
        (PARCEL_META, str(parcel.id)),
    ]
    return {
        "status": "fulfilled",
        "is_fulfilled": True,
        "notify_customer": parcel.notify_customer,
        "meta_data": [{"key": key, "value": value} for key, value in meta if value],
    }


def note(parcel: Fulfilment) -> dict[str, Any]:
    """What the shop's order shows where it has no fulfilments of its own."""
    if parcel.ready_for_pickup:
        text = "Ready for pickup."
    else:
        text = f"Shipped with {parcel.carrier}, tracking number {parcel.tracking_number}. {parcel.tracking_url}".strip()
    return {"note": text, "customer_note": parcel.notify_customer}


def parcel_meta(parcel: Fulfilment) -> dict[str, Any]:
    """The parcel in the order's meta data: for people, for other plugins, and for us to find it again."""
    value = {
        "tracking_number": parcel.tracking_number,
        "carrier": parcel.carrier,
        "tracking_url": parcel.tracking_url,
        "items": [[line.line_external_id, _whole(line.quantity)] for line in parcel.lines],
        "ready_for_pickup": parcel.ready_for_pickup,
    }
    return {"meta_data": [{"key": f"{PARCEL_META}_{parcel.id}", "value": value}]}


def _whole(quantity: Any) -> int | float:
    return int(quantity) if quantity == int(quantity) else float(quantity)
