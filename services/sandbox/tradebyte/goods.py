"""What the account sells: products, and the articles that belong to them."""

from dataclasses import dataclass, field
from datetime import datetime

Texts = dict[str, str]
"""By language; x-default is the account's own."""


@dataclass(frozen=True)
class Price:
    """What an article costs in one channel: gross, what it cost before, and its class of tax."""

    now: str
    before: str = ""
    tax_class: str = "2"


@dataclass
class Product:
    """What its articles have in common. `id` is TB.One's own number, which channels are told; `media` are addresses
    with their places."""

    number: str
    id: int
    name: Texts
    supplement: Texts = field(default_factory=dict)
    text: Texts = field(default_factory=dict)
    brand: str = ""
    keywords: tuple[str, ...] = ()
    components: dict[str, Texts] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    media: dict[str, int] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


@dataclass
class Article:
    """One article; `stock` is what the merchant last told, for all channels together, `prices` what a channel was told
    otherwise than `price`. `channels` are those it is switched on or off for; `active` holds for all of them."""

    number: str
    title: str
    product: str
    price: str
    ean: str | None
    stock: int
    changed: datetime
    prices: dict[str, Price] = field(default_factory=dict)
    active: bool = True
    channels: dict[str, bool] = field(default_factory=dict)
    sort: int = 0
    maker_number: str = ""
    options: dict[str, str] = field(default_factory=dict)
    components: dict[str, Texts] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    media: dict[str, int] = field(default_factory=dict)
    unit: str = ""
    delivery_days: int | None = None
    order_min: int | None = None
    parcel: dict[str, str] = field(default_factory=dict)
    origin: str = ""
    customs_number: str = ""

    def priced(self, sign: str) -> Price:
        return self.prices.get(sign) or Price(self.price)

    def sold_in(self, sign: str) -> bool:
        return self.active and self.channels.get(sign, False)
