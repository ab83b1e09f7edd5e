"""The pretend merchant: what he sells and what his customers put into their baskets.

These are neutral facts. Each dialect turns them into a platform's own payloads, with that platform's own way of
counting money; from then on the platform's payload is the truth and is changed as the platform would change it.
Prices are gross (tax included), in `currency`, as a German shop shows them, unless the basket says `net_prices`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol, runtime_checkable

from fastapi import APIRouter

LineKind = Literal["goods", "digital", "gift_card", "deposit", "tip"]


@dataclass(frozen=True)
class Variant:
    """One sellable piece. `sku` is what the shop stores, which may be empty, blank-padded or not unique."""

    sku: str
    title: str
    price: Decimal
    tax_rate: Decimal = Decimal("0.19")
    ean: str | None = None
    stock: int = 0
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Product:
    """A product with at least one variant; a single variant without options is a simple product."""

    key: str
    title: str
    variants: tuple[Variant, ...]
    vendor: str = "Kramladen"

    @property
    def description(self) -> str:
        return f"<p>{self.title} aus dem Kramladen.</p>"

    @property
    def images(self) -> tuple[str, ...]:
        return (
            f"https://bilder.kramladen.example/{self.key}-1.jpg",
            f"https://bilder.kramladen.example/{self.key}-2.jpg",
        )


@dataclass(frozen=True)
class Address:
    first_name: str
    last_name: str
    street: str
    postcode: str
    city: str
    country: str = "DE"
    company: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Item:
    """One line of a basket. `sku=None` is a line whose product carries no number. `deleted` = product since removed."""

    sku: str | None
    title: str
    quantity: int
    unit_price: Decimal
    tax_rate: Decimal = Decimal("0.19")
    kind: LineKind = "goods"
    discount: Decimal = Decimal(0)
    properties: tuple[tuple[str, str], ...] = ()
    deleted: bool = False
    preorder: bool = False


@dataclass(frozen=True)
class Basket:
    """What one customer bought, and how the merchant's system is expected to judge it.

    `expect` holds the reason codes that the order must be parked with; empty means it must be imported.
    """

    case: str
    items: tuple[Item, ...]
    placed_at: datetime
    email: str = ""
    billing: Address | None = None
    shipping: Address | None = None
    shipping_cost: Decimal = Decimal("4.90")
    shipping_method: str = "DHL Paket"
    payment_method: str = "paypal"
    paid: bool = True
    guest: bool = False
    tax_free: bool = False
    net_prices: bool = False
    currency: str = "EUR"
    presentment: tuple[str, Decimal] | None = None
    """Currency the customer saw and its rate: presentment amount = shop amount times rate."""
    coupon: tuple[str, Decimal] | None = None
    """Code and gross amount taken off, spread over all lines."""
    negative_fee: tuple[str, Decimal] | None = None
    fee: tuple[str, Decimal] | None = None
    gift_card: Decimal | None = None
    """Part of the total paid by redeeming a gift card."""
    number: str | None = None
    note: str = ""
    test: bool = False
    pos: bool = False
    pickup: bool = False
    locale: str = "de"
    defect: Literal["", "unknown_status", "wrong_type", "absurd_total", "total_off_by_one_cent", "total_wrong"] = ""
    """How the platform's payload is broken on purpose after it was rendered."""
    expect: tuple[str, ...] = ()
    expect_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Where one platform's own ways change the judgement: platform to reason codes."""
    changes: "tuple[Change, ...]" = ()
    """What happens to the order right after it was placed; the seed applies it, not `place`."""

    def expected(self, platform: str) -> tuple[str, ...]:
        """The reason codes a census of this platform must publish for this basket."""
        return self.expect_on.get(platform, self.expect)


@dataclass(frozen=True)
class Change:
    """Something that happens to an order after it was placed. Each dialect does what its platform does then.

    `at` is when it happened; None means now.
    """

    kind: Literal["touch", "cancel", "remove_line", "lower_quantity", "refund_full", "refund_line", "refund_amount"]
    line: int = 0
    quantity: int = 1
    amount: Decimal = Decimal(0)
    at: datetime | None = None


