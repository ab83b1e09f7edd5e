"""Sending stock, prices, parcels and cancellations, and finding out whether a lost answer was a success."""

from services.connectors.ebay.sending.cancelling import cancellations, find_cancellations
from services.connectors.ebay.sending.listings import again, prices, stock
from services.connectors.ebay.sending.shipping import find_fulfilments, fulfilments

__all__ = ["again", "cancellations", "find_cancellations", "find_fulfilments", "fulfilments", "prices", "stock"]
