"""Kaufland's words and ours. A word that is not here parks the order: nothing is guessed.

Reasons of cancellations and returns, conditions of a piece and providers of pick-up points travel as they are; nothing
is decided by them.
"""

from typing import Literal

from shared.contracts.cancellation import CancellationReason
from shared.contracts.order import ReturnState
from shared.contracts.returned import ReturnTerms

UnitState = Literal["waiting", "processable", "sent", "returned", "cancelled"]

# Seller API v2, OrderUnitStatus, read 2026-11-28, in the order a piece goes through them.
UNIT_STATES: dict[str, UnitState] = {
    # Not yet confirmed: reserved, and not to be sent.
    "open": "waiting",
    "need_to_be_sent": "processable",
    "sent": "sent",
    "sent_and_autopaid": "sent",
    "received": "sent",
    "returned": "returned",
    "returned_paid": "returned",
    "cancelled": "cancelled",
}
ORDER_STATES = tuple(UNIT_STATES)
RETURNED = frozenset(word for word, state in UNIT_STATES.items() if state == "returned")
# ReturnUnitStatus. What is closed was decided; how, the state of its piece tells.
RETURN_ACCEPTED, RETURN_REJECTED = "return_accepted", "return_rejected"
RETURN_STATES: dict[str, ReturnState] = {
    "need_to_be_returned": "open",
    "return_arrived": "open",
    "return_in_repair": "open",
    "return_in_clarification": "open",
    RETURN_ACCEPTED: "closed",
    "return_closed": "closed",
    RETURN_REJECTED: "ended",
}
RETURN_TERMS = ReturnTerms(refusal_note=True)
# FulfillmentType: whether the platform's own warehouse sends it.
FULFILLED_BY_CHANNEL = {"fulfilled_by_merchant": False, "fulfilled_by_kaufland": True}
# UnitStatuses.
LISTING_STATES: dict[str, Literal["active", "inactive"]] = {
    "AVAILABLE": "active",
    "ONHOLD": "inactive",
    "INCOMPLETE": "inactive",
}
# TicketStatus: the only one in which somebody still has to write.
TICKET_OPEN = "opened"
# OrderUnitCancelReason: ours on the left.
CANCEL_REASONS: dict[CancellationReason, str] = {
    "customer": "BuyerCancelled",
    "out_of_stock": "NoInventory",
    "fraud": "GeneralAdjustment",
    "payment": "GeneralAdjustment",
    "other": "GeneralAdjustment",
}
# WriteableUnitStatuses, by whether the article is sold.
ON_SALE = {True: "AVAILABLE", False: "ONHOLD"}
# What a storefront counts in.
CURRENCIES = {"cz": "CZK", "pl": "PLN"}
EVERYWHERE_ELSE = "EUR"
# ProductDataLocale: the language in which a storefront is told of products.
LOCALES = {
    "de": "de-DE", "at": "de-AT", "cz": "cs-CZ", "sk": "sk-SK", "pl": "pl-PL", "fr": "fr-FR", "it": "it-IT",
}  # fmt: skip
# ProductDataStatus, and the states of a value that say what is wrong with it.
JUDGING = frozenset({"PENDING", "IN_PROGRESS"})
JUDGED = "SUCCESS"
NOT_YET = "NOT_YET_PROCESSED"
WRONG_VALUES = frozenset({"DECLINED", "REFUSED", "MISSING", "MIN_ONE_MISSING"})
# WriteableVatIndicator, by our classes of tax.
VAT_INDICATORS = {"standard": "standard_rate", "reduced": "reduced_rate_1", "exempt": "zero_rate"}
# Carriers that need no tracking number.
UNTRACKED = frozenset({"other", "otherhauler"})
EVENTS = (
    "order_new",
    "order_unit_status_changed",
    "item_unit_new",
    "item_unit_changed",
    "item_unit_deleted",
)
