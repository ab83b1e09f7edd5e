"""What happens to orders after they were placed, as the shop's staff would do it in the admin."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Change
from services.sandbox.woocommerce import refunds
from services.sandbox.woocommerce.amounts import cents
from services.sandbox.woocommerce.book import Stored
from services.sandbox.woocommerce.order import scale_line, settle
from services.sandbox.woocommerce.store import Store


def apply(store: Store, order: Stored, change: Change) -> None:
    """Does one change; `change.at` is the stamp the order carries afterwards."""
    at = change.at
    body = order.body()
    match change.kind:
        case "touch":
            store.changed(order, at)
        case "cancel":
            store.set_status(order, "cancelled", at)
            store.changed(order, at)
        case "remove_line":
            _edit(store, order, change.line, 0, at)
        case "lower_quantity":
            line = body["line_items"][change.line]
            _edit(store, order, change.line, max(line["quantity"] - change.quantity, 0), at)
        case "refund_full":
            lines = [_refunded(line, line["quantity"]) for line in body["line_items"]]
            given = {"amount": str(refunds.remaining(store, order)), "line_items": lines, "api_refund": False}
            refunds.create(store, order, given | {"reason": "Widerruf"}, at)
        case "refund_line":
            lines = [_refunded(body["line_items"][change.line], change.quantity)]
            refunds.create(store, order, {"line_items": lines, "api_refund": False, "reason": "Beschädigt"}, at)
        case "refund_amount":
            given = {"amount": str(change.amount), "api_refund": False, "reason": "Kulanz"}
            refunds.create(store, order, given, at)


def _edit(store: Store, order: Stored, index: int, quantity: int, at: datetime | None) -> None:
    """A line edited in the admin: its stock is given back or taken, the totals are counted anew."""
    body = order.body()
    line = body["line_items"][index]
    row = store.catalogue.rows.get(line["variation_id"] or line["product_id"])
    if row:
        store.catalogue.sell(row, quantity - line["quantity"])
    if quantity:
        scale_line(line, quantity)
        for meta in line["meta_data"]:
            if meta["key"] == "_reduced_stock":
                meta["value"] = meta["display_value"] = str(quantity)
    else:
        body["line_items"].remove(line)
    settle(body, store.next_item)
    store.changed(order, at)


def _refunded(line: dict[str, Any], quantity: int) -> dict[str, Any]:
    share = Decimal(quantity) / Decimal(line["quantity"])
    taxes = [{"id": row["id"], "refund_total": str(cents(Decimal(row["total"]) * share))} for row in line["taxes"]]
    return {
        "id": line["id"],
        "quantity": quantity,
        "refund_total": str(cents(Decimal(line["total"]) * share)),
        "refund_tax": taxes,
    }
