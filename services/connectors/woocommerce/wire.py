"""WooCommerce's payloads in WooCommerce's words: only the fields we read, amounts as the text they are.

An order is read with `dp=6`; two things are put into it while it is read: its refunds in full, and on each line the
product's own `virtual` mark, which the order itself does not carry.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _blank_is_zero(value: Any) -> Any:
    return "0" if value == "" else value


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


Amount = Annotated[Decimal, BeforeValidator(_blank_is_zero), Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Quantity = Annotated[Decimal, Field(ge=Decimal("-1e6"), le=Decimal("1e6"))]
Sku = Annotated[str | None, BeforeValidator(_text)]


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Meta(Wire):
    id: int | None = None
    key: str = ""
    value: Any = None
    display_key: Any = None
    display_value: Any = None


class LineTax(Wire):
    id: int
    total: Amount = Decimal(0)


class Line(Wire):
    id: int
    name: str = ""
    product_id: int = 0
    variation_id: int = 0
    quantity: Quantity
    subtotal: Amount
    total: Amount
    total_tax: Amount = Decimal(0)
    taxes: tuple[LineTax, ...] = ()
    sku: Sku = None
    meta_data: tuple[Meta, ...] = ()
    virtual: bool = False


class ShippingLine(Wire):
    id: int
    method_title: str = ""
    method_id: str = ""
    total: Amount
    taxes: tuple[LineTax, ...] = ()


class FeeLine(Wire):
    id: int
    name: str | None = ""
    total: Amount
    taxes: tuple[LineTax, ...] = ()


class TaxRate(Wire):
    rate_id: int
    label: str = ""
    rate_percent: Decimal | None = None


class GiftCard(Wire):
    code: str = ""
    amount: Amount


class RefundLine(Wire):
    quantity: Quantity = Decimal(0)
    total: Amount = Decimal(0)
    total_tax: Amount = Decimal(0)
    meta_data: tuple[Meta, ...] = ()


class Refund(Wire):
    id: int
    date_created_gmt: datetime | None = None
    amount: Amount = Decimal(0)
    reason: str | None = ""
    line_items: tuple[RefundLine, ...] = ()


class Address(Wire):
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    address_1: str = ""
    address_2: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    phone: str = ""
    email: str | None = ""


class Order(Wire):
    id: int
    number: str
    status: str
    currency: str
    created_via: str = ""
    date_created_gmt: datetime
    date_modified_gmt: datetime | None = None
    date_paid_gmt: datetime | None = None
    total: Amount
    total_tax: Amount = Decimal(0)
    customer_id: int = 0
    customer_note: str | None = ""
    billing: Address = Address()
    shipping: Address = Address()
    payment_method: str = ""
    payment_method_title: str = ""
    transaction_id: str | None = ""
    meta_data: tuple[Meta, ...] = ()
    line_items: tuple[Line, ...]
    tax_lines: tuple[TaxRate, ...] = ()
    shipping_lines: tuple[ShippingLine, ...] = ()
    fee_lines: tuple[FeeLine, ...] = ()
    refunds: tuple[Refund, ...] = ()
    gift_cards: tuple[GiftCard, ...] = ()


class Image(Wire):
    src: str = ""


class Attribute(Wire):
    name: str = ""
    option: str = ""


class Brand(Wire):
    name: str = ""


class Dimensions(Wire):
    length: str = ""
    width: str = ""
    height: str = ""


class Head(Wire):
    """What a variation's product shows, put into it while it is read."""

    sku: Sku = None
    slug: str | None = ""
    name: str | None = ""
    description: str | None = ""
    category_paths: tuple[str, ...] = ()
    images: tuple[Image, ...] | None = ()
    brands: tuple[Brand, ...] | None = ()


class Product(Wire):
    """A simple product or one variation; `parent_id` is 0 for the former. Weight and measures are text in the units of
    the shop, which are put into it while it is read, with its currency and the paths of its categories."""

    id: int
    parent_id: int = 0
    type: str = "simple"
    name: str = ""
    sku: Sku = None
    global_unique_id: str | None = None
    price: Amount = Decimal(0)
    status: str = "publish"
    manage_stock: bool | str = False
    stock_quantity: Quantity | None = None
    date_modified_gmt: datetime
    shop_currency: str = "EUR"
    shop_units: dict[str, str] = {}
    description: str | None = ""
    weight: str | None = ""
    dimensions: Dimensions = Dimensions()
    images: tuple[Image, ...] | None = ()
    image: Image | None = None
    brands: tuple[Brand, ...] | None = ()
    attributes: tuple[Attribute, ...] = ()
    category_paths: tuple[str, ...] = ()
    head: Head | None = None
