"""Shopify's payloads in Shopify's words: only the fields we read, amounts as the text they are.

An order is read with all its own lists complete; the page information around them is gone. Two words are added while
reading: `held`, the ids of lines whose fulfilment order waits, and on a variant `shopCurrency`.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.contracts.money import Currency

Amount = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Pieces = Annotated[int, Field(strict=True, ge=-1_000_000, le=1_000_000)]
Text = str | None


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class MoneyV2(Wire):
    amount: Amount
    currency_code: Currency


class MoneyBag(Wire):
    """An amount in the shop's currency; what the buyer saw where it was asked for."""

    shop_money: MoneyV2
    presentment_money: MoneyV2 | None = None


class Reference(Wire):
    id: str


class Attribute(Wire):
    key: str
    value: Text = None


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
    held: frozenset[str] = frozenset()


class Quantity(Wire):
    quantity: Pieces


class InventoryLevel(Wire):
    is_active: bool = True
    location: Reference
    quantities: tuple[Quantity, ...] = ()


class InventoryItem(Wire):
    id: str
    tracked: bool
    inventory_levels: tuple[InventoryLevel, ...] = ()


class Product(Wire):
    id: str
    status: str
    updated_at: datetime


class Variant(Wire):
    id: str
    sku: Text = None
    barcode: Text = None
    display_name: str = ""
    price: Amount
    updated_at: datetime
    product: Product
    inventory_item: InventoryItem
    shop_currency: Currency
