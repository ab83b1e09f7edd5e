"""Inventory items (one quantity per SKU) and the offers made of them, one per marketplace."""

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import count
from typing import Any

from services.sandbox.ebay.errors import ApiError, inventory
from services.sandbox.ebay.values import amount
from services.sandbox.merchant import Product, Variant

MOST_IN_A_CALL = 25
MOST_REVISIONS = 250
LONGEST_SKU = 50
FIRST_OFFER = 36_445_435_001
FIRST_LISTING = 110_055_000_001


@dataclass
class Offer:
    """`details` are what it was given besides, in the platform's own words."""

    id: str
    sku: str
    marketplace: str
    currency: str
    price: Decimal | None
    listing: str = ""
    details: dict[str, Any] = field(default_factory=lambda: {"categoryId": "30120"})

    def body(self, quantity: int) -> dict[str, Any]:
        published = {"listing": {"listingId": self.listing, "listingStatus": "ACTIVE"}} if self.listing else {}
        priced = {} if self.price is None else {"pricingSummary": {"price": amount(self.price, self.currency)}}
        return {
            "offerId": self.id,
            "sku": self.sku,
            "marketplaceId": self.marketplace,
            "format": "FIXED_PRICE",
            "availableQuantity": quantity,
            **self.details,
            **priced,
            "status": "PUBLISHED" if self.listing else "UNPUBLISHED",
            **published,
        }


