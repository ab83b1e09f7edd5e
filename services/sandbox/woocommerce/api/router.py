"""All routes of one shop, the door in front of them, and what is said to everything else."""

from fastapi import APIRouter, Depends, Request, Response

from services.sandbox.woocommerce.api.answers import WordPressRoute
from services.sandbox.woocommerce.api.order_records import notes, order_refunds
from services.sandbox.woocommerce.api.orders import orders
from services.sandbox.woocommerce.api.products import products
from services.sandbox.woocommerce.api.shipments import fulfilments, trackings
from services.sandbox.woocommerce.api.subscriptions import webhooks
from services.sandbox.woocommerce.api.system import front, system, theme
from services.sandbox.woocommerce.api.terms import terms
from services.sandbox.woocommerce.errors import no_route
from services.sandbox.woocommerce.store import Store

_ALL = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]


def routes(store: Store) -> APIRouter:
    """The router to be mounted at the shop's address."""

    async def admit(request: Request) -> None:
        store.authentication.admit(request)

    router = APIRouter(route_class=WordPressRoute)
    router.include_router(front(store))
    if not store.options.permalinks:
        router.add_api_route("/wp-json/{path:path}", theme, methods=_ALL, include_in_schema=False)
    for part in (orders, notes, order_refunds, fulfilments, products, terms, webhooks, system):
        router.include_router(part(store), prefix="/wp-json/wc/v3", dependencies=[Depends(admit)])
    if store.options.shipment_tracking:
        router.include_router(
            trackings(store), prefix="/wp-json/wc-shipment-tracking/v3", dependencies=[Depends(admit)]
        )

    @router.api_route("/{path:path}", methods=_ALL, include_in_schema=False)
    async def nothing_here(path: str) -> Response:
        raise no_route()

    return router
