"""The parts of an order: product lines, fees and shipping, as the REST API shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.sandbox.merchant import Item
from services.sandbox.woocommerce.amounts import RATE_OF, Taxed, exact
from services.sandbox.woocommerce.catalogue import Row


@dataclass(frozen=True)
class Entry:
    """A basket line on its way into an order. `row` is None where the product is gone."""

    item: Item
    row: Row | None
    subtotal: Taxed
    total: Taxed


def tax_rows(total: Taxed, subtotal: Taxed | None = None) -> list[dict[str, Any]]:
    """The `taxes` list. Fees and shipping have no subtotal: the shop writes an empty text there."""
    return [
        {"id": row, "total": exact(tax), "subtotal": exact(subtotal.taxes[row]) if subtotal else ""}
        for row, tax in total.taxes.items()
    ]


def meta_row(meta_id: int, key: str, value: Any, label: str | None = None) -> dict[str, Any]:
    return {"id": meta_id, "key": key, "value": value, "display_key": label or key, "display_value": value}


def line_item(entry: Entry, line_id: int, next_meta: Callable[[], int]) -> dict[str, Any]:
    item, row = entry.item, entry.row
    parent = row.parent if row else None
    rate = RATE_OF.get(item.tax_rate)
    unit = entry.total.net / item.quantity if item.quantity else entry.total.net
    meta = [
        meta_row(next_meta(), f"pa_{name.lower()}", value.lower(), name) | {"display_value": value}
        for name, value in (row.options if row else ())
    ]
    meta += [meta_row(next_meta(), name, value) for name, value in item.properties]
    if item.kind == "gift_card":
        meta.append(meta_row(next_meta(), "wc_gc_giftcard_amount", str(item.unit_price)))
    return {
        "id": line_id,
        "name": item.title,
        "product_id": (parent or row).id if row else 0,
        "variation_id": row.id if row and parent else 0,
        "quantity": item.quantity,
        "tax_class": rate.tax_class if rate else "zero-rate",
        "subtotal": exact(entry.subtotal.net),
        "subtotal_tax": exact(entry.subtotal.tax),
        "total": exact(entry.total.net),
        "total_tax": exact(entry.total.tax),
        "taxes": tax_rows(entry.total, entry.subtotal),
        "meta_data": meta,
        "sku": row.shown_sku if row else None,
        "global_unique_id": row.ean if row else None,
        # A float with its noise, as PHP writes it: nobody should count with it.
        "price": float(unit),
        "image": {"id": 0 if parent or not row else "", "src": ""},
        "parent_name": parent.name if parent else None,
    }


def fee_line(line_id: int, name: str, amount: Taxed, taxable: bool = True) -> dict[str, Any]:
    return {
        "id": line_id,
        "name": name,
        "tax_class": "",
        "tax_status": "taxable" if taxable else "none",
        "amount": "",
        "total": exact(amount.net),
        "total_tax": exact(amount.tax),
        "taxes": tax_rows(amount),
        "meta_data": [],
    }


def shipping_line(line_id: int, title: str, method: str, cost: Taxed, meta: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": line_id,
        "method_title": title,
        "method_id": method,
        "instance_id": "1",
        "total": exact(cost.net),
        "total_tax": exact(cost.tax),
        "taxes": tax_rows(cost),
        "tax_status": "taxable",
        "meta_data": meta,
    }
