"""Mirakl's payloads in Mirakl's words: only the fields we read. Words are texts, for new ones come without notice."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

Amount = Annotated[Decimal, Field(ge=Decimal("-1e9"), le=Decimal("1e9"))]
Quantity = Annotated[Decimal, Field(ge=0, le=Decimal("1e6"))]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else value)]


def _none_is_empty(value: Any) -> Any:
    return () if value is None else value


def _one_is_a_list(value: Any) -> Any:
    return () if value is None else [value] if isinstance(value, dict) else value


class Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Tax(Wire):
    amount: Amount
    code: Text = ""
    rate: Amount | None = None


Taxes = Annotated[tuple[Tax, ...], BeforeValidator(_one_is_a_list)]


class Fee(Wire):
    amount: Amount
    code: Text = ""


class Promotion(Wire):
    deduced_amount: Amount = Decimal(0)


class Custom(Wire):
    code: str
    value: Any = None


Fields = Annotated[tuple[Custom, ...], BeforeValidator(_none_is_empty)]


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


Parts = Annotated[tuple[Part, ...], BeforeValidator(_none_is_empty)]


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
    fees: Annotated[tuple[Fee, ...], BeforeValidator(_none_is_empty)] = ()
    promotions: Annotated[tuple[Promotion, ...], BeforeValidator(_none_is_empty)] = ()
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
    payment_type: Text = Field("", validation_alias=AliasChoices("payment_type", "paymentType"))
    payment_workflow: Text = ""
    total_price: Amount
    shipping_type_label: Text = ""
    shipping_pudo_id: Text = ""
    shipping_tracking: Text = ""
    order_additional_fields: Fields = ()
    order_lines: tuple[Line, ...]


class Reference(Wire):
    reference: Text = ""
    reference_type: Text = ""


class Offer(Wire):
    """`read_at` is put in while reading: Mirakl tells no time at which an offer changed."""

    shop_sku: str
    product_title: Text = ""
    product_references: Annotated[tuple[Reference, ...], BeforeValidator(_none_is_empty)] = ()
    price: Amount | None = None
    currency_iso_code: str
    quantity: Quantity
    active: bool
    read_at: datetime


class Workflows(Wire):
    order_acceptance: Text = ""


class ShipmentFeatures(Wire):
    multi_shipment: bool = False


class Features(Wire):
    disable_seller_alternative_carrier: bool = False
    order_tax_mode: Text = ""
    order_workflows: Workflows = Workflows()
    shipment: ShipmentFeatures = ShipmentFeatures()


class Configuration(Wire):
    features: Features = Features()


class Carrier(Wire):
    code: str
    label: Text = ""
    standard_code: Text = ""


class Carriers(Wire):
    carriers: tuple[Carrier, ...] = ()


class Reason(Wire):
    code: str
    label: Text = ""
    type: Text = ""
    is_shop_right: bool = False


class Reasons(Wire):
    reasons: tuple[Reason, ...] = ()


class DocumentTypes(Wire):
    documents: tuple[Carrier, ...] = ()


class StoredDocument(Wire):
    id: int
    order_id: str
    type: Text = ""
    file_name: Text = ""
    file_size: int = 0


class Documents(Wire):
    order_documents: tuple[StoredDocument, ...] = ()
