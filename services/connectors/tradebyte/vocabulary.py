"""TB.One's words and ours. A word that is not here parks the order: nothing is guessed."""

import re

from shared.contracts.cancellation import CancellationReason
from shared.contracts.order import PaymentState

# https://help.tradebyte.com/order-xml-tborder-orderdata.html, read 2026-11-23.
PENDING = {"0": True, "1": False}
WITHDRAWN = {"1": True, "0": False, "": False}
PAYMENT_STATES: dict[str, PaymentState] = {"0": "unpaid", "1": "paid", "2": "voided", "": "unconfirmed"}

# https://www.tradebyte.io/documentation/message-types/, read 2026-11-23.
SHIPPED = "SHIP"
TAKEN_BACK, COMES_BACK = "CUST_CANCEL", "RETURN"
PAYMENT_MESSAGES: dict[str, PaymentState] = {
    "PAYMENT_STATE_OPEN": "unpaid",
    "PAYMENT_STATE_PAID": "paid",
    "PAYMENT_STATE_SHORTFALL": "voided",
}
HEARD = frozenset({TAKEN_BACK, COMES_BACK, *PAYMENT_MESSAGES})
"""Messages of a channel that change an order; what they say is said once."""
CANCELLED: dict[CancellationReason, str] = {
    "customer": "CUST_CANCEL",
    "out_of_stock": "NO_INVENTORY",
    "fraud": "NO_INVENTORY",
    "payment": "NO_INVENTORY",
    "other": "NO_INVENTORY",
}
DEFAULT_LANGUAGE = "x-default"
"""The language that is set up in the account, whichever it is."""
EAN = re.compile(r"\d{13}")
WEEKS = frozenset({"week", "weeks", "woche", "wochen"})
# https://www.tradebyte.io/documentation/…/prices-a_pricedata/: classes for rates that the settings do not name.
OWN_CLASSES: dict[str, str] = {"reduced": "1", "standard": "2", "exempt": "3"}
TAKEN = re.compile(r"\bsuccess(fully)?\b", re.I)
NOT_TAKEN = re.compile(r"\b(not|no|without|failed)\b", re.I)
"""What is answered to messages that were taken in ("message created successfully"), and what turns it round."""

# Fields of an order's head and its shipment that nobody else reads, handed on as they are.
HEAD_PROPERTIES = ("CHANNEL_SIGN", "CHANNEL_ID", "BILL_NO")
SHIPMENT_PROPERTIES = ("IDCODE_SHIP", "IDCODE_RETURN", "ROUTING_CODE", "IS_EXPRESS")
LINE_PROPERTIES = ("CHANNEL_ID", "CHANNEL_SKU", "EAN", "TRANSFER_PRICE", "DELIVERY_TIME")
