"""Notification: configuration, destinations, subscriptions and the public keys calls are signed with."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.ebay.errors import notification
from services.sandbox.ebay.hooks import TOPICS
from services.sandbox.ebay.login import PREFIX
from services.sandbox.ebay.routing import SellRoute
from services.sandbox.ebay.store import Store

USER = f"{PREFIX}/commerce.notification.subscription"


def notifications(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellRoute, prefix="/commerce/notification/v1")
    hooks = store.hooks

    def scope(request: Request) -> str:
        """Whose token it is: the app's or the seller's."""
        store.login.admit(request, PREFIX, USER)
        held = store.login.tokens[request.headers["authorization"].removeprefix("Bearer ")][0]
        return "APPLICATION" if PREFIX in held else "USER"

    @router.get("/public_key/{kid}")
    async def key(kid: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, PREFIX)
        return hooks.public_key(kid)

    @router.put("/config")
    async def configure(request: Request) -> Response:
        store.login.admit(request, PREFIX)
        email = str((await request.json()).get("alertEmail") or "")
        if "@" not in email:
            raise notification(195000, "The alert email is not valid.")
        hooks.alert_email = email
        return Response(status_code=204)

    @router.get("/destination")
    async def destinations(request: Request) -> dict[str, Any]:
        store.login.admit(request, PREFIX)
        rows = [one.body() for one in hooks.destinations.values()]
        return {"total": len(rows), "limit": 20, "destinations": rows}

    @router.post("/destination")
    async def destine(request: Request) -> Response:
        store.login.admit(request, PREFIX)
        made = await hooks.destine(await request.json())
        where = f"{store.address()}/commerce/notification/v1/destination/{made.id}"
        return JSONResponse({}, 201, {"Location": where})

    @router.put("/destination/{id}")
    async def change(id: str, request: Request) -> Response:
        store.login.admit(request, PREFIX)
        if id not in hooks.destinations:
            raise notification(195017, f"There is no destination {id}.", 404)
        await hooks.destine(await request.json(), hooks.destinations[id])
        return Response(status_code=204)

    @router.get("/subscription")
    async def subscriptions(request: Request) -> dict[str, Any]:
        whose = scope(request)
        rows = [one.body() for one in hooks.rows.values() if TOPICS[one.topic] == whose]
        return {"total": len(rows), "limit": 100, "subscriptions": rows}

    @router.post("/subscription")
    async def subscribe(request: Request) -> Response:
        made = hooks.subscribe(await request.json(), scope(request))
        where = f"{store.address()}/commerce/notification/v1/subscription/{made.id}"
        return JSONResponse({}, 201, {"Location": where})

    @router.post("/subscription/{id}/enable")
    async def enable(id: str, request: Request) -> Response:
        row = hooks.rows.get(id)
        if row is None or TOPICS[row.topic] != scope(request):
            raise notification(195025, f"There is no subscription {id}.", 404)
        row.status = "ENABLED"
        return Response(status_code=204)

    return router
