"""`/connectors/<platform>/connections/{id}/backfills`: reading a range of a stream again, beside the live reading."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, advice, sentence, speaks
from shared.chassis.service import Service
from shared.connector_kit import backfilling, backfills, work
from shared.connector_kit.backfills import Backfill
from shared.connector_kit.declaration import Connector, Noun
from shared.connector_kit.visible import connection_of, stream_of
from shared.persistence.database import Transaction


class BackfillWish(BaseModel):
    """Everything that changed in the shop at or after `since` and before `until`. A range that was read to its end is
    read once more only with `again`."""

    model_config = ConfigDict(extra="forbid")

    noun: Noun = "order"
    since: AwareDatetime
    until: AwareDatetime
    again: bool = False


class BackfillView(BaseModel):
    """One backfill. `position` is how far it is read; `seen` records were met, `published` of them were new or changed.
    `sentence` says what is wrong, or why it ended, and `advice` what to do."""

    id: UUID
    connection: UUID
    noun: str
    since: datetime | None
    until: datetime
    position: datetime | None
    state: Literal["running", "done", "stopped", "failed"]
    seen: int
    published: int
    unreadable: int
    pages: int
    code: str
    sentence: str
    advice: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None


def backfill_routes(connector: Connector, service: Service) -> APIRouter:
    router = APIRouter(prefix="/connections/{connection_id}/backfills", tags=["backfills"])
    database, days = service.database, service.settings.retry_days

    @router.post("", status_code=202, responses={200: {"description": "This range was asked for before."}})
    async def ask(
        connection_id: UUID,
        wish: BackfillWish,
        request: Request,
        response: Response,
        caller: Principal = Depends(require("operate")),
    ) -> BackfillView:
        """Reads a range again, whatever the switches say and however old its orders are: it is your explicit wish, and
        what becomes of an order is for the order book's rules alone. The range is that of changes in the shop: every
        order placed since a day has changed since. It is read only in the time the live reading of this connection
        leaves over. The same range twice is one backfill; a stopped or failed one goes on where it was."""
        connection = await connection_of(service, connector, connection_id, caller)
        stream_of(connector, wish.noun)
        if wish.since >= wish.until:
            raise Problem(422, "backfill_range_empty", field="until")
        if wish.until > service.clock():
            raise Problem(422, "backfill_until_future", field="until")
        async with database.transaction() as tx:
            asked, new = await backfills.ask(
                tx, connection_id, wish.noun, wish.since, wish.until, caller.name, again=wish.again
            )
            if new:
                await service.journal.write(tx, [backfilling.entry(service, connection, asked, caller.name)])
        async with database.transaction() as tx:
            await work.notify(tx, [(connection_id, "backfill")])
        response.status_code = 202 if new else 200
        return view(asked, speaks(request), days)

    @router.get("")
    async def listed(
        connection_id: UUID,
        request: Request,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[BackfillView]:
        """The connection's backfills, the newest first."""
        await connection_of(service, connector, connection_id, caller)
        async with database.transaction() as tx:
            found = await backfills.listing(tx, connection_id, _bookmark(after), limit)
        more = encode_cursor(found[-1].asked_at.isoformat(), found[-1].id) if len(found) == limit else None
        return Page(items=[view(one, speaks(request), days) for one in found], next=more)

    @router.get("/{backfill_id}")
    async def one(
        connection_id: UUID, backfill_id: UUID, request: Request, caller: Principal = Depends(require("read"))
    ) -> BackfillView:
        """One backfill with its progress."""
        await connection_of(service, connector, connection_id, caller)
        async with database.transaction() as tx:
            return view(await _known(tx, connection_id, backfill_id), speaks(request), days)

    @router.delete("/{backfill_id}")
    async def stop(
        connection_id: UUID, backfill_id: UUID, request: Request, caller: Principal = Depends(require("operate"))
    ) -> BackfillView:
        """Stops a backfill behind the page it is reading. What it has read stays; asked for again, it goes on there."""
        connection = await connection_of(service, connector, connection_id, caller)
        async with database.transaction() as tx:
            known = await _known(tx, connection_id, backfill_id)
            ended = await backfills.end(tx, backfill_id, "stopped")
            if ended is not None:
                await service.journal.write(tx, [backfilling.entry(service, connection, ended, caller.name)])
        return view(ended or known, speaks(request), days)

    return router


def view(backfill: Backfill, language: Language, retry_days: int) -> BackfillView:
    code = backfill.code or f"backfill_{backfill.state}"
    words = backfill.words() | {"detail": backfill.detail, "reason": backfill.code, "days": str(retry_days)}
    return BackfillView.model_validate(
        vars(backfill) | {"code": code, "sentence": sentence(code, words, language),
                          "advice": advice(code, words, language)}
    )  # fmt: skip


async def _known(tx: Transaction, connection: UUID, id: UUID) -> Backfill:
    found = await backfills.one(tx, connection, id)
    if found is None:
        raise not_found(id)
    return found


def _bookmark(after: str | None) -> tuple[datetime, UUID] | None:
    if after is None:
        return None
    at, id = decode_cursor(after, 2)
    try:
        return datetime.fromisoformat(at), UUID(id)
    except (TypeError, ValueError, AttributeError):
        raise Problem(422, "cursor_invalid", field="after") from None
