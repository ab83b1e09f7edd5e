"""What WooCommerce does to an order by itself: summing it up, lines changed in the admin, status moves."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.woocommerce.amounts import TAX_RATES, ZERO, cents, exact
from services.sandbox.woocommerce.times import both

STATUSES: tuple[tuple[str, str], ...] = (
    ("pending", "Zahlung ausstehend"),
    ("processing", "In Bearbeitung"),
    ("on-hold", "In Wartestellung"),
    ("completed", "Abgeschlossen"),
    ("cancelled", "Storniert"),
    ("refunded", "Rückerstattet"),
    ("failed", "Fehlgeschlagen"),
    ("checkout-draft", "Entwurf"),
    ("packing", "Wird gepackt"),
    ("druckfreigabe", "Wartet auf Druckfreigabe"),
)
"""The last two are the merchant's own, registered by a plugin."""
STATUS_NAMES = tuple(name for name, _ in STATUSES)
PAID_STATUSES = ("processing", "completed")


def _sum(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((cents(Decimal(row[name])) for row in rows), ZERO)


def settle(order: dict[str, Any], next_item: Callable[[], int]) -> None:
    """Writes the head's totals and the tax lines from the lines, each line rounded to cents first.

    A redeemed gift card lowers the total without a line or coupon of its own.
    """
    lines, fees, shipping = order["line_items"], order["fee_lines"], order["shipping_lines"]
    cart_tax = _sum(lines, "total_tax") + _sum(fees, "total_tax")
    shipping_total, shipping_tax = _sum(shipping, "total"), _sum(shipping, "total_tax")
    total = _sum(lines, "total") + _sum(fees, "total") + cart_tax + shipping_total + shipping_tax
    discount = sum((Decimal(row["subtotal"]) - Decimal(row["total"]) for row in lines), ZERO)
    discount_tax = _sum(lines, "subtotal_tax") - _sum(lines, "total_tax")
    redeemed = sum((Decimal(str(card["amount"])) for card in order.get("gift_cards", ())), ZERO)
    order["discount_total"] = exact(cents(discount))
    order["discount_tax"] = exact(discount_tax)
    order["shipping_total"] = exact(shipping_total)
    order["shipping_tax"] = exact(shipping_tax)
    order["cart_tax"] = exact(cart_tax)
    order["total_tax"] = exact(cart_tax + shipping_tax)
    order["total"] = exact(total - redeemed)
    ids = {row["rate_id"]: row["id"] for row in order["tax_lines"]}
    order["tax_lines"] = [
        {
            "id": ids.get(rate.id) or next_item(),
            "rate_code": rate.code,
            "rate_id": rate.id,
            "label": rate.label,
            "compound": False,
            "tax_total": exact(_row_tax(lines, rate.id) + _row_tax(fees, rate.id)),
            "shipping_tax_total": exact(_row_tax(shipping, rate.id)),
            "rate_percent": int(rate.rate * 100),
            "meta_data": [],
        }
        for rate in TAX_RATES
        if any(row["id"] == rate.id for holder in (*lines, *fees, *shipping) for row in holder["taxes"])
    ]


def _row_tax(holders: list[dict[str, Any]], rate_id: int) -> Decimal:
    return sum(
        (cents(Decimal(row["total"])) for holder in holders for row in holder["taxes"] if row["id"] == rate_id), ZERO
    )


def scale_line(line: dict[str, Any], quantity: int) -> None:
    """Another quantity at the same unit price, as an admin enters it with the totals beside it."""
    factor = Decimal(quantity) / Decimal(line["quantity"])
    line["quantity"] = quantity
    for name in ("subtotal", "total"):
        line[name] = exact(Decimal(line[name]) * factor)
        for row in line["taxes"]:
            row[name] = exact(Decimal(row[name]) * factor)
        taxes = [cents(Decimal(row[name])) for row in line["taxes"]]
        line[f"{name}_tax"] = exact(sum(taxes, ZERO))


def move_to(order: dict[str, Any], status: str, at: datetime) -> None:
    """Sets a status and the dates that go with it: paid once, completed once."""
    order["status"] = status
    if status in PAID_STATUSES and not order["date_paid"] and order["payment_method"] != "cod":
        order.update(both("date_paid", at))
    if status == "completed" and not order["date_completed"]:
        order.update(both("date_completed", at))
        if not order["date_paid"]:
            order.update(both("date_paid", at))
    order["needs_payment"] = status in ("pending", "failed")


def merge_meta(rows: list[dict[str, Any]], given: list[dict[str, Any]], next_meta: Callable[[], int]) -> None:
    """Adds or replaces meta rows, by id where one is given, else by key; a null value deletes the row."""
    for entry in given:
        found = next(
            (row for row in rows if row["id"] == entry.get("id") or ("id" not in entry and row["key"] == entry["key"])),
            None,
        )
        if found is None:
            rows.append({"id": next_meta(), "key": entry["key"], "value": entry.get("value")})
        elif entry.get("value") is None:
            rows.remove(found)
        else:
            found["value"] = entry["value"]
