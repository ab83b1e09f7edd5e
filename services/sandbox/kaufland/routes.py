"""Seller API v2 of one account."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.kaufland.carriers import CARRIERS
from services.sandbox.kaufland.errors import invalid, not_found
from services.sandbox.kaufland.hooks import EVENTS
from services.sandbox.kaufland.routes_goods import goods
from services.sandbox.kaufland.routes_invoices import invoices
from services.sandbox.kaufland.routes_orders import orders
from services.sandbox.kaufland.routes_products import products
from services.sandbox.kaufland.routes_returns import returns
from services.sandbox.kaufland.routes_tickets import tickets
from services.sandbox.kaufland.routes_units import order_units
from services.sandbox.kaufland.routing import SellerRoute, listed, paging
from services.sandbox.kaufland.store import Store


def routes(store: Store) -> APIRouter:
    async def admit(request: Request) -> None:
        await store.access.admit(request)

    router = APIRouter(route_class=SellerRoute, prefix="/v2", dependencies=[Depends(admit)])

    @router.get("/status/ping")
    async def ping() -> dict[str, Any]:
        return {"data": {"message": "Never tell me the odds"}}

    @router.get("/info/storefront")
    async def storefronts() -> dict[str, Any]:
        """What the seller ever opened, whether it sells or not."""
        return {"data": [*store.storefronts, *store.unfinished]}

    @router.get("/carriers")
    async def carriers() -> dict[str, Any]:
        return {"data": {"carriers": [{"name": name, "isHauler": hauler} for name, hauler in CARRIERS.items()]}}

    for part in (orders, order_units, returns, goods, invoices, tickets, products, _subscriptions):
        router.include_router(part(store))

    @router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    async def nothing_here(path: str) -> Response:
        raise not_found(f"/{path}")

    return router


def _subscriptions(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute, prefix="/subscriptions")

    @router.get("")
    async def rows(request: Request) -> dict[str, Any]:
        limit, offset = paging(request, most=30, least=0)
        asked = request.query_params
        event, storefront = asked.get("event_name"), asked.get("storefront")
        if event is not None and event not in EVENTS:
            raise invalid("event_name", "is not known")
        found = [
            row.body()
            for row in store.hooks.rows.values()
            if event in (None, row.event) and storefront in (None, row.storefront)
        ]
        return listed(found[offset : offset + limit], limit, offset, len(found))

    @router.post("")
    async def create(request: Request) -> Response:
        storefront = store.storefront(request.query_params.get("storefront"))
        row = await store.hooks.subscribe(storefront, await request.json())
        return JSONResponse({"data": row.body()}, 201)

    @router.patch("/{id}")
    async def change(id: int, request: Request) -> dict[str, Any]:
        return {"data": (await store.hooks.change(id, await request.json())).body()}

    return router
