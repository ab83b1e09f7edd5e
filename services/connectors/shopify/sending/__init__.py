"""Sending what the shop is told, and finding out whether a lost answer was a success."""

from services.connectors.shopify.sending.cancellations import cancellations, find_cancellations
from services.connectors.shopify.sending.price_lists import price_groups
from services.connectors.shopify.sending.prices import prices, prices_again
from services.connectors.shopify.sending.products import find_products, push_products
from services.connectors.shopify.sending.refunds import find_refunds, refunds
from services.connectors.shopify.sending.returns import find_returns, returns
from services.connectors.shopify.sending.shipments import find_fulfilments, fulfilments
from services.connectors.shopify.sending.stock import stock, stock_again

__all__ = [
    "cancellations",
    "find_cancellations",
    "find_fulfilments",
    "find_products",
    "find_refunds",
    "find_returns",
    "fulfilments",
    "price_groups",
    "prices",
    "prices_again",
    "push_products",
    "refunds",
    "returns",
    "stock",
    "stock_again",
]
