"""A product or one of its variants."""

from datetime import datetime

from services.connectors.shopware6.wire.parts import Amount, Named, Object, Stamped, Wire


class ProductPrice(Wire):
    currency_id: str
    gross: Amount


class Option(Named):
    group: Named | None = None


class Shown(Stamped):
    """What a variant takes over from its parent, and moves with."""

    product_number: str = ""
    name: str | None = None
    translated: Object = {}
    description: str | None = None


class Category(Wire):
    translated: Object = {}
    breadcrumb: tuple[str, ...] | None = None


class File(Wire):
    url: str | None = None


class Medium(Wire):
    id: str
    position: int | None = None
    media: File | None = None


class Product(Stamped):
    """One sellable row, read with what its parent gives it. `shopCurrency` is put into it while it is read."""

    created_at: datetime
    product_number: str
    parent_id: str | None = None
    parent: Shown | None = None
    name: str | None = None
    translated: Object = {}
    ean: str | None = None
    price: tuple[ProductPrice, ...]
    active: bool | None = None
    available_stock: int | None
    options: tuple[Option, ...] | None = None
    shop_currency: tuple[str, str]
    description: str | None = None
    weight: Amount | None = None
    width: Amount | None = None
    height: Amount | None = None
    length: Amount | None = None
    manufacturer: Named | None = None
    categories: tuple[Category, ...] | None = None
    media: tuple[Medium, ...] | None = None
    cover_id: str | None = None
