"""All interfaces of one account; the platform's several hosts are one here."""

from fastapi import APIRouter

from services.sandbox.ebay.login import login
from services.sandbox.ebay.routes_account import accounts
from services.sandbox.ebay.routes_cancellations import cancellations
from services.sandbox.ebay.routes_goods import goods
from services.sandbox.ebay.routes_listing import listings
from services.sandbox.ebay.routes_notifications import notifications
from services.sandbox.ebay.routes_orders import orders
from services.sandbox.ebay.routes_taxonomy import taxonomies
from services.sandbox.ebay.store import Store


def routes(store: Store) -> APIRouter:
    router = APIRouter()
    router.include_router(login(store.login))
    for part in (orders, goods, listings, cancellations, notifications, taxonomies, accounts):
        router.include_router(part(store))
    return router
