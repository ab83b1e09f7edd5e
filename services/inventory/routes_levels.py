"""`/inventory/levels`, `/movements`, `/ledger`, `/reservations`, `/warehouses`: what lies where, and why."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.inventory import demand_book, ledger, level_book, movement_book, warehouse_book
from services.inventory.count_file import DecimalMark, read_count_file
from services.inventory.counts import read_counts, with_defaults
from services.inventory.movement_rows import read_movements
from services.inventory.routes_articles import Text, unlimited
from services.inventory.rows import Refusal
from services.inventory.views import (
    MOST_ROWS,
    LedgerView,
    LevelUpload,
    LevelView,
    MovementUpload,
    ReservationView,
    RowAnswer,
    UploadAnswer,
    WarehouseChange,
    WarehouseView,
)
from services.inventory.wording import refused
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service

BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": LevelUpload.model_json_schema()},
            "text/csv": {
                "schema": {"type": "string"},
                "example": "Artikelnummer;Lager;Menge;Stand;Bedeutung\nA-1;main;12,5;2025-11-24T09:00:00Z;physisch",
            },
        },
    }
}


def level_routes(service: Service) -> APIRouter:
    """The router for stock."""
    router = APIRouter()

    @router.put("/levels", openapi_extra=BODY)
    async def put_levels(
        request: Request,
        warehouse: Text = None,
        counted_at: datetime | None = None,
        meaning: Text = None,
        decimal: DecimalMark | None = None,
        caller: Principal = Depends(require("operate")),
    ) -> UploadAnswer:
        """Absolute levels of up to 10,000 rows, as JSON or as CSV; each row is answered by itself.

        *physical* is what lies there, *available* has the sender's own reservations taken off: orders that the sender
        acknowledged before `counted_at` are not taken off again. A count older than the stored one is refused. For CSV,
        `warehouse`, `counted_at`, `meaning` and the `decimal` mark may be given here for the whole file.
        """
        unlimited(caller)
        at = None if counted_at is None else counted_at.isoformat()
        defaults = {"warehouse": warehouse, "counted_at": at, "meaning": meaning}
        raw = _level_rows(request, await request.body(), decimal, defaults)
        rows, refusals = read_counts(raw, service.clock())
        async with service.database.transaction() as tx:
            upload = await level_book.book_counts(service, tx, rows, refusals, caller.name)
        booked = {n: RowAnswer(row=n, key=rows[n].article_number, outcome=one.outcome, level=one.level)
                  for n, one in upload.booked.items()}  # fmt: skip
        return _answer(raw, booked, upload.refused, speaks(request), upload.id)

    @router.post("/movements")
    async def post_movements(
        body: MovementUpload, request: Request, caller: Principal = Depends(require("operate"))
    ) -> UploadAnswer:
        """Relative movements, booked in their order. The same reference, article and warehouse is booked once."""
        unlimited(caller)
        rows, refusals = read_movements(body.movements)
        async with service.database.transaction() as tx:
            moved = await movement_book.book_movements(service, tx, rows, refusals, caller.name)
        booked = {n: RowAnswer(row=n, key=rows[n].reference, outcome=one.outcome, level=one.level)
                  for n, one in moved.items()}  # fmt: skip
        return _answer(body.movements, booked, refusals, speaks(request), None)

    @router.get("/levels")
    async def levels(
        article: Text = None,
        warehouse: Text = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[LevelView]:
        """Levels by article number and warehouse."""
        behind = None if after is None else [str(part) for part in decode_cursor(after, 2)]
        async with service.database.transaction() as tx:
            rows = await level_book.page(
                tx, scope=caller.scope, article=article, warehouse=warehouse, after=behind, limit=limit + 1
            )
        items = [LevelView(**row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.article_number, last.warehouse))

    @router.get("/ledger")
    async def entries(
        article: Text = None,
        warehouse: Text = None,
        reference: Text = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[LedgerView]:
        """Every change of a level, the newest first."""
        behind = None if after is None else _number(decode_cursor(after, 1)[0])
        async with service.database.transaction() as tx:
            rows = await ledger.page(
                tx, scope=caller.scope, article=article, warehouse=warehouse, reference=reference, after=behind,
                limit=limit + 1,
            )  # fmt: skip
        items = [LedgerView(**row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)

    @router.get("/reservations")
    async def reservations(
        article: Annotated[str, Query(max_length=200)],
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ReservationView]:
        """The orders that want an article, the newest first."""
        behind = decode_moment(after)
        async with service.database.transaction() as tx:
            rows = await demand_book.reservations(tx, article, caller.scope, limit + 1, behind)
        items = [ReservationView(**row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        bookmark = None if last is None else encode_cursor(last.updated_at.isoformat(), last.order_id)
        return Page(items=items, next=bookmark)

    @router.get("/warehouses")
    async def list_warehouses(caller: Principal = Depends(require("read"))) -> list[WarehouseView]:
        """All warehouses; those that lie with channels as far as the caller may see these."""
        async with service.database.transaction() as tx:
            rows = await warehouse_book.every(tx)
        return [WarehouseView(**row) for row in rows if row["connection"] is None or caller.allows(row["connection"])]

    @router.put("/warehouses/{code}")
    async def put_warehouse(
        code: str, body: WarehouseChange, response: Response, caller: Principal = Depends(require("operate"))
    ) -> WarehouseView:
        """Creates or renames a warehouse. Levels in one that nobody created are refused, but for the first upload."""
        unlimited(caller)
        async with service.database.transaction() as tx:
            if await warehouse_book.put(service, tx, code, body.name, caller.name):
                response.status_code = 201
            found = [row for row in await warehouse_book.every(tx) if row["code"] == code]
        if not found:
            raise not_found(code)
        return WarehouseView(**found[0])

    return router


def _level_rows(
    request: Request, body: bytes, decimal: DecimalMark | None, defaults: dict[str, str | None]
) -> list[dict[str, Any]]:
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media == "text/csv":
        rows = with_defaults(read_count_file(body, decimal), defaults)
        if len(rows) > MOST_ROWS:
            raise Problem(413, "too_many_rows", rows=str(len(rows)), most=str(MOST_ROWS))
        return rows
    if media != "application/json":
        raise Problem(415, "upload_media_type", media=media)
    try:
        return with_defaults(LevelUpload.model_validate_json(body).rows, defaults)
    except ValidationError as error:
        errors = [one | {"loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(errors) from error


def _answer(
    raw: list[dict[str, Any]], booked: dict[int, RowAnswer], refusals: dict[int, Refusal], language: Language,
    id: UUID | None,
) -> UploadAnswer:  # fmt: skip
    rows = [
        booked[n] if n in booked else refused(n, str(one.get("article_number", "")), refusals[n], language)
        for n, one in enumerate(raw)
    ]
    unchanged = sum(row.outcome == "unchanged" for row in booked.values())
    return UploadAnswer(id=id, accepted=len(booked) - unchanged, unchanged=unchanged, refused=len(refusals), rows=rows)


def _number(value: Any) -> int:
    if not isinstance(value, int):
        raise Problem(422, "cursor_invalid", field="after")
    return value
