"""`/inventory/article-texts`: what one shop is to show of articles instead of their own texts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.inventory import taxonomy_book, text_book
from services.inventory.content_rows import read_texts
from services.inventory.shop_texts import ShopTexts
from services.inventory.views import MOST_ROWS, UploadAnswer
from services.inventory.wording import answered
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service


class TextUpload(BaseModel):
    """Whole rows: `article_number`, and of `title`, `description`, `short_description`, `meta_title`,
    `meta_description`, `meta_keywords` and, by language, `texts` what that shop is to show instead."""

    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[
            [{"article_number": "A-1", "title": "Mug, for this shop only", "texts": {"fr": {"title": "Tasse d'ici"}}}]
        ],
    )


class ShopTextView(BaseModel):
    """The texts of one article for one shop."""

    article_number: str
    texts: ShopTexts
    changed_at: datetime
    changed_by: str


def text_routes(service: Service) -> APIRouter:
    """The router for texts made for single shops."""
    router = APIRouter()

    @router.put("/article-texts/{connection}")
    async def put(
        connection: UUID, body: TextUpload, request: Request, caller: Principal = Depends(require("operate"))
    ) -> UploadAnswer:
        """Stores the texts of up to 10,000 articles for one shop; each row is answered by itself, the same again
        changes nothing. A text given here stands before the article's own, one that is left out does not; a row
        without any text gives the article its own texts back. The shop is told what changed."""
        if not caller.allows(connection):
            raise not_found(connection)
        rows, refusals = read_texts(body.rows)
        async with service.database.transaction() as tx:
            platform = await taxonomy_book.platform_of(tx, connection)
            stored, unknown = await text_book.put(service, tx, connection, rows, caller.name, platform=platform)
        refusals |= unknown
        numbers = {position: row.article_number for position, row in rows.items()}
        return answered(body.rows, numbers, stored, refusals, speaks(request))

    @router.get("/article-texts/{connection}")
    async def page(
        connection: UUID, after: After = None, limit: Limit = 50, caller: Principal = Depends(require("read"))
    ) -> Page[ShopTextView]:
        """The articles that have texts of their own in that shop, by number."""
        if not caller.allows(connection):
            raise not_found(connection)
        behind = None if after is None else str(decode_cursor(after, 1)[0])
        async with service.database.transaction() as tx:
            rows = await text_book.page(tx, connection, after=behind, limit=limit + 1)
        items = [ShopTextView(**row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].article_number) if len(rows) > limit else None)

    return router
