"""`/categories`, `/attributes` and `/product-data`."""

from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.kaufland import categories
from services.sandbox.kaufland.errors import invalid
from services.sandbox.kaufland.products import locale
from services.sandbox.kaufland.routing import SellerRoute, embedded, listed, paging
from services.sandbox.kaufland.store import STOREFRONTS, Store

EMBEDDABLE = ("parent", "children", "required_attributes", "optional_attributes")


def products(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute)

    @router.get("/categories/tree")
    async def tree(request: Request) -> dict[str, Any]:
        _storefront(request)
        return {"data": categories.tree()}

    @router.post("/categories/decide")
    async def decide(request: Request) -> dict[str, Any]:
        _storefront(request)
        body = await request.json()
        item = body.get("item") or {}
        for name in ("title", "description", "manufacturer"):
            if not isinstance(item.get(name), str):
                raise invalid(f"item.{name}", "is required")
        if not isinstance(body.get("price"), int | float):
            raise invalid("price", "is required")
        first = categories.decided(item["title"])
        others = [id for id in categories.REQUIRED if id != first]
        return listed([categories.category(id) for id in ((first, *others) if first else ())], 30, 0, 2)

    @router.get("/categories/{id}")
    async def category(id: int, request: Request) -> dict[str, Any]:
        _storefront(request)
        asked, row = embedded(request, EMBEDDABLE), categories.category(id)
        for name, known in (("required_attributes", categories.REQUIRED), ("optional_attributes", categories.OPTIONAL)):
            if name in asked:
                row[name] = [categories.attribute(one) for one in known.get(id, ())]
        return {"data": row}

    @router.get("/attributes/{id}/shared-set")
    async def shared_set(id: int, request: Request) -> dict[str, Any]:
        locale(request.query_params.get("locale"))
        limit, offset = paging(request)
        found = categories.shared_set(id)
        return listed(found[offset : offset + limit], limit, offset, len(found))

    @router.put("/product-data")
    async def put(request: Request) -> dict[str, Any]:
        store.products.put(locale(request.query_params.get("locale")), await request.json())
        return {"data": "ok"}

    @router.get("/product-data/{ean}")
    async def told(ean: str, request: Request) -> dict[str, Any]:
        found = store.products.find(ean, locale(request.query_params.get("locale")))
        return {"data": {"ean": [ean], "attributes": found.attributes}}

    @router.get("/product-data/status/{ean}")
    async def status(ean: str, request: Request) -> dict[str, Any]:
        return {"data": store.products.status(ean, locale(request.query_params.get("locale")))}

    return router


def _storefront(request: Request) -> str:
    """Whether it sells or not: categories are there for whoever wants to open it."""
    named = request.query_params.get("storefront")
    if named not in STOREFRONTS:
        raise invalid("storefront", "is required" if named is None else "is not known")
    return named
