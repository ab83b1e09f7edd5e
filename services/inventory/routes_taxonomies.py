"""`/inventory/taxonomies`: what a channel asks, in its own words, and which of its categories may fit."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.inventory import category_readings, taxonomy_book, taxonomy_reading
from services.inventory.mapping_views import CategoryView, SuggestionView, SuggestionWish, TaxonomyView, ValueView
from services.inventory.routes_articles import Text
from services.inventory.views import Said
from services.inventory.wording import said
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service
from shared.contracts.taxonomy import TaxonomyAttribute


def taxonomy_routes(service: Service) -> APIRouter:
    """The router for what channels ask."""
    router = APIRouter()

    @router.post("/taxonomies/{connection}/readings")
    async def read(connection: UUID, request: Request, caller: Principal = Depends(require("operate"))) -> TaxonomyView:
        """Reads the channel's categories, attributes and lists anew, as happens by itself once a day. Mappings stay;
        who lost his target says so. What has changed stands in the journal, and articles are judged by it."""
        visible(caller, connection)
        unread = await taxonomy_reading.read(service, connection, caller.name)
        found = await _head(connection)
        return found.model_copy(update={"unread": unread_said(unread, speaks(request))})

    @router.get("/taxonomies/{connection}")
    async def head(connection: UUID, caller: Principal = Depends(require("read"))) -> TaxonomyView:
        """How much the channel asks, as it was read last."""
        visible(caller, connection)
        return await _head(connection)

    @router.get("/taxonomies/{connection}/categories")
    async def categories(
        connection: UUID,
        search: Text = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[CategoryView]:
        """The channel's categories by code. `search` is a part of the name, or a code."""
        visible(caller, connection)
        behind = behind_of(after, 1)
        async with service.database.transaction() as tx:
            rows = await taxonomy_book.categories(
                tx, connection, search=search, after=behind[0] if behind else None, limit=limit + 1
            )
        items = [CategoryView(**row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].code) if len(rows) > limit else None)

    @router.post("/taxonomies/{connection}/suggestions")
    async def suggestions(
        connection: UUID, body: SuggestionWish, caller: Principal = Depends(require("operate"))
    ) -> list[SuggestionView]:
        """Asks the channel which of its categories may fit an article, by the article's title; the best first."""
        visible(caller, connection)
        found = await category_readings.suggested(service, connection, body.article_number)
        async with service.database.transaction() as tx:
            asked = await taxonomy_book.asked(tx, connection, [one.code for one in found])
        return [SuggestionView(code=one.code, label=one.label, known=asked[one.code].known) for one in found]

    @router.get("/taxonomies/{connection}/attributes")
    async def attributes(
        connection: UUID, category: Text = None, caller: Principal = Depends(require("read"))
    ) -> list[TaxonomyAttribute]:
        """What the channel asks of products of a category: its own attributes, those of the categories above it and
        those of all."""
        visible(caller, connection)
        async with service.database.transaction() as tx:
            found = await taxonomy_book.asked(tx, connection, [category or ""])
        return list(found[category or ""].attributes)

    @router.get("/taxonomies/{connection}/values")
    async def values(
        connection: UUID,
        list_code: str = Query(max_length=500, pattern=r"^[^\x00]+$", examples=["COLOURS"]),
        search: Text = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ValueView]:
        """The values of one of the channel's lists. `search` is a part of the name, or a code."""
        visible(caller, connection)
        behind = behind_of(after, 1)
        async with service.database.transaction() as tx:
            rows = await taxonomy_book.values(
                tx, connection, list_code, search=search, after=behind[0] if behind else None, limit=limit + 1
            )
        items = [ValueView(**row) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].code) if len(rows) > limit else None)

    async def _head(connection: UUID) -> TaxonomyView:
        async with service.database.transaction() as tx:
            await taxonomy_book.platform_of(tx, connection)
            row = await taxonomy_book.head(tx, connection)
        return TaxonomyView(connection=connection, **(row or {}))

    return router


def unread_said(found: Mapping[str, str], language: Language) -> list[Said]:
    """Why these categories could not be read, for people."""
    return [
        said("taxonomy_category_unread", language, {"category": code, "detail": why}) for code, why in found.items()
    ]


def visible(caller: Principal, connection: UUID) -> None:
    """Raises a problem (404) where the caller's key does not reach."""
    if not caller.allows(connection):
        raise not_found(connection)


def behind_of(after: str | None, parts: int) -> list[str] | None:
    """The row a page begins behind; None for the first page."""
    return None if after is None else [str(part) for part in decode_cursor(after, parts)]
