"""Writing products: what the REST API accepts for one, and how it refuses the rest."""

from typing import Any

from services.sandbox.woocommerce.catalogue import Row
from services.sandbox.woocommerce.errors import RestError, invalid_parameters
from services.sandbox.woocommerce.order import merge_meta
from services.sandbox.woocommerce.parameters import site_moment
from services.sandbox.woocommerce.store import Store
from services.sandbox.woocommerce.terms import UNSORTED

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
_WORDS = {
    "type": ("simple", "grouped", "external", "variable"),
    "status": ("draft", "pending", "private", "publish", "future", "auto-draft", "trash"),
    "tax_status": ("taxable", "shipping", "none"),
    "backorders": ("no", "notify", "yes"),
}
_TAX_CLASSES = ("", "reduced-rate", "zero-rate")
_LISTS = {"categories": "categories", "tags": "tags", "brands": "brands"}


def _check_types(given: dict[str, Any]) -> None:
    problems: dict[str, tuple[str, str]] = {}
    for name in _TEXTS:
        if name in given and not isinstance(given[name], str):
            problems[name] = ("rest_invalid_type", f"{name} is not of type string.")
    for name, words in _WORDS.items():
        if name in given and name not in problems and given[name] not in words:
            said = f"{', '.join(words[:-1])}, and {words[-1]}"
            problems[name] = ("rest_not_in_enum", f"{name} is not one of {said}.")
    for name in ("stock_quantity", "inventory_delta"):
        value = given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            problems[name] = ("rest_invalid_type", f"{name} is not of type integer.")
    if not isinstance(given.get("manage_stock", True), bool) and given["manage_stock"] != "parent":
        problems["manage_stock"] = ("rest_invalid_type", "manage_stock is not of type boolean.")
    for side, value in (given.get("dimensions") or {}).items():
        if not isinstance(value, str):
            problems["dimensions"] = ("rest_invalid_type", f"dimensions[{side}] is not of type string.")
    for name in (*_LISTS, "images", "attributes", "cross_sell_ids", "meta_data"):
        if name in given and not isinstance(given[name], list):
            problems[name] = ("rest_invalid_type", f"{name} is not of type array.")
    for name in _LISTS:
        for place, entry in enumerate(given.get(name) or () if name not in problems else ()):
            if not isinstance(entry, dict) or not isinstance(entry.get("id", 0), int):
                problems[name] = ("rest_invalid_type", f"{name}[{place}][id] is not of type integer.")
    if problems:
        raise invalid_parameters(problems)


def _check_numbers(store: Store, given: dict[str, Any], row: Row | None) -> None:
    """No two products or variations share a number or an EAN; those in the bin do not count."""
    if sku := given.get("sku"):
        owner = next((other for other in store.catalogue.by_skus([sku]) if other is not row), None)
        if owner is not None:
            message = "Invalid or duplicated SKU."
            raise RestError("product_invalid_sku", message, 400, resource_id=owner.id, unique_sku=f"{sku}-1")
    if ean := given.get("global_unique_id"):
        rows = store.catalogue.rows.values()
        owner = next((other for other in rows if other.ean == ean and other is not row and not other.trashed), None)
        if owner is not None:
            message = "Invalid or duplicated GTIN, UPC, EAN or ISBN."
            raise RestError("product_invalid_global_unique_id", message, 400, resource_id=owner.id)


def update(store: Store, row: Row, given: dict[str, Any]) -> Row:
    """Writes the given fields and moves the stamp, whether or not anything is different."""
    _check_types(given)
    _check_numbers(store, given, row)
    _write(store, row, given)
    store.catalogue.touch(row)
    return row


def create(store: Store, given: dict[str, Any], parent: Row | None = None) -> Row:
    """A new product, or a variation of `parent`. One that is refused leaves nothing behind."""
    _check_types(given)
    _check_numbers(store, given, None)
    kind = "variation" if parent else given.get("type", "simple")
    row = store.catalogue.new(given.get("name", "Product"), "", kind, parent)
    try:
        _write(store, row, given)
    except RestError:
        store.catalogue.remove(row)
        raise
    if not parent and not row.categories:
        row.categories = [UNSORTED]
    store.catalogue.touch(row, created=True)
    return row


def trash(store: Store, row: Row) -> None:
    """Into the bin, variations and all: still readable by id, gone from every list, its numbers free again."""
    row.status = "trash"
    store.catalogue.touch(row)


def _attribute(store: Store, position: int, entry: dict[str, Any]) -> dict[str, Any]:
    known = store.catalogue.terms.attributes.get(entry.get("id") or 0)
    name = known["name"] if known else str(entry.get("name", ""))
    return {
        "id": known["id"] if known else 0,
        "name": name,
        "slug": known["slug"] if known else name,
        "position": entry.get("position", position),
        "visible": bool(entry.get("visible", False)),
        "variation": bool(entry.get("variation", False)),
        "options": sorted(str(option) for option in entry.get("options", ()))
        if known
        else [str(option) for option in entry.get("options", ())],
    }


def _write(store: Store, row: Row, given: dict[str, Any]) -> None:
    # Images first: one that cannot be fetched refuses the whole.
    if "images" in given:
        row.images = [store.catalogue.pictures.given(store.home, entry) for entry in given["images"]]
    if given.get("image"):
        row.images = [store.catalogue.pictures.given(store.home, given["image"])]
    for theirs, ours in _TEXTS.items():
        if theirs in given:
            setattr(row, ours, given[theirs])
    if row.tax_class not in _TAX_CLASSES:
        row.tax_class = ""
    if "dimensions" in given:
        row.dimensions = row.dimensions | {side: given["dimensions"].get(side, "") for side in given["dimensions"]}
    for theirs, ours in _LISTS.items():
        if theirs in given:
            known = store.catalogue.terms.rows[theirs]
            setattr(row, ours, [entry["id"] for entry in given[theirs] if entry.get("id") in known])
    if "cross_sell_ids" in given:
        row.cross_sells = [id for id in given["cross_sell_ids"] if id in store.catalogue.rows]
    if "attributes" in given:
        _attributes(store, row, given["attributes"])
    _stock(row, given)
    for name, ours in (("date_on_sale_from", "sale_from"), ("date_on_sale_to", "sale_to")):
        if name in given:
            setattr(row, ours, site_moment(given[name]))
    merge_meta(row.meta, given.get("meta_data", []), store.next_meta)


def _attributes(store: Store, row: Row, given: list[dict[str, Any]]) -> None:
    """A variation takes an option only of what its product lets vary, and says nothing about the rest."""
    parent = row.parent
    if parent is None:
        row.attributes = [_attribute(store, position, entry) for position, entry in enumerate(given)]
        return
    varying = [one for one in parent.attributes if one["variation"]]
    chosen = {
        one["name"]: str(entry.get("option", ""))
        for entry in given
        for one in varying
        if (entry.get("id") and entry["id"] == one["id"]) or entry.get("name") in (one["name"], one["slug"])
    }
    row.options = tuple((one["name"], chosen[one["name"]]) for one in varying if chosen.get(one["name"]))
    row.name = f"{parent.name} - {', '.join(option for _, option in row.options)}"


def _stock(row: Row, given: dict[str, Any]) -> None:
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
