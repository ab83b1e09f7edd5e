"""Sending quantities, prices, shipments, cancellations and invoices, and finding out what became of them."""

from services.connectors.amazon.sending.cancelling import cancellations, find_cancellations
from services.connectors.amazon.sending.documents import documents, find_documents
from services.connectors.amazon.sending.offers import prices, set_again, stock
from services.connectors.amazon.sending.shipping import find_fulfilments, fulfilments

__all__ = [
    "cancellations",
    "documents",
    "find_cancellations",
    "find_documents",
    "find_fulfilments",
    "fulfilments",
    "prices",
    "set_again",
    "stock",
]
