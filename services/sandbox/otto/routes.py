"""The Partner API of one account: the token, then what needs it."""

from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from services.sandbox.otto.errors import not_found
from services.sandbox.otto.routes_delivery import delivery, profiles
from services.sandbox.otto.routes_goods import goods
from services.sandbox.otto.routes_orders import orders
from services.sandbox.otto.routes_receipts import receipts
from services.sandbox.otto.routes_returns import returns
from services.sandbox.otto.routes_shipments import shipments
from services.sandbox.otto.routing import PartnerRoute
from services.sandbox.otto.store import Store


def routes(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute)

    @router.post("/v1/token")
    async def token(request: Request) -> dict[str, object]:
        return store.access.token(await _form(request), developer=False)

    @router.post("/oauth2/token")
    async def developer_token(request: Request) -> dict[str, object]:
        return store.access.token(await _form(request), developer=True)

    @router.post("/v1/apps/{app}/installations/{installation}/accessToken")
    async def installation_token(app: str, installation: str, request: Request) -> dict[str, object]:
        bearer = request.headers.get("authorization", "")
        return store.access.installation_token(bearer, app, installation, (await _form(request)).get("scope", ""))

    def admitted(interface: str) -> Any:
        async def admit(request: Request) -> None:
            store.access.admit(request.headers.get("authorization", ""), interface, request.method)

        return Depends(admit)

    interfaces = ((orders, "orders"), (shipments, "shipments"), (receipts, "receipts"), (returns, "returns"))
    for part, interface in (*interfaces, (profiles, "shipping-profiles"), (delivery, "availability")):
        router.include_router(part(store), dependencies=[admitted(interface)])
    products, availability = goods(store)
    router.include_router(products, dependencies=[admitted("products")])
    router.include_router(availability, dependencies=[admitted("availability")])

    @router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE"])
    async def nothing_here(path: str) -> Response:
        raise not_found(f"/{path}")

    return router


async def _form(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}
