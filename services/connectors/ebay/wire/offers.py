"""Items and offers, in eBay's words."""

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator

from services.connectors.ebay.wire.base import Amount, Quantity, Text, Wire, listed


class Availability(Wire):
    quantity: Quantity | None = None


class ShipTo(Wire):
    ship_to_location_availability: Availability | None = None


class Product(Wire):
    title: Text = ""
    description: Text = ""
    brand: Text = ""
    mpn: Text = ""
    ean: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    aspects: dict[str, Annotated[tuple[str, ...], BeforeValidator(listed)]] = {}
    image_urls: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()


class Item(Wire):
    sku: str
    availability: ShipTo | None = None
    product: Product | None = None
    inventory_item_group_keys: tuple[str, ...] = ()


class Listing(Wire):
    listing_id: Text = ""
    listing_status: Text = ""


class OfferPricing(Wire):
    price: Amount | None = None


class Offer(Wire):
    """One offer with the item it is made of, put together while they are read; `read_at` is when."""

    offer_id: str
    sku: str
    marketplace_id: str
    status: Text = ""
    listing_description: Text = ""
    pricing_summary: OfferPricing | None = None
    listing: Listing | None = None
    item: Item
    read_at: AwareDatetime
