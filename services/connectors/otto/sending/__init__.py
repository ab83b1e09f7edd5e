"""Sending stock, prices, products, shipments, cancellations and answers to returns, and finding out whether a lost
answer was a success."""

from services.connectors.otto.sending.cancelling import cancellations, find_cancellations
from services.connectors.otto.sending.prices import prices
from services.connectors.otto.sending.products import judged, products
from services.connectors.otto.sending.returning import find_returns, returns
from services.connectors.otto.sending.shipping import find_fulfilments, fulfilments
from services.connectors.otto.sending.stock import set_again, stock

__all__ = [
    "cancellations", "find_cancellations", "find_fulfilments", "find_returns", "fulfilments", "judged", "prices",
    "products", "returns", "set_again", "stock",
]  # fmt: skip
