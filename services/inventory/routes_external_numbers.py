"""`/inventory/external-numbers`: what articles are called in one shop."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.inventory import external_number_book, meaning_book
from services.inventory.external_number_rows import read_external_numbers
from services.inventory.routes_articles import Text
from services.inventory.views import MOST_ROWS, RowAnswer, UploadAnswer
from services.inventory.wording import refused
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, decode_pair, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service


class ExternalNumberUpload(BaseModel):
    """Rows of `label`, `number`, `article_number`, `active`. Each row is answered by itself."""

    model_config = ConfigDict(extra="forbid")

    numbers: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[[{"label": "shop", "number": "4711-RED", "article_number": "A-1", "active": True}]],
    )


class ExternalNumberView(BaseModel):
    """What an article is called in one shop, under a label."""

    label: str
    number: str
    article_number: str
    active: bool
    changed_at: datetime
    changed_by: str


class NumberMeaning(BaseModel):
    """What a number means in one shop, for a replica; `article_number` None: nothing any more."""

    connection: UUID
    number: str
    version: int
    article_number: str | None


def external_number_routes(service: Service) -> APIRouter:
    """The router for external numbers."""
    router = APIRouter()

    def visible(caller: Principal, connection: UUID) -> None:
        if not caller.allows(connection):
            raise not_found(connection)

    @router.put("/external-numbers/{connection}")
    async def put(
        connection: UUID,
        body: ExternalNumberUpload,
        request: Request,
        caller: Principal = Depends(require("operate")),
    ) -> UploadAnswer:
        """Stores up to 10,000 numbers; an article's number under a label is replaced, others stay. They match listings
        and order lines once the connection's stock settings name their label (`number_label`)."""
        visible(caller, connection)
        rows, refusals = read_external_numbers(body.numbers)
        async with service.database.transaction() as tx:
            stored, taken = await external_number_book.put(service, tx, connection, rows, caller.name)
        refusals |= taken
        answers = [
            refused(n, str(raw.get("number", "")), refusals[n], speaks(request))
            if n in refusals
            else RowAnswer(row=n, key=rows[n].number, outcome=stored[n])
            for n, raw in enumerate(body.numbers)
        ]
        unchanged = sum(outcome == "unchanged" for outcome in stored.values())
        return UploadAnswer(accepted=len(stored) - unchanged, unchanged=unchanged, refused=len(refusals), rows=answers)

    @router.get("/external-numbers/snapshot")
    async def snapshot(
        after: After = None, limit: Limit = 500, _: Principal = Depends(require("service"))
    ) -> Page[NumberMeaning]:
        """What every number means in its shop, with its version, for replicas."""
        async with service.database.transaction() as tx:
            rows = await meaning_book.snapshot(tx, after=decode_pair(after), limit=limit + 1)
        items = [NumberMeaning(**row) for row in rows[:limit]]
        more = len(rows) > limit
        return Page(items=items, next=encode_cursor(str(items[-1].connection), items[-1].number) if more else None)

    @router.get("/external-numbers/{connection}")
    async def page(
        connection: UUID,
        label: Text = None,
        article: Text = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ExternalNumberView]:
        """A connection's external numbers, by number."""
        visible(caller, connection)
        behind = None if after is None else str(decode_cursor(after, 1)[0])
        async with service.database.transaction() as tx:
            rows = await external_number_book.page(
                tx, connection, label=label, article=article, after=behind, limit=limit + 1
            )
        items = [ExternalNumberView(**row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].number) if len(rows) > limit else None)

    @router.delete("/external-numbers/{connection}/{number:path}", status_code=204)
    async def delete(connection: UUID, number: str, caller: Principal = Depends(require("operate"))) -> None:
        """Forgets a number. A listing that it matched is matched by its own SKU again, or by nothing."""
        visible(caller, connection)
        async with service.database.transaction() as tx:
            if not await external_number_book.delete(service, tx, connection, number, caller.name):
                raise not_found(number)

    return router
