"""Orders (OR11): only the fields we read."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from services.connectors.mirakl.wire.base import Amount, Quantity, Text, Wire, none_is_empty, one_is_a_list


class Tax(Wire):
    amount: Amount
    code: Text = ""
    rate: Amount | None = None


Taxes = Annotated[tuple[Tax, ...], BeforeValidator(one_is_a_list)]


class OrderTax(Wire):
    """Where the operator computes taxes per order: what all goods and shipping costs bear of one tax."""

    total_amount: Amount
    code: Text = ""


class Fee(Wire):
    amount: Amount
    code: Text = ""


class Promotion(Wire):
    deduced_amount: Amount = Decimal(0)


class Custom(Wire):
    code: str
    value: Any = None


Fields = Annotated[tuple[Custom, ...], BeforeValidator(none_is_empty)]


class Part(Wire):
    """A refund or a cancelation of a line: money, and pieces for information only."""

    id: str
    created_date: datetime | None = None
    quantity: Quantity | None = None
    amount: Amount | None = None
    shipping_amount: Amount | None = None
    taxes: Taxes = ()
    shipping_taxes: Taxes = ()
    reason_code: Text = ""
    order_refund_id: Text = ""
    refund_state: Text = ""


Parts = Annotated[tuple[Part, ...], BeforeValidator(none_is_empty)]


class Line(Wire):
    order_line_id: str
    order_line_state: str
    offer_sku: Text = ""
    product_title: Text = ""
    quantity: Quantity
    price_unit: Amount
    origin_unit_price: Amount | None = None
    price: Amount
    shipping_price: Amount
    total_price: Amount
    taxes: Taxes = ()
    shipping_taxes: Taxes = ()
    fees: Annotated[tuple[Fee, ...], BeforeValidator(none_is_empty)] = ()
    promotions: Annotated[tuple[Promotion, ...], BeforeValidator(none_is_empty)] = ()
    refunds: Parts = ()
    cancelations: Parts = ()
    shipped_date: datetime | None = None
    order_line_additional_fields: Fields = ()


class Address(Wire):
    firstname: Text = ""
    lastname: Text = ""
    company: Text = ""
    company_2: Text = ""
    street_1: Text = ""
    street_2: Text = ""
    zip_code: Text = ""
    city: Text = ""
    state: Text = ""
    country: Text = ""
    country_iso_code: Text = ""
    phone: Text = ""
    phone_secondary: Text = ""
    additional_info: Text = ""


class Organization(Wire):
    name: Text = ""
    tax_identification_number: Text = ""


class Customer(Wire):
    customer_id: Text = ""
    firstname: Text = ""
    lastname: Text = ""
    locale: Text = ""
    organization: Organization | None = None
    billing_address: Address | None = None
    shipping_address: Address | None = None


class References(Wire):
    order_reference_for_customer: Text = ""


class Channel(Wire):
    code: Text = ""


class Center(Wire):
    code: Text = ""


class Fulfillment(Wire):
    center: Center | None = None


class ReturnLine(Wire):
    order_line_id: str
    quantity: Quantity


class Return(Wire):
    """Put beside the order while reading: RT11 tells of it, not OR11."""

    id: str
    state: str
    last_updated: datetime
    return_lines: Annotated[tuple[ReturnLine, ...], BeforeValidator(none_is_empty)] = ()


class Order(Wire):
    order_id: str
    commercial_id: Text = ""
    references: References | None = None
    created_date: datetime
    last_updated_date: datetime
    customer_debited_date: datetime | None = None
    order_state: str
    can_cancel: bool = False
    fully_refunded: bool = False
    currency_iso_code: str
    channel: Channel | None = None
    customer: Customer
    customer_notification_email: Text = ""
    fulfillment: Fulfillment | None = None
    order_tax_mode: str
    payment_type: Text = ""
    old_payment_type: Text = Field("", validation_alias="paymentType")
    payment_workflow: Text = ""
    customer_directly_pays_seller: bool = False
    total_price: Amount
    shipping_type_label: Text = ""
    shipping_pudo_id: Text = ""
    shipping_tracking: Text = ""
    order_taxes: Annotated[tuple[OrderTax, ...], BeforeValidator(none_is_empty)] = ()
    order_additional_fields: Fields = ()
    order_lines: tuple[Line, ...]
    returns: tuple[Return, ...] = ()