class Goods:
    """Everything the seller offers through this interface. What he listed by hand is not seen here. `groups` are the
    products of variants, by their key; `terms` on which the merchant lists on a marketplace."""

    def __init__(
        self, clock: Callable[[], datetime], marketplaces: tuple[str, ...], terms: Callable[[str], dict[str, Any]]
    ) -> None:
        self._clock = clock
        self._marketplaces = marketplaces
        self._terms = terms
        self._offer_ids, self._listing_ids = count(FIRST_OFFER), count(FIRST_LISTING)
        self.items: dict[str, dict[str, Any]] = {}
        self.quantities: dict[str, int] = {}
        self.offers: dict[str, Offer] = {}
        self._by_sku: defaultdict[str, list[Offer]] = defaultdict(list)
        self.groups: dict[str, dict[str, Any]] = {}
        self.revisions: Counter[tuple[str, str]] = Counter()

    def stock_catalogue(self, products: tuple[Product, ...]) -> None:
        for one in products:
            for variant in one.variants:
                self.put_up(variant, one)

    def put_up(self, variant: Variant, of: Product) -> None:
        """A SKU is an item's name: one without, or one that is there, cannot be listed; nothing is sold for nothing."""
        if not variant.sku or variant.sku in self.items or len(variant.sku) > LONGEST_SKU or variant.price <= 0:
            return
        product: dict[str, Any] = {
            "title": variant.title,
            "description": of.description,
            "brand": of.vendor,
            "imageUrls": list(of.images),
        }
        if variant.ean:
            product["ean"] = [variant.ean]
        self.items[variant.sku] = {"locale": "de_DE", "condition": "NEW", "product": product}
        self.quantities[variant.sku] = variant.stock
        for marketplace in self._marketplaces:
            made = self.offer(variant.sku, marketplace, variant.price)
            made.listing = self.new_listing()
            made.details |= {"listingDescription": variant.title, **self._terms(marketplace)}

    def offer(self, sku: str, marketplace: str, price: Decimal | None) -> Offer:
        """A new one, not published."""
        currency = "GBP" if marketplace == "EBAY_GB" else "EUR"
        made = Offer(str(next(self._offer_ids)), sku, marketplace, currency, price)
        self.offers[made.id] = made
        self._by_sku[sku].append(made)
        return made

    def new_listing(self) -> str:
        return str(next(self._listing_ids))

    def item(self, sku: str) -> dict[str, Any]:
        """Raises ApiError where there is none."""
        if sku not in self.items:
            raise inventory(25710, f"We didn't find the entity you are requesting: {sku}", 404)
        keys = [key for key, group in self.groups.items() if sku in group["variantSKUs"]]
        return {
            "sku": sku,
            **self.items[sku],
            "availability": {"shipToLocationAvailability": {"quantity": self.quantities[sku]}},
            **({"groupIds": keys, "inventoryItemGroupKeys": keys} if keys else {}),
        }

    def of_sku(self, sku: str) -> list[dict[str, Any]]:
        return [one.body(self.quantities[sku]) for one in self._offers(sku)]

    def _offers(self, sku: str | None) -> list[Offer]:
        return [one for one in self._by_sku.get(sku or "", ()) if one.id in self.offers]

    def sell(self, sku: str | None, pieces: int) -> None:
        """An order takes its pieces, a cancellation gives them back."""
        if sku in self.quantities:
            self.quantities[sku] = max(self.quantities[sku] - pieces, 0)

    def listing_of(self, sku: str | None, title: str) -> str:
        """The listing a line was bought from: what is no longer offered had one, too."""
        mine = next((one.listing for one in self._offers(sku)), "")
        return mine or str(220_000_000_000 + zlib.crc32(title.encode()))

    def update(self, wanted: Any) -> list[dict[str, Any]]:
        """One answer per entry. Raises ApiError where the whole call is refused."""
        rows = wanted.get("requests") if isinstance(wanted, dict) else None
        if not isinstance(rows, list) or not rows:
            raise inventory(25709, "Invalid value for requests.")
        if len(rows) > MOST_IN_A_CALL:
            raise inventory(25709, f"The number of requests must not exceed {MOST_IN_A_CALL}.")
        answers: list[dict[str, Any]] = []
        for row in rows:
            answers += self._updated(row)
        return answers

    def _updated(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        sku, offers = row.get("sku"), row.get("offers") or []
        answers = []
        if "shipToLocationAvailability" in row:
            answers.append(self._judged({"sku": sku}, lambda: self._set_quantity(sku, row)))
        for offer in offers:
            about = {"sku": sku, "offerId": offer.get("offerId")}
            named = {name: one for name, one in about.items() if one}
            answers.append(self._judged(named, partial(self._set, offer)))
        return answers or [self._judged({"sku": sku}, lambda: _refuse("Neither a quantity nor an offer is given."))]

    def _judged(self, about: dict[str, Any], do: Callable[[], None]) -> dict[str, Any]:
        try:
            do()
        except ApiError as error:
            return about | {"statusCode": error.status, "errors": [error.row()], "warnings": []}
        return about | {"statusCode": 200, "errors": [], "warnings": []}

    def _set_quantity(self, sku: Any, row: dict[str, Any]) -> None:
        quantity = row["shipToLocationAvailability"].get("quantity")
        if sku not in self.items:
            raise inventory(25702, f"The SKU {sku} could not be found or is not available in the system.", 404)
        if not isinstance(quantity, int) or quantity < 0:
            raise inventory(25709, "Invalid value for quantity.")
        for one in self._offers(sku):
            if one.listing:
                self.revise(one.listing)
        self.quantities[sku] = quantity

    def _set(self, wanted: dict[str, Any]) -> None:
        offer = self.offers.get(str(wanted.get("offerId")))
        if offer is None or not offer.listing:
            raise inventory(25713, "This Offer is not available.", 404)
        price = wanted.get("price")
        if price is not None:
            if not isinstance(price, dict) or not isinstance(price.get("value"), str):
                raise inventory(25709, "Invalid value for price: a text is expected.")
            if price.get("currency") != offer.currency:
                raise inventory(25002, f"The currency of {offer.marketplace} is {offer.currency}.")
            try:
                value = Decimal(price["value"])
            except InvalidOperation as error:
                raise inventory(25709, "Invalid value for price.") from error
            self.revise(offer.listing)
            offer.price = value

    def revise(self, listing: str) -> None:
        """Raises ApiError from the 251st change of a listing on a day."""
        key = listing, self._clock().date().isoformat()
        if self.revisions[key] >= MOST_REVISIONS:
            raise inventory(25002, f"The listing {listing} exceeded the {MOST_REVISIONS} revisions allowed on a day.")
        self.revisions[key] += 1


def _refuse(message: str) -> None:
    raise inventory(25709, message)