@dataclass(frozen=True)
class CensusRow:
    """One order as the shop itself counts it. `total` in `currency` is the figure the shop's own list shows."""

    external_id: str
    number: str
    stamp: datetime
    total: Decimal
    currency: str
    case: str
    expect: tuple[str, ...]
    test: bool


@dataclass(frozen=True)
class Parcel:
    """One shipment as the shop now shows it to its customer."""

    order_id: str
    tracking_number: str
    carrier: str
    items: tuple[tuple[str, int], ...]
    """Line id and quantity; empty means the shop records no lines for it."""


@dataclass(frozen=True)
class SentDocument:
    """A document as a shop keeps it. `kind` is the platform's own word; `marked` where the shop shows it as sent."""

    order_id: str
    kind: str
    file_name: str
    content: bytes
    number: str = ""
    marked: bool = False


@dataclass(frozen=True)
class ShownPiece:
    """One sellable piece as a shop shows it to its customers. `stock` None: the shop does not count it. `oversold`: it
    is sold on when there is none left."""

    external_id: str
    sku: str
    ean: str = ""
    active: bool = True
    options: Mapping[str, str] = field(default_factory=dict)
    price: Decimal | None = None
    stock: int | None = None
    oversold: bool = False
    weight_grams: Decimal | None = None
    length_mm: Decimal | None = None
    width_mm: Decimal | None = None
    height_mm: Decimal | None = None
    customs_number: str = ""
    origin: str = ""
    tax: str = ""


@dataclass(frozen=True)
class ShownImage:
    """An image at a product. `address` is where the shop took it from."""

    address: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True)
class ShownProduct:
    """A product as a shop shows it, whatever its platform calls the parts; what a platform does not have stays empty.

    `categories` are paths from the top, joined by " > "; `properties` are what customers see of it by name, `fields`
    what is kept beside it by key; `titles` are names in further languages, `channels` where it is on sale.
    """

    external_id: str
    title: str
    active: bool
    pieces: tuple[ShownPiece, ...]
    description: str = ""
    short_description: str = ""
    manufacturer: str = ""
    manufacturer_number: str = ""
    unit: str = ""
    minimum_order: Decimal | None = None
    delivery_time: str = ""
    group: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    images: tuple[ShownImage, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    meta_title: str = ""
    meta_description: str = ""
    meta_keywords: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()


@runtime_checkable
class Serving(Protocol):
    """A shop that needs more than its API: a server of its own beside it."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class Shop(Protocol):
    """One shop of the pretend merchant on one platform; implemented by each dialect."""

    platform: str
    name: str

    def routes(self) -> APIRouter:
        """The platform's API, mounted at `/<platform>/<name>`."""
        ...

    def credentials(self) -> dict[str, Any]:
        """What the merchant would type into the connection form, without the address."""
        ...

    def stock_catalogue(self, products: tuple[Product, ...]) -> None: ...

    def place(self, basket: Basket) -> str:
        """Stores the order as the platform would and answers its external id."""
        ...

    def place_many(self, count: int, baskets: tuple[Basket, ...], spread: timedelta = timedelta(0)) -> list[str]:
        """Stores `count` plain orders quickly (payloads pre-rendered), for load; stamps over `spread`, ending now."""
        ...

    def change(self, external_id: str, change: Change) -> None:
        """KeyError for an unknown order, IndexError for an unknown line, ValueError where the shop refuses."""
        ...

    def census(self) -> list[CensusRow]: ...

    def stock(self) -> dict[str, int]:
        """SKU to quantity, as the shop's front end would sell it."""
        ...

    def parcels(self) -> list[Parcel]: ...


@dataclass
class World:
    """All shops of the pretend merchant and what his own system (the ERP) knows."""

    shops: dict[tuple[str, str], Shop] = field(default_factory=dict)
    articles: tuple[Variant, ...] = ()
    """The ERP's article list: own numbers, exact. Smaller than what the shops list, on purpose."""
    public_url: str = "http://127.0.0.1:8400"
    """Where the shops believe to live, without a slash at the end; links inside payloads start with it."""
