"""What callers of the inventory API write and read. Quantities are decimal texts, times are UTC."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.inventory.stock_settings import StockSettings
from shared.contracts.article import Matching

MOST_ROWS = 10_000


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ArticleUpload(Request):
    """Whole states of articles: `number`, `ean`, `title`, `description`, `parent_number`, `active`. Each is
    answered by itself."""

    articles: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[[{"number": "A-1", "ean": "4006381333931", "title": "Pen", "parent_number": None, "active": True}]],
    )


class LevelUpload(Request):
    """Absolute levels: `article_number`, `warehouse`, `quantity`, `counted_at`, `meaning` (physical or available)."""

    rows: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[
            [
                {
                    "article_number": "A-1",
                    "warehouse": "main",
                    "quantity": 12,
                    "counted_at": "2025-11-24T09:00:00Z",
                    "meaning": "physical",
                }
            ]
        ],
    )


class MovementUpload(Request):
    """Relative movements: `reference`, `article_number`, `warehouse`, `quantity`, `kind`, `occurred_at`, `reason`."""

    movements: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[[{"reference": "GR-1", "article_number": "A-1", "warehouse": "main", "quantity": 5}]],
    )


class WarehouseChange(Request):
    name: str = Field("", max_length=200)


class RowAnswer(BaseModel):
    """What became of one row; `row` counts from 0. A refused one says why, in the caller's language."""

    row: int
    key: str
    outcome: Literal["accepted", "created", "updated", "unchanged", "refused"]
    version: int | None = None
    level: Decimal | None = None
    code: str = ""
    field: str = ""
    detail: str = ""
    advice: str = ""


class UploadAnswer(BaseModel):
    """The answer to an upload; `rows` are in the order of the request."""

    id: UUID | None = None
    accepted: int
    unchanged: int
    refused: int
    rows: list[RowAnswer]


class ArticleView(BaseModel):
    """One article as it is; a deleted one is a tombstone."""

    id: UUID
    number: str
    version: int
    ean: str | None
    title: str
    description: str
    parent_number: str | None
    active: bool
    deleted: bool
    created_at: datetime
    updated_at: datetime


class ArticleState(BaseModel):
    """One article for a replica."""

    id: UUID
    version: int
    number: str
    ean: str | None
    title: str
    description: str = ""
    deleted: bool


class Said(BaseModel):
    """A code in the caller's language, and what to do about it."""

    code: str
    sentence: str
    advice: str = ""


class Proposal(BaseModel):
    """An article that an unmatched listing may mean, and why."""

    article_number: str
    reason: Said


class ListingView(BaseModel):
    """One listing as the channel states it. `match` says whether it has an article, and if not, why; `matched_by` which
    criterion decided."""

    id: UUID
    connection: UUID
    platform: str
    external_id: str
    parent_external_id: str | None
    stock_external_id: str | None
    sku: str | None
    ean: str | None
    title: str
    price: Decimal | None
    currency: str | None
    quantity: int | None
    counts_stock: bool
    locations: dict[str, int]
    state: str
    changed_at: datetime | None
    observed_at: datetime
    payload: UUID | None
    article_number: str | None
    match: Said
    matched_by: Said | None
    unreadable: Said | None
    proposals: list[Proposal] = []
    updated_at: datetime


class LevelView(BaseModel):
    article_number: str
    warehouse: str
    quantity: Decimal
    meaning: str
    counted: Decimal | None
    counted_at: datetime | None
    counted_by: str
    updated_at: datetime


class LedgerView(BaseModel):
    """One change of a level. `quantity` is what was stated, `delta` what it did, `level` the result."""

    id: int
    warehouse: str
    article_number: str
    kind: str
    quantity: Decimal
    delta: Decimal
    level: Decimal | None
    meaning: str
    reason: str
    reference: str
    order_id: UUID | None
    actor: str
    occurred_at: datetime
    booked_at: datetime


class ReservationView(BaseModel):
    """Pieces of one article that one order still wants."""

    order_id: UUID
    connection: UUID | None
    external_id: str
    number: str
    status: str
    version: int
    quantity: Decimal
    shipped: Decimal
    shipped_at: datetime | None
    acknowledged_at: datetime | None
    updated_at: datetime


class WarehouseView(BaseModel):
    """`connection` is there where the goods lie with a channel: then it alone says how many."""

    code: str
    name: str
    connection: UUID | None
    articles: int
    created_at: datetime


class SettingsVersion(BaseModel):
    version: int
    settings: StockSettings
    changed_at: datetime
    changed_by: str


class SettingsView(BaseModel):
    """The settings in force, and who changed them when. Version 0: nobody has set anything, the defaults hold.
    `matching` is in which order listings find their articles now, the platform's usual order where none is set."""

    connection: UUID
    version: int
    settings: StockSettings
    matching: Matching
    history: list[SettingsVersion]


class LevelTerm(BaseModel):
    warehouse: str
    quantity: Decimal
    meaning: str
    counted_at: datetime | None


class Terms(BaseModel):
    """Every term: (base + correction − subtracted − buffer) × percentage, at most maximum, whole, 0 below minimum.
    A set adds `from_parts`, the whole ones that can still be put together; of a part, sold sets that do not lie ready
    want `for_sets` pieces, which are among those subtracted.

    `pseudo_stock` stands for base, correction and subtracted where it is used. `acknowledged` are the reserved pieces
    that the merchant's ERP knew before the levels were counted, `covered` those that it has already taken off.
    """

    levels: list[LevelTerm]
    base: Decimal
    correction: Decimal
    pseudo_stock: Decimal | None
    reserved: Decimal
    acknowledged: Decimal
    covered: Decimal
    for_sets: Decimal
    subtracted: Decimal
    from_parts: Decimal | None
    buffer: int
    percentage: Decimal
    minimum: int
    maximum: int | None
    quantity: int


class LastPush(BaseModel):
    """The last number sent and what became of it; outcome "sent" while nobody knows yet."""

    quantity: int
    version: int
    sent_at: datetime | None
    outcome: str
    said: Said | None = None
    reported_at: datetime | None = None


class PlaceView(BaseModel):
    """What the channel believes at one location ("" = the whole channel), and how our number came about."""

    location: str
    told: int | None
    told_at: datetime | None
    shop: int | None
    shop_read_at: datetime | None
    computed: int | None
    waits: bool
    waits_because: Said | None = None
    last_push: LastPush | None
    terms: Terms
    explanation: list[Said]


class QuantityView(BaseModel):
    """What the shop believes about one listing, and why. `dirty`: a change has not been worked off yet."""

    listing_id: UUID
    connection: UUID
    platform: str
    external_id: str
    sku: str | None
    article_number: str | None
    match: Said
    dirty: bool
    blocked_by: Said | None
    places: list[PlaceView]


class DriftView(BaseModel):
    """A place where the channel shows something else than it was told."""

    listing_id: UUID
    connection: UUID
    platform: str
    external_id: str
    sku: str | None
    article_number: str | None
    location: str
    told: int
    told_at: datetime
    shop: int
    shop_read_at: datetime
    computed: int | None
    last_attempt_at: datetime | None
    outcome: str
    reason: Said


class SummaryView(BaseModel):
    """Sums over one connection's listings. `held` of the blocked ones wait for a person, see `/inventory/holds`."""

    connection: UUID
    listings: int
    matched: int
    unmatched: int
    unreadable: int
    told: int
    in_flight: int
    dirty: int
    blocked: int
    held: int
    failed: int
    drifted: int
    blocked_by: Said | None


class Accepted(BaseModel):
    """The request is taken; its result shows at the listing and in the journal."""

    listing_id: UUID
    said: Said
