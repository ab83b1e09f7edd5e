"""Sending stock, prices, shipments, cancellations, documents and products, and seeing what became of a lost answer."""

from services.connectors.shopware6.sending.cancelling import cancellations, find_cancellations
from services.connectors.shopware6.sending.documents import documents, find_documents
from services.connectors.shopware6.sending.graded import price_groups
from services.connectors.shopware6.sending.prices import prices
from services.connectors.shopware6.sending.products import products, products_again
from services.connectors.shopware6.sending.shipping import find_fulfilments, fulfilments
from services.connectors.shopware6.sending.stock import stock, stock_again

__all__ = [
    "cancellations", "documents", "find_cancellations", "find_documents", "find_fulfilments", "fulfilments",
    "price_groups", "prices", "products", "products_again", "stock", "stock_again",
]  # fmt: skip
