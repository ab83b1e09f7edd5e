"""What the shop's customers see of its products."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import ShownImage, ShownPiece, ShownProduct
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.values import DEFAULT_CURRENCY, DEFAULT_LANGUAGE

Row = Mapping[str, Any]


def products(store: Store) -> list[ShownProduct]:
    """Every product with its variants, on sale or not."""
    rows = store.catalogue.shown(inherit=True)
    return [_product(store, row, rows) for row in rows if row["parentId"] is None]


def _product(store: Store, row: dict[str, Any], rows: list[dict[str, Any]]) -> ShownProduct:
    pieces = [one for one in rows if one["parentId"] == row["id"]] or [row]
    numbers = {one["id"]: one["productNumber"] for one in rows}
    images = sorted(row["media"], key=lambda one: (one["id"] != row["coverId"], one["position"] or 0))
    languages = store.library.all("language")
    return ShownProduct(
        external_id=row["id"],
        title=row["name"] or "",
        active=row["active"],
        pieces=tuple(map(_piece, pieces)),
        description=row["description"] or "",
        manufacturer=row["manufacturer"]["name"] if row["manufacturer"] else "",
        manufacturer_number=row["manufacturerNumber"] or "",
        unit=row["unit"]["name"] if row["unit"] else "",
        minimum_order=Decimal(row["minPurchase"]),
        delivery_time=row["deliveryTime"]["name"] if row["deliveryTime"] else "",
        # Customers do not see the category that a sales channel begins with.
        categories=tuple(" > ".join(one["breadcrumb"][1:]) for one in row["categories"]),
        tags=tuple(one["name"] for one in row["tags"]),
        images=tuple(_image(store, one["media"]) for one in images),
        properties={one["group"]["name"]: one["name"] for one in row["properties"]},
        fields={name: _said(value) for name, value in (row["customFields"] or {}).items()},
        related=tuple(
            numbers[one["productId"]]
            for group in row["crossSellings"]
            for one in sorted(group["assignedProducts"], key=lambda one: one["position"] or 0)
            if one["productId"] in numbers
        ),
        meta_title=row["metaTitle"] or "",
        meta_description=row["metaDescription"] or "",
        meta_keywords=row["keywords"] or "",
        titles={
            languages[id]["locale"]["code"][:2]: words["name"]
            for id, words in store.translations.get(row["id"], {}).items()
            if words.get("name") and id != DEFAULT_LANGUAGE
        },
        channels=tuple(one["salesChannel"]["name"] for one in row["visibilities"]),
    )


def _piece(row: Row) -> ShownPiece:
    price = next((one for one in row["price"] if one["currencyId"] == DEFAULT_CURRENCY), None)
    return ShownPiece(
        external_id=row["id"],
        sku=row["productNumber"],
        ean=row["ean"] or "",
        active=row["active"],
        options={one["group"]["name"]: one["name"] for one in row["options"]},
        price=Decimal(str(price["gross"])) if price else None,
        stock=row["availableStock"],
        oversold=not row["isCloseout"],
        weight_grams=None if row["weight"] is None else Decimal(str(row["weight"])) * 1000,
        length_mm=_measure(row["length"]),
        width_mm=_measure(row["width"]),
        height_mm=_measure(row["height"]),
        tax=f"{Decimal(str(row['tax']['taxRate'])).normalize():f}",
    )


def _measure(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _image(store: Store, media: Row) -> ShownImage:
    return ShownImage(store.library.sources.get(media["id"], ""), media["title"] or "", media["alt"] or "")


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
