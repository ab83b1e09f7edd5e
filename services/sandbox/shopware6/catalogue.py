"""The shop's products: parents and variants are rows of one kind; a variant holds only what differs.

Up to 6.5 `stock` is what lies on the shelf and `availableStock` what open orders leave of it. From 6.6 on an order
lowers `stock` itself, and `availableStock` only mirrors it.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Item, Product, Variant
from services.sandbox.shopware6.library import ROOT, Library
from services.sandbox.shopware6.values import DEFAULT_CURRENCY, LIVE_VERSION, cents, hexid, stamp

TEXTS = (
    "name", "description", "keywords", "metaTitle", "metaDescription", "packUnit", "packUnitPlural", "customFields",
)  # fmt: skip
"""What a product says in every language of its own."""
INHERITED = (
    *TEXTS, "price", "taxId", "tax", "active", "weight", "width", "height", "length", "manufacturer", "manufacturerId",
    "manufacturerNumber", "ean", "unit", "unitId", "deliveryTime", "deliveryTimeId", "isCloseout", "minPurchase",
    "maxPurchase", "purchaseSteps", "purchaseUnit", "referenceUnit", "restockTime", "releaseDate", "coverId",
    "cmsPageId", "variantListingConfig", "prices",
    "categories", "media", "tags", "properties", "visibilities", "crossSellings",
)  # fmt: skip
LISTS = (
    "categories",
    "media",
    "tags",
    "properties",
    "visibilities",
    "crossSellings",
    "options",
    "configuratorSettings",
    "prices",
)
PARTS = {
    "product_media": "media", "product_visibility": "visibilities", "product_cross_selling": "crossSellings",
    "product_configurator_setting": "configuratorSettings", "product_price": "prices",
}  # fmt: skip
DEFAULTS = {"isCloseout": False, "minPurchase": 1, "purchaseSteps": 1, "active": True}


class Catalogue:
    def __init__(self, clock: Callable[[], datetime], library: Library, *, shelf_counts: bool) -> None:
        self._clock = clock
        self._library = library
        self._shelf_counts = shelf_counts
        self.rows: dict[str, dict[str, Any]] = {}
        self._numbers: dict[str, str] = {}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        for product in products:
            if len(product.variants) == 1 and not product.variants[0].options:
                self._describe(self._add(hexid("product", product.key), product.variants[0], None), product)
                continue
            parent = self._add(hexid("product", product.key), product.variants[0], None, product)
            self._describe(parent, product)
            for index, variant in enumerate(product.variants):
                self._add(hexid("product", product.key, index), variant, parent)

    def _describe(self, row: dict[str, Any], product: Product) -> None:
        images = [self._image(row["id"], product.key, n, url) for n, url in enumerate(product.images)]
        category, maker = self._library.category([ROOT, "Küche & Tisch"]), self._library.manufacturer(product.vendor)
        row |= {
            "description": product.description, "weight": 0.5, "media": images, "coverId": images[0]["id"],
            "manufacturer": maker, "manufacturerId": maker["id"], "categories": [category],
        }  # fmt: skip
        row["translated"] |= {"description": product.description}

    def _image(self, product: str, key: str, place: int, url: str) -> dict[str, Any]:
        id = hexid("media", url)
        self._library.sources[id] = url
        media = self._library.put(
            "media", id, url=url, fileName=f"{key}-{place + 1}", fileExtension="jpg", mimeType="image/jpeg", alt=None,
            title=None, mediaFolderId=hexid("folder", "product"), hasFile=True,
        )  # fmt: skip
        at = hexid("product_media", key, place)
        return {"id": at, "productId": product, "position": place, "mediaId": id, "media": media}

    def _add(
        self, id: str, variant: Variant, parent: dict[str, Any] | None, family: Product | None = None
    ) -> dict[str, Any]:
        number = self._number(f"{family.key}-P" if family else variant.sku)
        price = {
            "currencyId": DEFAULT_CURRENCY,
            "gross": variant.price,
            "net": cents(variant.price / (1 + variant.tax_rate)),
            "linked": True,
        }
        row = self.new(id, parent)
        row |= {
            "productNumber": number, "ean": None if family else variant.ean, "stock": 0 if family else variant.stock,
            "availableStock": 0 if family else variant.stock,
            "options": [self._library.option(group, name) for group, name in variant.options if parent],
        }  # fmt: skip
        if parent is None:
            title = family.title if family else variant.title
            tax = self._library.all("tax")[hexid("tax", variant.tax_rate)]
            row |= {"name": title, "price": [price], "tax": tax, "taxId": tax["id"]}
            row["translated"]["name"] = title
        else:
            self._configured(parent, row["options"])
        if not family:
            self._numbers.setdefault(variant.sku, id)
        return row

    def new(self, id: str, parent: dict[str, Any] | None) -> dict[str, Any]:
        """A row with nothing in it; what a variant does not have it takes from its parent."""
        row: dict[str, Any] = dict.fromkeys(INHERITED)
        row |= {
            "id": id, "versionId": LIVE_VERSION, "parentId": parent["id"] if parent else None, "parent": parent,
            "autoIncrement": max((one["autoIncrement"] for one in self.rows.values()), default=0) + 1, "childCount": 0,
            "productNumber": "", "stock": 0, "availableStock": 0, "states": ["is-physical"],
            "createdAt": stamp(self._clock()), "updatedAt": None,
            "translated": dict.fromkeys(TEXTS) | {"customFields": []},
        }  # fmt: skip
        row |= {name: [] for name in LISTS}
        if parent is None:
            row |= DEFAULTS
        else:
            parent["childCount"] += 1
        self.rows[id] = row
        return row

    def _configured(self, parent: dict[str, Any], options: list[dict[str, Any]]) -> None:
        held = {one["optionId"] for one in parent["configuratorSettings"]}
        parent["configuratorSettings"] += [
            {"id": hexid("setting", parent["id"], one["id"]), "productId": parent["id"], "optionId": one["id"],
             "option": one, "position": len(held)}
            for one in options if one["id"] not in held
        ]  # fmt: skip

    def _number(self, wanted: str) -> str:
        """A product has a number of its own; where the merchant has none, or has used it, the shop finds one."""
        taken = {row["productNumber"] for row in self.rows.values()}
        if wanted and wanted not in taken:
            return wanted
        return f"{wanted}.1" if wanted else f"SW{10000 + len(self.rows)}"

    def parts(self, entity: str) -> dict[str, dict[str, Any]]:
        """What belongs to one product alone, of all products, by id."""
        if entity == "product_cross_selling_assigned_products":
            groups = self.parts("product_cross_selling").values()
            return {one["id"]: one for group in groups for one in group["assignedProducts"]}
        name = PARTS.get(entity, "")
        return {one["id"]: one for row in self.rows.values() for one in row[name]} if name else {}

    def shown(self, *, inherit: bool) -> list[dict[str, Any]]:
        """All rows; with `inherit` a variant shows what its parent has where it has nothing of its own."""
        if not inherit:
            return list(self.rows.values())
        return [_inheriting(row, row["parent"]) if row["parent"] else row for row in self.rows.values()]

    def sold(self, item: Item) -> dict[str, Any] | None:
        return None if item.deleted else self.rows.get(self._numbers.get(item.sku or "", ""))

    def take(self, id: str | None, quantity: int) -> None:
        """An order is placed (or, with a negative quantity, cancelled). The change stamp does not move."""
        row = self.rows.get(id or "")
        if row is not None:
            row["availableStock"] -= quantity
            if not self._shelf_counts:
                row["stock"] = row["availableStock"]

    def set_stock(self, id: str, stock: int) -> None:
        row = self.rows[id]
        reserved = row["stock"] - row["availableStock"]
        row["stock"] = stock
        row["availableStock"] = stock - reserved if self._shelf_counts else stock
        row["updatedAt"] = stamp(self._clock())

    def delete(self, id: str) -> bool:
        """With its variants."""
        for child in [one for one in self.rows.values() if one["parentId"] == id]:
            self.delete(child["id"])
        row = self.rows.pop(id, None)
        if row is not None and row["parent"]:
            row["parent"]["childCount"] -= 1
        return row is not None

    def price_of(self, number: str, rule: str, quantity: int) -> Decimal:
        """What each of so many pieces costs a customer for whom a rule holds: of several advanced prices the last one
        that fits, without any that of the product."""
        row = next(one for one in self.shown(inherit=True) if one["productNumber"] == number)
        fitting = [
            one
            for one in sorted(row["prices"], key=lambda one: one["quantityStart"])
            if one["ruleId"] == rule and one["quantityStart"] <= quantity <= (one["quantityEnd"] or quantity)
        ]
        prices = fitting[-1]["price"] if fitting else row["price"]
        return Decimal(str(next(one for one in prices if one["currencyId"] == DEFAULT_CURRENCY)["gross"]))

    def strike_price(self, number: str) -> Decimal | None:
        """What a product is shown to have cost before."""
        row = next(one for one in self.shown(inherit=True) if one["productNumber"] == number)
        listed = next(one for one in row["price"] if one["currencyId"] == DEFAULT_CURRENCY).get("listPrice")
        return None if listed is None else Decimal(str(listed["gross"]))

    def stock(self) -> dict[str, int]:
        return {row["productNumber"]: row["availableStock"] for row in self.rows.values() if not row["childCount"]}


def _inheriting(row: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    """Lists that are empty are the parent's; custom fields are both, those of the variant first."""
    own = {name: value for name, value in row.items() if value not in (None, []) or name not in INHERITED}
    said = {name: value for name, value in row["translated"].items() if value not in (None, [])}
    fields = {"customFields": {**(parent["customFields"] or {}), **(row["customFields"] or {})} or None}
    return row | {name: parent[name] for name in INHERITED} | own | fields | {"translated": parent["translated"] | said}
