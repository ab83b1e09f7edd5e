"""Listings made of items, offers and groups. Little is demanded while they are put together, all of it on publishing.

A PUT replaces the whole record: what is left out is gone, the quantity, too.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from services.sandbox.ebay.account import Account
from services.sandbox.ebay.categories import leaf
from services.sandbox.ebay.errors import inventory
from services.sandbox.ebay.goods import LONGEST_SKU, Goods, Offer

LANGUAGE = re.compile(r"[a-z]{2}-[A-Z]{2}")
CONDITIONS = {"NEW", "LIKE_NEW", "NEW_OTHER", "USED_EXCELLENT", "USED_GOOD", "FOR_PARTS_OR_NOT_WORKING"}
LONGEST = {"title": 80, "subtitle": 55, "description": 4000, "mpn": 65, "brand": 65}
MOST_IMAGES, LONGEST_ASPECT, LONGEST_LISTING = 24, 65, 500_000
POLICIES = {"fulfillment": 25007, "payment": 25008, "return": 25009}
UNITS = {"weight": {"POUND", "KILOGRAM", "OUNCE", "GRAM"}, "dimensions": {"INCH", "FEET", "CENTIMETER", "METER"}}
READ_ONLY = {"offerId", "sku", "marketplaceId", "format", "status", "listing", "pricingSummary"}
Row = dict[str, Any]


class Listings:
    """What the seller writes into his goods."""

    def __init__(self, goods: Goods, account: Account) -> None:
        self._goods, self._account = goods, account

    def put_item(self, sku: str, body: Row, language: str) -> bool:
        """Answers whether it is new. Raises ApiError for what can never be; a live listing must stay whole."""
        _language(language)
        if not sku or len(sku) > LONGEST_SKU:
            raise inventory(25707, f"This is an invalid value for a SKU: its length must not exceed {LONGEST_SKU}.")
        if body.get("condition") is not None and body["condition"] not in CONDITIONS:
            raise inventory(25021, f"Invalid item condition information: {body['condition']}")
        product = body.get("product") or {}
        _product(product)
        _package(body.get("packageWeightAndSize") or {})
        stock = (body.get("availability") or {}).get("shipToLocationAvailability") or {}
        quantity = stock.get("quantity", 0)
        if not isinstance(quantity, int) or quantity < 0:
            raise inventory(25709, "Invalid value for quantity.")
        kept: Row = {name: body[name] for name in ("condition", "packageWeightAndSize") if name in body}
        new: Row = {"locale": language.replace("-", "_"), **kept, "product": product}
        live = [one for one in self._goods.offers.values() if one.sku == sku and one.listing]
        for offer in live:
            self._whole(offer, new, max(quantity, 1))
        for offer in live:
            self._goods.revise(offer.listing)
        known = sku in self._goods.items
        self._goods.items[sku], self._goods.quantities[sku] = new, quantity
        return not known

    def create(self, body: Row, language: str) -> Offer:
        """Raises ApiError for a second offer of an item on a marketplace: it names the one that is there."""
        _language(language)
        sku, market = str(body.get("sku")), str(body.get("marketplaceId"))
        if sku not in self._goods.items:
            raise inventory(25702, f"{sku} could not be found or is not available in the system.")
        if body.get("format") != "FIXED_PRICE" or market not in self._account.marketplaces:
            raise inventory(25709, "Invalid value for marketplaceId or format.")
        for one in self._goods.offers.values():
            if (one.sku, one.marketplace) == (sku, market):
                raise inventory(25002, "A user error has occurred. Offer entity already exists.", offerId=one.id)
        details, price = _details(body), _price(body, "GBP" if market == "EBAY_GB" else "EUR")
        made = self._goods.offer(sku, market, price)
        made.details = details
        return made

    def update(self, offer: Offer, body: Row, language: str) -> None:
        _language(language)
        changed = Offer(offer.id, offer.sku, offer.marketplace, offer.currency, _price(body, offer.currency))
        changed.listing, changed.details = offer.listing, _details(body)
        if offer.listing:
            self._whole(changed, self._goods.items[offer.sku], max(self._goods.quantities[offer.sku], 1))
            self._goods.revise(offer.listing)
        offer.price, offer.details = changed.price, changed.details

    def publish(self, offer: Offer) -> str:
        """Answers the listing; the same while it is live. Raises ApiError for what is missing or wrong."""
        if group := self._group_of(offer.sku):
            raise inventory(25002, f"The SKU {offer.sku} is part of the group {group}, which is published as a whole.")
        if not offer.listing:
            self._whole(offer, self._goods.items[offer.sku], self._goods.quantities[offer.sku])
            offer.listing = self._goods.new_listing()
        return offer.listing

    def withdraw(self, offer: Offer) -> str:
        ended, offer.listing = offer.listing, ""
        if not ended:
            raise inventory(25713, "This Offer is not available : it is not published.")
        return ended

    def put_group(self, key: str, body: Row, language: str) -> bool:
        """Answers whether it is new."""
        _language(language)
        members = body.get("variantSKUs")
        if not isinstance(members, list) or not members or not 0 < len(key) <= LONGEST_SKU:
            raise inventory(25709, "Invalid value for variantSKUs.")
        if missing := [sku for sku in members if sku not in self._goods.items]:
            raise inventory(25701, f"One or more of the supplied SKU(s) could not be found: {', '.join(missing)}")
        for sku in members:
            if (other := self._group_of(sku)) and other != key:
                raise inventory(25703, f"The following SKU is already a member of another group. SKU : {sku} : {other}")
        alone = {offer.listing for offer in self._goods.offers.values() if offer.sku in members and offer.listing}
        if key not in self._goods.groups and alone:
            raise inventory(25704, f"The following SKU is already listed as a single SKU listing: {', '.join(alone)}")
        _product(body)
        known = key in self._goods.groups
        live = {self._goods.offers[id].listing for id in self._offers(members) if self._goods.offers[id].listing}
        if live:
            self._varied(body)
        for listing in live:
            self._goods.revise(listing)
        self._goods.groups[key] = dict(body)
        return not known

    def publish_group(self, key: str, market: str) -> str:
        """One listing of all members that have an offer there."""
        group = self._goods.groups.get(key)
        if group is None:
            raise inventory(25705, f"The Inventory Item Group named {key} could not be found.")
        offers = [
            one for id in self._offers(group["variantSKUs"])
            if (one := self._goods.offers[id]).marketplace == market
        ]  # fmt: skip
        if not offers:
            raise inventory(25002, "Any User error. No offers of the group can be published.")
        self._varied(group)
        if not (group.get("title") and group.get("description")):
            raise inventory(25016, "The title value is invalid. A title and a description of the group are required.")
        stock = sum(self._goods.quantities[one.sku] for one in offers)
        for one in offers:
            item = self._goods.items[one.sku]
            # What is shared stands at the group.
            shared = group.get("aspects") or {}
            product = item["product"] | {"aspects": shared | (item["product"].get("aspects") or {})}
            self._whole(one, item | {"product": product}, stock)
        listing = next((one.listing for one in offers if one.listing), "") or self._goods.new_listing()
        for one in offers:
            one.listing = listing
        return listing

    def _offers(self, skus: list[str]) -> list[str]:
        return [id for id, one in self._goods.offers.items() if one.sku in skus]

    def _group_of(self, sku: str) -> str:
        return next((key for key, group in self._goods.groups.items() if sku in group["variantSKUs"]), "")

    def _varied(self, group: Row) -> None:
        """Raises ApiError where members cannot be told apart by what they are said to differ in."""
        varies = group.get("variesBy") or {}
        specifications = varies.get("specifications") or []
        if not set(varies.get("aspectsImageVariesBy") or ()) <= {one["name"] for one in specifications}:
            raise inventory(25013, "Images vary by an aspect that is none of the specifications.")
        if not specifications:
            raise inventory(25013, "The group does not say in what its variations differ.")
        seen = set()
        for sku in group["variantSKUs"]:
            aspects = self._goods.items[sku]["product"].get("aspects") or {}
            own = tuple((aspects.get(one["name"]) or [""])[0] for one in specifications)
            if any(value not in one["values"] for value, one in zip(own, specifications, strict=True)) or own in seen:
                raise inventory(25013, f"The variation {sku} is not told apart from the others by {own}.")
            seen.add(own)

    def _whole(self, offer: Offer, item: Row, quantity: int) -> None:
        """Raises ApiError for the first thing that a live listing must have."""
        product, details = item.get("product") or {}, offer.details
        category = leaf(str(details.get("categoryId")))
        if category is None:
            raise inventory(25005, f"The offer has an invalid category ID: {details.get('categoryId')}.")
        if not product.get("title"):
            raise inventory(25016, "The title value is invalid. A title is required.")
        if not (details.get("listingDescription") or product.get("description")):
            raise inventory(25016, "The description value is invalid. A description is required.")
        if not product.get("imageUrls"):
            raise inventory(25014, "The offer has invalid pictures. Please add at least one photo.")
        if not item.get("condition"):
            raise inventory(25021, "The offer has invalid item condition information: it is required.")
        if offer.price is None or offer.price < 1:
            raise inventory(25003, "The offer has an invalid price: it must be 1.00 or more.")
        if quantity < 1:
            raise inventory(25004, "The offer has an invalid quantity: it must be 1 or more.")
        policies = details.get("listingPolicies") or {}
        for kind, number in POLICIES.items():
            if self._account.lacking(kind, policies.get(f"{kind}PolicyId"), offer.marketplace):
                raise inventory(number, f"The offer has invalid data in the associated {kind} policy.")
        if not self._account.locations.get(str(details.get("merchantLocationKey"))):
            raise inventory(25012, "Invalid inventory location. It is missing or disabled.")
        given = product.get("aspects") or {}
        for aspect in category.aspects:
            values = given.get(aspect.name) or []
            if aspect.required and not values:
                said = f"The item specific {aspect.name} is missing. Add {aspect.name} to this listing, enter a valid"
                raise inventory(25002, f"A user error has occurred. {said} value, and then try again.")
            if aspect.chosen and not set(values) <= set(aspect.values):
                raise inventory(25002, f"A user error has occurred. {values[0]} is no value of {aspect.name}.")
            if len(values) > 1 and not aspect.multiple:
                raise inventory(25002, f"A user error has occurred. {aspect.name} takes one value.")


def _language(language: str) -> None:
    if not LANGUAGE.fullmatch(language):
        raise inventory(25709, "Invalid value for header Content-Language.")


def _product(product: Row) -> None:
    for name, longest in LONGEST.items():
        # The description of a group becomes that of the listing.
        limit = LONGEST_LISTING if name == "description" and "variantSKUs" in product else longest
        if len(str(product.get(name) or "")) > limit:
            raise inventory(25709, f"Invalid value for {name}: its length must not exceed {limit}.")
    images = product.get("imageUrls") or []
    if len(images) > MOST_IMAGES or any(not one.startswith("https://") for one in images):
        raise inventory(25015, f"Invalid picture URL: at most {MOST_IMAGES}, by https.")
    for name, values in (product.get("aspects") or {}).items():
        if not isinstance(values, list) or any(not one or len(one) > LONGEST_ASPECT for one in values):
            raise inventory(25709, f"Invalid value for {name}: a list of texts of {LONGEST_ASPECT} characters at most.")
    if any(not str(one).isdecimal() and not str(one)[:1].isupper() for one in product.get("ean") or ()):
        raise inventory(25503, "Invalid product information: EAN.")


def _package(package: Row) -> None:
    for name, units in UNITS.items():
        if name in package and package[name].get("unit") not in units:
            raise inventory(25715, "Invalid values for dimensions and/or weight of shipping package.")


def _details(body: Row) -> Row:
    if len(str(body.get("listingDescription") or "")) > LONGEST_LISTING:
        raise inventory(25709, "Invalid value for listingDescription.")
    return {name: value for name, value in body.items() if name not in READ_ONLY and name != "availableQuantity"}


def _price(body: Row, currency: str) -> Decimal | None:
    price = (body.get("pricingSummary") or {}).get("price")
    if price is None:
        return None
    if price.get("currency") != currency:
        raise inventory(25709, f"Invalid value for currency. It must be {currency}.")
    try:
        return Decimal(price["value"])
    except (InvalidOperation, TypeError) as error:
        raise inventory(25709, "Invalid value for price.") from error
