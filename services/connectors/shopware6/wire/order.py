"""An order with everything that hangs on it."""

from datetime import datetime
from decimal import Decimal

from services.connectors.shopware6.wire.parts import Amount, Named, Object, Quantity, Stamped, Wire


class State(Wire):
    technical_name: str


class Tax(Wire):
    tax: Amount
    tax_rate: Decimal


class Price(Wire):
    total_price: Amount
    calculated_taxes: tuple[Tax, ...] = ()


class OrderPrice(Price):
    raw_total: Amount | None = None


class Rounding(Wire):
    interval: Decimal = Decimal("0.01")


class Method(Wire):
    """A way to send or to pay. Technical names exist from 6.7 on, a payment's handler always."""

    id: str = ""
    name: str | None = None
    translated: Object = {}
    technical_name: str | None = None
    formatted_handler_identifier: str | None = None


class Line(Stamped):
    type: str
    label: str = ""
    quantity: Quantity
    unit_price: Amount
    total_price: Amount
    good: bool = True
    price: Price
    product_id: str | None = None
    referenced_id: str | None = None
    parent_id: str | None = None
    position: int = 0
    payload: Object = {}
    custom_fields: Object = {}
    states: tuple[str, ...] = ()


class Country(Wire):
    iso: str | None = None


class CountryState(Wire):
    short_code: str | None = None


class Address(Stamped):
    first_name: str = ""
    last_name: str = ""
    company: str | None = None
    department: str | None = None
    street: str = ""
    additional_address_line1: str | None = None
    additional_address_line2: str | None = None
    zipcode: str | None = None
    city: str = ""
    country: Country | None = None
    country_state: CountryState | None = None
    phone_number: str | None = None
    vat_id: str | None = None


class Position(Wire):
    order_line_item_id: str


class Delivery(Stamped):
    shipping_costs: Price
    shipping_method: Method | None = None
    shipping_order_address: Address | None = None
    state_machine_state: State
    positions: tuple[Position, ...] = ()


class RefundPosition(Wire):
    order_line_item_id: str
    quantity: Quantity = Decimal(0)
    amount: Price


class CaptureRefund(Stamped):
    amount: Price
    reason: str | None = None
    state_machine_state: State
    positions: tuple[RefundPosition, ...] = ()


class Capture(Wire):
    refunds: tuple[CaptureRefund, ...] = ()


class Transaction(Stamped):
    amount: Price
    payment_method: Method | None = None
    state_machine_state: State
    captures: tuple[Capture, ...] = ()


class Account(Wire):
    guest: bool = False


class OrderCustomer(Stamped):
    customer_id: str | None = None
    customer_number: str | None = None
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str | None = None
    vat_ids: tuple[str, ...] | None = None
    customer: Account | None = None


class Currency(Wire):
    iso_code: str


class Locale(Wire):
    code: str = ""


class Language(Wire):
    locale: Locale | None = None


class Order(Stamped):
    order_number: str
    order_date_time: datetime
    created_at: datetime
    amount_total: Amount
    tax_status: str
    price: OrderPrice
    shipping_costs: Price
    total_rounding: Rounding | None = None
    customer_comment: str | None = None
    custom_fields: Object = {}
    currency: Currency
    language: Language | None = None
    sales_channel: Named | None = None
    state_machine_state: State
    order_customer: OrderCustomer | None = None
    billing_address: Address | None = None
    addresses: tuple[Address, ...] = ()
    deliveries: tuple[Delivery, ...]
    transactions: tuple[Transaction, ...]
    line_items: tuple[Line, ...]
    tags: tuple[Named, ...] = ()
    primary_order_delivery_id: str | None = None
    primary_order_transaction_id: str | None = None
