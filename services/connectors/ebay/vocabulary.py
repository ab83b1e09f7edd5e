"""eBay's words and ours. A word that is not here parks the order: nothing is guessed.

eBay's descriptions hold no lists of words; these are from its pages on types. Names of taxes, reasons of cancellations
and services of shipping travel as they are; nothing is decided by them.
"""

from typing import Literal

from shared.contracts.cancellation import CancellationReason
from shared.contracts.order import Delivery, PaymentState

SCOPE = "https://api.ebay.com/oauth/api_scope"
# What each right is for: shown where it is missing.
SCOPES = {
    "sell.fulfillment": "Orders cannot be read and parcels cannot be told.",
    "sell.inventory": "Listings cannot be read; stock and prices cannot be told.",
    "sell.finances": "Money cannot be given back.",
    "sell.account.readonly": "Business policies cannot be read, so no listing can be made.",
    "commerce.notification.subscription": "eBay cannot tell when something happens to an order.",
}
NEEDED = ("sell.fulfillment", "sell.inventory")

# OrderFulfillmentStatus and LineItemFulfillmentStatusEnum, read 2026-11-28.
SHIPPED = {"NOT_STARTED": "none", "IN_PROGRESS": "part", "FULFILLED": "all"}
# OrderPaymentStatusEnum. Two words speak of the buyer's payment or of a refund: where he has paid, of the refund.
PAYMENT_STATES: dict[str, PaymentState] = {
    "PAID": "paid",
    "PENDING": "unconfirmed",
    "FAILED": "unpaid",
    "PARTIALLY_REFUNDED": "partially_refunded",
    "FULLY_REFUNDED": "refunded",
}
# CancelStateEnum.
CANCEL_STATES: dict[str, Literal["none", "asked", "cancelled"]] = {
    "NONE_REQUESTED": "none",
    "IN_PROGRESS": "asked",
    "CANCELED": "cancelled",
}
# FulfillmentInstructionsType.
DELIVERIES: dict[str, Delivery] = {
    "SHIP_TO": "ship",
    "FULFILLED_BY_EBAY": "ship",
    "DIGITAL": "none",
    "PREPARE_FOR_PICKUP": "pickup",
}
FULFILLED_BY_CHANNEL = "FULFILLED_BY_EBAY"
OF_BOTH = ("PENDING", "FAILED")
# PaymentStatusEnum of one payment.
PAYMENTS: dict[str, Literal["paid", "pending", "failed"]] = {"PAID": "paid", "PENDING": "pending", "FAILED": "failed"}
# RefundStatusEnum.
REFUND_FAILED, REFUND_PENDING = "FAILED", "PENDING"
# ReasonForRefundEnum: what the seller writes besides is for the buyer to read.
REFUND_REASON = "OTHER"
LONGEST_COMMENT = 100
# Errors of issueRefund that time heals: another refund under way, a payment not processed yet.
REFUND_LATER = ("34922", "34929")
# OfferStatusEnum with ListingStatusEnum.
LISTED = ("ACTIVE", "OUT_OF_STOCK")
# Post-Order, CancelReason for a seller: ours on the left.
CANCEL_REASONS: dict[CancellationReason, str] = {
    "customer": "BUYER_ASKED_CANCEL",
    "out_of_stock": "OUT_OF_STOCK_OR_CANNOT_FULFILL",
    "fraud": "OTHER_SELLER_CANCEL_REASON",
    "payment": "OTHER_SELLER_CANCEL_REASON",
    "other": "OTHER_SELLER_CANCEL_REASON",
}
# Where a seller must sign what moves money.
SIGNED_SITES = frozenset(f"EBAY_{land}" for land in ("AT", "BE", "DE", "ES", "FR", "GB", "IE", "IT", "NL", "PL"))
# Where a buyer's own tax number is told, with a single order only.
TAX_NUMBER_SITES = ("EBAY_ES", "EBAY_IT")
CURRENCIES = {
    "EBAY_AU": "AUD", "EBAY_CA": "CAD", "EBAY_CH": "CHF", "EBAY_GB": "GBP", "EBAY_HK": "HKD", "EBAY_PL": "PLN",
    "EBAY_US": "USD",
}  # fmt: skip
EVERYWHERE_ELSE = "EUR"
# What a listing is told besides its item specifics, by names that none of these has: they begin with a dot.
TITLE, SUBTITLE, DESCRIPTION, EAN, MPN, BRAND, CONDITION, CONDITION_TEXT = (
    ".title", ".subtitle", ".description", ".ean", ".mpn", ".brand", ".condition", ".conditionDescription",
)  # fmt: skip
SEPARATOR = "|"
# ConditionEnum: German and English, as a marketplace shows them to buyers of new or used goods.
CONDITIONS = {
    "NEW": "Neu / New",
    "NEW_OTHER": "Neu: sonstige / New other",
    "LIKE_NEW": "Wie neu / Like new",
    "USED_EXCELLENT": "Gebraucht / Used",
    "USED_GOOD": "Gut / Good",
    "FOR_PARTS_OR_NOT_WORKING": "Als Ersatzteil / defekt / For parts",
}
# The aspect that is the manufacturer, in the languages of the marketplaces.
BRANDS = ("Marke", "Brand", "Marque", "Marca", "Merk", "Marka")
# In which language a marketplace's errors are told.
LANGUAGES = {
    "EBAY_AT": "de-AT", "EBAY_AU": "en-AU", "EBAY_CH": "de-CH", "EBAY_DE": "de-DE", "EBAY_ES": "es-ES",
    "EBAY_FR": "fr-FR", "EBAY_GB": "en-GB", "EBAY_IT": "it-IT", "EBAY_NL": "nl-NL", "EBAY_PL": "pl-PL",
}  # fmt: skip
# Topics of the Notification API and whose token subscribes to them.
APP_TOPICS = ("MARKETPLACE_ACCOUNT_DELETION",)
SELLER_TOPICS = ("ORDER_CONFIRMATION", "ORDER_CANCELLATION_ACTIVITY", "ITEM_MARKED_SHIPPED")
ACCOUNT_DELETION = APP_TOPICS[0]
