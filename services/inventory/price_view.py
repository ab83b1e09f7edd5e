"""What callers read about prices: a listing's price in words, the preview of a push, and holds."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from services.inventory import price_hold_book
from services.inventory.price_decision import PriceEffect
from services.inventory.price_drafts import PriceDraft, drafts
from services.inventory.price_guarding import AT_ONCE, hold_words
from services.inventory.price_settings import PriceGuardSettings
from services.inventory.price_settings_book import settings_of
from services.inventory.pricing import Quote, as_words
from services.inventory.sellable import Step, plain
from services.inventory.views import Said
from services.inventory.wording import match_said, said
from shared.chassis.pages import encode_cursor
from shared.chassis.sentences import Language
from shared.persistence.database import Transaction

HOLD_CODES = {"first": "price_first_hold_raised", "limits": "price_hold_raised"}


class LastPricePush(BaseModel):
    """The newest push of a price and what became of it; "sent" is on its way."""

    price: Quote
    version: int
    outcome: str
    said: Said | None
    reported_at: datetime | None


class ListingPrice(BaseModel):
    """What a listing is to cost. `shop` is what the channel showed when it was read, `told` what it accepted last."""

    listing_id: UUID
    connection: UUID
    sku: str
    article_number: str | None
    match: Said
    effect: PriceEffect
    price: Quote | None
    told: Quote | None
    told_at: datetime | None
    shop: Decimal | None
    shop_read_at: datetime | None
    blocked_by: Said | None
    last_push: LastPricePush | None = None
    explanation: list[Said]


class PriceSums(BaseModel):
    """Listings by what a push would do; `needs_confirmation`: a first push like this would be held."""

    to_zero: int = 0
    moved: int = 0
    changed: int = 0
    unchanged: int = 0
    no_price: int = 0
    unmatched: int = 0
    needs_confirmation: bool = False


class PricePreview(BaseModel):
    """What a push of prices would do. `sums` are given with the first page only."""

    connection: UUID
    blocked_by: Said | None
    hold: UUID | None
    limits: PriceGuardSettings
    sums: PriceSums | None
    items: list[ListingPrice]
    next: str | None


class PriceHoldExample(BaseModel):
    listing_id: UUID
    sku: str
    shown: str | None
    price: str


class PriceHoldView(BaseModel):
    """Prices that wait: how many fall to 0, how many move too far, and how many of them still wait."""

    id: UUID
    connection: UUID
    platform: str
    reason: Literal["first", "limits"]
    state: Literal["open", "confirmed", "discarded", "over"]
    said: Said
    since: datetime
    zeroed: int
    moved: int
    waiting: int
    examples: list[PriceHoldExample]
    decided_at: datetime | None
    decided_by: str


async def listing(tx: Transaction, id: UUID, language: Language) -> ListingPrice | None:
    """The whole answer for one listing; None when there is none."""
    found = await drafts(tx, [id])
    if not found:
        return None
    view = _view(found[0], language)
    row = await tx.row(
        """SELECT sent, sent_version, settled_version, outcome, outcome_version, outcome_code, outcome_params,
                  outcome_at
           FROM price_offers WHERE listing_id = :id AND sent IS NOT NULL""",
        id=id,
    )
    return view if row is None else view.model_copy(update={"last_push": _last(row, language)})


async def preview(
    tx: Transaction, connection: UUID, effect: PriceEffect | None, after: UUID | None, limit: int, language: Language
) -> PricePreview:
    """A page of listings by id, and with the first page the sums over all of them."""
    await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    settings = await settings_of(tx, connection)
    switch = await tx.value("SELECT prices_blocked_by FROM connections WHERE id = :id", id=connection)
    rows = await tx.rows(
        """SELECT id FROM listings WHERE connection = :id AND state <> 'deleted'
             AND (CAST(:after AS uuid) IS NULL OR id > :after) ORDER BY id""",
        id=connection,
        after=after,
    )
    sums = PriceSums() if after is None else None
    items: list[PriceDraft] = []
    for part in _parts([row["id"] for row in rows]):
        for one in await drafts(tx, part):
            if sums is not None:
                setattr(sums, one.effect, getattr(sums, one.effect) + 1)
            if effect in (None, one.effect):
                items.append(one)
        if sums is None and len(items) > limit:
            break
    if sums is not None and not await price_hold_book.opened(tx, connection):
        sums.needs_confirmation = settings.guard.first == "always" or bool(sums.to_zero or sums.moved)
    blocked_by = "connection_not_read" if switch is None else switch
    return PricePreview(
        connection=connection,
        blocked_by=said(blocked_by, language) if blocked_by else None,
        hold=await price_hold_book.open_hold(tx, connection),
        limits=settings.guard,
        sums=sums,
        items=[_view(one, language) for one in items[:limit]],
        next=None if len(items) <= limit else encode_cursor(items[limit - 1].id),
    )


def hold_view(row: dict[str, Any], language: Language) -> PriceHoldView:
    """A stored hold in the caller's language."""
    return PriceHoldView(**row, said=said(HOLD_CODES[row["reason"]], language, hold_words(row)))


def _view(one: PriceDraft, language: Language) -> ListingPrice:
    offer, listing = one.offer, one.listing
    blocked_by = one.switch or one.priced.why or one.blocked_by
    words = dict(one.priced.params) if blocked_by == one.priced.why else {}
    steps = [*_belief(one), *one.priced.steps]
    if one.priced.why:
        steps.append(Step(one.priced.why, dict(one.priced.params)))
    return ListingPrice(
        listing_id=one.id,
        connection=one.connection,
        sku=listing["sku"],
        article_number=listing["article_number"],
        match=match_said(listing, language),
        effect=one.effect,
        price=one.quote,
        told=offer.told,
        told_at=offer.told_at,
        shop=offer.shop,
        shop_read_at=offer.shop_read_at,
        blocked_by=said(blocked_by, language, words) if blocked_by else None,
        explanation=[said(step.code, language, step.params) for step in steps],
    )


def _belief(one: PriceDraft) -> Iterator[Step]:
    offer = one.offer
    if offer.told is not None and offer.told_at is not None:
        words = {"price": plain(offer.told.amount), "currency": offer.told.currency, "at": _time(offer.told_at)}
        yield Step("price_was_told", words)
        for of, tiers in [("", offer.told.tiers), *((of.price_list or "–", of.tiers) for of in offer.told.groups)]:
            if tiers:
                words = {"list": of, "tiers": as_words(tiers), "currency": offer.told.currency}
                yield Step("price_group_was_told" if of else "price_tiers_were_told", words)
    if offer.shop is not None and offer.shop_read_at is not None:
        shown = {"price": plain(offer.shop), "currency": one.listing["shop_currency"] or ""}
        yield Step("price_was_read", shown | {"at": _time(offer.shop_read_at)})


def _last(row: dict[str, Any], language: Language) -> LastPricePush:
    known = row["outcome_version"] == row["sent_version"] and row["outcome"]
    settled = row["settled_version"] >= row["sent_version"]
    code = row["outcome_code"] if known else ""
    return LastPricePush(
        price=Quote.model_validate(row["sent"]),
        version=row["sent_version"],
        outcome=row["outcome"] if known else "superseded" if settled else "sent",
        said=said(code, language, row["outcome_params"]) if code else None,
        reported_at=row["outcome_at"] if known else None,
    )


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
