"""From our commands to Shopware's bodies."""

from services.connectors.shopware6.outbound.commands import (
    both_prices,
    custom_fields,
    delivery,
    document,
    mark,
    price,
    quantity,
    shipped,
)
from services.connectors.shopware6.outbound.graded import graded, ladders
from services.connectors.shopware6.outbound.knowledge import Draft, Entry, Known, Language, Wants, wants
from services.connectors.shopware6.outbound.plans import Held, Plan, decide
from services.connectors.shopware6.outbound.products import draft
from services.connectors.shopware6.outbound.values import definition
from services.connectors.shopware6.outbound.withdrawing import withdrawal

__all__ = [
    "Draft", "Entry", "Held", "Known", "Language", "Plan", "Wants", "both_prices", "custom_fields", "decide",
    "definition", "delivery", "document", "draft", "graded", "ladders", "mark", "price", "quantity", "shipped",
    "wants", "withdrawal",
]  # fmt: skip
