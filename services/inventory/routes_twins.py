"""`/inventory/twins`: every listing of a shop that a merchant leaves, with its twin in the one he moves to."""

import csv
import io
from collections import Counter
from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.inventory import twins
from services.inventory.likeness import likeness
from services.inventory.twins import Listing, State, Twin
from services.inventory.views import Said
from services.inventory.wording import said
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_pair, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service

CHUNK = 1_000
"""Lines of the file that are written at once."""
COLUMNS = ("state", "paired_by", "same_number", *(f"{side}_{name}" for name in twins.FIELDS for side in ("old", "new")))
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TwinListing(BaseModel):
    """A listing as its shop states it."""

    id: UUID
    external_id: str
    sku: str
    title: str
    price: Decimal | None
    currency: str | None
    quantity: int | None
    ean: str


class Difference(BaseModel):
    field: str
    old: str
    new: str


class TwinView(BaseModel):
    """One pair, or one listing without a partner. `paired_by` is number, ean or likeness; a likeness is a proposal, and
    `reason` says what the numbers have in common. `rivals` are the new shop's listings among which nobody can choose;
    `same_number` counts the listings of its own shop that carry the number."""

    state: State
    paired_by: str
    old: TwinListing | None
    new: TwinListing | None
    differences: list[Difference]
    same_number: int
    rivals: list[str]
    said: Said
    reason: Said | None = None


class TwinSummary(BaseModel):
    """How many listings are in each state. The move is whole when nothing is missing, proposed or ambiguous."""

    old: UUID
    new: UUID
    same: int = 0
    different: int = 0
    proposed: int = 0
    missing: int = 0
    additional: int = 0
    ambiguous: int = 0


def twin_routes(service: Service) -> APIRouter:
    """The router for the comparison of two connections."""
    router = APIRouter(prefix="/twins/{connection}/{successor_id}")

    async def visible(caller: Principal, *ids: UUID) -> None:
        for id in ids:
            async with service.database.transaction() as tx:
                if not caller.allows(id) or not await twins.known(tx, id):
                    raise not_found(id)

    async def compared(old: UUID, new: UUID) -> list[Twin]:
        async with service.database.transaction() as tx:
            return await twins.compare(tx, old, new)

    @router.get("")
    async def listed(
        connection: UUID,
        successor_id: UUID,
        request: Request,
        state: State | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[TwinView]:
        """Every listing of `connection` with the one of the same number in `successor_id`, what differs between them,
        what is missing there and what is there besides."""
        await visible(caller, connection, successor_id)
        behind = decode_pair(after)
        found = twins.part(await compared(connection, successor_id), state=state, after=behind, limit=limit + 1)
        items = [_view(one, speaks(request)) for one in found[:limit]]
        last = found[limit - 1] if len(found) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.first.id, last.side))

    @router.get("/summary")
    async def summary(
        connection: UUID, successor_id: UUID, caller: Principal = Depends(require("read"))
    ) -> TwinSummary:
        """How far the move is, in figures."""
        await visible(caller, connection, successor_id)
        found = Counter(one.state for one in await compared(connection, successor_id))
        return TwinSummary.model_validate({"old": connection, "new": successor_id, **found})

    @router.get("/csv", response_class=StreamingResponse)
    async def file(
        connection: UUID,
        successor_id: UUID,
        state: State | None = None,
        caller: Principal = Depends(require("read")),
    ) -> StreamingResponse:
        """The whole comparison as a file for a spreadsheet: semicolons, UTF-8 with its mark, one line per pair."""
        await visible(caller, connection, successor_id)
        found = await compared(connection, successor_id)

        async def lines() -> AsyncIterator[str]:
            yield "\ufeff" + _line(COLUMNS)
            for start in range(0, len(found), CHUNK):
                some = found[start : start + CHUNK]
                yield "".join(_line(_cells(one)) for one in some if state is None or one.state == state)

        name = {"Content-Disposition": 'attachment; filename="twins.csv"'}
        return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=name)

    return router


def _view(one: Twin, language: Language) -> TwinView:
    words = {
        "number": one.first.sku or one.first.external_id,
        "title": one.first.title,
        "other": twins.shown(one.new, "sku"),
        "fields": ", ".join(one.differences),
        "rivals": ", ".join(one.rivals),
        "count": str(one.same_number),
    }
    return TwinView(
        state=one.state,
        paired_by=one.rule,
        old=_listing(one.old),
        new=_listing(one.new),
        differences=[
            Difference(field=name, old=twins.shown(one.old, name), new=twins.shown(one.new, name))
            for name in one.differences
        ],
        same_number=one.same_number,
        rivals=list(one.rivals),
        said=said(f"twin_{one.state}", language, words),
        reason=_reason(one, language),
    )


def _listing(one: Listing | None) -> TwinListing | None:
    if one is None:
        return None
    return TwinListing(
        id=one.id,
        external_id=one.external_id,
        sku=one.sku,
        title=one.title,
        price=one.amount,
        currency=one.currency,
        quantity=one.quantity,
        ean=one.ean,
    )


def _reason(one: Twin, language: Language) -> Said | None:
    """What the numbers of a proposed pair have in common."""
    if one.state != "proposed" or one.old is None or one.new is None:
        return None
    code = likeness(one.old.sku, one.old.ean or None, one.new.sku, one.new.ean or None)
    words = {"sku": one.old.sku, "number": one.new.sku, "ean": one.old.ean}
    return None if code is None else said(code, language, words)


def _cells(one: Twin) -> list[str]:
    compared = [twins.shown(side, name) for name in twins.FIELDS for side in (one.old, one.new)]
    return [one.state, one.rule, str(one.same_number), *compared]


def _line(cells: tuple[str, ...] | list[str]) -> str:
    """One line; what a spreadsheet would take for a formula is text."""
    written = io.StringIO()
    safe = [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow(safe)
    return written.getvalue()
