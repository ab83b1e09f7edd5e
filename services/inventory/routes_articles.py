"""`/inventory/articles`: the merchant's articles."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from services.inventory import article_book
from services.inventory.article_rows import read_articles
from services.inventory.views import ArticleState, ArticleUpload, ArticleView, RowAnswer, UploadAnswer
from services.inventory.wording import refused
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service

Text = Annotated[str | None, Query(max_length=200)]


def unlimited(caller: Principal) -> None:
    """Articles and levels concern all connections: a key for some of them may read but not change them."""
    if caller.connections is not None:
        raise Problem(403, "key_is_limited", name=caller.name)


def article_routes(service: Service) -> APIRouter:
    """The router for articles."""
    router = APIRouter()

    @router.put("/articles")
    async def put(
        body: ArticleUpload, request: Request, caller: Principal = Depends(require("operate"))
    ) -> UploadAnswer:
        """Stores whole states of up to 10,000 articles. The same again changes nothing; each row is answered."""
        unlimited(caller)
        rows, refusals = read_articles(body.articles)
        async with service.database.transaction() as tx:
            stored = await article_book.put(service, tx, rows, caller.name)
        answers = [
            refused(n, str(raw.get("number", "")), refusals[n], speaks(request))
            if n in refusals
            else RowAnswer(row=n, key=rows[n].number, outcome=stored[n][0], version=stored[n][1])
            for n, raw in enumerate(body.articles)
        ]
        unchanged = sum(outcome == "unchanged" for outcome, _ in stored.values())
        return UploadAnswer(accepted=len(stored) - unchanged, unchanged=unchanged, refused=len(refusals), rows=answers)

    @router.get("/articles")
    async def page(
        search: Text = None,
        ean: Text = None,
        parent_number: Text = None,
        after: After = None,
        limit: Limit = 50,
        _: Principal = Depends(require("read")),
    ) -> Page[ArticleView]:
        """Articles by number, deleted ones left out. `search` is the beginning of a number or a part of the title."""
        async with service.database.transaction() as tx:
            rows = await article_book.page(
                tx, after=_behind(after), limit=limit + 1, search=search, ean=ean, parent=parent_number
            )
        items = [_view(row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].number) if len(rows) > limit else None)

    @router.get("/articles/snapshot")
    async def snapshot(
        after: After = None, limit: Limit = 500, _: Principal = Depends(require("service"))
    ) -> Page[ArticleState]:
        """Every article with its version, tombstones too, for replicas."""
        async with service.database.transaction() as tx:
            rows = await article_book.snapshot(tx, after=_behind(after), limit=limit + 1)
        items = [ArticleState(**row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].number) if len(rows) > limit else None)

    @router.get("/articles/{number:path}")
    async def one(number: str, _: Principal = Depends(require("read"))) -> ArticleView:
        """One article by its exact number; a deleted one is shown as a tombstone."""
        async with service.database.transaction() as tx:
            row = await article_book.one(tx, number)
        if row is None:
            raise not_found(number)
        return _view(row)

    @router.delete("/articles/{number:path}", status_code=204)
    async def delete(number: str, caller: Principal = Depends(require("operate"))) -> None:
        """Leaves a tombstone. Its listings are unmatched; what the shops were told stays as it is, but a
        shop that is told products hears that this one is to be sold no more."""
        unlimited(caller)
        async with service.database.transaction() as tx:
            if not await article_book.delete(service, tx, number, caller.name):
                raise not_found(number)

    return router


def _view(row: dict[str, Any]) -> ArticleView:
    return ArticleView(**row, deleted=row["deleted_at"] is not None)


def _behind(after: str | None) -> str | None:
    return None if after is None else str(decode_cursor(after, 1)[0])
