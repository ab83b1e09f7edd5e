"""From our commands to the files TB.One takes. Everything sent must validate, so what cannot is refused here."""

from services.connectors.tradebyte.outbound.levels import price_file, stock_file
from services.connectors.tradebyte.outbound.markup import catalogue
from services.connectors.tradebyte.outbound.messages import About, cancellation, shipment
from services.connectors.tradebyte.outbound.products import of_channels, product, product_number, signs, told

__all__ = [
    "About",
    "cancellation",
    "catalogue",
    "of_channels",
    "price_file",
    "product",
    "product_number",
    "shipment",
    "signs",
    "stock_file",
    "told",
]
