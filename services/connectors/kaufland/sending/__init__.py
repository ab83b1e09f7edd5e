"""Sending products, stock, prices, shipments, cancellations, answers to returns and invoices, and finding out whether
a lost answer was a success."""

from services.connectors.kaufland.sending.cancelling import cancellations, find_cancellations
from services.connectors.kaufland.sending.documents import documents, find_documents
from services.connectors.kaufland.sending.offers import prices, set_again, stock
from services.connectors.kaufland.sending.products import judged, products
from services.connectors.kaufland.sending.returning import find_returns, returns
from services.connectors.kaufland.sending.shipping import find_fulfilments, fulfilments

__all__ = [
    "cancellations",
    "documents",
    "find_cancellations",
    "find_documents",
    "find_fulfilments",
    "find_returns",
    "fulfilments",
    "judged",
    "prices",
    "products",
    "returns",
    "set_again",
    "stock",
]
