"""Mirakl's payloads in Mirakl's words."""

from services.connectors.mirakl.wire.base import Amount, Quantity, Text, Wire
from services.connectors.mirakl.wire.offers import Offer, Price, PriceContext, Reference, VolumePrice
from services.connectors.mirakl.wire.operator import (
    Carrier,
    Carriers,
    Catalog,
    Configuration,
    Documents,
    DocumentTypes,
    Features,
    Pricing,
    Reason,
    Reasons,
    ReturnFeatures,
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
    Return,
    ReturnLine,
    Tax,
)
from services.connectors.mirakl.wire.products import (
    Attribute,
    AttributeRole,
    Attributes,
    Hierarchies,
    Hierarchy,
    ListValue,
    ProductImport,
    ValueList,
    ValueLists,
)

__all__ = [
    "Address", "Amount", "Attribute", "AttributeRole", "Attributes", "Carrier", "Carriers", "Catalog", "Center",
    "Channel", "Configuration", "Custom", "Customer", "DocumentTypes", "Documents", "Features", "Fee",
    "Fulfillment", "Hierarchies", "Hierarchy", "Line", "ListValue", "Offer", "Order", "OrderTax", "Organization",
    "Part", "Price", "PriceContext", "Pricing", "ProductImport", "Promotion", "Quantity", "Reason", "Reasons",
    "Reference", "References", "Return", "ReturnFeatures", "ReturnLine", "ShipmentFeatures", "StoredDocument",
    "Tax", "Text", "ValueList", "ValueLists", "VolumePrice", "Wire", "Workflows",
]  # fmt: skip
