"""Sell Inventory: items page by page (an offset counts pages), the offers of one SKU, prices, quantities."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.ebay.errors import ApiError, inventory
from services.sandbox.ebay.login import PREFIX
from services.sandbox.ebay.routing import SellRoute, number
from services.sandbox.ebay.store import Store

WRITE = f"{PREFIX}/sell.inventory"
READ = (WRITE, f"{PREFIX}/sell.inventory.readonly")


def goods(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellRoute, prefix="/sell/inventory/v1")

    @router.get("/inventory_item")
    async def items(request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        limit = number(request, "limit", 25, 1, 200, _invalid("limit"))
        place = number(request, "offset", 0, 0, 10**6, _invalid("offset"))
        skus = list(store.goods.items)[place * limit : (place + 1) * limit]
        rows = [store.goods.item(sku) for sku in skus]
        return _page(store, "inventory_item?", "inventoryItems", rows, len(store.goods.items), limit, place)

    @router.get("/inventory_item/{sku:path}")
    async def item(sku: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        return store.goods.item(sku)

    @router.get("/offer")
    async def offers(request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        sku = request.query_params.get("sku")
        if not sku:
            raise inventory(25707, "Invalid SKU: it is required.")
        limit = number(request, "limit", 100, 1, 100, _invalid("limit"))
        place = number(request, "offset", 0, 0, 10**6, _invalid("offset"))
        found = store.goods.of_sku(sku)
        if not found:
            raise inventory(25713, "This Offer is not available.", 404)
        rows = found[place * limit : (place + 1) * limit]
        return _page(store, f"offer?sku={sku}&", "offers", rows, len(found), limit, place)

    @router.get("/offer/{id}")
    async def offer(id: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        found = store.goods.offers.get(id)
        if found is None:
            raise inventory(25713, "This Offer is not available.", 404)
        return found.body(store.goods.quantities[found.sku])

    @router.post("/bulk_update_price_quantity")
    async def update(request: Request) -> Response:
        store.login.admit(request, WRITE)
        answers = store.goods.update(await request.json())
        good = all(one["statusCode"] == 200 for one in answers)
        return JSONResponse({"responses": answers}, 200 if good else 207)

    return router


def _invalid(name: str) -> ApiError:
    return inventory(25709, f"Invalid value for {name}.")


def _page(store: Store, what: str, name: str, rows: list[Any], total: int, limit: int, place: int) -> dict[str, Any]:
    address = f"{store.address()}/sell/inventory/v1/{what}limit={limit}&offset="
    answer = {"href": f"{address}{place}", "total": total, "size": len(rows), "limit": limit, name: rows}
    return answer | ({"next": f"{address}{place + 1}"} if (place + 1) * limit < total else {})
