"""What a listing says beyond stock and price: the attributes that the seller has told, in one marketplace's words."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from services.connectors.amazon import wire
from shared.contracts.article import ArticleContent, ArticleHead

# Units as product type definitions name them; a measure in another one is left out.
GRAMS = {
    "grams": Decimal(1), "kilograms": Decimal(1000), "milligrams": Decimal("0.001"),
    "ounces": Decimal("28.349523125"), "pounds": Decimal("453.59237"),
}  # fmt: skip
MILLIMETRES = {
    "millimeters": Decimal(1), "centimeters": Decimal(10), "meters": Decimal(1000), "inches": Decimal("25.4"),
    "feet": Decimal("304.8"),
}  # fmt: skip
IMAGES = ("main_product_image_locator", *(f"other_product_image_locator_{n}" for n in range(1, 9)))
CODES = ("ean", "gtin", "upc")
"""Kinds of a product's number on its package, the one that is read first."""
Row = dict[str, Any]


def is_head(raw: wire.Listing) -> bool:
    """A parent of variations is listed like any other SKU, and nobody can buy it."""
    return any(one.child_skus for one in _variations(raw))


def parent(raw: wire.Listing) -> str:
    """The SKU of the listing whose variation this is; empty for any other."""
    return next((sku for one in _variations(raw) for sku in one.parent_skus), "")


def ean(raw: wire.Listing) -> str | None:
    told = {str(one.get("type")): str(one["value"]) for one in _of(raw, "externally_assigned_product_identifier")}
    return next((told[kind] for kind in CODES if kind in told), None)


def content(raw: wire.Listing, summary: wire.Summary) -> ArticleContent:
    """Nothing of it decides anything, so what cannot be read is left out."""
    size = _first(raw, "item_dimensions", "item_length_width_height", "item_package_dimensions")
    head, origin = parent(raw), _text(raw, "country_of_origin")
    own = [str(one["media_location"]) for name in IMAGES for one in _of(raw, name) if one.get("media_location")]
    shown = [summary.main_image.link] if summary.main_image and not own else []
    return ArticleContent(
        description=_text(raw, "product_description"),
        short_description="\n".join(str(one["value"]) for one in _of(raw, "bullet_point") if one.get("value")),
        head=ArticleHead(number=head, title=raw.parent_title or summary.item_name) if head else None,
        is_head=is_head(raw),
        options=_options(raw) if head else {},
        manufacturer=_text(raw, "brand", "manufacturer"),
        manufacturer_number=_text(raw, "part_number", "model_number"),
        weight_grams=_measure(_first(raw, "item_weight", "item_package_weight"), GRAMS),
        length_mm=_measure(size.get("length"), MILLIMETRES),
        width_mm=_measure(size.get("width"), MILLIMETRES),
        height_mm=_measure(size.get("height"), MILLIMETRES),
        origin=origin if len(origin) == 2 and origin.isascii() and origin.isupper() else "",
        media=tuple(dict.fromkeys([*own, *shown])),
        meta_keywords=", ".join(str(one["value"]) for one in _of(raw, "generic_keyword") if one.get("value")),
    )


def _variations(raw: wire.Listing) -> Sequence[wire.Relationship]:
    return [
        one
        for group in raw.relationships
        if group.marketplace_id == raw.marketplace_id
        for one in group.relationships
        if one.type == "VARIATION"
    ]


def _options(raw: wire.Listing) -> dict[str, str]:
    """In the order in which the family asks for them; a colour may have a name of its own beside the standard one."""
    themes = [one.variation_theme for one in _variations(raw) if one.variation_theme]
    names = [name for theme in themes for name in theme.attributes]
    return {name: text for name in names if (text := _text(raw, name))}


def _of(raw: wire.Listing, name: str) -> list[Row]:
    """The values of an attribute in this marketplace, and those that are the same everywhere."""
    values = raw.attributes.get(name)
    rows = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []
    return [one for one in rows if one.get("marketplace_id", raw.marketplace_id) == raw.marketplace_id]


def _first(raw: wire.Listing, *names: str) -> Row:
    return next((rows[0] for name in names if (rows := _of(raw, name))), {})


def _text(raw: wire.Listing, *names: str) -> str:
    return next((str(one["value"]) for name in names for one in _of(raw, name) if one.get("value")), "")


def _measure(row: Any, units: dict[str, Decimal]) -> Decimal | None:
    if not isinstance(row, dict) or row.get("unit") not in units:
        return None
    try:
        value = Decimal(str(row.get("value")))
    except InvalidOperation:
        return None
    return value * units[row["unit"]] if value.is_finite() and value > 0 else None
