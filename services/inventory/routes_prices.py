"""`/inventory/prices`, `/price-settings`, `/price-preview`, `/price-holds`: what listings are to cost, and why."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.inventory import (
    hand_push,
    price_book,
    price_guarding,
    price_hold_book,
    price_loop,
    price_settings_book,
    price_view,
)
from services.inventory.count_file import DecimalMark
from services.inventory.counts import with_defaults
from services.inventory.marks import PRICES, mark_listings
from services.inventory.price_decision import PriceEffect
from services.inventory.price_file import read_price_file
from services.inventory.price_rows import read_prices
from services.inventory.price_settings import PriceSettings
from services.inventory.price_view import ListingPrice, PriceHoldView, PricePreview, hold_view
from services.inventory.pricing import Quote
from services.inventory.routes_articles import Text, unlimited
from services.inventory.routes_push import Sku
from services.inventory.views import MOST_ROWS, Accepted, RowAnswer, Said, UploadAnswer
from services.inventory.wording import match_said, refused, said
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, decode_id, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.chassis.versions import IfMatch, etag, seen_versions
from shared.persistence.database import Transaction

State = Literal["open", "confirmed", "discarded", "over"]


class PriceUploadBody(BaseModel):
    """Whole states: `article_number`, `price_list`, `currency`, `from_quantity`, `amount`, `basis`, `tax`, `strike`."""

    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[[{"article_number": "A-1", "currency": "EUR", "amount": "19.99", "basis": "gross", "strike": None}]],
    )


class PriceHandPush(BaseModel):
    """Listings of one connection by SKU. `dangerous` also sends what the guard would hold."""

    model_config = ConfigDict(extra="forbid")

    connection: UUID
    skus: list[Sku] = Field(min_length=1, max_length=price_loop.BATCH)
    dangerous: bool = False


class PriceHandItem(BaseModel):
    sku: str
    sent: bool
    price: Quote | None
    because: Said | None


class PriceHandAnswer(BaseModel):
    sent: int
    items: list[PriceHandItem]


class PriceView(BaseModel):
    article_number: str
    price_list: str
    currency: str
    from_quantity: int
    amount: Decimal
    basis: str
    tax: str
    strike: Decimal | None
    version: int
    changed_at: datetime
    changed_by: str


class PriceSettingsVersion(BaseModel):
    version: int
    settings: PriceSettings
    changed_at: datetime
    changed_by: str


class PriceSettingsView(BaseModel):
    """The settings in force and who changed what, the newest first."""

    connection: UUID
    version: int
    settings: PriceSettings
    history: list[PriceSettingsVersion]


BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": PriceUploadBody.model_json_schema()},
            "text/csv": {
                "schema": {"type": "string"},
                "example": "Artikelnummer;Kundengruppe;Währung;Ab Menge;Preis;Basis;UVP\n"
                "A-1;;EUR;1;19,99;brutto;24,99\nA-1;;EUR;10;17,99;brutto;",
            },
        },
    }
}


def price_routes(service: Service) -> APIRouter:
    """The router for prices."""
    router = APIRouter()

    @router.put("/prices", openapi_extra=BODY)
    async def put_prices(
        request: Request,
        currency: Text = None,
        price_list: Text = None,
        basis: Text = None,
        decimal: DecimalMark | None = None,
        caller: Principal = Depends(require("operate")),
    ) -> UploadAnswer:
        """Prices of up to 10,000 rows, as JSON or as CSV; each row is answered by itself.

        A row is the whole price of an article in one price list (a group of customers) and currency, per piece from
        `from_quantity` pieces on; the list "" is the standard price. Prices from more than one piece need one from 1.
        An empty amount takes the price away; the shops keep the one from 1 that they were told last, and lose the
        others. `currency`, `price_list` and `basis` given here hold for every row without its own; for CSV also the
        `decimal` mark.
        """
        unlimited(caller)
        defaults = {"currency": currency, "price_list": price_list, "basis": basis}
        raw = _rows(request, await request.body(), decimal, defaults)
        rows, refusals = read_prices(raw)
        async with service.database.transaction() as tx:
            upload = await price_book.put(service, tx, rows, refusals, caller.name)
        answers = [
            RowAnswer(row=n, key=rows[n].article_number, outcome=upload.stored[n])
            if n in upload.stored
            else refused(n, str(one.get("article_number", "")), upload.refused[n], speaks(request))
            for n, one in enumerate(raw)
        ]
        unchanged = sum(outcome == "unchanged" for outcome in upload.stored.values())
        return UploadAnswer(
            id=upload.id, accepted=len(upload.stored) - unchanged, unchanged=unchanged, refused=len(upload.refused),
            rows=answers,
        )  # fmt: skip

    @router.get("/prices")
    async def prices(
        article: Text = None,
        price_list: Text = None,
        after: After = None,
        limit: Limit = 50,
        _: Principal = Depends(require("read")),
    ) -> Page[PriceView]:
        """Prices by article number, list, currency and quantity."""
        behind = None if after is None else _behind(after)
        async with service.database.transaction() as tx:
            rows = await price_book.page(tx, article=article, price_list=price_list, after=behind, limit=limit + 1)
        items = [PriceView(**row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        bookmark = (
            None
            if last is None
            else encode_cursor(last.article_number, last.price_list, last.currency, last.from_quantity)
        )
        return Page(items=items, next=bookmark)

    @router.get("/price-settings/{connection}")
    async def settings(
        connection: UUID, response: Response, caller: Principal = Depends(require("read"))
    ) -> PriceSettingsView:
        """Which price a connection is told and in which terms. Its version travels as ETag."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            return await _settings(tx, connection, response)

    @router.put("/price-settings/{connection}")
    async def put_settings(
        connection: UUID,
        body: PriceSettings,
        response: Response,
        if_match: IfMatch = None,
        caller: Principal = Depends(require("operate")),
    ) -> PriceSettingsView:
        """Replaces the settings; every price of the connection is computed anew. A stale If-Match is a 409 problem."""
        _visible(caller, connection)
        seen = seen_versions(if_match, rough=True)
        async with service.database.transaction() as tx:
            await price_settings_book.put(service, tx, connection, body, caller.name, seen=seen)
            return await _settings(tx, connection, response)

    @router.get("/price-preview/{connection}")
    async def preview(
        connection: UUID,
        request: Request,
        effect: PriceEffect | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> PricePreview:
        """What a push of prices would do right now: sums, and listing by listing why. Writes nothing, also before
        go-live."""
        _visible(caller, connection)
        behind = decode_id(after)
        async with service.database.transaction() as tx:
            return await price_view.preview(tx, connection, effect, behind, limit, speaks(request))

    @router.get("/listings/{listing_id}/price")
    async def listing_price(
        listing_id: UUID, request: Request, caller: Principal = Depends(require("read"))
    ) -> ListingPrice:
        """What a listing is to cost, what the shop believes, and how the price was made, in words too."""
        async with service.database.transaction() as tx:
            found = await price_view.listing(tx, listing_id, speaks(request))
        if found is None or not caller.allows(found.connection):
            raise not_found(listing_id)
        return found

    @router.post("/listings/{listing_id}/price/push", status_code=202)
    async def push(listing_id: UUID, request: Request, caller: Principal = Depends(require("operate"))) -> Accepted:
        """Sends the price again, for example after a failure or when the shop was changed by hand."""
        async with service.database.transaction() as tx:
            row = await tx.row(
                """SELECT connection, article_number, match, matched_by, coalesce(sku, '') AS sku, external_id,
                          unreadable_field, unreadable_value FROM listings WHERE id = :id""",
                id=listing_id,
            )
            if row is None or not caller.allows(row["connection"]):
                raise not_found(listing_id)
            if row["article_number"] is None:
                raise Problem(409, "price_push_unmatched", reason=match_said(row, speaks(request)).sentence)
            await mark_listings(tx, [listing_id], again="always", queue=PRICES)
        return Accepted(listing_id=listing_id, said=said("price_push_asked", speaks(request)))

    @router.post("/price-push")
    async def push_by_hand(
        body: PriceHandPush, request: Request, caller: Principal = Depends(require("operate"))
    ) -> PriceHandAnswer:
        """Sends the prices of up to 500 chosen listings now, and answers each. Needs no productive mode, but prices
        switched on. A price of 0 or one that moves too far goes only with `dangerous`."""
        _visible(caller, body.connection)
        language = speaks(request)
        async with service.database.transaction() as tx:
            chosen = await hand_push.find(tx, body.connection, skus=body.skus)
            ids = {one.listing["id"] for one in chosen if one.listing is not None}
            told = await price_loop.by_hand(service, tx, ids, caller.name, dangerous=body.dangerous)
        items = []
        for one in chosen:
            row = one.listing
            draft, why = told.get(row["id"], (None, "")) if row else (None, "")
            because = None
            if row is None:
                because = said("hand_push_unknown", language, {"key": one.key})
            elif draft is None:
                because = match_said(row, language)
            elif why:
                because = said(why, language, dict(draft.priced.params))
            price = None if draft is None else draft.quote
            items.append(PriceHandItem(sku=one.key, sent=because is None, price=price, because=because))
        return PriceHandAnswer(sent=sum(item.sent for item in items), items=items)

    @router.get("/price-holds")
    async def holds(
        request: Request,
        connection: UUID | None = None,
        state: State | None = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> list[PriceHoldView]:
        """Prices that wait for a person because they are 0 or move too far, and how that ended; the newest first."""
        async with service.database.transaction() as tx:
            rows = await price_hold_book.newest(tx, scope=caller.scope, connection=connection, state=state, limit=limit)
        return [hold_view(row, speaks(request)) for row in rows]

    @router.post("/price-holds/{hold_id}/confirm")
    async def confirm(
        hold_id: UUID, request: Request, caller: Principal = Depends(require("operate"))
    ) -> PriceHoldView:
        """Sends the prices that were held. Twice is once; after a discard it is refused."""
        return await decide(hold_id, "confirmed", request, caller)

    @router.post("/price-holds/{hold_id}/discard")
    async def discard(
        hold_id: UUID, request: Request, caller: Principal = Depends(require("operate"))
    ) -> PriceHoldView:
        """Leaves the shop's own prices until ours change again. Twice is once."""
        return await decide(hold_id, "discarded", request, caller)

    async def decide(
        hold_id: UUID, decision: price_guarding.Decision, request: Request, caller: Principal
    ) -> PriceHoldView:
        async with service.database.transaction() as tx:
            row = await price_hold_book.one(tx, hold_id)
            if row is None or not caller.allows(row["connection"]):
                raise not_found(hold_id)
            await price_guarding.decide_hold(service, tx, row, decision, caller.name)
            return hold_view(await price_hold_book.one(tx, hold_id) or row, speaks(request))

    return router


def _behind(after: str) -> list[Any]:
    *names, quantity = (str(part) for part in decode_cursor(after, 4))
    if not quantity.isdecimal() or len(quantity) > 9:
        raise Problem(422, "cursor_invalid", field="after")
    return [*names, int(quantity)]


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)


async def _settings(tx: Transaction, connection: UUID, response: Response) -> PriceSettingsView:
    versions = [
        PriceSettingsVersion(
            version=row["version"],
            settings=PriceSettings.model_validate(row["value"]),
            changed_at=row["changed_at"],
            changed_by=row["changed_by"],
        )
        for row in await price_settings_book.history(tx, connection)
    ]
    version = versions[0].version if versions else 0
    response.headers["ETag"] = etag(version)
    current = versions[0].settings if versions else price_settings_book.DEFAULT
    return PriceSettingsView(connection=connection, version=version, settings=current, history=versions)


def _rows(
    request: Request, body: bytes, decimal: DecimalMark | None, defaults: dict[str, str | None]
) -> list[dict[str, Any]]:
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media == "text/csv":
        rows: list[dict[str, Any]] = [dict(row) for row in read_price_file(body, decimal)]
        if len(rows) > MOST_ROWS:
            raise Problem(413, "too_many_rows", rows=str(len(rows)), most=str(MOST_ROWS))
        return with_defaults([row | {"amount": row["amount"] or None} for row in rows], defaults)
    if media != "application/json":
        raise Problem(415, "upload_media_type", media=media)
    try:
        return with_defaults(PriceUploadBody.model_validate_json(body).rows, defaults)
    except ValidationError as error:
        errors = [one | {"loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(errors) from error
