"""Reading orders and listings, and what reports say about them."""

from services.connectors.amazon.reading.listing_pages import article, articles
from services.connectors.amazon.reading.order_pages import census, found, order, orders

__all__ = ["article", "articles", "census", "found", "order", "orders"]
