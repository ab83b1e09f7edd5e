"""Shopify's words and ours. A word that is not here parks the order: nothing is guessed.

Taken from the Admin schema 2026-10 (enums of Order, FulfillmentOrder, OrderTransaction), read 2026-11-23.
"""

from decimal import Decimal
from typing import Literal

from shared.contracts.cancellation import CancellationReason
from shared.contracts.order import Delivery, OrderState, PaymentState, ReturnState
from shared.contracts.returned import ReturnReason

# OrderDisplayFinancialStatus. No word at all means that the shop does not know either.
PAYMENT_STATES: dict[str | None, PaymentState] = {
    "AUTHORIZED": "authorised",
    "EXPIRED": "unpaid",
    "PAID": "paid",
    "PARTIALLY_PAID": "partially_paid",
    "PARTIALLY_REFUNDED": "partially_refunded",
    "PENDING": "unpaid",
    "REFUNDED": "refunded",
    "VOIDED": "voided",
    None: "unconfirmed",
}

# OrderDisplayFulfillmentStatus; a cancelled or archived order is so whatever stands here.
FULFILMENT_STATES: dict[str, OrderState] = {
    "FULFILLED": "completed",
    "FULFILLMENT_NOT_REQUIRED": "open",
    "IN_PROGRESS": "open",
    "ON_HOLD": "open",
    "OPEN": "open",
    "PARTIALLY_FULFILLED": "open",
    "PENDING_FULFILLMENT": "open",
    "REQUEST_DECLINED": "open",
    "RESTOCKED": "open",
    "SCHEDULED": "open",
    "UNFULFILLED": "open",
}

# FulfillmentOrderStatus: whether the goods wait for a date or a person.
HELD: dict[str, bool] = {
    "CANCELLED": False,
    "CLOSED": False,
    "INCOMPLETE": False,
    "IN_PROGRESS": False,
    "ON_HOLD": True,
    "OPEN": False,
    "SCHEDULED": True,
}

# OrderReturnStatus: the one word that says there is nothing to read.
NO_RETURN = "NO_RETURN"
# ReturnStatus.
RETURN_STATES: dict[str, ReturnState] = {
    "CANCELED": "ended",
    "CLOSED": "closed",
    "DECLINED": "ended",
    "OPEN": "open",
    "REQUESTED": "requested",
}

# DeliveryMethodType. A pick-up point is a parcel shop: somebody ships there.
DELIVERIES: dict[str, Delivery] = {
    "LOCAL": "ship",
    "NONE": "none",
    "PICKUP_POINT": "ship",
    "PICK_UP": "pickup",
    "RETAIL": "none",
    "SHIPPING": "ship",
}

Step = Literal["money", "promise", "ignored"]

# OrderTransactionKind: what was taken, what was only promised, and what is told elsewhere (refunds) or changes nothing.
PAYMENT_KINDS: dict[str, Step] = {
    "AUTHORIZATION": "promise",
    "CAPTURE": "money",
    "CHANGE": "ignored",
    "EMV_AUTHORIZATION": "promise",
    "REFUND": "ignored",
    "SALE": "money",
    "SUGGESTED_REFUND": "ignored",
    "VOID": "ignored",
}

# OrderTransactionStatus: whether it happened, is still awaited, or came to nothing.
PAYMENT_STEPS: dict[str, Literal["done", "open", "lost"]] = {
    "AWAITING_RESPONSE": "open",
    "ERROR": "lost",
    "FAILURE": "lost",
    "PENDING": "open",
    "SUCCESS": "done",
    "UNKNOWN": "open",
}

# ProductStatus. An unlisted product is sold to whoever has its address.
ARTICLE_STATES: dict[str, Literal["active", "inactive"]] = {
    "ACTIVE": "active",
    "ARCHIVED": "inactive",
    "DRAFT": "inactive",
    "UNLISTED": "active",
}

OFF_SALE = frozenset(state for state, ours in ARTICLE_STATES.items() if ours == "inactive")

