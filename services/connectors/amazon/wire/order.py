"""An order as a whole."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from services.connectors.amazon.wire.beside import PaidBack, Returned
from services.connectors.amazon.wire.item import Item
from services.connectors.amazon.wire.parts import Breakdown, Money, Wire


class Window(Wire):
    earliest_date_time: str = ""
    latest_date_time: str = ""


class Alias(Wire):
    alias_id: str
    alias_type: str


class AssociatedOrder(Wire):
    order_id: str = ""
    association_type: str = ""


class SalesChannel(Wire):
    channel_name: str
    marketplace_id: str = ""
    marketplace_name: str = ""


class Buyer(Wire):
    buyer_name: str = ""
    buyer_email: str = ""
    buyer_company_name: str = ""
    buyer_purchase_order_number: str = ""


class Address(Wire):
    name: str = ""
    company_name: str = ""
    address_line1: str = Field("", alias="addressLine1")
    address_line2: str = Field("", alias="addressLine2")
    address_line3: str = Field("", alias="addressLine3")
    city: str = ""
    district_or_county: str = ""
    state_or_region: str = ""
    postal_code: str = ""
    country_code: str = ""
    phone: str = ""
    address_type: str = ""


class DeliveryPreference(Wire):
    drop_off_location: str = ""
    address_instruction: str = ""


class Recipient(Wire):
    delivery_address: Address | None = None
    delivery_preference: DeliveryPreference = DeliveryPreference()


class OrderProceeds(Wire):
    grand_total: Money | None = None
    breakdowns: tuple[Breakdown, ...] = ()


class PaymentExecution(Wire):
    payment_method: str = ""
    payment_amount: Money | None = None


class Payment(Wire):
    payment_executions: tuple[PaymentExecution, ...] = ()


class TaxRegistration(Wire):
    entity_type: str = ""
    legal_name: str = ""
    tax_registration_type: str = ""
    tax_registration_number: str = ""
    tax_registration_address: Address | None = None


class OrderTax(Wire):
    tax_registrations: tuple[TaxRegistration, ...] = ()


class OrderFulfillment(Wire):
    fulfillment_status: str
    fulfilled_by: str
    fulfillment_service_level: str = ""
    ship_by_window: Window = Window()
    deliver_by_window: Window = Window()


class Order(Wire):
    order_id: Annotated[str, Field(min_length=1)]
    order_aliases: tuple[Alias, ...] = ()
    created_time: AwareDatetime
    last_updated_time: AwareDatetime
    programs: tuple[str, ...] = ()
    associated_orders: tuple[AssociatedOrder, ...] = ()
    sales_channel: SalesChannel
    buyer: Buyer = Buyer()
    recipient: Recipient = Recipient()
    proceeds: OrderProceeds = OrderProceeds()
    payment: Payment = Payment()
    tax: OrderTax = OrderTax()
    fulfillment: OrderFulfillment
    order_items: tuple[Item, ...]
    beside: tuple[Annotated[Returned | PaidBack, Field(discriminator="kind")], ...] = ()
    """What reports said about it; put in while it is read."""
