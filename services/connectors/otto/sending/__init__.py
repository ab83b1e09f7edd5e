"""Sending stock, prices, products, shipments and cancellations, and finding out whether a lost answer was a success."""

from services.connectors.otto.sending.cancelling import cancellations, find_cancellations
from services.connectors.otto.sending.prices import prices
from services.connectors.otto.sending.products import judged, products
from services.connectors.otto.sending.shipping import find_fulfilments, fulfilments
from services.connectors.otto.sending.stock import set_again, stock

__all__ = [
    "cancellations", "find_cancellations", "find_fulfilments", "fulfilments", "judged", "prices", "products",
    "set_again", "stock",
]  # fmt: skip
