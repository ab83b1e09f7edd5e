"""Sending products, stock, prices, shipments, cancellations and refunds; and whether a lost answer was a success."""

from services.connectors.woocommerce.sending.articles import prices, set_again, stock
from services.connectors.woocommerce.sending.cancellations import cancellations, find_cancellations
from services.connectors.woocommerce.sending.products import find_products, push_products
from services.connectors.woocommerce.sending.refunds import find_refunds, refunds
from services.connectors.woocommerce.sending.shipments import find_fulfilments, fulfilments

__all__ = [
    "cancellations",
    "find_cancellations",
    "find_fulfilments",
    "find_products",
    "find_refunds",
    "fulfilments",
    "prices",
    "push_products",
    "refunds",
    "set_again",
    "stock",
]
