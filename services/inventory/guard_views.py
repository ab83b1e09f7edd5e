"""What callers read about the guard: previews, holds, the checklist, and pushes made by hand."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.inventory.checklist import Point
from services.inventory.drafts import NOT_COUNTED
from services.inventory.explanation import worded
from services.inventory.preview import Effect, Foreseen, Sums, effect_of
from services.inventory.sellable import explain
from services.inventory.stock_settings import GuardSettings
from services.inventory.views import Said
from services.inventory.wording import match_said, said
from shared.chassis.sentences import Language

HOLD_CODES = {"first": "stock_first_hold_raised", "zero": "stock_hold_raised"}


class ForeseenPlace(BaseModel):
    """What one place shows, as far as we know, what it would be told, and why that number."""

    location: str
    shown: int | None
    quantity: int
    effect: Effect
    because: Said | None
    explanation: list[Said]


class ForeseenListing(BaseModel):
    """One listing; `effect` is that of the place it hits hardest."""

    listing_id: UUID
    external_id: str
    sku: str | None
    title: str
    article_number: str | None
    effect: Effect
    match: Said
    places: list[ForeseenPlace]


class ForeseenSums(BaseModel):
    """Listings by what a push would do. `moved` changes by more than the limit; `needs_confirmation`: a first push like
    this would be held."""

    listings: int
    to_zero: int
    moved: int
    changed: int
    unchanged: int
    blocked: int
    unmatched: int
    needs_confirmation: bool


class PreviewView(BaseModel):
    """What a push would do right now. Nothing is written. `sums` are given with the first page only."""

    connection: UUID
    blocked_by: Said | None
    hold: UUID | None
    limits: GuardSettings
    sums: ForeseenSums | None
    items: list[ForeseenListing]
    next: str | None


class HoldExample(BaseModel):
    listing_id: UUID
    sku: str
    location: str
    shown: int | None
    quantity: int


class HoldView(BaseModel):
    """Pushes that wait. `listings`: how many the connection has, `zeroed`: how many were to fall to zero, `waiting`:
    how many of them still do."""

    id: UUID
    connection: UUID
    platform: str
    reason: Literal["first", "zero"]
    state: Literal["open", "confirmed", "discarded", "over"]
    said: Said
    since: datetime
    listings: int
    zeroed: int
    waiting: int
    examples: list[HoldExample]
    decided_at: datetime | None
    decided_by: str


class PointView(BaseModel):
    """One point of the checklist, and the route where it is mended."""

    name: str
    state: Literal["done", "missing", "optional", "attention"]
    code: str
    sentence: str
    advice: str
    where: str


def foreseen_view(one: Foreseen, language: Language) -> ForeseenListing:
    """A listing of a preview in the caller's language."""
    return ForeseenListing(
        listing_id=one.listing["id"],
        **{name: one.listing[name] for name in ("external_id", "sku", "title", "article_number")},
        effect=one.effect,
        match=match_said(one.listing, language),
        places=[
            ForeseenPlace(
                location=draft.place.location,
                shown=draft.offer.shown,
                quantity=draft.quantity,
                effect=effect_of(draft),
                because=None if draft.listing.counts_stock else said(NOT_COUNTED, language),
                explanation=[
                    said(step.code, language, worded(step.params, language))
                    for step in explain(draft.listing.supply, draft.listing.settings, draft.place.location)
                ],
            )
            for draft in one.drafts
        ],
    )


def sums_view(sums: Sums, limits: GuardSettings, *, opened: bool) -> ForeseenSums:
    """`opened`: the first push is long done."""
    return ForeseenSums(listings=sums.told, needs_confirmation=not opened and sums.held(limits), **vars(sums))


def hold_view(row: dict[str, Any], language: Language) -> HoldView:
    """A stored hold in the caller's language."""
    named = ", ".join(one["sku"] or one["listing_id"] for one in row["examples"][:5]) or "–"
    words = {"zeroed": str(row["zeroed"]), "listings": str(row["listings"]), "examples": named, "hold": str(row["id"])}
    return HoldView(**row, said=said(HOLD_CODES[row["reason"]], language, words))


def point_view(point: Point, language: Language) -> PointView:
    words = said(point.code, language, point.params)
    return PointView(name=point.name, state=point.state, where=point.where, **words.model_dump())
