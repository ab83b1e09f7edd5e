"""`/inventory/preview`, `/checklist`, `/holds`: what a push would do, what is missing, and what waits for a person."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.inventory import checklist, hold_book, hold_desk, preview
from services.inventory.guard_views import (
    HoldView,
    PointView,
    PreviewView,
    foreseen_view,
    hold_view,
    point_view,
    sums_view,
)
from services.inventory.preview import Effect
from services.inventory.settings_book import settings_of
from services.inventory.wording import said
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_id, decode_moment, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.persistence.database import Transaction


def guard_routes(service: Service) -> APIRouter:
    """The router for previews, holds and the checklist."""
    router = APIRouter()

    @router.get("/preview/{connection}")
    async def foresee(
        connection: UUID,
        request: Request,
        effect: Effect | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> PreviewView:
        """What a push would do right now, listing by listing with the reason for each number. Writes nothing.

        Works before go-live, too: it shows what would be told if every switch were on.
        """
        _visible(caller, connection)
        behind = decode_id(after)
        async with service.database.transaction() as tx:
            await preview.freeze(tx)
            standing = (await hold_book.standings(tx, [connection], []))[connection]
            limits = (await settings_of(tx, [connection]))[connection].guard
            switch = await tx.value("SELECT blocked_by FROM connections WHERE id = :id", id=connection)
            found = await preview.page(tx, connection, effect=effect, after=behind, limit=limit + 1)
            sums = await preview.sums(tx, connection) if after is None else None
        items = [foreseen_view(one, speaks(request)) for one in found[:limit]]
        blocked_by = "connection_not_read" if switch is None else switch
        return PreviewView(
            connection=connection,
            blocked_by=said(blocked_by, speaks(request)) if blocked_by else None,
            hold=standing.hold,
            limits=limits,
            sums=None if sums is None else sums_view(sums, limits, opened=standing.opened),
            items=items,
            next=encode_cursor(items[-1].listing_id) if len(found) > limit else None,
        )

    @router.get("/checklist")
    async def check(
        connection: UUID, request: Request, caller: Principal = Depends(require("read"))
    ) -> list[PointView]:
        """What is done, missing or worth a look before a connection's stock goes live, and where to mend it."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            return [point_view(point, speaks(request)) for point in await checklist.points(tx, connection)]

    @router.get("/holds")
    async def holds(
        request: Request,
        connection: UUID | None = None,
        state: Literal["open", "confirmed", "discarded", "over"] | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[HoldView]:
        """Pushes that wait because they would take too much of a live shop off sale, and how they ended."""
        behind = decode_moment(after)
        async with service.database.transaction() as tx:
            rows = await hold_book.page(
                tx, scope=caller.scope, connection=connection, state=state, after=behind, limit=limit + 1
            )
        items = [hold_view(row, speaks(request)) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.since.isoformat(), last.id))

    @router.get("/holds/{hold_id}")
    async def hold(hold_id: UUID, request: Request, caller: Principal = Depends(require("read"))) -> HoldView:
        """One hold with examples of what it holds."""
        async with service.database.transaction() as tx:
            return hold_view(await _hold(tx, hold_id, caller), speaks(request))

    @router.post("/holds/{hold_id}/confirm")
    async def confirm(hold_id: UUID, request: Request, caller: Principal = Depends(require("operate"))) -> HoldView:
        """Sends the numbers as they are by then. Twice is once; after a discard it is refused."""
        async with service.database.transaction() as tx:
            await hold_desk.decide_hold(service, tx, await _hold(tx, hold_id, caller), "confirmed", caller.name)
            return hold_view(await _hold(tx, hold_id, caller), speaks(request))

    @router.post("/holds/{hold_id}/discard")
    async def discard(hold_id: UUID, request: Request, caller: Principal = Depends(require("operate"))) -> HoldView:
        """Leaves the shop as it is until a listing's number changes again. Twice is once."""
        async with service.database.transaction() as tx:
            await hold_desk.decide_hold(service, tx, await _hold(tx, hold_id, caller), "discarded", caller.name)
            return hold_view(await _hold(tx, hold_id, caller), speaks(request))

    return router


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)


async def _hold(tx: Transaction, id: UUID, caller: Principal) -> dict[str, Any]:
    row = await hold_book.one(tx, id)
    if row is None or not caller.allows(row["connection"]):
        raise not_found(id)
    return row
