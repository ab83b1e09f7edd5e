"""Articles: variants with their product and what lies where."""

from datetime import datetime

from services.connectors.shopify.wire.parts import Amount, Pieces, Reference, Text, Wire
from shared.contracts.money import Currency


class Quantity(Wire):
    quantity: Pieces


class InventoryLevel(Wire):
    is_active: bool = True
    location: Reference
    quantities: tuple[Quantity, ...] = ()


class InventoryItem(Wire):
    id: str
    tracked: bool
    inventory_levels: tuple[InventoryLevel, ...] = ()


class Product(Wire):
    id: str
    status: str
    updated_at: datetime


class Variant(Wire):
    id: str
    sku: Text = None
    barcode: Text = None
    display_name: str = ""
    price: Amount
    updated_at: datetime
    product: Product
    inventory_item: InventoryItem
    shop_currency: Currency
