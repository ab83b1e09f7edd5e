"""`/units`: the seller's offers in a storefront."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.kaufland.errors import not_found
from services.sandbox.kaufland.routing import SellerRoute, embedded, listed, paging
from services.sandbox.kaufland.store import Store

EMBEDDABLE = ("products", "eco_participation", "battery_participation", "")


def goods(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute, prefix="/units")

    @router.get("")
    async def rows(request: Request) -> dict[str, Any]:
        asked = request.query_params
        storefront, products = store.storefront(asked.get("storefront")), "products" in embedded(request, EMBEDDABLE)
        limit, offset = paging(request, least=0)
        found = [
            unit
            for unit in store.goods.units.values()
            if unit.storefront == storefront
            and unit.listed_from <= store.clock()
            and asked.get("id_offer") in (None, unit.id_offer)
            and asked.get("ean") in (None, unit.ean)
        ]
        page = [store.goods.shown(unit, products=products) for unit in found[offset : offset + limit]]
        return listed(page, limit, offset, len(found))

    @router.post("")
    async def create(request: Request) -> Response:
        storefront = store.storefront(request.query_params.get("storefront"))
        body = await request.json()
        unit = store.goods.create(storefront, body, store.products.ready)
        return JSONResponse({"data": store.goods.shown(unit)})

    @router.post("/bulk")
    async def change(request: Request) -> Response:
        storefront = store.storefront(request.query_params.get("storefront"))
        return JSONResponse({"data": store.goods.change(storefront, await request.json())}, 207)

    @router.get("/{id}")
    async def one(id: int, request: Request) -> dict[str, Any]:
        storefront = store.storefront(request.query_params.get("storefront"))
        unit = store.goods.units.get(id)
        if unit is None or unit.storefront != storefront:
            raise not_found("The unit")
        return {"data": store.goods.shown(unit, products="products" in embedded(request, EMBEDDABLE))}

    return router
