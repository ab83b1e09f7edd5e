"""`/inventory/participation`: which articles take part in a connection."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.inventory import participation_book
from services.inventory.participation_filter import Filter
from services.inventory.participation_view import (
    ExceptionBody,
    FilterCount,
    ParticipantView,
    ParticipationChange,
    ParticipationRun,
    ParticipationView,
)
from services.inventory.routes_articles import Text
from services.inventory.wording import said
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.chassis.versions import IfMatch, etag, seen_versions
from shared.persistence.database import Transaction


def participation_routes(service: Service) -> APIRouter:
    """The router for which articles take part."""
    router = APIRouter()

    @router.get("/participation/{connection}")
    async def one(
        connection: UUID, response: Response, caller: Principal = Depends(require("read"))
    ) -> ParticipationView:
        """The saved filter and how many articles take part. Its version travels as ETag."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            return await _view(tx, connection, response)

    @router.put("/participation/{connection}")
    async def put(
        connection: UUID,
        body: Filter,
        response: Response,
        if_match: IfMatch = None,
        caller: Principal = Depends(require("operate")),
    ) -> ParticipationView:
        """Saves the filter and applies it. An article that leaves is told to the shop no more; it stays listed there.

        With the ETag as If-Match, a change that somebody else made meanwhile is not overwritten: 409.
        """
        _visible(caller, connection)
        _offered(body.leaving)
        seen = seen_versions(if_match, rough=True)
        async with service.database.transaction() as tx:
            await _known(tx, connection)
            await participation_book.put(service, tx, connection, body, caller.name, seen=seen)
            return await _view(tx, connection, response)

    @router.delete("/participation/{connection}", status_code=204)
    async def remove(connection: UUID, caller: Principal = Depends(require("operate"))) -> None:
        """Forgets the filter and what was added or taken out by hand: all articles take part. Twice is once."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            await participation_book.remove(service, tx, connection, caller.name)

    @router.post("/participation/{connection}/count")
    async def count(connection: UUID, body: Filter, caller: Principal = Depends(require("operate"))) -> FilterCount:
        """How many articles would take part with this filter. Nothing is saved."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            number, first = await participation_book.count(tx, connection, body)
        return FilterCount(articles=number, first=first)

    @router.post("/participation/{connection}/evaluate")
    async def evaluate(
        connection: UUID, response: Response, caller: Principal = Depends(require("operate"))
    ) -> ParticipationView:
        """Applies the saved filter now, as every night."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            row = await participation_book.lock(tx, connection)
            if row is None:
                raise Problem(409, "participation_no_filter", field="connection")
            wanted = Filter.model_validate(row["value"])
            await participation_book.evaluate(service, tx, connection, wanted, "asked", caller.name)
            return await _view(tx, connection, response)

    @router.get("/participation/{connection}/articles")
    async def articles(
        connection: UUID,
        request: Request,
        takes_part: bool | None = None,
        article: Text = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ParticipantView]:
        """Articles that take part, or left, and why; by number."""
        _visible(caller, connection)
        behind = None if after is None else str(decode_cursor(after, 1)[0])
        async with service.database.transaction() as tx:
            rows = await tx.rows(
                """SELECT article_number, takes_part, because, leaving, since FROM participants
                   WHERE connection = :id AND (CAST(:takes_part AS boolean) IS NULL OR takes_part = :takes_part)
                     AND (CAST(:article AS text) IS NULL OR article_number = :article)
                     AND (CAST(:after AS text) IS NULL OR article_number > :after)
                   ORDER BY article_number LIMIT :limit""",
                id=connection, takes_part=takes_part, article=article, after=behind, limit=limit + 1,
            )  # fmt: skip
        items = [ParticipantView(**row | {"because": said(row["because"], speaks(request))}) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].article_number) if len(rows) > limit else None)

    @router.put("/participation/{connection}/articles/{number:path}", status_code=204)
    async def add(
        connection: UUID, number: str, body: ExceptionBody, caller: Principal = Depends(require("operate"))
    ) -> None:
        """Adds one article by hand, or takes it out; the filter is applied at once. The same again changes nothing."""
        _visible(caller, connection)
        _offered(body.leaving)
        async with service.database.transaction() as tx:
            await participation_book.except_(service, tx, connection, number, body.kind, body.leaving, caller.name)

    @router.delete("/participation/{connection}/articles/{number:path}", status_code=204)
    async def leave_to_filter(connection: UUID, number: str, caller: Principal = Depends(require("operate"))) -> None:
        """Takes an exception back: the filter decides about the article again. Twice is once."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            await participation_book.except_(service, tx, connection, number, None, None, caller.name)

    @router.get("/participation/{connection}/runs")
    async def runs(
        connection: UUID, after: After = None, limit: Limit = 50, caller: Principal = Depends(require("read"))
    ) -> Page[ParticipationRun]:
        """How often the filter was applied, and how many articles took part each time; the newest first."""
        _visible(caller, connection)
        behind = decode_moment(after)
        async with service.database.transaction() as tx:
            rows = await tx.rows(
                """SELECT id, at, cause, articles, added, joined, gone, actor FROM participation_runs
                   WHERE connection = :id
                     AND (CAST(:at AS timestamptz) IS NULL OR (at, id) < (:at, CAST(:behind AS uuid)))
                   ORDER BY at DESC, id DESC LIMIT :limit""",
                id=connection,
                at=None if behind is None else behind[0],
                behind=None if behind is None else behind[1],
                limit=limit + 1,
            )
        items = [ParticipationRun(**row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.at.isoformat(), last.id))

    @router.get("/participation/{connection}/changes")
    async def changes(
        connection: UUID,
        request: Request,
        article: Text = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ParticipationChange]:
        """Which articles joined and left, and why; the newest first."""
        _visible(caller, connection)
        behind = None if after is None else _place(after)
        async with service.database.transaction() as tx:
            rows = await tx.rows(
                """SELECT id, run_id, article_number, joined, because, at FROM participation_changes
                   WHERE connection = :id AND (CAST(:article AS text) IS NULL OR article_number = :article)
                     AND (CAST(:behind AS bigint) IS NULL OR id < :behind)
                   ORDER BY id DESC LIMIT :limit""",
                id=connection, article=article, behind=behind, limit=limit + 1,
            )  # fmt: skip
        items = [
            ParticipationChange(**row | {"because": said(row["because"], speaks(request))}) for row in rows[:limit]
        ]
        return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)

    return router


