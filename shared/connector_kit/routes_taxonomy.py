"""What a platform asks of products: its categories, the attributes of one, and which category may fit a title."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from shared.chassis.access import Principal, require
from shared.connector_kit.declaration import Connector, Schema
from shared.connector_kit.opening import Opened
from shared.contracts.errors import Rejected
from shared.contracts.taxonomy import Taxonomy, TaxonomyCategory

Code = Annotated[str, Query(min_length=1, max_length=500, pattern=r"^[^\x00]+$", examples=["1001"])]
Title = Annotated[str, Query(min_length=1, max_length=500, pattern=r"^[^\x00]+$", examples=["Red mug"])]


class TaxonomyAnswer(BaseModel):
    """`by_category`: the attributes are read category by category, so most of them are not here."""

    taxonomy: Taxonomy
    every_seconds: float
    by_category: bool = False


def taxonomy_routes(connector: Connector, opened: Callable[[UUID], Awaitable[Opened]]) -> APIRouter:
    """For whoever maps articles. Who asks sees to it that nothing is asked more often than `every_seconds`."""
    router = APIRouter()

    def schema() -> Schema:
        if connector.taxonomy is None:
            raise Rejected(f"{connector.title} has no categories of its own to map to", code="taxonomy_missing")
        return connector.taxonomy

    @router.get("/connections/{connection_id}/taxonomy")
    async def whole(connection_id: UUID, _: Principal = Depends(require("service"))) -> TaxonomyAnswer:
        """The categories, attributes and lists of the platform as they are now."""
        known = schema()
        shop = await opened(connection_id)
        try:
            found = await known.read(shop.client)
        finally:
            await shop.close()
        return _answer(found, known)

    @router.get("/connections/{connection_id}/taxonomy/category")
    async def one(connection_id: UUID, code: Code, _: Principal = Depends(require("service"))) -> TaxonomyAnswer:
        """The attributes and lists of one category, where they are not told with the whole."""
        known = schema()
        if known.category is None:
            raise Rejected(f"{connector.title} tells all attributes at once", code="taxonomy_told_at_once")
        shop = await opened(connection_id)
        try:
            found = await known.category(shop.client, code)
        finally:
            await shop.close()
        return _answer(found, known)

    @router.get("/connections/{connection_id}/taxonomy/suggestions")
    async def suggestions(
        connection_id: UUID, title: Title, _: Principal = Depends(require("service"))
    ) -> list[TaxonomyCategory]:
        """Categories that may fit a product of this title, the best first; labels are whole paths."""
        known = schema()
        if known.suggest is None:
            raise Rejected(f"{connector.title} suggests no categories", code="taxonomy_suggests_nothing")
        shop = await opened(connection_id)
        try:
            return list(await known.suggest(shop.client, title))
        finally:
            await shop.close()

    return router


def _answer(found: Taxonomy, known: Schema) -> TaxonomyAnswer:
    return TaxonomyAnswer(
        taxonomy=found, every_seconds=known.every.total_seconds(), by_category=known.category is not None
    )
