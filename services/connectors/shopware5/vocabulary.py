"""Shopware 5's numbers and ours. A number that is not here parks the order: nothing is guessed.

Constants of the shop's order states and positions (Status, CartPositionsMode), read 2026-11-29.
"""

from typing import Literal

from shared.contracts.order import OrderState, PaymentState

ABANDONED = -1
"""The state of a basket that somebody left at the checkout."""
NO_NUMBERS = frozenset({"", "0"})
"""What such a basket has instead of an order number."""
# The word is ours: in the shop a state has a number, and a text that its people may change.
ORDER_STATES: dict[int, tuple[str, OrderState]] = {
    0: ("open", "open"),
    1: ("in_process", "open"),
    2: ("completed", "completed"),
    3: ("partially_completed", "open"),
    4: ("cancelled_rejected", "cancelled"),
    5: ("ready_for_delivery", "open"),
    6: ("partially_delivered", "open"),
    7: ("completely_delivered", "completed"),
    8: ("clarification_required", "open"),
}
PAYMENT_STATES: dict[int, PaymentState] = {
    9: "unpaid",  # invoiced in part
    10: "unpaid",  # invoiced
    11: "partially_paid",
    12: "paid",
    13: "unpaid",  # first, second, third reminder, collection
    14: "unpaid",
    15: "unpaid",
    16: "unpaid",
    17: "unpaid",  # open
    18: "authorised",  # reserved
    19: "unconfirmed",  # delayed
    20: "partially_refunded",  # credited: how much, the shop does not tell
    21: "unconfirmed",  # to be looked at
    30: "voided",  # no credit approved
    31: "authorised",  # credit accepted for now
    32: "authorised",  # credit accepted
    33: "unconfirmed",  # payment ordered
    34: "unpaid",  # time extension
    35: "voided",  # cancelled
}
CREDITED = 20
GOODS = frozenset({0, 1})
"""Sold articles, and premiums that are given with them."""
MONEY_ONLY = frozenset({2, 3, 4, 10, 12})
"""Vouchers, discounts of the customer group, surcharges and discounts for a payment, bundles, buyer protection."""
MODES = GOODS | MONEY_ONLY
GUEST = 1
PaymentWord = Literal["paid", "authorised", "pending"]
PAYMENTS: dict[PaymentState, PaymentWord] = {
    "paid": "paid",
    "partially_refunded": "paid",
    "refunded": "paid",
    "authorised": "authorised",
}
"""What became of the one payment an order has; pending otherwise."""
