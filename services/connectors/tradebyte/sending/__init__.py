"""Sending stock, prices, articles and messages. What TB.One made of them cannot be asked."""

from services.connectors.tradebyte.sending.catalogue import products
from services.connectors.tradebyte.sending.levels import prices, set_again, stock
from services.connectors.tradebyte.sending.messages import cancellations, fulfilments, goods_back, unsure

__all__ = ["cancellations", "fulfilments", "goods_back", "prices", "products", "set_again", "stock", "unsure"]
