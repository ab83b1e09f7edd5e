"""Shopware 5's payloads in its own words: only the fields we read.

`shopTimezone`, and an article's `shopCurrency`, `customerGroup`, `categoryPaths`, `imageFiles` and `mainNumber`, are
put into them while they are read. Times are written in three ways: with an offset that has no colon, in the database's
own time without a zone, and as zero, which means never.
"""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
HOUR = timedelta(hours=1)


def moment(text: str, zone: str, *, late: bool = False) -> datetime | None:
    """Aware UTC; None for the zero date and for what is no time. `zone` is where a time without one was written; of an
    hour that comes twice there the first is meant, or the `late` one."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or found[1].startswith("0000"):
        return None
    day, clock, offset = found.groups()
    try:
        written = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{offset or ''}")
        return (written if offset else written.replace(tzinfo=ZoneInfo(zone), fold=late)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def in_the_database(at: datetime, zone: str) -> str:
    """How the shop's database writes a moment. An hour less: when summer ends, an hour comes twice there."""
    return (at - HOUR).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def _text(value: Any) -> Any:
    """Null where a text is not there."""
    return "" if value is None else value


def _object(value: Any) -> Any:
    """What is empty is a list, even where it is an object otherwise."""
    return {} if value is None or value == [] else value


def _measure(value: Any) -> Any:
    """What is nought, empty or no number was never measured."""
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 < found < 10**9 else None


Measure = Annotated[Decimal | None, BeforeValidator(_measure)]
Text = Annotated[str, BeforeValidator(_text)]
Amount = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Quantity = Annotated[Decimal, Field(ge=0, le=Decimal("1e6"))]
Rate = Annotated[Decimal, Field(ge=0, le=100)]
Object = Annotated[dict[str, Any], BeforeValidator(_object)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Detail(Wire):
    """One position: an article, or what only moves money."""

    id: int
    article_id: int = 0
    article_number: Text = ""
    article_name: Text = ""
    price: Amount
    quantity: Quantity
    tax_rate: Rate | None = None
    shipped: Quantity = Decimal(0)
    mode: int
    esd_article: int = 0
    config: Text = ""
    attribute: Object = {}


class Country(Wire):
    iso: Text = ""


class State(Wire):
    short_code: Text = ""


class Address(Wire):
    """Of an order, or of an account, where some fields are written in another way."""

    company: Text = ""
    department: Text = ""
    first_name: Annotated[Text, Field(validation_alias=AliasChoices("firstName", "firstname"))] = ""
    last_name: Annotated[Text, Field(validation_alias=AliasChoices("lastName", "lastname"))] = ""
    street: Text = ""
    additional_address_line1: Text = ""
    additional_address_line2: Text = ""
    zip_code: Annotated[Text, Field(validation_alias=AliasChoices("zipCode", "zipcode"))] = ""
    city: Text = ""
    phone: Text = ""
    vat_id: Text = ""
    country: Country | None = None
    state: State | None = None


class Customer(Wire):
    id: int
    number: Text = ""
    email: Text = ""
    account_mode: int = 0


class Account(Customer):
    firstname: Text = ""
    lastname: Text = ""
    group_key: Text = ""
    active: bool = True
    first_login: Text = ""
    default_billing_address: Address | None = None
    default_shipping_address: Address | None = None
    shop_timezone: str


class Method(Wire):
    name: Text = ""
    description: Text = ""


class Named(Wire):
    name: Text = ""


class Locale(Wire):
    locale: Text = ""


class Shop(Named):
    locale: Locale | None = None


class Order(Wire):
    id: int
    number: Text
    order_time: Text
    changed: Text = ""
    order_status_id: int
    payment_status_id: int
    currency: Text
    net: int
    tax_free: int
    invoice_amount: Amount
    invoice_amount_net: Amount
    invoice_shipping: Amount
    invoice_shipping_net: Amount
    invoice_shipping_tax_rate: Rate | None = None
    transaction_id: Text = ""
    customer_comment: Text = ""
    details: tuple[Detail, ...]
    payment: Method | None = None
    dispatch: Named | None = None
    customer: Customer | None = None
    billing: Address | None = None
    shipping: Address | None = None
    shop: Named | None = None
    language_sub_shop: Shop | None = None
    attribute: Object = {}
    shop_timezone: str


class Price(Wire):
    """Without tax, from a number of pieces on."""

    customer_group_key: Text
    from_: Annotated[int, Field(alias="from")] = 1
    price: Amount


class Group(Named):
    id: int


class Configurator(Wire):
    groups: tuple[Group, ...] = ()


class Option(Named):
    group_id: int = 0
    position: int | None = 0


class ImageFile(Wire):
    url: str
    description: Text = ""


class Variant(Wire):
    id: int
    article_id: int
    number: Text = ""
    ean: Text = ""
    active: bool | None = None
    in_stock: Annotated[int, Field(ge=-(10**9), le=10**9)]
    additional_text: Text = ""
    supplier_number: Text = ""
    weight: Measure = None
    width: Measure = None
    height: Measure = None
    length: Annotated[Measure, Field(alias="len")] = None
    min_purchase: Measure = None
    shipping_time: Text = ""
    prices: tuple[Price, ...] = ()
    configurator_options: tuple[Option, ...] = ()


class Tax(Wire):
    tax: Rate


class Article(Wire):
    """One article with the one variant of it that is meant."""

    id: int
    name: Text = ""
    active: bool
    changed: Text = ""
    added: Text = ""
    description: Text = ""
    description_long: Text = ""
    keywords: Text = ""
    meta_title: Text = ""
    last_stock: bool | None = None
    supplier: Named | None = None
    configurator_set: Configurator | None = None
    tax: Tax
    variant: Variant
    shop_timezone: str
    shop_currency: str
    customer_group: str
    category_paths: tuple[str, ...] = ()
    image_files: tuple[ImageFile, ...] = ()
    main_number: Text = ""
