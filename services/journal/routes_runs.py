"""`/journal/runs` and `/journal/problems`: what each pass over a stream met, and what is open."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime

from services.journal import problem_book, run_book
from services.journal.rendering import problem_group, run_view
from services.journal.views import Problems, RunView
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import Problem
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.contracts.reason import Actor


def run_routes(service: Service) -> APIRouter:
    """Sync runs and open problems."""
    router = APIRouter()

    @router.get("/runs")
    async def runs(
        request: Request,
        connection: UUID | None = None,
        stream: Annotated[str | None, Query(max_length=60)] = None,
        outcome: Literal["ok", "warning", "error", "running"] | None = None,
        since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("support")),
    ) -> Page[RunView]:
        """Passes over the streams with what they saw, found changed or unchanged, and could not read; newest first."""
        async with service.database.transaction() as tx:
            rows = await run_book.newest(
                tx,
                scope=caller.scope,
                connection=connection,
                stream=stream,
                outcome=outcome,
                since=since,
                until=until,
                behind=_behind(after),
                limit=limit + 1,
            )
        items = [run_view(row, speaks(request)) for row in rows[:limit]]
        more = encode_cursor(rows[limit - 1]["at"].isoformat(), items[-1].id) if len(rows) > limit else None
        return Page[RunView](items=items, next=more)

    @router.get("/problems")
    async def problems(
        request: Request,
        connection: UUID | None = None,
        who: Actor | None = None,
        limit: Limit = 100,
        caller: Principal = Depends(require("support")),
    ) -> Problems:
        """What is open, grouped by cause and connection. A problem closes itself when its record goes well again."""
        async with service.database.transaction() as tx:
            rows = await problem_book.groups(tx, scope=caller.scope, connection=connection, actor=who, limit=limit)
        groups = [problem_group(row, speaks(request)) for row in rows]
        return Problems(total=sum(group.count for group in groups), groups=groups)

    return router


def _behind(after: str | None) -> tuple[datetime, str] | None:
    if after is None:
        return None
    at, id = decode_cursor(after, 2)
    try:
        return datetime.fromisoformat(at), str(id)
    except (ValueError, TypeError) as error:
        raise Problem(422, "cursor_invalid", field="after") from error
