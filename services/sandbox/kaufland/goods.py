"""The seller's offers ("units"): one per storefront, with one quantity behind all of the same `id_offer`."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.sandbox.kaufland.errors import ApiError, invalid
from services.sandbox.kaufland.times import shown
from services.sandbox.merchant import Product, Variant

MOST_UNITS = 150
LARGEST = 99_999
MOST_EXPENSIVE = {"CZK": 2_500_000_000, "PLN": 450_000_000, "EUR": 100_000_000}
FIRST_ID = 387_500_001_000
LAG = timedelta(minutes=3)
CURRENCY = {"cz": "CZK", "pl": "PLN"}
# What the pretend merchant asks for abroad, per euro.
RATE = {"CZK": Decimal(25), "PLN": Decimal("4.5"), "EUR": Decimal(1)}
VAT = {Decimal("0.19"): "standard_rate", Decimal("0.07"): "reduced_rate_1", Decimal(0): "zero_rate"}


def currency_of(storefront: str) -> str:
    return CURRENCY.get(storefront, "EUR")


def minor(amount: Decimal, currency: str) -> int:
    """Whole hundredths of the storefront's currency."""
    return int((amount * RATE[currency] * 100).to_integral_value())


def ean_of(ean: str | None, title: str) -> str:
    """Nothing is sold there without an EAN; what the merchant has none for got one of his own."""
    return ean or f"200{zlib.crc32(title.encode()):010d}"


def product(title: str, ean: str, storefront: str) -> dict[str, Any]:
    id = 362_500_000 + zlib.crc32(ean.encode()) % 400_000
    return {
        "id_product": id,
        "storefront": storefront,
        "title": title,
        # A GTIN-13 that begins with a zero stands there without it, too.
        "eans": [ean],
        "id_category": 34401,
        "main_picture": f"https://media.example/product-images/{ean}.jpg",
        "manufacturer": "Kramladen",
        "url": f"https://www.kaufland.example/product/{id}/",
        "age_rating": 0,
        "is_valid": True,
        "dangerous_goods_li_shipping": None,
        "danger_label_9A": None,
    }


@dataclass
class Unit:
    """One offer in one storefront. Its quantity is that of its `key`; `price` is what the seller
    set there later, in minor units."""

    id: int
    key: str
    id_offer: str | None
    variant: Variant
    ean: str
    storefront: str
    inserted_at: datetime
    changed_at: datetime
    status: str = "AVAILABLE"
    price: int | None = None
    handling_time: int = 1
    lag: timedelta = timedelta(0)
    """How long a new one is not in the list yet."""

    @property
    def listed_from(self) -> datetime:
        return self.inserted_at + self.lag

    def body(self, amount: int, *, products: bool = False) -> dict[str, Any]:
        currency = currency_of(self.storefront)
        price = self.price or minor(self.variant.price, currency)
        found: dict[str, Any] = {
            "status": self.status,
            "currency": currency,
            "condition": "NEW",
            "id_unit": self.id,
            "note": None,
            "listing_price": price,
            "minimum_price": price,
            "price": price,
            "id_offer": self.id_offer,
            "id_product": product(self.variant.title, self.ean, self.storefront)["id_product"],
            "id_shipping_group": 1,
            "id_warehouse": 1,
            "amount": amount,
            "date_inserted_iso": shown(self.inserted_at),
            "date_lastchange_iso": shown(self.changed_at),
            "handling_time": self.handling_time,
            "shipping_rate": minor(Decimal("4.90"), currency),
            "storefront": self.storefront,
            "transport_time_min": 1,
            "transport_time_max": 3,
            "fulfillment_type": "fulfilled_by_merchant",
            "vat_indicator": VAT[self.variant.tax_rate],
        }
        return found | ({"product": product(self.variant.title, self.ean, self.storefront)} if products else {})


