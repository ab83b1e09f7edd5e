"""The seller's listings: one quantity for each SKU, one price in each marketplace."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.sandbox.amazon.checkout import sku_of
from services.sandbox.amazon.markets import Market
from services.sandbox.amazon.times import seconds, shown
from services.sandbox.merchant import Product, Variant

OWN, BY_AMAZON = "DEFAULT", "AMAZON_EU"
LARGEST = 99_999_999
TYPE = "HOME"
BY_AMAZON_SUFFIX = "-FBA"


@dataclass
class Listing:
    """One SKU. `channel` says from whose shelf it is sent; only of our own there is a quantity to set."""

    sku: str
    asin: str
    variant: Variant
    channel: str
    quantity: int
    prices: dict[str, Decimal]
    created: datetime
    changed: datetime
    sale: dict[str, Any] = field(default_factory=dict)
    moved: datetime | None = None
    """When a quantity at Amazon was last another one; of goods on our own shelf never."""

    def body(self, markets: tuple[Market, ...], data: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = {"sku": self.sku}
        if "summaries" in data:
            found["summaries"] = [self._summary(market) for market in markets]
        if "offers" in data:
            found["offers"] = [
                {
                    "marketplaceId": market.id,
                    "offerType": "B2C",
                    "price": {"currencyCode": market.currency, "amount": f"{self.prices[market.id]:f}"},
                }
                for market in markets
            ]
        if "fulfillmentAvailability" in data:
            own = {"quantity": self.quantity} if self.channel == OWN else {}
            found["fulfillmentAvailability"] = [{"fulfillmentChannelCode": self.channel} | own]
        if "issues" in data:
            found["issues"] = []
        return found

    def _summary(self, market: Market) -> dict[str, Any]:
        buyable = self.quantity > 0 or self.channel != OWN
        return {
            "marketplaceId": market.id,
            "asin": self.asin,
            "productType": TYPE,
            "conditionType": "new_new",
            "status": ["BUYABLE", "DISCOVERABLE"] if buyable else ["DISCOVERABLE"],
            "itemName": self.variant.title,
            "createdDate": shown(self.created),
            "lastUpdatedDate": shown(self.changed),
        }


@dataclass
class Goods:
    """All listings by their SKU."""

    clock: Callable[[], datetime]
    markets: tuple[Market, ...]
    rows: dict[str, Listing] = field(default_factory=dict)

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        """Everything is sent by the seller; the first product lies with Amazon as well, under a SKU of its own."""
        for product in products:
            for variant in product.variants:
                self.offer(sku_of(variant.sku, variant.title), variant)
        first = products[0].variants[0]
        self.offer(first.sku + BY_AMAZON_SUFFIX, first, channel=BY_AMAZON)

    def offer(self, sku: str, variant: Variant, channel: str = OWN) -> None:
        """A SKU is listed once."""
        now = seconds(self.clock()) - timedelta(days=30) + timedelta(seconds=len(self.rows))
        prices = {market.id: variant.price for market in self.markets}
        asin = f"B0{zlib.crc32(sku.encode()):08X}"
        self.rows.setdefault(sku, Listing(sku, asin, variant, channel, variant.stock, prices, now, now))

    def sell(self, sku: str, pieces: int) -> None:
        """An order takes its pieces, a cancellation gives them back."""
        row = self.rows.get(sku)
        if row is not None and row.channel == OWN:
            row.quantity, row.changed = max(row.quantity - pieces, 0), seconds(self.clock())

    def patch(self, sku: str, asked: Any, markets: tuple[Market, ...]) -> list[dict[str, Any]]:
        """Does what a PATCH asks for, or answers the issues for which nothing of it was done."""
        row = self.rows.get(sku)
        if row is None:
            return [_issue("8541", f"The SKU {sku} has no listing.", "sku")]
        patches = asked.get("patches") if isinstance(asked, dict) else None
        if asked.get("productType") not in (TYPE, "PRODUCT") or not isinstance(patches, list) or not patches:
            return [_issue("4000001", "productType and patches are required.", "productType")]
        steps: list[Callable[[], None]] = []
        for one in patches:
            if found := self._step(row, one, markets, steps):
                return [found]
        for step in steps:
            step()
        row.changed = seconds(self.clock())
        return []

    def _step(
        self, row: Listing, one: Any, markets: tuple[Market, ...], steps: list[Callable[[], None]]
    ) -> dict[str, Any] | None:
        value = one.get("value")
        if one.get("op") not in ("merge", "replace") or not isinstance(value, list) or not value:
            return _issue("4000002", "op must be merge or replace, and value a list.", str(one.get("path", "")))
        match one.get("path"):
            case "/attributes/fulfillment_availability":
                return self._counted(row, value[0], steps)
            case "/attributes/purchasable_offer":
                return self._priced(row, value, markets, one["op"], steps)
        return _issue("4000003", "Only whole attributes can be addressed.", str(one.get("path", "")))

    def _counted(self, row: Listing, value: Any, steps: list[Callable[[], None]]) -> dict[str, Any] | None:
        quantity = value.get("quantity")
        if value.get("fulfillment_channel_code") != OWN:
            return _issue("4000004", "fulfillment_channel_code must be DEFAULT.", "fulfillment_availability")
        if type(quantity) is not int or not 0 <= quantity <= LARGEST:
            return _issue("90244", "quantity must be a whole number.", "fulfillment_availability")

        def step() -> None:
            # What lay with Amazon is the seller's to send from now on: the damage that a careless caller does.
            row.channel, row.quantity = OWN, quantity

        steps.append(step)
        return None

    def _priced(
        self, row: Listing, value: list[Any], markets: tuple[Market, ...], op: str, steps: list[Callable[[], None]]
    ) -> dict[str, Any] | None:
        for one in value:
            market = next((market for market in markets if market.id == one.get("marketplace_id")), None)
            if market is None or one.get("currency") != market.currency:
                return _issue("90117", "marketplace_id and currency do not belong together.", "purchasable_offer")
            try:
                price = one["our_price"][0]["schedule"][0]["value_with_tax"]
            except (KeyError, IndexError, TypeError):
                return _issue("99022", "our_price does not have enough values.", "purchasable_offer")
            if not isinstance(price, int | float) or price <= 0:
                return _issue("90244", "value_with_tax must be a number above zero.", "purchasable_offer")
            steps.append(self._price(row, market, Decimal(str(price)), keeps_sale=op == "merge"))
        return None

    def _price(self, row: Listing, market: Market, price: Decimal, *, keeps_sale: bool) -> Callable[[], None]:
        def step() -> None:
            row.prices[market.id] = price
            if not keeps_sale:
                row.sale.pop(market.id, None)

        return step

    def lie(self, sku: str, pieces: int) -> None:
        """So many pieces of a SKU lie with Amazon and can be sent."""
        row = self.rows[sku]
        row.quantity, row.moved = pieces, seconds(self.clock())

    def lying(self) -> list[Listing]:
        """Everything that Amazon sends, by SKU."""
        return sorted((row for row in self.rows.values() if row.channel != OWN), key=lambda row: row.sku)

    def stock(self) -> dict[str, int]:
        return {row.sku: row.quantity for row in self.rows.values() if row.channel == OWN}


def _issue(code: str, message: str, attribute: str) -> dict[str, Any]:
    return {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "attributeNames": [attribute],
        "categories": ["INVALID_ATTRIBUTE"],
    }
