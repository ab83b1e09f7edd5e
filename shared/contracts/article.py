"""Articles, and how a channel lists them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.model import Contract, Payload
from shared.contracts.money import Money
from shared.contracts.order import Observation


class ListedArticle(Contract):
    """One sellable piece as a channel lists it: a simple product or one variant.

    `external_id` addresses it for stock and price; `parent_external_id` is its product where the platform needs both.
    `stock_external_id` is the platform's own id for its stock record where that differs. `quantity` is what the
    channel believes it can sell, None when it does not count. `locations` are quantities per channel location.
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
