"""The lines of an order: goods, and what only moves money."""

from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Item
from services.sandbox.shopware6.prices import Shares, TaxStatus, price
from services.sandbox.shopware6.values import hexid


def goods_line(
    order_id: str, position: int, item: Item, row: dict[str, Any] | None, unit: Decimal, status: TaxStatus
) -> dict[str, Any]:
    """A sold product. `row` is None where the product was deleted since: its number survives in the payload."""
    payload = {
        "productNumber": item.sku if row is None else row["productNumber"],
        "options": [] if row is None else [
            {"group": one["group"]["name"], "option": one["name"]} for one in row["options"]
        ],
        "features": [],
    }  # fmt: skip
    digital = item.kind in ("digital", "gift_card")
    parent = None if row is None else row["parent"]
    return _line(order_id, position, "product", price(unit, item.quantity, {item.tax_rate: Decimal(1)}, status)) | {
        # A variant is sold under its parent's name; its options stand in the payload alone.
        "label": parent["name"] if parent else item.title,
        "productId": None if row is None else row["id"],
        "referencedId": hexid("gone", item.sku) if row is None else row["id"],
        "payload": payload,
        "states": ["is-download" if digital else "is-physical"],
        "customFields": dict(item.properties) or [],
    }


def money_line(
    order_id: str, position: int, kind: str, label: str, total: Decimal, shares: Shares, status: TaxStatus
) -> dict[str, Any]:
    """A promotion (its code is what it refers to), a credit, or what an app puts on top or takes off."""
    line = _line(order_id, position, kind, price(total, 1, shares, status))
    payload: Any = {"code": label, "discountType": "absolute", "value": str(abs(total))} if kind == "promotion" else []
    referenced = label if kind == "promotion" else None
    # A credit counts as good, oddly enough.
    return line | {"label": label, "payload": payload, "referencedId": referenced, "good": kind == "credit"}


def _line(order_id: str, position: int, kind: str, counted: dict[str, Any]) -> dict[str, Any]:
    id = hexid("line", order_id, position)
    return {
        "id": id, "orderId": order_id, "identifier": hexid("identifier", id), "parentId": None, "position": position,
        "type": kind, "productId": None, "referencedId": None, "promotionId": None, "label": "", "good": True,
        "quantity": counted["quantity"], "unitPrice": counted["unitPrice"], "totalPrice": counted["totalPrice"],
        "price": counted, "payload": [], "states": [], "customFields": [], "createdAt": "", "updatedAt": None,
    }  # fmt: skip
