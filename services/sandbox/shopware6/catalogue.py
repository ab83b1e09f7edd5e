"""The shop's products: parents and variants are rows of one kind; a variant holds only what differs.

Up to 6.5 `stock` is what lies on the shelf and `availableStock` what open orders leave of it. From 6.6 on an order
lowers `stock` itself, and `availableStock` only mirrors it.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Item, Product, Variant
from services.sandbox.shopware6.values import DEFAULT_CURRENCY, LIVE_VERSION, cents, hexid, stamp

INHERITED = (
    "name", "price", "taxId", "active", "translated", "description", "weight", "manufacturer", "categories", "media",
    "coverId",
)  # fmt: skip


class Catalogue:
    def __init__(self, clock: Callable[[], datetime], *, shelf_counts: bool) -> None:
        self._clock = clock
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
        images = [
            {
                "id": hexid("product_media", product.key, n),
                "position": n,
                "media": {"id": hexid("media", url), "url": url},
            }
            for n, url in enumerate(product.images)
        ]
        path = ["Kramladen", "Küche & Tisch"]
        row |= {
            "description": product.description, "weight": 0.5, "media": images, "coverId": images[0]["id"],
            "manufacturer": {"id": hexid("manufacturer", product.vendor), "name": product.vendor,
                             "translated": {"name": product.vendor}},
            "categories": [{"id": hexid("category", *path), "breadcrumb": path, "translated": {"breadcrumb": path}}],
        }  # fmt: skip
        row["translated"] |= {"description": product.description}

    def _add(
        self, id: str, variant: Variant, parent: dict[str, Any] | None, family: Product | None = None
    ) -> dict[str, Any]:
        number = self._number(f"{family.key}-P" if family else variant.sku)
        title = family.title if family else variant.title
        price = {
            "currencyId": DEFAULT_CURRENCY,
            "gross": variant.price,
            "net": cents(variant.price / (1 + variant.tax_rate)),
            "linked": True,
        }
        own = {
            "name": title,
            "price": [price],
            "taxId": hexid("tax", variant.tax_rate),
            "active": True,
            "translated": {"name": title, "customFields": []},
        }
        inherited: dict[str, Any] = {
            "name": None,
            "price": None,
            "taxId": None,
            "active": None,
            "translated": {"name": None, "customFields": []},
        }
        row: dict[str, Any] = {
            "id": id, "versionId": LIVE_VERSION, "parentId": parent["id"] if parent else None, "parent": parent,
            "autoIncrement": len(self.rows) + 1, "childCount": len(family.variants) if family else 0,
            "productNumber": number, "ean": None if family else variant.ean, "isCloseout": False, "customFields": None,
            "stock": 0 if family else variant.stock, "availableStock": 0 if family else variant.stock,
            "states": ["is-physical"], "description": None, "weight": None, "width": None, "height": None,
            "length": None, "manufacturer": None, "categories": None, "media": None, "coverId": None,
            "createdAt": stamp(self._clock()), "updatedAt": None,
            "options": [
                {
                    "id": hexid("option", group, name), "name": name, "translated": {"name": name},
                    "group": {"id": hexid("group", group), "name": group},
                }
                for group, name in variant.options if parent
            ],
        }  # fmt: skip
        row |= inherited if parent else own
        self.rows[id] = row
        if not family:
            self._numbers.setdefault(variant.sku, id)
        return row

    def _number(self, wanted: str) -> str:
        """A product has a number of its own; where the merchant has none, or has used it, the shop finds one."""
        taken = {row["productNumber"] for row in self.rows.values()}
        if wanted and wanted not in taken:
            return wanted
        return f"{wanted}.1" if wanted else f"SW{10000 + len(self.rows)}"

    def shown(self, *, inherit: bool) -> list[dict[str, Any]]:
        """All rows; with `inherit` a variant shows what its parent has where it has nothing of its own."""
        if not inherit:
            return list(self.rows.values())
        return [
            row | {name: row["parent"][name] for name in INHERITED if row[name] is None or name == "translated"}
            if row["parent"]
            else row
            for row in self.rows.values()
        ]

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

    def set_price(self, id: str, price: list[dict[str, Any]]) -> None:
        """The list replaces the one that was there."""
        row = self.rows[id]
        row["price"] = price
        row["updatedAt"] = stamp(self._clock())

    def strike_price(self, number: str) -> Decimal | None:
        """What a product is shown to have cost before."""
        row = next(one for one in self.shown(inherit=True) if one["productNumber"] == number)
        listed = next(one for one in row["price"] if one["currencyId"] == DEFAULT_CURRENCY).get("listPrice")
        return None if listed is None else Decimal(str(listed["gross"]))

    def stock(self) -> dict[str, int]:
        return {row["productNumber"]: row["availableStock"] for row in self.rows.values() if not row["childCount"]}
