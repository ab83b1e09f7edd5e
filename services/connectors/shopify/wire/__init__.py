"""Shopify's payloads in Shopify's words: only the fields we read, amounts as the text they are.

An order is read with all its own lists complete; the page information around them is gone. Two words are added while
reading: `held`, the ids of lines whose fulfilment order waits, and on a variant `shopCurrency`.
"""

from services.connectors.shopify.wire.article import Measurement, Variant
from services.connectors.shopify.wire.order import (
    DiscountAllocation,
    LineItem,
    MailingAddress,
    Order,
    Refund,
    TaxLine,
    Transaction,
)
from services.connectors.shopify.wire.parts import Attribute, MoneyBag

__all__ = [
    "Attribute",
    "DiscountAllocation",
    "LineItem",
    "MailingAddress",
    "Measurement",
    "MoneyBag",
    "Order",
    "Refund",
    "TaxLine",
    "Transaction",
    "Variant",
]
