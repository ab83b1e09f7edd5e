"""`/inventory/article-contents`: what articles are beyond their rows."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.inventory import content_book
from services.inventory.content_rows import read_contents
from services.inventory.import_view import ContentView
from services.inventory.routes_articles import unlimited
from services.inventory.views import MOST_ROWS, UploadAnswer
from services.inventory.wording import answered
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service


class ContentUpload(BaseModel):
    """Whole contents: `article_number`, and of `description`, `short_description`, `options`, `manufacturer`,
    `manufacturer_number`, `unit`, `weight_grams`, `length_mm`, `width_mm`, `height_mm`, `minimum_order`,
    `delivery_time`, `customs_number`, `origin`, `sell_off`, `counted`, `categories`, `tags`, `related`, `media`,
    `media_texts`, `meta_title`, `meta_description`, `meta_keywords`, `texts` what there is."""

    model_config = ConfigDict(extra="forbid")

    rows: list[dict[str, Any]] = Field(
        max_length=MOST_ROWS,
        examples=[
            [
                {
                    "article_number": "A-1",
                    "description": "<p>A mug.</p>",
                    "options": {"Colour": "red", "Size": "L"},
                    "weight_grams": "350",
                    "origin": "DE",
                    "categories": ["Kitchen > Mugs"],
                    "media": ["https://img.example/a-1.jpg"],
                    "media_texts": {"https://img.example/a-1.jpg": {"title": "Mug"}},
                    "texts": {"fr": {"title": "Tasse"}},
                }
            ]
        ],
    )


def content_routes(service: Service) -> APIRouter:
    """The router for contents of articles."""
    router = APIRouter()

    @router.put("/article-contents")
    async def put(
        body: ContentUpload, request: Request, caller: Principal = Depends(require("operate"))
    ) -> UploadAnswer:
        """Stores the whole contents of up to 10,000 articles; each row is answered by itself, the same again changes
        nothing. What a row leaves out is empty afterwards. Images are addresses; nobody downloads them here. Shops that
        are told products are told what changed."""
        unlimited(caller)
        rows, refusals = read_contents(body.rows)
        async with service.database.transaction() as tx:
            stored, unknown = await content_book.put(service, tx, rows, caller.name)
        refusals |= unknown
        numbers = {position: row.article_number for position, row in rows.items()}
        return answered(body.rows, numbers, stored, refusals, speaks(request))

    @router.get("/article-contents")
    async def page(
        after: After = None, limit: Limit = 50, caller: Principal = Depends(require("read"))
    ) -> Page[ContentView]:
        """Contents by article number."""
        behind = None if after is None else str(decode_cursor(after, 1)[0])
        async with service.database.transaction() as tx:
            rows = await content_book.page(tx, after=behind, limit=limit + 1)
        items = [_view(row, caller) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].article_number) if len(rows) > limit else None)

    @router.get("/article-contents/{number:path}")
    async def one(number: str, caller: Principal = Depends(require("read"))) -> ContentView:
        """What is known of an article beyond its row, uploaded or kept by an import."""
        async with service.database.transaction() as tx:
            row = await content_book.one(tx, number)
        if row is None:
            raise not_found(number)
        return _view(row, caller)

    return router


def _view(row: dict[str, Any], caller: Principal) -> ContentView:
    """A key for some connections is not told of another from which a content came."""
    return ContentView(**(row if caller.allows(row["connection"]) else row | {"connection": None}))
