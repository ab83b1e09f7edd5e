"""Commerce Taxonomy, with the app's own token: the tree, the item specifics of a leaf, suggestions."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.ebay import categories
from services.sandbox.ebay.errors import taxonomy
from services.sandbox.ebay.login import PREFIX
from services.sandbox.ebay.routing import SellRoute
from services.sandbox.ebay.store import Store


def taxonomies(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellRoute, prefix="/commerce/taxonomy/v1")

    @router.get("/get_default_category_tree_id")
    async def default(request: Request) -> dict[str, Any]:
        store.login.admit(request, PREFIX)
        market = request.query_params.get("marketplace_id")
        if not market:
            raise taxonomy(62002, "Missing marketplace ID.")
        if market not in categories.TREES:
            raise taxonomy(62003, "The specified marketplace ID was not found.")
        return {"categoryTreeId": categories.TREES[market], "categoryTreeVersion": categories.VERSION}

    @router.get("/category_tree/{id}")
    async def tree(id: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, PREFIX)
        return categories.tree(id)

    @router.get("/category_tree/{id}/get_item_aspects_for_category", response_model=None)
    async def aspects(id: str, request: Request) -> dict[str, Any] | Response:
        store.login.admit(request, PREFIX)
        category = request.query_params.get("category_id")
        if not category:
            raise taxonomy(62006, "Missing category ID.")
        found = categories.aspects(id, category)
        return {"aspects": found} if found else Response(status_code=204)

    @router.get("/category_tree/{id}/get_category_suggestions", response_model=None)
    async def suggestions(id: str, request: Request) -> dict[str, Any] | Response:
        store.login.admit(request, PREFIX)
        words = request.query_params.get("q")
        if not words:
            raise taxonomy(62007, "Missing keyword 'q'. Please specify keywords that best describe your item.")
        found = categories.suggestions(id, words)
        if not found:
            return Response(status_code=204)
        return {"categoryTreeId": id, "categoryTreeVersion": categories.VERSION, "categorySuggestions": found}

    return router
