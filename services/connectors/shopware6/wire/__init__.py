"""Shopware's payloads in Shopware's words: only the fields we read.

What is empty in the shop is `[]` even where it is an object otherwise. An association that was not loaded is null,
which is no empty list: such an order is unreadable rather than an order without lines.
"""

from services.connectors.shopware6.wire.order import (
    Address,
    CaptureRefund,
    Delivery,
    Line,
    Method,
    Order,
    Price,
    Rounding,
    Transaction,
)
from services.connectors.shopware6.wire.parts import Named, Stamped
from services.connectors.shopware6.wire.product import Category, Product, Shown

__all__ = [
    "Address",
    "CaptureRefund",
    "Category",
    "Delivery",
    "Line",
    "Method",
    "Named",
    "Order",
    "Price",
    "Product",
    "Rounding",
    "Shown",
    "Stamped",
    "Transaction",
]
