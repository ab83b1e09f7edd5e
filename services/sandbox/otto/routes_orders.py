"""`/v4/orders`: the list, one order, and cancellations by the seller."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.otto.book import LARGEST_PAGE, STATUSES, OrderBook, Query, Stored
from services.sandbox.otto.errors import ApiError, not_found
from services.sandbox.otto.routing import PartnerRoute
from services.sandbox.otto.store import Store
from services.sandbox.otto.times import given

CANCELLABLE, CANCELLED = "PROCESSABLE", "CANCELLED_BY_PARTNER"
MODES = ("BUCKET", "AT_LEAST_ONE")


def orders(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v4/orders")
    book = store.book

    @router.get("")
    async def listed(request: Request) -> dict[str, Any]:
        asked, path = request.query_params, request.url.path
        limit = _limit(asked.get("limit"))
        # Behind a cursor only the limit is looked at.
        query = Query.behind(asked["nextcursor"]) if "nextcursor" in asked else _query(request)
        if book.page and book.page[0] and store.faults.take("row_moves", path):
            book.touch(book.page[0][0])
        if query.after and book.page and store.faults.take("repeat_page", path):
            return _answer(*book.page, limit)
        late = store.faults.active("late_visibility", path)
        page, cursor = book.select(query, limit, store.clock() - timedelta(seconds=late.seconds) if late else None)
        book.page = page, cursor
        return _answer(page, cursor, limit)

    @router.get("/{id}")
    async def one(id: str) -> dict[str, Any]:
        return book.find(id).placed.body

    @router.post("/{ids}/cancellation")
    async def cancel(ids: str) -> Response:
        """Whole orders: what cannot be cancelled is left as it is, as long as anything can."""
        for order in [_order(book, id) for id in ids.split(",")]:
            items = [item for item in order.items if item["fulfillmentStatus"] == CANCELLABLE]
            if not items:
                raise ApiError(409, "CONFLICT", "The order has no position item that can be cancelled")
            _cancel(store, order, items)
        return JSONResponse(None, 202)

    @router.post("/{id}/positionItems/{ids}/cancellation")
    async def cancel_items(id: str, ids: str) -> Response:
        """All of the named items or none of them."""
        order = _order(book, id)
        wanted = set(ids.split(","))
        items = [item for item in order.items if item["positionItemId"] in wanted]
        if len(items) != len(wanted):
            raise not_found("A position item")
        still_open = [item for item in items if item["fulfillmentStatus"] != CANCELLED]
        for item in still_open:
            if item["fulfillmentStatus"] != CANCELLABLE:
                state = item["fulfillmentStatus"]
                raise ApiError(409, "CONFLICT", f"The position item {item['positionItemId']} is {state}")
        _cancel(store, order, still_open)
        return JSONResponse(None, 202)

    return router


def _answer(page: list[Stored], cursor: str, limit: int) -> dict[str, Any]:
    link = {"rel": "next", "href": f"/v4/orders?{urlencode({'nextcursor': cursor, 'limit': limit})}"}
    return {"resources": [one.placed.body for one in page], "links": [link] if cursor else []}


def _query(request: Request) -> Query:
    asked = request.query_params
    statuses = tuple(asked.getlist("fulfillmentStatus"))
    if unknown := set(statuses) - set(STATUSES):
        raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"fulfillmentStatus: {', '.join(unknown)}")
    mode = asked.get("mode", "BUCKET")
    if mode not in MODES:
        raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"mode: {mode}")
    if asked.get("orderDirection", "ASC") != "ASC" or asked.get("orderColumnType", "") not in (
        "",
        "ORDER_LIFECYCLE_DATE",
    ):
        raise ApiError(400, "INVALID_REQUEST_PARAMETER", "This pretend account lists by lifecycle, oldest first")
    return Query(
        given(asked.get("fromDate"), "fromDate"),
        given(asked.get("fromOrderDate"), "fromOrderDate"),
        given(asked.get("toOrderDate"), "toOrderDate"),
        statuses,
        mode == "AT_LEAST_ONE",
    )


def _limit(text: str | None) -> int:
    if text is None:
        return LARGEST_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"limit must be from 1 to {LARGEST_PAGE}")
    return int(text)


def _order(book: OrderBook, id: str) -> Stored:
    if id not in book.orders:
        raise not_found(f"The order {id}")
    return book.orders[id]


def _cancel(store: Store, order: Stored, items: list[dict[str, Any]]) -> None:
    if items:
        store.book.cancel(order, items, CANCELLED, "CANCELLED_ON_PARTNER_WISH")
        for item in items:
            store.goods.sell(item["product"]["sku"], -1)
