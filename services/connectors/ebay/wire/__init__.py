"""eBay's payloads in eBay's words: only the fields we read. Amounts are texts, and may be told in two currencies.

An order is put together while it is read: where a part of it was sent, `fulfillments` come from another call.
"""

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from services.connectors.ebay.wire.base import Amount, Quantity, Text, Wire, listed
from services.connectors.ebay.wire.offers import Offer, Product
from services.connectors.ebay.wire.taxonomy import Aspect, Node, Suggestion, Tree

__all__ = [
    "Address", "Amount", "Aspect", "CancelRequest", "Contact", "LineItem", "Node", "Offer", "Order", "Product",
    "ShippingStep", "Suggestion", "TaxIdentifier", "TaxReference", "Tree",
]  # fmt: skip


class Tax(Wire):
    tax_type: Text = ""
    amount: Amount


class TaxReference(Wire):
    name: Text = ""
    value: Text = ""


class CollectedTax(Wire):
    tax_type: Text = ""
    amount: Amount
    ebay_reference: TaxReference | None = None


class LineRefund(Wire):
    refund_id: Text = ""
    refund_date: AwareDatetime | None = None
    amount: Amount


class Refund(LineRefund):
    refund_status: Text = ""


class Pair(Wire):
    name: Text = ""
    value: Text = ""


class Gift(Wire):
    message: Text = ""


class LineInstructions(Wire):
    ship_by_date: Text = ""


class LineItem(Wire):
    line_item_id: str
    title: Text = ""
    sku: Text = ""
    legacy_item_id: Text = ""
    legacy_variation_id: Text = ""
    quantity: Annotated[int, Field(ge=1, le=10**9)]
    line_item_cost: Amount
    discounted_line_item_cost: Amount | None = None
    line_item_fulfillment_status: str
    purchase_marketplace_id: Text = ""
    listing_marketplace_id: Text = ""
    taxes: Annotated[tuple[Tax, ...], BeforeValidator(listed)] = ()
    ebay_collect_and_remit_taxes: Annotated[tuple[CollectedTax, ...], BeforeValidator(listed)] = ()
    refunds: Annotated[tuple[LineRefund, ...], BeforeValidator(listed)] = ()
    variation_aspects: Annotated[tuple[Pair, ...], BeforeValidator(listed)] = ()
    gift_details: Gift | None = None
    line_item_fulfillment_instructions: LineInstructions | None = None


class Address(Wire):
    address_line1: Text = ""
    address_line2: Text = ""
    city: Text = ""
    state_or_province: Text = ""
    postal_code: Text = ""
    country_code: Text = ""


class Phone(Wire):
    phone_number: Text = ""


class Contact(Wire):
    full_name: Text = ""
    company_name: Text = ""
    contact_address: Address | None = None
    email: Text = ""
    primary_phone: Phone | None = None


class TaxIdentifier(Wire):
    taxpayer_id: Text = ""
    tax_identifier_type: Text = ""


class Buyer(Wire):
    username: Text = ""
    buyer_registration_address: Contact | None = None
    tax_identifier: TaxIdentifier | None = None


class ShippingStep(Wire):
    ship_to: Contact | None = None
    ship_to_reference_id: Text = ""
    shipping_service_code: Text = ""


class PickupStep(Wire):
    merchant_location_key: Text = ""


class Instruction(Wire):
    fulfillment_instructions_type: str
    shipping_step: ShippingStep | None = None
    pickup_step: PickupStep | None = None
    final_destination_address: Address | None = None


class CancelRequest(Wire):
    cancel_request_id: Text = ""
    cancel_initiator: Text = ""
    cancel_reason: Text = ""
    cancel_request_state: Text = ""


class CancelStatus(Wire):
    cancel_state: str = "NONE_REQUESTED"
    cancel_requests: Annotated[tuple[CancelRequest, ...], BeforeValidator(listed)] = ()


class Pricing(Wire):
    price_discount: Amount | None = None
    delivery_cost: Amount | None = None
    delivery_discount: Amount | None = None
    fee: Amount | None = None
    adjustment: Amount | None = None
    total: Amount


class Payment(Wire):
    payment_method: Text = ""
    payment_status: Text = ""
    payment_reference_id: Text = ""
    amount: Amount | None = None


class PaymentSummary(Wire):
    payments: Annotated[tuple[Payment, ...], BeforeValidator(listed)] = ()
    refunds: Annotated[tuple[Refund, ...], BeforeValidator(listed)] = ()


class SentLine(Wire):
    line_item_id: str
    quantity: Quantity = 1


class Parcel(Wire):
    line_items: Annotated[tuple[SentLine, ...], BeforeValidator(listed)] = ()


class Order(Wire):
    order_id: str
    creation_date: AwareDatetime
    last_modified_date: AwareDatetime
    order_fulfillment_status: str
    order_payment_status: str
    sales_record_reference: Text = ""
    buyer: Buyer | None = None
    buyer_checkout_notes: Text = ""
    cancel_status: CancelStatus = CancelStatus()
    fulfillment_start_instructions: Annotated[tuple[Instruction, ...], BeforeValidator(listed)] = ()
    pricing_summary: Pricing
    payment_summary: PaymentSummary = PaymentSummary()
    line_items: tuple[LineItem, ...]
    fulfillments: tuple[Parcel, ...] = ()
