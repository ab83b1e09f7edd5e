"""The seller's product variations: what OTTO accepted (MOIN), their marketplace status, and their quantities."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Product, Variant
from services.sandbox.otto.errors import ApiError
from services.sandbox.otto.times import shown

MOST_ROWS = 200
LARGEST = 999_999_999
VAT = {Decimal("0.19"): "FULL", Decimal("0.07"): "REDUCED", Decimal(0): "FREE"}


def sku_of(sku: str | None, title: str) -> str:
    """A variation cannot be listed without a number of its own, so the seller made one up for OTTO."""
    return sku or f"OTTO-{zlib.crc32(title.encode()) % 100_000:05d}"


@dataclass
class Variation:
    """One sellable piece: `content` is what the seller wrote of it, without prices. `moin` is empty until OTTO has
    accepted it; only then it may have a quantity. `review_at` is when OTTO will have looked at what is new."""

    content: dict[str, Any]
    pricing: dict[str, Any]
    vat: str
    moin: str
    status: str
    quantity: int | None
    changed_at: datetime
    counted_at: datetime
    errors: list[dict[str, str]] = field(default_factory=list)
    review_at: datetime | None = None
    profile: dict[str, str] = field(default_factory=dict)
    active: bool = True

    @property
    def reference(self) -> str:
        return str(self.content["productReference"])

    @property
    def sku(self) -> str:
        return str(self.content["sku"])

    def priced(self) -> dict[str, Any]:
        return {"sku": self.sku} | self.pricing

    def body(self) -> dict[str, Any]:
        found = self.content | {"pricing": self.pricing | {"vat": self.vat}}
        return found | ({"moin": self.moin} if self.moin else {})

    def on_market(self) -> dict[str, Any]:
        status = self.status if self.active or self.status != "ONLINE" else "INACTIVE"
        found = {"sku": self.sku, "status": status, "errors": self.errors, "lastModified": shown(self.changed_at)}
        return found | ({"moin": self.moin} if self.moin else {})

    def counted(self) -> dict[str, Any]:
        return {"sku": self.sku, "quantity": self.quantity, "lastModified": shown(self.counted_at)}


def moin_of(sku: str) -> str:
    """What OTTO calls it once it is accepted."""
    return f"M{zlib.crc32(sku.encode()):010d}"


class Goods:
    """All variations by their number, in the order in which they were listed."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.rows: dict[str, Variation] = {}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        for product in products:
            for variant in product.variants:
                self.offer(product, variant)

    def offer(self, product: Product, variant: Variant) -> None:
        """A number can be listed once; a second variant under it is never accepted."""
        sku, now = sku_of(variant.sku, variant.title), self._clock()
        if sku not in self.rows:
            price = {"standardPrice": {"amount": float(variant.price), "currency": "EUR"}}
            self.rows[sku] = Variation(
                _content(product, sku, variant), price, VAT[variant.tax_rate], moin_of(sku), "ONLINE", variant.stock,
                now, now,
            )  # fmt: skip

    def sell(self, sku: str, pieces: int) -> None:
        """An order takes its pieces, a cancellation gives them back; a number that is gone counts nothing."""
        row = self.rows.get(sku)
        if row is not None and row.quantity is not None:
            row.quantity, row.counted_at = max(row.quantity - pieces, 0), self._clock()

    def count(self, rows: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Absolute quantities: what was taken, and what was refused. Raises ApiError for the whole call."""
        path = "/v1/availability/quantities"
        if not isinstance(rows, list) or not rows:
            raise ApiError(422, "UNPROCESSABLE_ENTITY", "A list of quantities is expected")
        if len(rows) > MOST_ROWS:
            raise ApiError(413, "PAYLOAD_TOO_LARGE", f"At most {MOST_ROWS} quantities are taken at once")
        taken: list[dict[str, Any]] = []
        refused: list[dict[str, Any]] = []
        for place, given in enumerate(rows):
            quantity, sku = given.get("quantity"), str(given.get("sku", ""))
            if not isinstance(quantity, int) or not 0 <= quantity <= LARGEST:
                raise ApiError(422, "UNPROCESSABLE_ENTITY", f"[{place}].quantity must be from 0 to {LARGEST}")
            row = self.rows.get(sku)
            if row is None or not row.moin:
                error = ApiError(404, "SKU_UNKNOWN", f"The SKU {sku} is not known.")
                refused.append({"code": 404} | error.entry(path))
                continue
            row.quantity, row.counted_at = quantity, self._clock()
            taken.append(row.counted() | {"links": []})
        return taken, refused

    def stock(self) -> dict[str, int]:
        return {row.sku: row.quantity for row in self.rows.values() if row.quantity is not None}


def _content(product: Product, sku: str, variant: Variant) -> dict[str, Any]:
    """As the seller entered it long ago."""
    maker = {"name": "Kramladen GmbH", "address": "Am Hafen 1, 18055 Rostock", "regionCode": "DE"}
    return {
        "productReference": product.key,
        "sku": sku,
        "ean": variant.ean or "",
        "productDescription": {"category": "Haushaltswaren", "brandId": "KRAMLADEN", "productLine": variant.title},
        "mediaAssets": [{"type": "IMAGE", "location": f"https://images.example/{product.key}.jpg"}],
        "delivery": {"type": "PARCEL", "deliveryTime": 2},
        "compliance": {"productSafety": {"addresses": [maker | {"roles": ["MANUFACTURER"]}]}},
    }
