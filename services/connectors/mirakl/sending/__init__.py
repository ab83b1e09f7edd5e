"""Sending stock, shipments and cancellations, and finding out whether a lost answer was a success."""

from services.connectors.mirakl.sending.cancelling import cancellations, find_cancellations
from services.connectors.mirakl.sending.shipping import find_fulfilments, fulfilments
from services.connectors.mirakl.sending.stock import stock, stock_again

__all__ = ["cancellations", "find_cancellations", "find_fulfilments", "fulfilments", "stock", "stock_again"]