class Goods:
    """All offers by their id, and the quantities behind them."""

    def __init__(self, clock: Callable[[], datetime], storefronts: tuple[str, ...]) -> None:
        self._clock = clock
        self._storefronts = storefronts
        self.units: dict[int, Unit] = {}
        self.amounts: dict[str, int] = {}
        self.changed: Callable[[Unit], None] = lambda unit: None

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        for one in products:
            for variant in one.variants:
                self.offer(variant)

    def offer(self, variant: Variant) -> None:
        """An `id_offer` is taken once, and nothing is offered for nothing."""
        ean = ean_of(variant.ean, variant.title)
        key = variant.sku or ean
        if key in self.amounts or variant.price <= 0:
            return
        self.amounts[key] = variant.stock
        for storefront in self._storefronts:
            id, now = FIRST_ID + len(self.units), self._clock()
            self.units[id] = Unit(id, key, variant.sku or None, variant, ean, storefront, now, now)

    def create(self, storefront: str, wanted: Any, known: Callable[[str], bool]) -> Unit:
        """A new offer of a product that the platform knows. Raises ApiError for any other."""
        for name in ("id_offer", "handling_time", "listing_price"):
            if wanted.get(name) is None:
                raise invalid(name, "is required")
        ean, number, price = wanted.get("ean"), str(wanted["id_offer"]), wanted["listing_price"]
        if type(price) is not int or not 1 <= price <= MOST_EXPENSIVE[currency_of(storefront)]:
            raise invalid("listing_price", f"must be from 1 to {MOST_EXPENSIVE[currency_of(storefront)]}")
        if wanted.get("vat_indicator", "standard_rate") not in VAT.values():
            raise invalid("vat_indicator", "is not known")
        if not isinstance(ean, str) or not known(ean):
            raise ApiError(404, "not-found", f"There is no product with the EAN {ean}.")
        same = [unit for unit in self.units.values() if unit.id_offer == number]
        if any(unit.ean != ean for unit in same):
            raise ApiError(400, "units/invalid-id-offer", f"The id_offer {number} stands for another product.")
        if any(unit.storefront == storefront for unit in same):
            raise ApiError(409, "duplicate-action", f"There is a unit with the id_offer {number} already.")
        variant = Variant(number, f"Produkt {ean}", Decimal(1), ean=ean)
        id, now = FIRST_ID + len(self.units), self._clock()
        unit = Unit(
            id, number, number, variant, ean, storefront, now, now,
            price=price, handling_time=int(wanted["handling_time"]), lag=LAG,
        )  # fmt: skip
        self.units[id] = unit
        self._set(number, int(wanted.get("amount", 1)))
        return unit

    def shown(self, unit: Unit, *, products: bool = False) -> dict[str, Any]:
        return unit.body(self.amounts[unit.key], products=products)

    def sell(self, key: str, pieces: int) -> None:
        """An order takes its pieces, a cancellation gives them back; what is no longer offered counts nothing."""
        if key in self.amounts:
            self._set(key, max(self.amounts[key] - pieces, 0))

    def change(self, storefront: str, rows: Any) -> list[dict[str, Any]]:
        """One answer per unit. Raises ApiError where the whole call is refused."""
        if not isinstance(rows, list) or not rows:
            raise ApiError(400, "units/bulk-invalid-operation", "A list of units is expected.")
        if len(rows) > MOST_UNITS:
            raise ApiError(400, "units/bulk-too-many-units", f"At most {MOST_UNITS} units are taken.")
        ids = [row.get("id_unit") for row in rows]
        if len(set(ids)) < len(ids):
            raise ApiError(400, "units/bulk-duplicate-units", "A unit stands in the call twice.")
        return [self._changed(storefront, row["id_unit"], row.get("unit_data") or {}) for row in rows]

    def _changed(self, storefront: str, id: int, wanted: dict[str, Any]) -> dict[str, Any]:
        unit = self.units.get(id)
        if unit is None or unit.storefront != storefront:
            message = f"The unit {id} was not found."
            return {"id_unit": id, "status_code": 404, "message": message, "errors": []}
        least = {"amount": 0, "listing_price": 1}
        most = {"amount": LARGEST, "listing_price": MOST_EXPENSIVE[currency_of(storefront)]}
        wanted = dict(wanted)
        status = wanted.pop("status", unit.status)
        errors = [
            {"field": name, "message": f"{name} must be from {least[name]} to {most[name]}"}
            if name in least
            else {"field": name, "message": "is not played here"}
            for name, value in wanted.items()
            if name not in least or type(value) is not int or not least[name] <= value <= most[name]
        ]
        if status not in ("AVAILABLE", "ONHOLD"):
            errors.append({"field": "status", "message": "must be AVAILABLE or ONHOLD"})
        if errors:
            return {"id_unit": id, "status_code": 400, "message": "Parameters have wrong values.", "errors": errors}
        if status != unit.status:
            unit.status, unit.changed_at = status, self._clock()
            self.changed(unit)
        if "listing_price" in wanted:
            unit.price, unit.changed_at = wanted["listing_price"], self._clock()
            self.changed(unit)
        if "amount" in wanted:
            self._set(unit.key, wanted["amount"])
        return {"id_unit": id, "status_code": 200, "unit": self.shown(unit)}

    def _set(self, key: str, amount: int) -> None:
        self.amounts[key] = amount
        for unit in self.units.values():
            if unit.key == key:
                unit.changed_at = self._clock()
                self.changed(unit)
