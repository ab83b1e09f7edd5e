"""A listing in one marketplace."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from services.connectors.amazon.wire.parts import Money, Pieces, Wire


class Summary(Wire):
    marketplace_id: str
    asin: str = ""
    product_type: str = ""
    condition_type: str = ""
    status: tuple[str, ...] = ()
    item_name: str = ""
    created_date: AwareDatetime
    last_updated_date: AwareDatetime


class Audience(Wire):
    value: str = "ALL"


class Offer(Wire):
    marketplace_id: str = ""
    offer_type: str = ""
    price: Money
    audience: Audience = Audience()


class Availability(Wire):
    fulfillment_channel_code: str
    quantity: Pieces | None = None


class InventoryDetails(Wire):
    fulfillable_quantity: Pieces = 0


class InventorySummary(Wire):
    inventory_details: InventoryDetails = InventoryDetails()


class Listing(Wire):
    """A SKU as it is listed in one marketplace; `marketplaceId` is put in while it is read, and so is what of it lies
    with Amazon, where that is known."""

    marketplace_id: str
    sku: Annotated[str, Field(min_length=1)]
    summaries: tuple[Summary, ...] = ()
    offers: tuple[Offer, ...] = ()
    fulfillment_availability: tuple[Availability, ...] = ()
    inventory_summary: InventorySummary | None = None