def _place(after: str) -> int:
    (value,) = decode_cursor(after, 1)
    if not isinstance(value, int) or not 0 <= value < 2**63:
        raise Problem(422, "cursor_invalid", field="after")
    return value


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)


def _offered(leaving: str | None) -> None:
    if leaving == "end":
        raise Problem(422, "participation_end_not_offered", field="leaving")


async def _known(tx: Transaction, connection: UUID) -> None:
    if await tx.value("SELECT id FROM connections WHERE id = :id AND NOT deleted", id=connection) is None:
        raise not_found(connection)


async def _view(tx: Transaction, connection: UUID, response: Response) -> ParticipationView:
    row: dict[str, Any] = await participation_book.one(tx, connection) or {}
    counts = await tx.row(
        """SELECT (SELECT count(*) FROM participants WHERE connection = :id AND takes_part) AS articles,
                  count(*) FILTER (WHERE kind = 'include') AS added_by_hand,
                  count(*) FILTER (WHERE kind = 'exclude') AS taken_out_by_hand
           FROM participation_exceptions WHERE connection = :id""",
        id=connection,
    )
    found: dict[str, Any] = dict(counts or {})
    if not row:
        found["articles"] = None
    response.headers["ETag"] = etag(row.get("version", 0))
    return ParticipationView(
        connection=connection,
        version=row.get("version", 0),
        filter=Filter.model_validate(row["value"]) if row else None,
        evaluated_at=row.get("evaluated_at"),
        due_at=row.get("due_at"),
        changed_at=row.get("changed_at"),
        changed_by=row.get("changed_by", ""),
        **found,
    )
