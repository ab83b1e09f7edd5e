"""`/returns` and `/return-units`: what customers send back, and what the seller says about each piece."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.kaufland.book import Stored, Unit
from services.sandbox.kaufland.errors import ApiError, invalid, not_found
from services.sandbox.kaufland.routing import SellerRoute, embedded, listed, paging
from services.sandbox.kaufland.store import Store
from services.sandbox.kaufland.times import given, shown

# Which states may still be decided about is in no document: what was not yet decided.
UNDECIDED = ("need_to_be_returned", "return_arrived", "return_in_clarification", "return_in_repair")


def returns(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute)

    @router.get("/returns")
    async def rows(request: Request) -> dict[str, Any]:
        limit, offset = paging(request)
        changed = given(request.query_params.get("ts_updated_from_iso"), "ts_updated_from_iso")
        found = sorted(
            (order.return_stamps[id], id, order)
            for order in _orders(store, request)
            for id in order.returns
            if changed is None or order.return_stamps[id] > changed
        )
        shown_rows = [_return(order, id, at) for at, id, order in reversed(found)]
        return listed(shown_rows[offset : offset + limit], limit, offset, len(found))

    @router.get("/returns/{id}")
    async def one(id: int, request: Request) -> dict[str, Any]:
        asked = embedded(request, ("buyer", "return_units"))
        order, unit = _found(store, "id_return", id)
        body = _return(order, unit, order.return_stamps[unit])
        return {"data": body | ({"return_units": [order.returns[unit]]} if "return_units" in asked else {})}

    @router.get("/return-units")
    async def units(request: Request) -> dict[str, Any]:
        limit, offset = paging(request)
        found = [row for order in _orders(store, request) for row in order.returns.values()]
        return listed(found[offset : offset + limit], limit, offset, len(found))

    @router.patch("/return-units/{id}/accept")
    async def accept(id: int) -> Response:
        order, unit = _decide(id, "return_accepted")
        store.book.become(order, unit, "returned")
        return Response(status_code=204)

    @router.patch("/return-units/{id}/reject")
    async def reject(id: int, request: Request) -> Response:
        message = (await request.json()).get("message")
        if not isinstance(message, str) or not message:
            raise invalid("message", "is required")
        order, unit = _decide(id, "return_rejected")
        piece = (unit["id_order_unit"],)
        ticket = store.tickets.open(piece, f"Return {id}", storefront=order.storefront, reason="product_return")
        store.tickets.write(ticket, "seller", message)
        return Response(status_code=204)

    def _decide(id: int, status: str) -> tuple[Stored, Unit]:
        order, piece = _found(store, "id_return_unit", id)
        row = order.returns[piece]
        if row["status"] == status:
            raise ApiError(403, "duplicate-action", f"The return unit is {status} already.")
        if row["status"] not in UNDECIDED:
            raise ApiError(403, "returns/unit-wrong-status", f"The return unit is {row['status']}.")
        row["status"], order.return_stamps[piece] = status, store.clock()
        store.book.decided.append((order.id, str(piece), 1, status == "return_accepted"))
        return store.book.unit(piece)

    return router


def _return(order: Stored, unit: int, at: datetime) -> dict[str, Any]:
    row = order.returns[unit]
    names = ("id_return", "ts_created_iso", "storefront", "fulfillment_type")
    more = {"ts_updated_iso": shown(at), "tracking_provider": "DHL", "tracking_code": None, "status": "package_sent"}
    return {name: row[name] for name in names} | more


def _found(store: Store, name: str, id: int) -> tuple[Stored, int]:
    """Raises ApiError where there is none."""
    for order in store.book:
        for piece, row in order.returns.items():
            if row[name] == id:
                return order, piece
    raise not_found("The return")


def _orders(store: Store, request: Request) -> Iterator[Stored]:
    storefront = request.query_params.get("storefront")
    return (order for order in store.book if storefront is None or order.storefront == storefront)
