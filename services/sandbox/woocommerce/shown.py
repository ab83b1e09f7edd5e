"""The shop's products as its customers see them, in words that no platform has for itself."""

from decimal import Decimal

from services.sandbox.merchant import ShownImage, ShownPiece, ShownProduct
from services.sandbox.woocommerce.catalogue import Catalogue, Row, price_of

# Where the plugin for search engines looks.
YOAST_TITLE = "_yoast_wpseo_title"
YOAST_DESCRIPTION = "_yoast_wpseo_metadesc"
YOAST_KEYWORDS = "_yoast_wpseo_focuskw"


def product(catalogue: Catalogue, row: Row) -> ShownProduct:
    meta = {entry["key"]: str(entry["value"]) for entry in row.meta}
    terms = catalogue.terms
    return ShownProduct(
        external_id=str(row.id),
        title=row.name,
        active=row.status == "publish",
        pieces=tuple(_piece(piece) for piece in (row.variations if row.type == "variable" else [row])),
        description=row.description,
        short_description=row.short_description,
        manufacturer=", ".join(terms.rows["brands"][id]["name"] for id in row.brands),
        categories=tuple(terms.path(id) for id in row.categories),
        tags=tuple(terms.rows["tags"][id]["name"] for id in row.tags),
        images=tuple(ShownImage(one["_source"], one["name"], one["alt"]) for one in row.images),
        properties={one["name"]: ", ".join(one["options"]) for one in row.attributes if not one["variation"]},
        fields={key: value for key, value in meta.items() if not key.startswith("_")},
        related=tuple(catalogue.rows[id].sku for id in row.cross_sells if id in catalogue.rows),
        meta_title=meta.get(YOAST_TITLE, ""),
        meta_description=meta.get(YOAST_DESCRIPTION, ""),
        meta_keywords=meta.get(YOAST_KEYWORDS, ""),
    )


def _piece(row: Row) -> ShownPiece:
    keeper = row.keeper
    sizes = [_times(row.dimensions[side], 10) for side in ("length", "width", "height")]
    return ShownPiece(
        external_id=str(row.id),
        sku=row.shown_sku,
        ean=row.ean,
        active=row.status == "publish",
        options=dict(row.options),
        price=price_of(row) if row.regular_price else None,
        stock=keeper.stock if keeper else None,
        oversold=row.backorders != "no",
        weight_grams=_times(row.weight, 1000),
        length_mm=sizes[0],
        width_mm=sizes[1],
        height_mm=sizes[2],
        tax=row.tax_class,
    )


def _times(text: str, unit: int) -> Decimal | None:
    """The shop weighs in kilograms and measures in centimetres."""
    return Decimal(text) * unit if text else None
