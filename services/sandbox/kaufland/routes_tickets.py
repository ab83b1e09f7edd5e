"""`/tickets`, of which Kontor only reads: the list, and one ticket with what was written in it."""

from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.kaufland.errors import invalid
from services.sandbox.kaufland.routes_orders import KINDS
from services.sandbox.kaufland.routing import SellerRoute, embedded, listed, paging
from services.sandbox.kaufland.store import STOREFRONTS, Store
from services.sandbox.kaufland.tickets import REASONS, STATUSES
from services.sandbox.kaufland.times import given

EMBEDDABLE = ("buyer", "product", "messages", "order_units", "files")
SORTS = {"ts_created_iso:desc": "opened_at", "ts_updated_iso:desc": "changed_at"}


def tickets(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute, prefix="/tickets")

    @router.get("")
    async def rows(request: Request) -> dict[str, Any]:
        limit, offset = paging(request, most=30)
        asked = request.query_params
        sort = SORTS.get(asked.get("sort", "ts_created_iso:desc"))
        if sort is None:
            raise invalid("sort", "is not known")
        statuses, reasons = _words(request, "status", STATUSES), _words(request, "open_reason", REASONS)
        storefronts = _words(request, "storefront", STOREFRONTS)
        kinds = _words(request, "fulfillment_type", KINDS) or {KINDS[0]}
        changed = given(asked.get("ts_updated_from_iso"), "ts_updated_from_iso")
        opened = given(asked.get("ts_created_from_iso"), "ts_created_from_iso")
        found = [
            one
            for one in store.tickets.held.values()
            if (not statuses or one.status in statuses)
            and (not reasons or one.reason in reasons)
            and (not storefronts or one.storefront in storefronts)
            and one.kind in kinds
            and (changed is None or one.changed_at > changed)
            and (opened is None or one.opened_at > opened)
        ]
        found.sort(key=lambda one: (getattr(one, sort), one.id), reverse=True)
        shown = [one.body() for one in found[offset : offset + limit]]
        return listed(shown, limit, offset, 0 if store.careless else len(found))

    @router.get("/{id}")
    async def one(id: str, request: Request) -> dict[str, Any]:
        asked, ticket = embedded(request, EMBEDDABLE), store.tickets.find(id)
        # What was not asked for stands there empty.
        body = ticket.body() | {"storefront": ticket.storefront, "buyer": None, "product": None, "files": []}
        body["messages"] = ticket.messages if "messages" in asked else []
        body["order_units"] = [store.book.unit(unit)[1] for unit in ticket.units] if "order_units" in asked else []
        if "buyer" in asked:
            body["buyer"] = {"id_buyer": body["id_buyer"], "email": None}
        return {"data": body}

    return router


def _words(request: Request, name: str, known: tuple[str, ...]) -> set[str]:
    """The values of a parameter that is repeated. Raises ApiError for an unknown one."""
    found = set(request.query_params.getlist(name))
    if strange := found - set(known):
        raise invalid(name, f"{', '.join(sorted(strange))} is not known")
    return found
