"""The shop's offers: one per number of the seller's, with a price, a quantity and the product it is attached to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.sandbox.merchant import Product

NUMBERLESS = "HANDMUSTER"
"""An offer cannot exist without a number: what the merchant sells without one got this when it was listed."""


@dataclass
class Offer:
    id: int
    sku: str
    title: str
    price: Decimal
    quantity: int
    ean: str | None

    def shown(self) -> dict[str, Any]:
        price = {"unit_origin_price": self.price, "unit_discount_price": None, "price": self.price}
        prices = {"channel_code": None, **price, "volume_prices": [{"quantity_threshold": 1, **price}]}
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
            "all_prices": [prices],
            "applicable_pricing": prices,
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
                self.by_sku[sku] = Offer(id, sku, variant.title, variant.price, variant.stock, variant.ean)

    def sell(self, sku: str, quantity: int) -> None:
        """Takes pieces off, or puts them back; an offer never shows less than none."""
        if offer := self.by_sku.get(sku):
            offer.quantity = max(offer.quantity - quantity, 0)

    def page(self, offset: int, most: int, sku: str | None) -> tuple[list[Offer], int]:
        found = [offer for offer in self.by_sku.values() if sku is None or offer.sku == sku]
        found.sort(key=lambda offer: (offer.price, offer.id))
        return found[offset : offset + most], len(found)
