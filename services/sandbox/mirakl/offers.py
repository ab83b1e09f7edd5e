"""The shop's offers: one per number of the seller's, with a price, a quantity and the product it is attached to."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Product

NUMBERLESS = "HANDMUSTER"
"""An offer cannot exist without a number: what the merchant sells without one got this when it was listed."""


@dataclass
class Price:
    """One price of an offer; without channels it is the usual one. `volumes`: from so many pieces on. A discount holds
    between its dates, or from now on where it has none."""

    amount: Decimal
    discount: Decimal | None = None
    start: str = ""
    end: str = ""
    channels: tuple[str, ...] = ()
    volumes: dict[int, Decimal] = field(default_factory=dict)

    @property
    def now(self) -> Decimal:
        return self.amount if self.discount is None else self.discount

    def shown(self) -> dict[str, Any]:
        volumes = {1: self.amount, **self.volumes}
        single = {"unit_origin_price": self.amount, "unit_discount_price": self.discount, "price": self.now}
        return {
            "channel_code": None,
            **({"context": {"channel_codes": list(self.channels)}} if self.channels else {}),
            **single,
            "discount_start_date": self.start or None,
            "discount_end_date": self.end or None,
            "volume_prices": [
                single | {"quantity_threshold": 1},
                *(
                    {
                        "quantity_threshold": threshold,
                        "unit_origin_price": amount,
                        "unit_discount_price": None,
                        "price": amount,
                    }
                    for threshold, amount in volumes.items()
                    if threshold > 1
                ),
            ],
        }


@dataclass
class Offer:
    id: int
    sku: str
    title: str
    prices: list[Price]
    quantity: int
    ean: str | None

    @property
    def usual(self) -> Price:
        return next(price for price in self.prices if not price.channels)

    @property
    def price(self) -> Decimal:
        return self.usual.now

    def shown(self) -> dict[str, Any]:
        references = [{"reference": self.ean, "reference_type": "EAN"}] if self.ean else []
        return {
            "offer_id": self.id,
            "shop_sku": self.sku,
            "product_sku": f"MKP{self.id:09d}",
            "product_title": self.title,
            "product_references": references,
            "product_brand": "Kramladen",
            "product_description": None,
            "category_code": "K1",
            "category_label": "Kramladen",
            "active": self.quantity > 0,
            **({} if self.quantity > 0 else {"inactivity_reasons": ["ZERO_QUANTITY"]}),
            "all_prices": [price.shown() for price in self.prices],
            "applicable_pricing": self.usual.shown(),
            "allow_quote_requests": False,
            "channels": [],
            "currency_iso_code": "EUR",
            "description": self.title,
            "fulfillment": {"center": {"code": "DEFAULT"}},
            "leadtime_to_ship": 2,
            "logistic_class": {"code": "S", "label": "Klein"},
            "max_order_quantity": 100,
            "min_order_quantity": 1,
            "min_quantity_alert": 0,
            "min_shipping_price": Decimal("4.90"),
            "min_shipping_price_additional": Decimal(0),
            "min_shipping_type": "DHL",
            "min_shipping_zone": "DE",
            "package_quantity": 1,
            "price": self.price,
            "price_additional_info": None,
            "quantity": self.quantity,
            "shipping_deadline": "2030-01-01T00:00:00Z",
            "state_code": "11",
            "total_price": self.price + Decimal("4.90"),
            "offer_additional_fields": [],
        }


class Offers:
    """By number. A second product of the same number is not listed: Mirakl allows each number once per shop."""

    def __init__(self) -> None:
        self.by_sku: dict[str, Offer] = {}

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        for variant in (variant for product in products for variant in product.variants):
            sku = variant.sku or NUMBERLESS
            if sku not in self.by_sku:
                id = 2000 + len(self.by_sku)
                self.by_sku[sku] = Offer(id, sku, variant.title, [Price(variant.price)], variant.stock, variant.ean)

    def sell(self, sku: str, quantity: int) -> None:
        """Takes pieces off, or puts them back; an offer never shows less than none."""
        if offer := self.by_sku.get(sku):
            offer.quantity = max(offer.quantity - quantity, 0)

    def page(self, offset: int, most: int, sku: str | None) -> tuple[list[Offer], int]:
        found = [offer for offer in self.by_sku.values() if sku is None or offer.sku == sku]
        found.sort(key=lambda offer: (offer.price, offer.id))
        return found[offset : offset + most], len(found)
