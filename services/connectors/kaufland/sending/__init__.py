"""Sending stock, shipments and cancellations, and finding out whether a lost answer was a success."""

from services.connectors.kaufland.sending.cancelling import cancellations, find_cancellations
from services.connectors.kaufland.sending.shipping import find_fulfilments, fulfilments
from services.connectors.kaufland.sending.stock import stock, stock_again

__all__ = ["cancellations", "find_cancellations", "find_fulfilments", "fulfilments", "stock", "stock_again"]
