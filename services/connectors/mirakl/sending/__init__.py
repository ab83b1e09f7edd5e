"""Sending stock, prices, shipments, cancellations, documents, and finding out whether a lost answer was a success."""

from services.connectors.mirakl.sending.cancelling import cancellations, find_cancellations
from services.connectors.mirakl.sending.documents import documents, find_documents
from services.connectors.mirakl.sending.prices import prices
from services.connectors.mirakl.sending.shipping import find_fulfilments, fulfilments
from services.connectors.mirakl.sending.stock import set_again, stock

__all__ = [
    "cancellations", "documents", "find_cancellations", "find_documents", "find_fulfilments", "fulfilments", "prices",
    "set_again", "stock",
]  # fmt: skip
