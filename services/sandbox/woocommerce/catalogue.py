"""The shop's products and variations with their stock, as rows that the REST API shows and changes."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Product, Variant
from services.sandbox.woocommerce.amounts import RATE_OF
from services.sandbox.woocommerce.pictures import Picture, Pictures
from services.sandbox.woocommerce.terms import Terms

NO_DIMENSIONS = {"length": "", "width": "", "height": ""}
DIGITAL_WORDS = ("E-Book", "PDF")


@dataclass
class Row:
    """A product (`parent` None) or a variation. `stock` None means that stock is not managed here."""

    id: int
    name: str
    sku: str
    type: str
    created_at: datetime
    modified_at: datetime
    parent: "Row | None" = None
    tax_class: str = ""
    regular_price: str = ""
    sale_price: str = ""
    sale_from: datetime | None = None
    sale_to: datetime | None = None
    ean: str = ""
    manage_stock: bool = True
    stock: int | None = 0
    backorders: str = "no"
    status: str = "publish"
    description: str = ""
    short_description: str = ""
    weight: str = ""
    virtual: bool = False
    total_sales: int = 0
    options: tuple[tuple[str, str], ...] = ()
    attributes: list[dict[str, Any]] = field(default_factory=list)
    meta: list[dict[str, Any]] = field(default_factory=list)
    images: list[Picture] = field(default_factory=list)
    dimensions: dict[str, str] = field(default_factory=lambda: dict(NO_DIMENSIONS))
    categories: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    brands: list[int] = field(default_factory=list)
    cross_sells: list[int] = field(default_factory=list)
    variations: list["Row"] = field(default_factory=list)

    @property
    def shown_sku(self) -> str:
        """A variation without a number of its own reports its parent's."""
        return self.sku or (self.parent.sku if self.parent else "")

    @property
    def keeper(self) -> "Row | None":
        """The row that counts this row's stock: itself, its parent, or nobody."""
        if self.manage_stock:
            return self
        return self.parent if self.parent and self.parent.manage_stock else None

    @property
    def trashed(self) -> bool:
        return self.status == "trash" or bool(self.parent and self.parent.status == "trash")

    @property
    def on_sale(self) -> bool:
        return self.sale_price != ""


class Catalogue:
    """Rows by id. `changed` is told about every row whose stamp moved, so that webhooks can be sent."""

    def __init__(self, clock: Callable[[], datetime], next_id: Callable[[], int]) -> None:
        self._clock = clock
        self._next_id = next_id
        self.rows: dict[int, Row] = {}
        self.terms = Terms()
        self.pictures = Pictures()
        self.changed: Callable[[Row, bool], None] = lambda row, created: None

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        """Lists the merchant's goods. Variants that share a number take it from their parent, with its stock."""
        for product in products:
            first = product.variants[0]
            if len(product.variants) == 1 and not first.options:
                self.add(self._simple(product, first))
            else:
                self._variable(product)

    def add(self, row: Row) -> Row:
        self.rows[row.id] = row
        if row.parent:
            row.parent.variations.append(row)
        return row

    def _new(self, name: str, sku: str, kind: str) -> Row:
        now = self._clock().replace(microsecond=0)
        return Row(self._next_id(), name, sku, kind, now, now)

    def new(self, name: str, sku: str, kind: str, parent: Row | None = None) -> Row:
        """An empty row as the REST API creates it."""
        row = self._new(name, sku, kind)
        row.parent, row.manage_stock, row.stock = parent, False, None
        return self.add(row)

    def _simple(self, product: Product, variant: Variant) -> Row:
        row = self._new(product.title, variant.sku, "simple")
        self._dress(row, variant)
        row.description, row.images, row.weight = product.description, self._pictures(product), "0.5"
        row.categories = [16]
        row.virtual = any(word in product.title for word in DIGITAL_WORDS)
        return row

    def _dress(self, row: Row, variant: Variant) -> None:
        rate = RATE_OF.get(variant.tax_rate)
        row.tax_class = rate.tax_class if rate else "zero-rate"
        row.regular_price = f"{variant.price:f}"
        row.ean = variant.ean or ""
        row.stock = variant.stock
        row.options = variant.options

    def _variable(self, product: Product) -> None:
        numbers = {variant.sku for variant in product.variants}
        shared = numbers.pop() if len(numbers) == 1 else ""
        parent = self._new(product.title, shared or product.key.upper(), "variable")
        parent.description, parent.images = product.description, self._pictures(product)
        parent.categories = [16]
        parent.manage_stock = bool(shared)
        parent.stock = sum(variant.stock for variant in product.variants) if shared else None
        names = [name for name, _ in product.variants[0].options]
        parent.attributes = [
            {
                "id": self.terms.attribute(name)["id"],
                "name": name,
                "slug": f"pa_{name.lower()}",
                "position": position,
                "visible": True,
                "variation": True,
                "options": sorted({dict(variant.options)[name] for variant in product.variants}),
            }
            for position, name in enumerate(names)
        ]
        self.add(parent)
        for variant in product.variants:
            row = self._new(variant.title, "" if shared else variant.sku, "variation")
            self._dress(row, variant)
            row.parent = parent
            if shared:
                row.manage_stock, row.stock = False, None
            self.add(row)

    def _pictures(self, product: Product) -> list[Picture]:
        return [self.pictures.seeded(address) for address in product.images]

    def remove(self, row: Row) -> None:
        """A product with its variations, or one variation, is gone for good."""
        for gone in (row, *row.variations):
            del self.rows[gone.id]
        if row.parent:
            row.parent.variations.remove(row)

    def sellable(self) -> Iterator[Row]:
        """Everything a customer can put into a basket."""
        return (row for row in self.rows.values() if row.type != "variable" and not row.trashed)

    def find(self, sku: str | None, title: str) -> Row | None:
        """The row behind a basket line: by number, and by title where the number is empty or not unique."""
        rows = [row for row in self.sellable() if row.shown_sku == (sku or "")]
        return next((row for row in rows if row.name == title), rows[0] if rows and sku else None)

    def by_skus(self, skus: Iterable[str]) -> list[Row]:
        wanted = set(skus)
        return [row for row in self.rows.values() if row.sku and row.sku in wanted and not row.trashed]

    def sell(self, row: Row, quantity: int) -> int | None:
        """Takes pieces out of stock (negative: puts them back) and answers the level before, None if unmanaged."""
        row.total_sales += quantity
        keeper = row.keeper
        if keeper is None or keeper.stock is None:
            return None
        before, keeper.stock = keeper.stock, keeper.stock - quantity
        self.touch(keeper)
        return before

    def touch(self, row: Row, created: bool = False) -> None:
        """Moves the row's stamp; editing a variation moves its parent as well."""
        row.modified_at = self._clock().replace(microsecond=0)
        if row.parent:
            row.parent.modified_at = row.modified_at
        self.changed(row, created)

    def stock(self) -> dict[str, int]:
        """Number to quantity, as the front end would sell it."""
        return {
            row.shown_sku: row.keeper.stock
            for row in self.sellable()
            if row.shown_sku and row.keeper and row.keeper.stock is not None
        }


def price_of(row: Row) -> Decimal:
    return Decimal(row.sale_price or row.regular_price or "0")


def digest(*parts: object) -> str:
    """A repeatable stand-in for the shop's random keys."""
    return hashlib.sha1("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()
