"""Sell Account: business policies of a marketplace; and the seller's places of stock, which belong to Inventory."""

from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.ebay.account import KINDS
from services.sandbox.ebay.errors import account, inventory
from services.sandbox.ebay.login import PREFIX
from services.sandbox.ebay.routing import SellRoute, number
from services.sandbox.ebay.store import Store

READ = (f"{PREFIX}/sell.account", f"{PREFIX}/sell.account.readonly")
STOCK = (f"{PREFIX}/sell.inventory", f"{PREFIX}/sell.inventory.readonly")


def accounts(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellRoute)

    @router.get("/sell/account/v1/{kind}_policy")
    async def policies(kind: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        market = request.query_params.get("marketplace_id")
        if kind not in KINDS or not market:
            raise account(20401, "Missing field: marketplace_id.")
        rows = store.account.listed(kind, market)
        return {"total": len(rows), "limit": 100, "offset": 0, f"{kind}Policies": rows}

    @router.get("/sell/inventory/v1/location")
    async def locations(request: Request) -> dict[str, Any]:
        store.login.admit(request, *STOCK)
        refused = inventory(25709, "Invalid value for limit.")
        limit = number(request, "limit", 100, 1, 100, refused)
        rows = [
            {"merchantLocationKey": key, "merchantLocationStatus": "ENABLED" if enabled else "DISABLED"}
            for key, enabled in store.account.locations.items()
        ]
        return {"total": len(rows), "limit": limit, "offset": 0, "locations": rows[:limit]}

    return router
