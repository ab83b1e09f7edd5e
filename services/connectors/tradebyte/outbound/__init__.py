"""From our commands to the files TB.One takes. Everything sent must validate, so what cannot is refused here."""

from services.connectors.tradebyte.outbound.levels import price_file, stock_file
from services.connectors.tradebyte.outbound.messages import About, cancellation, shipment

__all__ = ["About", "cancellation", "price_file", "shipment", "stock_file"]
