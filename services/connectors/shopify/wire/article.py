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


class Weight(Wire):
    value: Amount
    unit: str


class Measurement(Wire):
    weight: Weight | None = None


class InventoryItem(Wire):
    id: str
    tracked: bool
    measurement: Measurement | None = None
    inventory_levels: tuple[InventoryLevel, ...] = ()


class Image(Wire):
    url: str


class Preview(Wire):
    image: Image | None = None


class Medium(Wire):
    preview: Preview | None = None


class Media(Wire):
    nodes: tuple[Medium, ...] = ()


class Category(Wire):
    full_name: str


class Product(Wire):
    """A product that never had options has one variant with an option nobody sees."""

    id: str
    status: str
    updated_at: datetime
    title: str = ""
    handle: str = ""
    vendor: str = ""
    description_html: str = ""
    has_only_default_variant: bool = True
    category: Category | None = None
    media: Media = Media()


class SelectedOption(Wire):
    name: str
    value: str


class Variant(Wire):
    id: str
    sku: Text = None
    barcode: Text = None
    display_name: str = ""
    price: Amount
    updated_at: datetime
    product: Product
    inventory_item: InventoryItem
    selected_options: tuple[SelectedOption, ...] = ()
    shop_currency: Currency
