"""The shop's articles: an article has a main variant, and may have more; every variant has a number and stock."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Item, Product, Variant
from services.sandbox.shopware5.values import shown

Row = dict[str, Any]
CATEGORIES: tuple[Row, ...] = tuple(
    {
        "id": id,
        "active": True,
        "name": name,
        "position": 0,
        "parentId": above,
        "childrenCount": "1",
        "articleCount": "0",
    }
    for id, name, above in ((1, "Root", None), (3, "Deutsch", 1), (4, "Haushalt", 3), (5, "Küche", 4))
)
GROUPS = ("EK", "H")
"""Customers of the shop, and resellers, who have a price list of their own."""


class Catalogue:
    def __init__(self, clock: Callable[[], datetime], *, zoned: bool) -> None:
        self._clock, self._zoned = clock, zoned
        self.articles: dict[int, Row] = {}
        self.changed: dict[int, datetime] = {}
        self.files: dict[int, Row] = {}
        self._details: dict[str, Row] = {}
        self._groups: dict[str, int] = {}
        self._count = 0

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        for product in products:
            self._add(product)

    def _add(self, product: Product) -> None:
        id, now = len(self.articles) + 1, self._clock()
        first, *others = (self._detail(id, variant, place) for place, variant in enumerate(product.variants))
        varied = len(product.variants) > 1 or bool(product.variants[0].options)
        rate = product.variants[0].tax_rate * 100
        self.changed[id] = now
        self.articles[id] = {
            "id": id, "mainDetailId": first["id"], "supplierId": 1, "taxId": 1 if rate == 19 else 4,
            "configuratorSetId": id if varied else None, "name": product.title, "description": f"{product.title}, kurz",
            "descriptionLong": product.description, "keywords": "", "metaTitle": None,
            "added": shown(now, zoned=self._zoned), "changed": shown(now, zoned=self._zoned),
            "active": True, "lastStock": False, "mainDetail": first, "details": others,
            "tax": {"id": 1 if rate == 19 else 4, "tax": f"{rate:.2f}", "name": f"{rate.normalize():f}%"},
            "supplier": {"id": 1, "name": product.vendor},
            "configuratorSet": self._set(id, product) if varied else None,
            "categories": {"5": {"id": 5, "name": "Küche"}},
            "images": self._images(id, product),
            "translations": {"2": {"name": f"{product.title} (en)", "shopId": 2}},
        }  # fmt: skip

    def _set(self, id: int, product: Product) -> Row:
        """The groups are those of the shop, for all its articles."""
        names = dict.fromkeys(name for variant in product.variants for name, _ in variant.options)
        groups = [
            {"id": self._group(name), "name": name, "description": None, "position": place}
            for place, name in enumerate(names)
        ]
        return {"id": id, "name": f"Set-{product.key}", "public": False, "type": 0, "groups": groups}

    def _group(self, name: str) -> int:
        return self._groups.setdefault(name, len(self._groups) + 1)

    def _images(self, id: int, product: Product) -> list[Row]:
        """The article names files; only the list of files knows their addresses."""
        found = []
        # The last one that was uploaded is the main one, and stands last in the list.
        for place, url in reversed(list(enumerate(product.images))):
            file = len(self.files) + 1
            name = url.rpartition("/")[2].removesuffix(".jpg")
            self.files[file] = {
                "id": file, "albumId": -1, "name": name, "description": "", "path": url, "type": "IMAGE",
                "extension": "jpg", "userId": 50, "created": "2019-03-01T00:00:00+0100", "fileSize": 48_213,
            }  # fmt: skip
            found.append(
                {
                    "id": file, "articleId": id, "articleDetailId": None, "description": product.title, "path": name,
                    "main": 1 if place == 0 else 2, "position": 2 - place, "width": 0, "height": 0, "relations": "",
                    "extension": "jpg", "parentId": None, "mediaId": file,
                }
            )  # fmt: skip
        return found

    def _detail(self, article: int, variant: Variant, place: int) -> Row:
        self._count += 1
        net = variant.price / (1 + variant.tax_rate)
        row: Row = {
            "id": self._count, "articleId": article, "number": self._number(variant.sku), "supplierNumber": "",
            "kind": 1 if place == 0 else 2, "additionalText": "", "active": 1, "inStock": variant.stock,
            "ean": variant.ean, "weight": "0.500",
            "width": None, "len": None, "height": None, "shippingTime": "",
            "position": place, "minPurchase": 1, "shippingFree": False,
            "prices": [
                {
                    "id": self._count * 10 + index, "articleId": article, "articleDetailsId": self._count,
                    "customerGroupKey": group, "from": 1, "to": "beliebig", "pseudoPrice": 0, "percent": 0,
                    "price": round(net * (Decimal(1) if group == "EK" else Decimal("0.8")), 12),
                    "customerGroup": {"id": index + 1, "key": group, "tax": group == "EK", "taxInput": group == "EK"},
                }
                for index, group in enumerate(GROUPS)
            ],
            "configuratorOptions": [
                {"id": self._count * 10 + index, "groupId": self._group(name), "name": value, "position": index}
                for index, (name, value) in enumerate(variant.options)
            ],
        }  # fmt: skip
        self._details.setdefault(variant.sku, row)
        self._details.setdefault(row["number"], row)
        return row

    def _number(self, wanted: str) -> str:
        """Every variant has a number of its own; where the merchant has none, or has used it, the shop finds one."""
        if wanted and wanted not in self._details:
            return wanted
        return f"{wanted}.1" if wanted else f"SW{10000 + self._count}"

    def details(self) -> list[Row]:
        return [one for article in self.articles.values() for one in (article["mainDetail"], *article["details"])]

    def sold(self, item: Item) -> Row | None:
        return None if item.deleted else self._details.get(item.sku or "")

    def take(self, number: str, quantity: int) -> None:
        """An order is placed (or, with a negative quantity, cancelled). The article's change stamp does not move."""
        row = self._details.get(number)
        if row is not None:
            row["inStock"] -= quantity

    def set_stock(self, number: str, quantity: int) -> None:
        """The merchant counts and types it in."""
        row = self._details[number]
        row["inStock"] = quantity
        now = self._clock()
        self.changed[row["articleId"]] = now
        self.articles[row["articleId"]]["changed"] = shown(now, zoned=self._zoned)