# What of a product can be translated, and what it is in our texts.
TRANSLATED = {
    "title": "title", "body_html": "description", "meta_title": "meta_title", "meta_description": "meta_description",
}  # fmt: skip

# WeightUnit, in grams.
GRAMS: dict[str, Decimal] = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}

# RefundLineItemRestockType: whether the pieces never left the house.
NEVER_LEFT: dict[str, bool] = {"CANCEL": True, "LEGACY_RESTOCK": False, "NO_RESTOCK": False, "RETURN": False}

# Our reasons for a cancellation as OrderCancelReason.
CANCEL_REASONS: dict[CancellationReason, str] = {
    "customer": "CUSTOMER",
    "fraud": "FRAUD",
    "other": "OTHER",
    "out_of_stock": "INVENTORY",
    "payment": "DECLINED",
}

# Why goods came back, as ReturnReason. Its successor ReturnReasonDefinition is a list of its own in every shop.
RETURN_REASONS: dict[ReturnReason, str] = {
    "colour": "COLOR",
    "defective": "DEFECTIVE",
    "not_as_described": "NOT_AS_DESCRIBED",
    "other": "OTHER",
    "style": "STYLE",
    "too_large": "SIZE_TOO_LARGE",
    "too_small": "SIZE_TOO_SMALL",
    "unwanted": "UNWANTED",
    "wrong_item": "WRONG_ITEM",
    "": "UNKNOWN",
}

GIFT_CARD_GATEWAY = "gift_card"
POINT_OF_SALE = "pos"
TAX_FIELDS = "TAX"
VAT_ID_ATTRIBUTES = frozenset({"vat_id", "vat id", "vat number", "vat_number", "ust-idnr.", "ust-idnr", "ust_id"})

# Carriers by the words merchants use; Shopify makes a link only for a name written exactly like this.
CARRIERS = {
    "deutsche post": "Deutsche Post (DE)",
    "dhl": "DHL",
    "dhl express": "DHL Express",
    "dhl paket": "DHL",
    "dpd": "DPD",
    "fedex": "FedEx",
    "gls": "GLS",
    "hermes": "Hermes",
    "mondial relay": "Mondial Relay",
    "österreichische post": "Österreichische Post",
    "post at": "Österreichische Post",
    "postnl": "PostNL",
    "schweizer post": "Swiss Post",
    "swiss post": "Swiss Post",
    "tnt": "TNT",
    "ups": "UPS",
}

# Webhook topic to the stream whose record is read again, and where in the body its id stands.
TOPICS: dict[str, tuple[Literal["order", "article"], str]] = {
    "orders/create": ("order", "id"),
    "orders/updated": ("order", "id"),
    "orders/cancelled": ("order", "id"),
    "orders/delete": ("order", "id"),
    "refunds/create": ("order", "order_id"),
    "products/create": ("article", "id"),
    "products/update": ("article", "id"),
}

# What the connector asks for; "write_" includes "read_". The value says what stops without it.
SCOPES: dict[str, tuple[bool, str]] = {
    "read_orders": (True, "orders cannot be read"),
    "read_customers": (True, "orders cannot be read with their customers"),
    "read_products": (True, "articles cannot be read"),
    "read_inventory": (True, "stock cannot be read"),
    "read_locations": (True, "the shop's locations cannot be read"),
    "read_merchant_managed_fulfillment_orders": (True, "it is not known what is still to be shipped"),
    "read_returns": (False, "returns are not seen before they are refunded"),
    "read_all_orders": (False, "orders older than 60 days stay hidden"),
    "write_inventory": (False, "stock cannot be sent"),
    "write_products": (False, "products and prices cannot be sent"),
    "write_publications": (False, "new products cannot be put on sale in chosen channels"),
    "write_translations": (False, "texts in further languages cannot be sent"),
    "read_locales": (False, "the shop's languages are not known, so no translations are sent"),
    "write_merchant_managed_fulfillment_orders": (False, "shipments cannot be reported"),
    "write_orders": (False, "orders cannot be cancelled, and nothing can be refunded"),
    "write_returns": (False, "goods that came back cannot be reported"),
}
