"""Refunds: records of their own with negative lines, tied to the order's lines only by a meta row."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from services.sandbox.woocommerce.amounts import TAX_RATES, ZERO, cents, exact
from services.sandbox.woocommerce.book import Stored
from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.lines import meta_row
from services.sandbox.woocommerce.store import Store
from services.sandbox.woocommerce.times import both


def _failed(message: str) -> RestError:
    return RestError("woocommerce_rest_cannot_create_order_refund", message, 500, bare=True)


def remaining(store: Store, order: Stored) -> Decimal:
    """What of the order's total was not given back yet."""
    back = sum((Decimal(refund["amount"]) for refund in store.refunds.get(order.id, {}).values()), ZERO)
    return cents(Decimal(order.body()["total"])) - back


def create(store: Store, order: Stored, given: dict[str, Any], at: datetime | None = None) -> dict[str, Any]:
    """A refund as `POST /orders/{id}/refunds` makes it: `amount` counts, the lines say what goes back on the shelf."""
    when = at or store.clock()
    body = order.body()
    lines = [_line(store, body, entry) for entry in given.get("line_items", ())]
    line_total = sum((-Decimal(line["total"]) - Decimal(line["total_tax"]) for line in lines), ZERO)
    try:
        amount = cents(Decimal(str(given["amount"]))) if "amount" in given else cents(line_total)
    except InvalidOperation as error:
        raise _failed("Invalid refund amount.") from error
    if amount < 0 or amount > remaining(store, order) or (amount == 0 and not lines):
        raise _failed("Invalid refund amount.")
    if given.get("api_refund", True) and body["payment_method"] in ("", "bacs", "cod", "cash", "gift_card"):
        raise _failed("The payment gateway for this order does not support automatic refunds.")
    whole = amount == remaining(store, order)
    refund = {
        "id": store.next_id(),
        **both("date_created", when),
        "amount": exact(amount),
        "reason": given.get("reason", ""),
        "refunded_by": 1,
        "refunded_payment": bool(given.get("api_refund", True)),
        "meta_data": [{"id": store.next_meta(), "key": "_refund_type", "value": "full" if whole else "partial"}],
        "line_items": lines,
        "shipping_lines": [],
        "tax_lines": _tax_lines(store, lines),
        "fee_lines": [],
    }
    refund["_links"] = _links(store.home, order.id, refund["id"])
    store.refunds.setdefault(order.id, {})[refund["id"]] = refund
    if given.get("api_restock", True):
        _restock(store, body, given.get("line_items", ()))
    _show_on_order(store, order)
    if whole:
        store.set_status(order, "refunded", when)
    store.changed(order, when)
    return refund


def delete(store: Store, order: Stored, refund_id: int) -> dict[str, Any]:
    """Takes a refund back. The order's stamp does not move: the shop forgets to."""
    refund = store.refunds[order.id].pop(refund_id)
    stamp = store.book.orders[order.id].modified
    _show_on_order(store, order)
    store.book.changed(order, datetime.fromtimestamp(stamp, tz=store.clock().tzinfo))
    return refund


def _show_on_order(store: Store, order: Stored) -> None:
    order.body()["refunds"] = [
        {
            "id": refund["id"],
            "reason": refund["reason"],
            "total": exact(-Decimal(refund["amount"])),
            "total_tax": exact(sum((Decimal(line["total_tax"]) for line in refund["line_items"]), ZERO)),
        }
        for refund in reversed(store.refunds[order.id].values())
    ]


def _line(store: Store, body: dict[str, Any], entry: dict[str, Any]) -> dict[str, Any]:
    line = next((row for row in body["line_items"] if row["id"] == entry.get("id")), None)
    if line is None:
        raise _failed("Invalid refund line item.")
    quantity = int(entry.get("quantity", 0))
    total = Decimal(str(entry.get("refund_total", 0)))
    taxes = [
        {
            "id": row["id"],
            "total": exact(-Decimal(str(row["refund_total"]))),
            "subtotal": exact(-Decimal(str(row["refund_total"]))),
        }
        for row in entry.get("refund_tax", ())
    ]
    tax = sum((cents(Decimal(row["total"])) for row in taxes), ZERO)
    return {
        **line,
        "id": store.next_item(),
        "quantity": -quantity,
        "subtotal": exact(-total),
        "subtotal_tax": exact(tax),
        "total": exact(-total),
        "total_tax": exact(tax),
        "taxes": taxes,
        "meta_data": [meta_row(store.next_meta(), "_refunded_item_id", str(line["id"]))],
        "price": float(total / quantity) if quantity else float(total),
    }


def _tax_lines(store: Store, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for rate in TAX_RATES:
        taxes = [cents(Decimal(row["total"])) for line in lines for row in line["taxes"] if row["id"] == rate.id]
        if taxes:
            found.append(
                {
                    "id": store.next_item(),
                    "rate_code": rate.code,
                    "rate_id": rate.id,
                    "label": rate.label,
                    "compound": False,
                    "tax_total": exact(sum(taxes, ZERO)),
                    "shipping_tax_total": "0.00",
                    "rate_percent": int(rate.rate * 100),
                    "meta_data": [],
                }
            )
    return found


def _restock(store: Store, body: dict[str, Any], entries: Any) -> None:
    for entry in entries:
        line = next(row for row in body["line_items"] if row["id"] == entry["id"])
        row = store.catalogue.rows.get(line["variation_id"] or line["product_id"])
        quantity = int(entry.get("quantity", 0))
        reduced = next((meta for meta in line["meta_data"] if meta["key"] == "_reduced_stock"), None)
        if row is None or reduced is None or not quantity:
            continue
        store.catalogue.sell(row, -quantity)
        reduced["value"] = reduced["display_value"] = str(int(reduced["value"]) - quantity)
        line["meta_data"].append(meta_row(store.next_meta(), "_restock_refunded_items", str(quantity)))


def _links(home: str, order_id: int, refund_id: int) -> dict[str, Any]:
    order = f"{home}/wp-json/wc/v3/orders/{order_id}"
    return {
        "self": [{"href": f"{order}/refunds/{refund_id}", "targetHints": {"allow": ["GET", "DELETE"]}}],
        "collection": [{"href": f"{order}/refunds"}],
        "up": [{"href": order}],
    }
