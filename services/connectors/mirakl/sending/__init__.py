"""Sending to the operator, and finding out what became of it."""

from services.connectors.mirakl.sending.cancelling import cancellations, find_cancellations
from services.connectors.mirakl.sending.documents import documents, find_documents
from services.connectors.mirakl.sending.prices import prices
from services.connectors.mirakl.sending.products import judged, products
from services.connectors.mirakl.sending.returning import find_returns, returns
from services.connectors.mirakl.sending.shipping import find_fulfilments, fulfilments
from services.connectors.mirakl.sending.stock import set_again, stock

__all__ = [
    "cancellations", "documents", "find_cancellations", "find_documents", "find_fulfilments", "find_returns",
    "fulfilments", "judged", "prices", "products", "returns", "set_again", "stock",
]  # fmt: skip
