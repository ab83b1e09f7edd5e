"""Mirakl's payloads in Mirakl's words."""

from services.connectors.mirakl.wire.base import Amount, Quantity, Text, Wire
from services.connectors.mirakl.wire.offers import Offer, Price, PriceContext, Reference, VolumePrice
from services.connectors.mirakl.wire.operator import (
    Carrier,
    Carriers,
    Configuration,
    Documents,
    DocumentTypes,
    Features,
    Pricing,
    Reason,
    Reasons,
    ShipmentFeatures,
    StoredDocument,
    Workflows,
)
from services.connectors.mirakl.wire.orders import (
    Address,
    Center,
    Channel,
    Custom,
    Customer,
    Fee,
    Fulfillment,
    Line,
    Order,
    OrderTax,
    Organization,
    Part,
    Promotion,
    References,
    Tax,
)

__all__ = [
    "Address", "Amount", "Carrier", "Carriers", "Center", "Channel", "Configuration", "Custom", "Customer",
    "DocumentTypes", "Documents", "Features", "Fee", "Fulfillment", "Line", "Offer", "Order", "OrderTax",
    "Organization", "Part", "Price", "PriceContext", "Pricing", "Promotion", "Quantity", "Reason", "Reasons",
    "Reference", "References", "ShipmentFeatures", "StoredDocument", "Tax", "Text", "VolumePrice", "Wire",
    "Workflows",
]  # fmt: skip
