"""Sell Fulfillment: orders, their parcels and refunds."""

import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from services.sandbox.ebay.book import Stored
from services.sandbox.ebay.errors import ApiError, fulfillment
from services.sandbox.ebay.login import PREFIX
from services.sandbox.ebay.routing import SellRoute, number, path_of
from services.sandbox.ebay.store import Store
from services.sandbox.ebay.values import given, shown

MOST, MOST_IDS = 200, 50
HISTORY = timedelta(days=730)
STATES = ({"NOT_STARTED", "IN_PROGRESS"}, {"FULFILLED", "IN_PROGRESS"})
READ = (f"{PREFIX}/sell.fulfillment", f"{PREFIX}/sell.fulfillment.readonly")
WRITE = READ[0]
WINDOW = re.compile(r"(creationdate|lastmodifieddate):\[([^\[\]]*?)\.\.([^\[\]]*)\]")
CHOICE = re.compile(r"orderfulfillmentstatus:\{([A-Z_]+\|[A-Z_]+)\}")


def orders(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellRoute, prefix="/sell/fulfillment/v1")
    book = store.book

    @router.get("/order")
    async def rows(request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        asked, path = request.query_params, request.url.path
        limit = number(request, "limit", 50, 1, MOST, fulfillment(30830, f"limit must be from 1 to {MOST}."))
        offset = number(request, "offset", 0, 0, 10**9, fulfillment(30840, "offset must be a number from 0."))
        taxes = _taxes(request)
        if ids := asked.get("orderIds"):
            found = _named(store, ids.split(","))
            return {"total": len(found), "orders": [one.body(whole=False, taxes=taxes) for one in found]}
        bounds, states = _filter(store, asked.get("filter", ""))
        if book.page and store.faults.take("row_moves", path):
            book.touch(book.page[0])
        late = store.faults.active("late_visibility", path)
        hidden = store.clock() - timedelta(seconds=late.seconds) if late else None
        matching = book.listed(bounds, states, hidden)
        stale = book.page and store.faults.take("repeat_page", path)
        page = book.page if stale else matching[offset : offset + limit]
        book.page = page
        answer: dict[str, Any] = {
            "href": _link(store, request, offset, limit),
            "total": len(matching),
            "limit": limit,
            "offset": offset,
            "orders": [one.body(whole=False, taxes=taxes) for one in page],
        }
        if offset + limit < len(matching):
            answer["next"] = _link(store, request, offset + limit, limit)
        if offset:
            answer["prev"] = _link(store, request, max(offset - limit, 0), limit)
        return answer

    @router.get("/order/{id}")
    async def one(id: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        return book.find(id).body(whole=True, taxes=_taxes(request))

    @router.get("/order/{id}/shipping_fulfillment")
    async def parcels(id: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, *READ)
        found = list(book.find(id).parcels.values())
        return {"fulfillments": found, "total": len(found)}

    @router.post("/order/{id}/shipping_fulfillment")
    async def ship(id: str, request: Request) -> Response:
        store.login.admit(request, WRITE)
        order, wanted = book.find(id), await request.json()
        name = book.ship(order, _parcel(store, order, wanted), str(wanted.get("trackingNumber") or ""))
        where = f"{store.address()}/sell/fulfillment/v1/order/{order.id}/shipping_fulfillment/{name}"
        order.placed.body["fulfillmentHrefs"].append(where)
        return Response(status_code=201, headers={"Location": where})

    @router.post("/order/{id}/issue_refund")
    async def refund(id: str, request: Request) -> dict[str, Any]:
        store.login.admit(request, f"{PREFIX}/sell.finances")
        if store.signed:
            await store.signing.check(request, path_of)
        try:
            order = book.find(id)
        except ApiError:
            raise fulfillment(34913, "Can not find the order.", 404) from None
        answer = order.issuing.issue(order.placed.body, await request.json(), store.clock())
        book.touch(order)
        return answer

    return router


def _named(store: Store, ids: list[str]) -> list[Stored]:
    if len(ids) > MOST_IDS:
        raise fulfillment(30810, f"At most {MOST_IDS} order ids are taken.")
    if strange := [id for id in ids if not re.fullmatch(r"[0-9!-]{5,40}", id)]:
        raise fulfillment(30820, f"Invalid order ids: {', '.join(strange)}")
    return [store.book.orders[id] for id in ids if id in store.book.orders]


def _taxes(request: Request) -> bool:
    groups = request.query_params.get("fieldGroups")
    if groups not in (None, "TAX_BREAKDOWN"):
        raise fulfillment(30900, f"Invalid field group: {groups}")
    return groups is not None


def _filter(store: Store, text: str) -> tuple[dict[str, tuple[datetime, datetime | None]], set[str]]:
    """Raises ApiError for anything but windows and the two choices of states."""
    bounds: dict[str, tuple[datetime, datetime | None]] = {}
    states: set[str] = set()
    for part in [one for one in re.split(r",(?=[a-z])", text) if one]:
        if window := WINDOW.fullmatch(part):
            since, until = given(window[2]), given(window[3]) if window[3] else None
            if until is not None and until < since:
                raise fulfillment(30760, "The end of the window is before its beginning.")
            if since < store.clock() - HISTORY:
                raise fulfillment(30750, "Orders of the last two years can be asked for.")
            bounds[window[1]] = since, until
        elif (choice := CHOICE.fullmatch(part)) and set(choice[1].split("|")) in STATES:
            states = set(choice[1].split("|"))
        else:
            raise fulfillment(30700, f"Invalid filter: {part}")
    if not text:
        bounds["creationdate"] = store.clock() - timedelta(days=90), None
    return bounds, states


def _parcel(store: Store, order: Stored, wanted: Any) -> dict[str, Any]:
    """Raises ApiError for a parcel that cannot be."""
    carrier, tracking = wanted.get("shippingCarrierCode"), wanted.get("trackingNumber")
    if order.placed.body["cancelStatus"]["cancelState"] == "CANCELED":
        raise fulfillment(32110, "The order is cancelled.")
    if bool(carrier) != bool(tracking):
        raise fulfillment(32300, "A carrier and a tracking number are given together, or neither.")
    if tracking and not (tracking.isascii() and tracking.isalnum()):
        raise fulfillment(32300, "A tracking number has letters and digits only.")
    if tracking and tracking in order.parcels:
        raise fulfillment(34500, "The tracking number is known already.", 409)
    lines = []
    for row in wanted.get("lineItems") or [{"lineItemId": line["lineItemId"]} for line in order.lines]:
        line, quantity = order.line(row.get("lineItemId")), row.get("quantity", 1)
        if not isinstance(quantity, int) or not 0 < quantity <= line["quantity"] - order.told(line["lineItemId"]):
            raise fulfillment(32210, f"Invalid quantity of line item {line['lineItemId']}.")
        lines.append({"lineItemId": line["lineItemId"], "quantity": quantity})
    at = given(wanted["shippedDate"]) if wanted.get("shippedDate") else store.clock()
    parcel: dict[str, Any] = {"lineItems": lines, "shippedDate": shown(at)}
    if tracking:
        parcel |= {"shipmentTrackingNumber": tracking, "shippingCarrierCode": carrier}
    return parcel


def _link(store: Store, request: Request, offset: int, limit: int) -> str:
    query = dict(request.query_params) | {"limit": str(limit), "offset": str(offset)}
    return f"{store.address()}/sell/fulfillment/v1/order?{urlencode(query)}"
