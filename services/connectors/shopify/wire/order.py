"""Orders, with what came of them."""

from datetime import datetime
from decimal import Decimal

from services.connectors.shopify.wire.parts import Attribute, MoneyBag, Pieces, Reference, Text, Wire
from shared.contracts.money import Currency


class TaxLine(Wire):
    title: str = ""
    rate: Decimal | None = None
    channel_liable: bool | None = None
    price_set: MoneyBag


class DiscountAllocation(Wire):
    allocated_amount_set: MoneyBag


class Duty(Wire):
    price: MoneyBag
    tax_lines: tuple[TaxLine, ...] = ()


class LineItem(Wire):
    id: str
    name: str = ""
    sku: Text = None
    quantity: Pieces
    current_quantity: Pieces
    unfulfilled_quantity: Pieces
    non_fulfillable_quantity: Pieces = 0
    requires_shipping: bool
    is_gift_card: bool = False
    variant: Reference | None = None
    custom_attributes: tuple[Attribute, ...] = ()
    original_unit_price_set: MoneyBag
    original_total_set: MoneyBag
    discount_allocations: tuple[DiscountAllocation, ...] = ()
    tax_lines: tuple[TaxLine, ...] = ()
    duties: tuple[Duty, ...] = ()


class ShippingLine(Wire):
    id: Text = None
    title: str = ""
    code: Text = None
    is_removed: bool = False
    original_price_set: MoneyBag
    discount_allocations: tuple[DiscountAllocation, ...] = ()
    tax_lines: tuple[TaxLine, ...] = ()


class AdditionalFee(Wire):
    id: str
    name: str = ""
    price: MoneyBag
    tax_lines: tuple[TaxLine, ...] = ()


class CashRounding(Wire):
    payment_set: MoneyBag


class Transaction(Wire):
    id: str
    kind: str
    status: str
    gateway: Text = None
    formatted_gateway: Text = None
    amount_set: MoneyBag


class RefundLine(Wire):
    line_item: Reference
    quantity: Pieces
    restock_type: str
    restocked: bool = False
    subtotal_set: MoneyBag
    total_tax_set: MoneyBag


class Refund(Wire):
    id: str
    processed_at: datetime
    note: Text = None
    total_refunded_set: MoneyBag
    refund_line_items: tuple[RefundLine, ...] = ()


class FulfillmentLine(Wire):
    line_item: Reference


class ReturnLine(Wire):
    """Goods that the shop cannot match to a line have none."""

    quantity: Pieces
    return_reason_note: Text = None
    fulfillment_line_item: FulfillmentLine | None = None


class Return(Wire):
    id: str
    status: str
    return_line_items: tuple[ReturnLine, ...] = ()
    refunds: tuple[Reference, ...] = ()


class DeliveryMethod(Wire):
    method_type: str


class FulfillmentOrder(Wire):
    id: str
    status: str
    delivery_method: DeliveryMethod | None = None


class MailingAddress(Wire):
    first_name: Text = None
    last_name: Text = None
    name: Text = None
    company: Text = None
    address1: Text = None
    address2: Text = None
    zip: Text = None
    city: Text = None
    province: Text = None
    province_code: Text = None
    country_code_v2: Text = None
    phone: Text = None


class Customer(Wire):
    id: str
    first_name: Text = None
    last_name: Text = None


class Company(Wire):
    name: str = ""


class PurchasingEntity(Wire):
    """Who buys: a company, or the customer himself, of whom nothing is read here."""

    company: Company | None = None


class LocalizedField(Wire):
    key: str
    purpose: str
    value: str = ""


class Order(Wire):
    id: str
    name: str
    processed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None = None
    closed: bool = False
    test: bool = False
    source_name: Text = None
    po_number: Text = None
    note: Text = None
    tags: tuple[str, ...] = ()
    customer_locale: Text = None
    email: Text = None
    phone: Text = None
    currency_code: Currency
    presentment_currency_code: Currency
    taxes_included: bool
    tax_exempt: bool = False
    duties_included: bool = False
    display_financial_status: Text = None
    display_fulfillment_status: str
    discount_codes: tuple[str, ...] = ()
    custom_attributes: tuple[Attribute, ...] = ()
    customer: Customer | None = None
    purchasing_entity: PurchasingEntity | None = None
    billing_address: MailingAddress | None = None
    shipping_address: MailingAddress | None = None
    localized_fields: tuple[LocalizedField, ...] = ()
    total_price_set: MoneyBag
    total_tax_set: MoneyBag | None = None
    total_tip_received_set: MoneyBag
    original_total_duties_set: MoneyBag | None = None
    total_cash_rounding_adjustment: CashRounding
    additional_fees: tuple[AdditionalFee, ...] = ()
    line_items: tuple[LineItem, ...]
    shipping_lines: tuple[ShippingLine, ...] = ()
    fulfillment_orders: tuple[FulfillmentOrder, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    refunds: tuple[Refund, ...] = ()
    returns: tuple[Return, ...] = ()
    held: frozenset[str] = frozenset()
