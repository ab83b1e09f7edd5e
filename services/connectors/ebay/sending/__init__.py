"""Sending stock, prices, listings, parcels, cancellations and refunds, and finding out what became of a lost answer."""

from services.connectors.ebay.sending.cancelling import cancellations, find_cancellations
from services.connectors.ebay.sending.listings import again, prices, stock
from services.connectors.ebay.sending.products import listed_yet, products
from services.connectors.ebay.sending.refunds import find_refunds, refunds
from services.connectors.ebay.sending.shipping import find_fulfilments, fulfilments

__all__ = [
    "again", "cancellations", "find_cancellations", "find_fulfilments", "find_refunds", "fulfilments", "listed_yet",
    "prices", "products", "refunds", "stock",
]  # fmt: skip
