"""`/inventory/taxonomies`, `/mappings`, `/mapped-products`, `/article-attributes`: articles in a channel's words."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.inventory import attribute_book, category_readings, mapping_book, product_book, taxonomy_book
from services.inventory.attribute_rows import read_attributes
from services.inventory.mapping_views import (
    AttributeUpload,
    AttributeView,
    MappingAnswer,
    Mappings,
    MappingView,
    ProductAnswer,
    ProductItem,
    ProductView,
    ProductWish,
)
from services.inventory.mapping_views import Limit as Samples
from services.inventory.product_mapping import Kind
from services.inventory.routes_articles import Text, unlimited
from services.inventory.routes_taxonomies import behind_of, taxonomy_routes, unread_said, visible
from services.inventory.views import RowAnswer, Said, UploadAnswer
from services.inventory.wording import refused, said
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, encode_cursor
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service


def mapping_routes(service: Service) -> APIRouter:
    """The router for everything that is said to a channel in its own words."""
    router = APIRouter()
    router.include_router(_attributes(service))
    router.include_router(taxonomy_routes(service))
    router.include_router(_mappings(service))
    router.include_router(_products(service))
    return router


def _attributes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.put("/article-attributes")
    async def put(
        body: AttributeUpload, request: Request, caller: Principal = Depends(require("operate"))
    ) -> UploadAnswer:
        """Attributes of articles, up to 10,000 rows; each is answered by itself. The attribute `category` names the
        article's category. The same again changes nothing."""
        unlimited(caller)
        rows, refusals = read_attributes(body.rows)
        async with service.database.transaction() as tx:
            stored = await attribute_book.put(tx, rows, service.clock(), caller.name)
        answers = [
            RowAnswer(row=n, key=rows[n].article_number, outcome=stored[n])
            if n in stored
            else refused(n, str(raw.get("article_number", "")), refusals[n], speaks(request))
            for n, raw in enumerate(body.rows)
        ]
        unchanged = sum(outcome == "unchanged" for outcome in stored.values())
        return UploadAnswer(accepted=len(stored) - unchanged, unchanged=unchanged, refused=len(refusals), rows=answers)

    @router.get("/article-attributes")
    async def page(
        article: Text = None, after: After = None, limit: Limit = 50, _: Principal = Depends(require("read"))
    ) -> Page[AttributeView]:
        """Attributes by article number, name and language."""
        async with service.database.transaction() as tx:
            rows = await attribute_book.page(tx, article=article, after=behind_of(after, 3), limit=limit + 1)
        items = [AttributeView(**row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        bookmark = None if last is None else encode_cursor(last.article_number, last.name, last.language)
        return Page(items=items, next=bookmark)

    return router


def _mappings(service: Service) -> APIRouter:
    router = APIRouter()

    @router.put("/mappings/{connection}")
    async def put(
        connection: UUID, body: Mappings, request: Request, caller: Principal = Depends(require("operate"))
    ) -> MappingAnswer:
        """Sets what words of ours mean in the channel. Rows that are not named stay as they are. Where the channel
        tells attributes category by category, those of a category that was never read are read."""
        visible(caller, connection)
        rows = {(row.kind, row.scope, row.key): row.target for row in body.rows}
        async with service.database.transaction() as tx:
            await taxonomy_book.platform_of(tx, connection)
            changed = await mapping_book.put(tx, connection, rows, service.clock(), caller.name)
        targets = {row.target for row in body.rows if row.kind == "category" and row.target}
        unread = await category_readings.fill(service, connection, targets)
        return MappingAnswer(
            changed=len(changed), unchanged=len(rows) - len(changed), unread=unread_said(unread, speaks(request))
        )

    @router.get("/mappings/{connection}")
    async def page(
        connection: UUID,
        kind: Kind | None = None,
        state: mapping_book.State | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[MappingView]:
        """Rows by kind, scope and key. Open ones are words that came up and have no target yet; what is gone has one
        that the channel no longer knows."""
        visible(caller, connection)
        async with service.database.transaction() as tx:
            rows = await mapping_book.page(
                tx, connection, kind=kind, state=state, after=behind_of(after, 3), limit=limit + 1
            )
        items = [MappingView(**row) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.kind, last.scope, last.key))

    return router


def _products(service: Service) -> APIRouter:
    router = APIRouter()

    @router.post("/mapped-products/{connection}")
    async def send(
        connection: UUID, body: ProductWish, request: Request, caller: Principal = Depends(require("operate"))
    ) -> ProductAnswer:
        """Checks articles against what the channel asks and sends those that are complete; each is answered. How the
        channel judges them is told by GET, as soon as it has."""
        visible(caller, connection)
        if body.format == "operator":
            async with service.database.transaction() as tx:
                targets = await product_book.categories(tx, connection, body.article_numbers)
            await category_readings.fill(service, connection, targets)
        async with service.database.transaction() as tx:
            found = await product_book.send(service, tx, connection, body.article_numbers, body.format, caller.name)
        items = [
            ProductItem(article_number=number, sent=not problems, problems=[
                said(one.code, speaks(request), {"article": number} | dict(one.params)) for one in problems
            ])
            for number, problems in found.items()
        ]  # fmt: skip
        sent = sum(one.sent for one in items)
        return ProductAnswer(sent=sent, incomplete=len(items) - sent, items=items)

    @router.get("/mapped-products/{connection}")
    async def page(
        connection: UUID,
        request: Request,
        state: product_book.State | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ProductView]:
        """Articles that were sent or could not be, by number, with the channel's own sentence where it refused one."""
        visible(caller, connection)
        behind = behind_of(after, 1)
        async with service.database.transaction() as tx:
            rows = await product_book.page(
                tx, connection, state=state, after=behind[0] if behind else None, limit=limit + 1
            )
        items = [_product(row, speaks(request)) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].article_number) if len(rows) > limit else None)

    @router.get("/mapped-products/{connection}/initial-file", response_class=Response)
    async def initial_file(
        connection: UUID, limit: Samples = "1000", caller: Principal = Depends(require("read"))
    ) -> Response:
        """A CSV file of articles in our own columns, for the mapping wizard of the channel's operator: as few as show
        every category, attribute and value, filled up to the limit."""
        visible(caller, connection)
        async with service.database.transaction() as tx:
            await taxonomy_book.platform_of(tx, connection)
            rows = await product_book.samples(tx, None if limit == "all" else int(limit))
        return Response(_csv(rows), media_type="text/csv; charset=utf-8")

    return router


def _product(row: Mapping[str, Any], language: Language) -> ProductView:
    number = row["article_number"]
    problems = [said(one["code"], language, {"article": number} | one["params"]) for one in row["problems"]]
    told: Said | None = said(row["code"], language, row["params"]) if row["code"] else None
    return ProductView(
        **{name: row[name] for name in ("article_number", "version", "state", "ticket", "changed_at")},
        problems=problems,
        said=told,
    )


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, "", delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
