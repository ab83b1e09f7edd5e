"""Writing products: what the REST API accepts for one, and how it refuses the rest."""

from typing import Any

from services.sandbox.woocommerce.catalogue import Row
from services.sandbox.woocommerce.errors import RestError, invalid_parameters
from services.sandbox.woocommerce.order import merge_meta
from services.sandbox.woocommerce.parameters import site_moment
from services.sandbox.woocommerce.store import Store

_TEXTS = {
    "name": "name",
    "sku": "sku",
    "regular_price": "regular_price",
    "sale_price": "sale_price",
    "description": "description",
    "short_description": "short_description",
    "status": "status",
    "tax_class": "tax_class",
    "weight": "weight",
    "backorders": "backorders",
    "global_unique_id": "ean",
}
"""Their name of a text field to ours."""


def _check_types(given: dict[str, Any]) -> None:
    problems: dict[str, tuple[str, str]] = {}
    for name in _TEXTS:
        if name in given and not isinstance(given[name], str):
            problems[name] = ("rest_invalid_type", f"{name} is not of type string.")
    for name in ("stock_quantity", "inventory_delta"):
        value = given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            problems[name] = ("rest_invalid_type", f"{name} is not of type integer.")
    if not isinstance(given.get("manage_stock", True), bool) and given["manage_stock"] != "parent":
        problems["manage_stock"] = ("rest_invalid_type", "manage_stock is not of type boolean.")
    if problems:
        raise invalid_parameters(problems)


def _check_sku(store: Store, sku: str, row: Row | None) -> None:
    owner = next((other for other in store.catalogue.by_skus([sku]) if other is not row), None)
    if owner is not None:
        message = "Invalid or duplicated SKU."
        raise RestError("product_invalid_sku", message, 400, resource_id=owner.id, unique_sku=f"{sku}-1")


def update(store: Store, row: Row, given: dict[str, Any]) -> Row:
    """Writes the given fields and moves the stamp, whether or not anything is different."""
    _check_types(given)
    if given.get("sku"):
        _check_sku(store, given["sku"], row)
    _write(store, row, given)
    store.catalogue.touch(row)
    return row


def create(store: Store, given: dict[str, Any], parent: Row | None = None) -> Row:
    """A new product, or a variation of `parent`."""
    _check_types(given)
    if given.get("sku"):
        _check_sku(store, given["sku"], None)
    kind = "variation" if parent else given.get("type", "simple")
    row = store.catalogue.new(given.get("name", "Product"), "", kind, parent)
    _write(store, row, given)
    if parent:
        row.options = tuple((str(entry["name"]), str(entry["option"])) for entry in given.get("attributes", ()))
        row.name = f"{parent.name} - {', '.join(option for _, option in row.options)}"
    else:
        row.attributes = [_attribute(position, entry) for position, entry in enumerate(given.get("attributes", ()))]
    store.catalogue.touch(row, created=True)
    return row


def _attribute(position: int, entry: dict[str, Any]) -> dict[str, Any]:
    name = str(entry.get("name", ""))
    return {
        "id": entry.get("id", 0),
        "name": name,
        "slug": name.lower(),
        "position": position,
        "visible": bool(entry.get("visible", False)),
        "variation": bool(entry.get("variation", False)),
        "options": sorted(str(option) for option in entry.get("options", ())),
    }


def _write(store: Store, row: Row, given: dict[str, Any]) -> None:
    for theirs, ours in _TEXTS.items():
        if theirs in given:
            setattr(row, ours, given[theirs])
    if "manage_stock" in given:
        row.manage_stock = given["manage_stock"] is True
        if not row.manage_stock:
            row.stock = None
        elif row.stock is None:
            row.stock = 0
    keeper = row if row.manage_stock else None
    if keeper is not None and given.get("stock_quantity") is not None:
        keeper.stock = given["stock_quantity"]
    if keeper is not None and given.get("inventory_delta") is not None:
        keeper.stock = (keeper.stock or 0) + given["inventory_delta"]
    for name, ours in (("date_on_sale_from", "sale_from"), ("date_on_sale_to", "sale_to")):
        if name in given:
            setattr(row, ours, site_moment(given[name]))
    merge_meta(row.meta, given.get("meta_data", []), store.next_meta)
