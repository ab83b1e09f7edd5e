"""`/connections/takeovers`: from an older interface's export to a connection that is still off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from starlette.datastructures import UploadFile

from services.connections import book as connection_book
from services.connections.desk import Desk
from services.connections.takeover import book
from services.connections.takeover.export import COLUMNS, Export, read_export
from services.connections.takeover.handover import hand_over
from services.connections.takeover.report import STATES, Line, Verdict, line, verdicts
from services.connections.views import NewConnection
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, sentence, speaks
from shared.chassis.service import Service
from shared.contracts.identity import KONTOR
from shared.contracts.journal import JournalEntry


def _whole(schema: Any, parts: dict[str, Any]) -> Any:
    """A schema with its parts in their places: references into itself would be lost inside the API's document."""
    if isinstance(schema, dict):
        if reference := schema.get("$ref"):
            return _whole(parts[reference.rsplit("/", 1)[-1]], parts)
        return {name: _whole(value, parts) for name, value in schema.items() if name != "$defs"}
    return [_whole(one, parts) for one in schema] if isinstance(schema, list) else schema


SCHEMA = Export.model_json_schema()
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _whole(SCHEMA, SCHEMA["$defs"])},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["export"],
                    "properties": {name: {"type": "string", "format": "binary"} for name in ("export", *COLUMNS)},
                }
            },
        },
    }
}


class TakeoverSummary(BaseModel):
    """One take-over; `finished_at` None: it is under way, or sending the export again goes on with it."""

    id: UUID
    name: str
    connection: UUID
    started_at: datetime
    started_by: str
    finished_at: datetime | None


class TakeoverView(TakeoverSummary):
    """What became of every part of the export. `warnings` are about today, not about then."""

    counts: dict[str, int]
    warnings: list[str]
    report: list[Verdict]


def takeover_routes(service: Service) -> APIRouter:
    """The router for `/connections/takeovers`."""
    router = APIRouter()
    desk = Desk(service)

    @router.post("", status_code=201, openapi_extra=BODY)
    async def take_over(
        request: Request, response: Response, caller: Principal = Depends(require("admin"))
    ) -> TakeoverView:
        """Takes an older interface over. The credentials are tested live; the connection is made with everything off.

        The same export again answers the same take-over (200) and finishes one that a neighbour's absence broke off.
        """
        if caller.connections is not None:
            raise Problem(403, "role_missing", name=caller.name, role=f"{caller.role} (limited)", needed="admin")
        export, language = await _export(request), speaks(request)
        id = uuid5(KONTOR, f"takeover:{export.name}:{export.content_hash()}")
        async with service.database.transaction() as tx:
            known = await book.get(tx, id)
        response.status_code = 201 if known is None else 200
        if known is None or known.finished_at is None:
            await _work_off(id, export, caller, language)
        return await _view(id, language, caller)

    @router.get("")
    async def page(
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[TakeoverSummary]:
        """Take-overs, the newest first; the report of one stands at its own address."""
        behind = decode_moment(after)
        async with service.database.transaction() as tx:
            found = await book.page(tx, scope=caller.scope, connection=connection, after=behind, limit=limit + 1)
        items = [TakeoverSummary.model_validate(vars(one)) for one in found[:limit]]
        last = items[-1] if len(found) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.started_at.isoformat(), last.id))

    @router.get("/{takeover_id}")
    async def one(takeover_id: UUID, request: Request, caller: Principal = Depends(require("read"))) -> TakeoverView:
        """What was taken over, what was not and why, and what needs attention."""
        return await _view(takeover_id, speaks(request), caller)

    async def _work_off(id: UUID, export: Export, caller: Principal, language: Language) -> None:
        async with service.database.transaction() as tx:
            mine = await book.claim(
                tx, id, export.name, export.content_hash(), export.active, service.clock(), caller.name
            )
        if mine is None:
            raise Problem(409, "takeover_under_way", name=export.name)
        try:
            connection = mine.connection or await _connect(id, export, caller, language)
            lines = [
                line("credentials", "takeover_credentials_taken"),
                *await hand_over(service, connection, export, language),
            ]
        except BaseException:
            async with service.database.transaction() as tx:
                await book.release(tx, id)
            raise
        async with service.database.transaction() as tx:
            await book.finish(tx, id, lines, service.clock())
            await service.journal.write(tx, [_entry(connection, export, lines, caller.name)])

    async def _connect(id: UUID, export: Export, caller: Principal, language: Language) -> UUID:
        wanted = NewConnection(
            platform=export.platform, name=export.name, project=export.project, credentials=export.credentials
        )
        made = await desk.create(wanted, caller.name, f"takeover:{id}", language)
        async with service.database.transaction() as tx:
            await book.connect(tx, id, made.id)
        return made.id

    def _entry(connection: UUID, export: Export, lines: Sequence[Line], actor: str) -> JournalEntry:
        states = [STATES[one.code] for one in lines]
        return service.journal.entry(
            noun="connection",
            subject=str(connection),
            action="created",
            outcome="warning" if "needs_attention" in states else "ok",
            code="connection_taken_over",
            connection=connection,
            platform=export.platform,
            params={
                "connection": export.name,
                "actor": actor,
                "taken": str(states.count("taken_over")),
                "left": str(states.count("not_taken_over")),
                "attention": str(states.count("needs_attention")),
            },
            actor=actor,
        )

    async def _view(id: UUID, language: Language, caller: Principal) -> TakeoverView:
        async with service.database.transaction() as tx:
            known = await book.get(tx, id)
            if known is None or known.connection is None or not caller.allows(known.connection):
                raise not_found(id)
            connection = await connection_book.get(tx, known.connection)
        report = verdicts(known.report, language)
        warnings = []
        if connection is None:
            warnings = ["takeover_connection_gone"]
        elif known.was_active:
            warnings = ["takeover_both_live" if connection.productive else "takeover_old_still_live"]
        return TakeoverView(
            **TakeoverSummary.model_validate(vars(known)).model_dump(),
            report=report,
            counts={state: sum(one.state == state for one in report) for state in sorted(set(STATES.values()))},
            warnings=[sentence(code, {"connection": known.name}, language) for code in warnings],
        )

    return router


async def _export(request: Request) -> Export:
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media == "application/json":
        return read_export(await request.body())
    if media != "multipart/form-data":
        raise Problem(415, "takeover_media_type", media=media)
    async with request.form(max_files=len(COLUMNS) + 1, max_fields=len(COLUMNS) + 1) as form:
        parts = {
            name: await part.read() if isinstance(part, UploadFile) else part.encode()
            for name, part in form.multi_items()
        }
    if "export" not in parts:
        raise Problem(422, "takeover_document_unreadable", field="export")
    return read_export(parts.pop("export"), parts)
