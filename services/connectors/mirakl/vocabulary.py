"""Mirakl's words and ours. A word that is not here parks the order: nothing is guessed."""

from typing import Literal

from shared.contracts.order import OrderState, ReturnState
from shared.contracts.returned import ReturnTerms
from shared.contracts.taxonomy import Requirement, Role

# https://developer.mirakl.com/content/product/mmp/rest/seller/openapi3 (OR11), read 2026-11-28.
ORDER_STATES: dict[str, OrderState] = {
    "STAGING": "open",
    "WAITING_ACCEPTANCE": "open",
    "WAITING_DEBIT": "open",
    "WAITING_DEBIT_PAYMENT": "open",
    "SHIPPING": "open",
    "SHIPPED": "completed",
    "TO_COLLECT": "completed",
    "RECEIVED": "completed",
    "CLOSED": "completed",
    "REFUSED": "cancelled",
    "CANCELED": "cancelled",
}
# What the operator keeps back until the order may be shipped: addresses, and the word that it is paid.
WITHHELD: dict[str, tuple[str, ...]] = {
    "STAGING": ("fraud_check",),
    "WAITING_ACCEPTANCE": ("acceptance",),
    "WAITING_DEBIT": ("payment",),
    "WAITING_DEBIT_PAYMENT": ("payment",),
}
WAITS_FOR_US = "WAITING_ACCEPTANCE"
LINES_DEAD = frozenset({"REFUSED", "CANCELED"})
LINES_SHIPPED = frozenset({"SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED"})
# An incident or a refund can come to a line before or after it was shipped: its shipping date tells.
LINES_EITHER = frozenset({"INCIDENT_OPEN", "REFUNDED"})
LINES_OPEN = frozenset({*WITHHELD, "SHIPPING"})
LINE_STATES = LINES_DEAD | LINES_SHIPPED | LINES_EITHER | LINES_OPEN

# RT11. What was received is open until it is closed: until then the shop may find fault with it.
RETURN_STATES: dict[str, ReturnState] = {
    "WAITING_ACCEPTANCE": "requested",
    "IN_PROGRESS": "open",
    "RECEIVED": "open",
    "CLOSED": "closed",
    "REFUSED": "ended",
    "NO_RECEPTION": "ended",
    "CANCELED": "ended",
}
# RT26: what a shop may find fault with.
RETURN_TERMS = ReturnTerms(
    refused_for=tuple(
        f"RETURN_NON_COMPLIANT_{fault}"
        for fault in ("MISSING_ITEM", "WRONG_PRODUCT", "DAMAGED_PRODUCT", "WINDOW_CLOSED", "OTHER")
    )
)

Paid = Literal["before", "with shipment", "after", "elsewhere"]
# When the customer pays; "elsewhere" is settled between the customer and the operator without a word to the shop.
PAYMENT_WORKFLOWS: dict[str, Paid] = {
    "PAY_ON_ACCEPTANCE": "before",
    "PAY_ON_SHIPMENT": "with shipment",
    "PAY_ON_DELIVERY": "after",
    "PAY_ON_DUE_DATE": "after",
    "NO_CUSTOMER_PAYMENT_CONFIRMATION": "elsewhere",
}
# PM11. Operators have more roles and requirements than these; what is not here is an attribute like any other.
ROLES: dict[str, Role] = {
    "CATEGORY": "category",
    "SHOP_SKU": "number",
    "EAN": "ean",
    "TITLE": "title",
    "DESCRIPTION": "description",
    "VARIANT_GROUP_CODE": "variant_group",
}
REQUIREMENTS: dict[str, Requirement] = {"REQUIRED": "required", "RECOMMENDED": "recommended", "OPTIONAL": "optional"}
# P42: what an import comes to.
IMPORTS_DEAD = frozenset({"TRANSFORMATION_FAILED", "FAILED", "CANCELLED"})
IMPORT_JUDGED = "COMPLETE"
TAX_MODES = {"TAX_INCLUDED": True, "TAX_EXCLUDED": False}
OWN_WAREHOUSE = "DEFAULT"
# Older platforms send a country's name in the operator's language, and no code.
LANGUAGES = ("de", "en", "fr", "it", "es", "pt", "nl", "pl", "cs", "sk", "sv", "da", "fi", "ro", "hu", "el")
# A code that ISO left to its users, who agreed on it.
OWN_CODES = {"XKX": "XK"}
