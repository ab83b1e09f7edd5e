"""Articles, and how a channel lists them."""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload
from shared.contracts.money import Money
from shared.contracts.order import Observation


class ArticleHead(Contract):
    """The product that a variant belongs to. `number` is what people read: its own SKU, or its handle in the shop."""

    number: str
    title: str = ""
    description: str = ""


class MediaText(Contract):
    """What people read with an image."""

    title: str = ""
    description: str = ""


class ArticleText(Contract):
    """What people read, in one language."""

    title: str = ""
    description: str = ""
    short_description: str = ""
    meta_title: str = ""
    meta_description: str = ""
    meta_keywords: str = ""


class ArticleContent(Contract):
    """What a channel says about a piece beyond its stock and price, or is to be told. `head` and `options` are those of
    a variant.

    `is_head`: this is a product that should have variants and has none. `categories` are paths from the top, joined by
    " > ". `media` are addresses of images, the first one is the main image; nobody downloads them here. `media_texts`
    are by address, `texts` by language. `origin` is a country, ISO 3166 alpha-2; `customs_number` that of the goods.
    `sell_off`: what is left is sold, no more is bought. `counted` None leaves the channel's own way of counting alone.
    """

    description: str = ""
    short_description: str = ""
    head: ArticleHead | None = None
    is_head: bool = False
    options: dict[str, str] = {}
    manufacturer: str = ""
    manufacturer_number: str = ""
    unit: str = ""
    weight_grams: Decimal | None = None
    length_mm: Decimal | None = None
    width_mm: Decimal | None = None
    height_mm: Decimal | None = None
    minimum_order: Decimal | None = None
    delivery_time: str = ""
    customs_number: str = ""
    origin: str = ""
    sell_off: bool = False
    counted: bool | None = None
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    """Numbers of articles that are offered beside this one."""
    media: tuple[str, ...] = ()
    media_texts: dict[str, MediaText] = {}
    meta_title: str = ""
    meta_description: str = ""
    meta_keywords: str = ""
    texts: dict[str, ArticleText] = {}


Criterion = Literal["listing_number", "external_number", "number", "ean", "attributes"]
"""By what a listing's article is found: an external number kept under the platform's number of the listing; one kept
for its SKU; the article whose number is the SKU; the one article with its EAN; the one variant, below the main article
that was found by the listing's number or is its head, all of whose options the listing has."""


class Matching(Contract):
    """In which order a platform's listings find their articles where nobody says otherwise: the first criterion that
    names an article decides. `variants` are pieces of a product that has several. `label` is the label under which
    merchants keep the platform's numbers of listings."""

    listings: tuple[Criterion, ...] = ("external_number", "number")
    variants: tuple[Criterion, ...] = ("external_number", "number")
    label: str = ""


class ListedArticle(Contract):
    """One sellable piece as a channel lists it: a simple product or one variant.

    `external_id` addresses it for stock and price; `parent_external_id` is its product where the platform needs both.
    `stock_external_id` is the platform's own id for its stock record where that differs. `quantity` is what the
    channel believes it can sell, None when it does not count. `locations` are quantities per channel location.
    `content` is None where the connector reads no more than what stock and price need. `market` names the marketplace
    where one connection sells in several: the same SKU may be listed in each of them once. `listing_number` is the
    number by which people know the listing where that is not `external_id`: all variants of a product may share it.
    `attributes` are what tells a variant from its neighbours where no `content` does. `held_by_channel` are the
    pieces that lie with the channel and that it sends itself, None where none ever do; only the channel sets them.
    """

    external_id: str
    parent_external_id: str | None = None
    stock_external_id: str | None = None
    sku: str | None = None
    ean: str | None = None
    title: str = ""
    price: Money | None = None
    quantity: int | None = None
    counts_stock: bool = True
    locations: dict[str, int] = {}
    state: Literal["active", "inactive", "deleted"] = "active"
    changed_at: datetime
    content: ArticleContent | None = None
    market: str = ""
    listing_number: str = ""
    attributes: dict[str, str] = {}
    held_by_channel: int | None = None


class ArticleReceived(Payload):
    """A connector read a listing that is new or changed."""

    type = "article.received"

    article: ListedArticle
    observed: Observation


class ArticleUnreadable(Payload):
    type = "article.unreadable"

    external_id: str
    code: str
    field: str
    value: str = ""
    observed: Observation


class ArticleChanged(Payload):
    """The owner's whole state of one article; a deleted one stays as a tombstone."""

    type = "article.changed"

    id: UUID
    version: int
    number: str
    ean: str | None = None
    title: str = ""
    description: str = ""
    deleted: bool = False


class ExternalNumberChanged(Payload):
    """What a number means in one shop: the article it is recognised as, or None, when it means nothing there any more.

    The whole state, whatever it follows from: an active external number under the label that the shop's settings name.
    """

    type = "external_number.changed"

    connection: UUID
    version: int
    number: str
    article_number: str | None = None
