"""Products, variants, inventory items and levels of one shop, as linked records."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Product, Variant
from services.sandbox.shopify import media, metafields, records
from services.sandbox.shopify.derived import total_available
from services.sandbox.shopify.identity import Numbers, gid, number_of, stamp

Record = dict[str, Any]
NAMES = ("available", "on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock", "quality_control")


def _price(value: Decimal) -> str:
    """Prices in the catalogue are padded text, unlike the amounts of an order."""
    return f"{value:.2f}"


class Catalogue:
    """`places` are the shop's locations: the warehouse first, then the store."""

    def __init__(self, numbers: Numbers, clock: Callable[[], datetime]) -> None:
        self._numbers = numbers
        self._clock = clock
        self.products: list[Record] = []
        self.variants: list[Record] = []
        self.places: list[Record] = [
            records.place(numbers.take(), stamp(clock()), "Hauptlager", "Lagerstraße 7", "12099", online=True),
            records.place(numbers.take(), stamp(clock()), "Ladengeschäft", "Hauptstraße 12", "10115", online=False),
        ]
        self._known: dict[str, Record] = {place["id"]: place for place in self.places}
        self._by_sku: dict[str, Record] = {}
        self._by_title: dict[str, Record] = {}
        self.definitions = metafields.definitions(numbers)
        self.publications: list[Record] = [
            {"__typename": "Publication", "id": numbers.gid("Publication"), "name": name, "autoPublish": False}
            for name in ("Online Store", "Point of Sale")
        ]

    def find(self, identifier: str) -> Record | None:
        """A product, variant, inventory item, level or location by its global id."""
        return self._known.get(identifier)

    def variant(self, sku: str | None, title: str) -> Record | None:
        """What a basket line was bought from: the first variant with that number, else the one with that title."""
        return (self._by_sku.get(sku) if sku else None) or (None if sku else self._by_title.get(title))

    def add(self, products: tuple[Product, ...]) -> None:
        for product in products:
            self._add(product)
        self.numbered()

    def numbered(self) -> None:
        """Counts how many items share a number, and which variant a number means, after any of them changed."""
        shared = Counter(variant["sku"] for variant in self.variants if variant["sku"])
        self._by_sku = {}
        for variant in self.variants:
            variant["inventoryItem"]["duplicateSkuCount"] = max(0, shared[variant["sku"]] - 1)
            if variant["sku"]:
                self._by_sku.setdefault(variant["sku"], variant)

    def by_handle(self, handle: str) -> Record | None:
        return next((product for product in self.products if product["handle"] == handle), None)

    def place(self, product: Record) -> None:
        """Lists a product from now on."""
        self.products.append(product)
        self._known[product["id"]] = product

    def remove(self, product: Record) -> None:
        """A product with its variants is gone for good."""
        self.products.remove(product)
        del self._known[product["id"]]
        for variant in product["variants"]:
            self.drop(variant)
        self.numbered()

    def keep(self, variant: Record) -> None:
        item = variant["inventoryItem"]
        item["variant"] = variant
        self.variants.append(variant)
        self._known |= {variant["id"]: variant, item["id"]: item}

    def drop(self, variant: Record) -> None:
        self.variants.remove(variant)
        item = variant["inventoryItem"]
        for gone in (variant, item, *item["inventoryLevels"]):
            self._known.pop(gone["id"], None)

    def _add(self, product: Product) -> None:
        names = [name for name, _ in product.variants[0].options]
        record = self.started(re.sub(r"[^a-z0-9]+", "-", product.key.lower()).strip("-"))
        record |= {
            "title": product.title,
            "vendor": product.vendor,
            "descriptionHtml": product.description,
            "category": records.category("hg-11"),
            "media": [media.seeded(self._numbers, address) for address in product.images],
            "isGiftCard": product.key.lower().startswith("gutschein"),
            "hasOnlyDefaultVariant": not names,
            "publishedAt": record["createdAt"],
            "_published": {one["id"]: record["createdAt"] for one in self.publications},
        }
        for place, variant in enumerate(product.variants, start=1):
            values = [value for _, value in variant.options]
            record["variants"].append(
                self._variant(record, place, variant.sku, " / ".join(values) or "Default Title", variant)
            )
            self._by_title.setdefault(variant.title, record["variants"][-1])
        record["options"] = self.options(names or ["Title"], record["variants"])
        self.place(record)

    def started(self, handle: str) -> Record:
        """An empty product, which is not listed yet."""
        return records.product(self._numbers.take(), stamp(self._clock()), handle, self.publications)

    def blank(self, product: Record) -> Record:
        """A new variant with nothing of its own yet."""
        nothing = Variant("", "", Decimal(0))
        variant = self._variant(product, len(product["variants"]) + 1, "", "Default Title", nothing)
        variant["inventoryItem"]["measurement"]["weight"] = {"value": 0.0, "unit": "KILOGRAMS"}
        return variant

    def _variant(self, product: Record, place: int, sku: str, title: str, facts: Any) -> Record:
        number = self._numbers.take()
        item = self._item(sku, facts.stock, stamp(self._clock()))
        alone = title == "Default Title"
        record: Record = {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", number),
            "legacyResourceId": str(number),
            "sku": sku,
            "barcode": facts.ean,
            "title": title,
            "displayName": product["title"] + ("" if alone else f" - {title}"),
            "position": place,
            "price": _price(facts.price),
            "compareAtPrice": None,
            "taxable": facts.tax_rate > 0,
            "inventoryPolicy": "DENY",
            "requiresComponents": False,
            "selectedOptions": self.selected(facts.options),
            "media": [],
            "metafields": [],
            "createdAt": item["createdAt"],
            "updatedAt": item["createdAt"],
            "product": product,
            "inventoryItem": item,
            "_tax_rate": facts.tax_rate,
        }
        self.keep(record)
        return record

    def _item(self, sku: str, stock: int, now: str) -> Record:
        number = self._numbers.take()
        item: Record = {
            "__typename": "InventoryItem",
            "id": gid("InventoryItem", number),
            "legacyResourceId": str(number),
            "sku": sku,
            "tracked": True,
            "countryCodeOfOrigin": None,
            "harmonizedSystemCode": None,
            "requiresShipping": True,
            "duplicateSkuCount": 0,
            "measurement": {
                "id": self._numbers.gid("InventoryItemMeasurement"),
                "weight": {"value": 0.5, "unit": "KILOGRAMS"},
            },
            "createdAt": now,
            "updatedAt": now,
            "inventoryLevels": [],
        }
        self.connect(item, self.places[0], stock)
        return item

    def connect(self, item: Record, place: Record, quantity: int) -> Record:
        """Stocks an item at a location that has not carried it so far."""
        now = stamp(self._clock())
        level: Record = {
            "__typename": "InventoryLevel",
            "id": f"{gid('InventoryLevel', number_of(place['id']))}?inventory_item_id={number_of(item['id'])}",
            "isActive": True,
            "canDeactivate": False,
            "createdAt": now,
            "updatedAt": now,
            "item": item,
            "location": place,
            "_quantities": dict.fromkeys(NAMES, 0) | {"available": quantity, "on_hand": quantity},
        }
        item["inventoryLevels"].append(level)
        self._known[level["id"]] = level
        return level

    def selected(self, options: Sequence[tuple[str, str]]) -> list[Record]:
        chosen = options or (("Title", "Default Title"),)
        return [{"name": name, "value": value, "optionValue": self._value(value)} for name, value in chosen]

    def _value(self, value: str) -> Record:
        return {"id": self._numbers.gid("ProductOptionValue"), "name": value, "hasVariants": True}

    def options(self, names: list[str], variants: list[Record]) -> list[Record]:
        options = []
        for position, name in enumerate(names, start=1):
            values = list(dict.fromkeys(variant["selectedOptions"][position - 1]["value"] for variant in variants))
            options.append(
                {
                    "id": self._numbers.gid("ProductOption"),
                    "name": name,
                    "position": position,
                    "values": values,
                    "optionValues": [self._value(value) for value in values],
                }
            )
        return options

    def level(self, item: Record, place: Record) -> Record | None:
        return next((level for level in item["inventoryLevels"] if level["location"] is place), None)

    def move(self, sku: str, place: Record) -> None:
        """Keeps all stock of a number at one location from now on; its orders are assigned there."""
        item = self._by_sku[sku]["inventoryItem"]
        stock = total_available(item)
        for level in item["inventoryLevels"]:
            level["_quantities"] |= {"available": 0, "on_hand": level["_quantities"]["committed"]}
        level = self.level(item, place) or self.connect(item, place, 0)
        level["_quantities"] |= {"available": stock, "on_hand": stock + level["_quantities"]["committed"]}

    def source(self, variant: Record) -> Record:
        """The location that an order's line is taken from: the first that has any, else the first."""
        levels = variant["inventoryItem"]["inventoryLevels"]
        return next((level for level in levels if level["_quantities"]["available"] > 0), levels[0])

    def sellable(self) -> Iterator[tuple[str, int]]:
        """SKU and quantity of every variant, the way the storefront counts it; shared numbers come several times."""
        for variant in self.variants:
            yield variant["sku"], total_available(variant["inventoryItem"])
