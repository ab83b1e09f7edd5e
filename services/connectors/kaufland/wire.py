"""Kaufland's payloads in Kaufland's words: only the fields we read. Amounts are whole minor units of the currency.

A unit of an order that came back is put together while it is read: its `return_unit` comes from another call.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

MINOR = Decimal(1)
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
LOOSE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|T|[+-]\d\d:?\d\d)?")


def moment(text: str) -> datetime | None:
    """A time as the platform writes it: with Z, but also with a blank instead of T, with a T at the end, or without a
    zone, and then UTC is meant. None for anything else."""
    found = LOOSE.fullmatch(text.strip())
    if found is None:
        return None
    day, clock, zone = found.groups()
    try:
        written = datetime.fromisoformat(f"{day}T{clock}{zone if zone and zone[0] in '+-' else '+00:00'}")
    except ValueError:
        return None
    return written.astimezone(UTC)


def _moment(value: Any) -> Any:
    return moment(value) or value if isinstance(value, str) else value


Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
Amount = Annotated[Decimal, Field(ge=0, le=Decimal("1e12"), multiple_of=MINOR)]
Rate = Annotated[Decimal, Field(ge=0, le=100)]
Id = Annotated[int, Field(ge=0)]


def _text(value: Any) -> Any:
    """Null where a text is not there."""
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_text)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Product(Wire):
    title: Text = ""
    eans: tuple[str, ...] = ()
    id_product: int | None = None
    manufacturer: Text = ""
    main_picture: Text = ""


class Told(Wire):
    """What the seller has told of a product; a picture is an address, or JSON with one and a text."""

    description: tuple[str, ...] = ()
    picture: tuple[str, ...] = ()


class ReturnUnit(Wire):
    id_return_unit: Id
    id_return: Id | None = None
    status: Text = ""
    reason: Text = ""
    note: Text = ""


class OrderUnit(Wire):
    id_order_unit: Id
    status: str
    ts_updated_iso: Moment
    price: Amount
    shipping_rate: Amount = Decimal(0)
    currency: str
    vat: Rate | None = None
    id_offer: Text = ""
    unit_condition: Text = ""
    cancel_reason: Text = ""
    delivery_time_expires_iso: Text = ""
    is_marketplace_deemed_supplier: bool = False
    product: Product | None = None
    return_unit: ReturnUnit | None = None


class Address(Wire):
    first_name: Text = ""
    last_name: Text = ""
    company_name: Text = ""
    street: Text = ""
    house_number: Text = ""
    postcode: Text = ""
    additional_field: Text = ""
    city: Text = ""
    phone: Text = ""
    country: Text = ""


class Buyer(Wire):
    id_buyer: int | None = None
    email: Text = ""


class PickupLocation(Wire):
    pickup_location_id: Text = ""
    provider: Text = ""
    carrier: Text = ""
    dhl_post_number: Text = ""


class Delivery(Wire):
    pickup_location: PickupLocation | None = None


class Order(Wire):
    id_order: str
    ts_created_iso: Moment
    storefront: Text = ""
    fulfillment_type: Text = "fulfilled_by_merchant"
    is_marketplace_deemed_supplier: bool = False
    order_units: tuple[OrderUnit, ...]
    billing_address: Address | None = None
    shipping_address: Address | None = None
    buyer: Buyer | None = None
    delivery: Delivery | None = None


class Unit(Wire):
    """An offer of the seller's in one storefront. The path of its category and what the seller has told of its product
    are put in while it is read."""

    id_unit: Id
    storefront: str
    status: str
    currency: str
    price: Amount
    id_offer: Text = ""
    amount: Annotated[int, Field(ge=0, le=10**9)]
    date_lastchange_iso: Text = ""
    date_inserted_iso: Text = ""
    product: Product | None = None
    category_path: str = ""
    told: Told | None = None
