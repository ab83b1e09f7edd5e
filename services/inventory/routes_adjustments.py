"""`/inventory/adjustments`: what an article's stock is corrected by, and what is shown instead of it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.inventory import adjustment_book
from services.inventory.adjustment_rows import read_adjustments
from services.inventory.routes_articles import Text, unlimited
from services.inventory.views import MOST_ROWS, RowAnswer, UploadAnswer
from services.inventory.wording import refused
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.sentences import speaks
from shared.chassis.service import Service


class AdjustmentUpload(BaseModel):
    """Whole states: `article_number`, `correction`, `pseudo_stock`. Each row is answered by itself."""

    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS, examples=[[{"article_number": "A-1", "correction": -2, "pseudo_stock": None}]]
    )


class AdjustmentView(BaseModel):
    article_number: str
    correction: Decimal
    pseudo_stock: Decimal | None
    version: int
    changed_at: datetime
    changed_by: str


def adjustment_routes(service: Service) -> APIRouter:
    """The router for correction values and pseudo stock."""
    router = APIRouter()

    @router.put("/adjustments")
    async def put(
        body: AdjustmentUpload, request: Request, caller: Principal = Depends(require("operate"))
    ) -> UploadAnswer:
        """Stores whole states of up to 10,000 articles; they count where a connection's settings ask for them."""
        unlimited(caller)
        rows, refusals = read_adjustments(body.rows)
        async with service.database.transaction() as tx:
            stored = await adjustment_book.put(service, tx, rows, refusals, caller.name)
        answers = [
            RowAnswer(row=n, key=rows[n].article_number, outcome=stored[n])
            if n in stored
            else refused(n, str(raw.get("article_number", "")), refusals[n], speaks(request))
            for n, raw in enumerate(body.rows)
        ]
        unchanged = sum(outcome == "unchanged" for outcome in stored.values())
        return UploadAnswer(accepted=len(stored) - unchanged, unchanged=unchanged, refused=len(refusals), rows=answers)

    @router.get("/adjustments")
    async def page(
        article: Text = None, after: After = None, limit: Limit = 50, _: Principal = Depends(require("read"))
    ) -> Page[AdjustmentView]:
        """Articles with a correction value or a pseudo stock, by number."""
        behind = None if after is None else str(decode_cursor(after, 1)[0])
        async with service.database.transaction() as tx:
            rows = await adjustment_book.page(tx, article=article, after=behind, limit=limit + 1)
        items = [AdjustmentView(**row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].article_number) if len(rows) > limit else None)

    return router
