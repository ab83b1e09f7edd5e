"""Shopware's words and ours. A word that is not here parks the order: nothing is guessed."""

from typing import Literal

from shared.contracts.order import OrderState, PaymentState

# https://developer.shopware.com/docs/concepts/commerce/checkout-concept/orders.html, read 2026-11-28.
ORDER_STATES: dict[str, OrderState] = {
    "open": "open",
    "in_progress": "open",
    "completed": "completed",
    "cancelled": "cancelled",
}
PAYMENT_STATES: dict[str, PaymentState] = {
    "open": "unpaid",
    "reminded": "unpaid",
    "failed": "unpaid",
    "chargeback": "unpaid",
    "in_progress": "unconfirmed",
    "unconfirmed": "unconfirmed",
    "authorized": "authorised",
    "paid": "paid",
    "paid_partially": "partially_paid",
    "refunded": "refunded",
    "refunded_partially": "partially_refunded",
    "cancelled": "voided",
}
PAID = frozenset({"paid", "paid_partially", "refunded", "refunded_partially"})
GIVEN_UP = frozenset({"cancelled", "failed"})
"""Attempts to pay that another one has replaced."""
STILL_TO_PAY = frozenset({"open", "in_progress", "authorized", "unconfirmed", "reminded"})
DELIVERY_STATES: dict[str, Literal["open", "in_part", "sent", "cancelled"]] = {
    "open": "open",
    "shipped_partially": "in_part",
    "shipped": "sent",
    "returned_partially": "sent",
    "returned": "sent",
    "cancelled": "cancelled",
}
REFUNDED = "completed"
TAX_STATES: dict[str, tuple[bool, bool]] = {"gross": (True, False), "net": (False, False), "tax-free": (False, True)}
"""Whether prices include tax, and whether the order is free of it."""
GOODS = frozenset({"product"})
MONEY_ONLY = frozenset({"promotion", "credit", "discount"})
FREE_TEXT = frozenset({"custom", "container"})
LINE_TYPES = GOODS | MONEY_ONLY | FREE_TEXT
DOWNLOAD = "is-download"
PICKUP_METHODS = frozenset({"shipping_pickup", "pickup", "shipping_click_and_collect", "click_and_collect"})
TIP_WORDS = ("trinkgeld", "tip")
DEPOSIT_WORDS = ("pfand", "deposit")
DOCUMENT_TYPES = {"invoice": "invoice", "credit_note": "credit_note", "delivery_note": "delivery_note"}
DOCUMENT_NUMBERS = {
    "invoice": "invoiceNumber",
    "credit_note": "creditNoteNumber",
    "delivery_note": "deliveryNoteNumber",
}
STANDARD_FIELDS = {
    "shopware6_max_purchase": ("maxPurchase", "int"),
    "shopware6_min_purchase": ("minPurchase", "int"),
    "shopware6_purchase_steps": ("purchaseSteps", "int"),
    "shopware6_purchase_unit": ("purchaseUnit", "float"),
    "shopware6_reference_unit": ("referenceUnit", "float"),
    "shopware6_unit": ("unitId", "unit"),
    "shopware6_release_date": ("releaseDate", "datetime"),
    "shopware6_pack_unit": ("packUnit", "text"),
    "shopware6_pack_unit_plural": ("packUnitPlural", "text"),
    "shopware6_restock_time": ("restockTime", "int"),
    "shopware6_delivery_time": ("deliveryTimeId", "delivery_time"),
}
"""Attributes that fill a field of the product itself: its name there, and the kind of its value."""
STANDARD = "shopware6_"
CROSS_SELLING = {"de": "Passend dazu", "fr": "Se marie bien avec"}
CROSS_SELLING_ELSEWHERE = "Goes well with"
EVERYWHERE = 30
"""A product is found by search, in lists and by its address."""
