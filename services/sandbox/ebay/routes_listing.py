"""Sell Inventory, writing: items, groups of variants, offers, and publishing them."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.ebay.errors import inventory
from services.sandbox.ebay.goods import MOST_IN_A_CALL, Offer
from services.sandbox.ebay.login import PREFIX
from services.sandbox.ebay.routing import SellRoute
from services.sandbox.ebay.store import Store

WRITE = f"{PREFIX}/sell.inventory"
READ = (WRITE, f"{PREFIX}/sell.inventory.readonly")


def listings(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellRoute, prefix="/sell/inventory/v1")
    goods, desk = store.goods, store.listings

    async def given(request: Request) -> tuple[dict[str, Any], str]:
        store.login.admit(request, WRITE)
        return await request.json(), request.headers.get("content-language", "")

    def offered(id: str) -> Offer:
        if id not in goods.offers:
            raise inventory(25713, "This Offer is not available.", 404)
        return goods.offers[id]

    @router.put("/inventory_item/{sku:path}")
    async def put_item(sku: str, request: Request) -> Response:
        return _put(desk.put_item(sku, *await given(request)))

    @router.post("/bulk_get_inventory_item")
    async def several(request: Request) -> Response:
        store.login.admit(request, *READ)
        skus = [str(one.get("sku")) for one in (await request.json()).get("requests") or ()]
        if not 0 < len(skus) <= MOST_IN_A_CALL:
            raise inventory(25709, f"The number of requests must be from 1 to {MOST_IN_A_CALL}.")
        rows = [
            {"sku": sku, "statusCode": 200, "inventoryItem": _without_ids(goods.item(sku))}
            if sku in goods.items
            else {"sku": sku, "statusCode": 404, "errors": [inventory(25702, f"{sku} could not be found.").row()]}
            for sku in skus
        ]
        return JSONResponse({"responses": rows}, 200 if all(one["statusCode"] == 200 for one in rows) else 207)

    @router.post("/offer")
    async def create(request: Request) -> Response:
        return JSONResponse({"offerId": desk.create(*await given(request)).id}, 201)

    @router.put("/offer/{id}")
    async def update(id: str, request: Request) -> Response:
        body, language = await given(request)
        desk.update(offered(id), body, language)
        return Response(status_code=204)

    @router.post("/offer/publish_by_inventory_item_group")
    async def publish_group(request: Request) -> dict[str, Any]:
        body, _ = await given(request)
        return {"listingId": desk.publish_group(str(body.get("inventoryItemGroupKey")), str(body.get("marketplaceId")))}

    @router.post("/offer/{id}/publish")
    async def publish(id: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, WRITE)
        return {"listingId": desk.publish(offered(id))}

    @router.post("/offer/{id}/withdraw")
    async def withdraw(id: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, WRITE)
        return {"listingId": desk.withdraw(offered(id))}

    @router.get("/inventory_item_group/{key:path}")
    async def group(key: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        if key not in goods.groups:
            raise inventory(25705, f"The Inventory Item Group named {key} could not be found.", 404)
        return {"inventoryItemGroupKey": key, **goods.groups[key]}

    @router.put("/inventory_item_group/{key:path}")
    async def put_group(key: str, request: Request) -> Response:
        return _put(desk.put_group(key, *await given(request)))

    return router


def _put(new: bool) -> Response:
    return JSONResponse({}, 201) if new else Response(status_code=204)


def _without_ids(item: dict[str, Any]) -> dict[str, Any]:
    """Groups go by one name only where several items are asked for."""
    return {name: value for name, value in item.items() if name != "groupIds"}
