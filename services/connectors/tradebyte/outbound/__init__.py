"""From our commands to the files TB.One takes. Everything sent must validate, so what cannot is refused here."""

from services.connectors.tradebyte.outbound.levels import price_file, stock_file
from services.connectors.tradebyte.outbound.markup import catalogue
from services.connectors.tradebyte.outbound.messages import About, cancellation, goods_back, shipment
from services.connectors.tradebyte.outbound.products import Manner, Plan, of_channels, plan, product

__all__ = [
    "About",
    "Manner",
    "Plan",
    "cancellation",
    "catalogue",
    "goods_back",
    "of_channels",
    "plan",
    "price_file",
    "product",
    "shipment",
    "stock_file",
]
