"""`/orders`: the list and one order in 2026-01-01, confirmed shipments still in v0."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.amazon.book import DATA, Query
from services.sandbox.amazon.errors import ApiError, invalid
from services.sandbox.amazon.parcels import confirm
from services.sandbox.amazon.routing import PartnerRoute, admitted
from services.sandbox.amazon.store import Store
from services.sandbox.amazon.times import given, shown

VISIBLE_AFTER = timedelta(minutes=2)
STATUSES = frozenset(
    {"PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE"}
)
LARGEST_PAGE, MOST_MARKETS = 100, 50
MAY_DIFFER = ("paginationToken", "maxResultsPerPage", "includedData")
FAR_AWAY = timedelta(days=731)


def orders(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute)
    book = store.book

    @router.get("/orders/2026-01-01/orders", dependencies=[admitted(store, "searchOrders")])
    async def search(request: Request) -> dict[str, Any]:
        store.feeds.work()
        asked, path = dict(request.query_params), request.url.path
        bound = {name: value for name, value in asked.items() if name not in MAY_DIFFER}
        query, after = _query(store, asked), None
        if token := asked.get("paginationToken"):
            until, after = book.behind(token, bound)
            query = Query(**vars(query) | {"until": until})
        if book.page and book.page[0] and store.faults.take("row_moves", path):
            book.touch(book.page[0][0])
        if after and book.page and store.faults.take("repeat_page", path):
            page, token = book.page
        else:
            late = store.faults.active("late_visibility", path)
            delay = VISIBLE_AFTER + timedelta(seconds=late.seconds) if late else timedelta(0)
            hidden_since = store.clock() - delay
            page, more = book.select(query, _limit(asked), after, hidden_since)
            token = book.token(bound, query, page[-1]) if more else ""
            book.page = page, token
        included = _included(asked)
        found: dict[str, Any] = {"orders": [one.shown(included) for one in page]}
        found[f"{query.by}Before"] = shown(query.until)
        return found | ({"pagination": {"nextToken": token}} if token else {})

    @router.get("/orders/2026-01-01/orders/{id}", dependencies=[admitted(store, "getOrder")])
    async def one(id: str, request: Request) -> dict[str, Any]:
        store.feeds.work()
        included = _included(dict(request.query_params))
        if [len(part) for part in id.split("-")] != [3, 7, 7]:
            raise invalid("The orderId is not valid.")
        return {"order": book.find(id).shown(included)}

    @router.post("/orders/v0/orders/{id}/shipmentConfirmation", dependencies=[admitted(store, "confirmShipment")])
    async def confirmation(id: str, request: Request) -> Response:
        try:
            confirm(book, book.find(id), await request.json())
        except ApiError as error:
            raise ApiError(400, error.code, error.message) from error
        return Response(status_code=204)

    return router


def _query(store: Store, asked: dict[str, str]) -> Query:
    named = [name for name in ("createdAfter", "lastUpdatedAfter") if name in asked]
    if len(named) != 1:
        raise invalid("Exactly one of createdAfter and lastUpdatedAfter is required.")
    by = named[0].removesuffix("After")
    other = "createdBefore" if by == "lastUpdated" else "lastUpdatedBefore"
    if other in asked:
        raise invalid(f"{other} may not be combined with {named[0]}.")
    latest = (store.clock() - VISIBLE_AFTER).replace(microsecond=0)
    since = given(asked[named[0]], named[0])
    until = given(asked[f"{by}Before"], f"{by}Before") if f"{by}Before" in asked else latest
    if f"{by}Before" in asked and until > latest:
        raise invalid(f"{by}Before must be at least two minutes before the time of the request.")
    if f"{by}Before" in asked and until < since:
        raise invalid(f"{by}Before must be equal to or after {named[0]}.")
    if since < store.clock() - FAR_AWAY:
        raise invalid("Orders of more than two years ago are not available.")
    markets = _words(asked, "marketplaceIds")
    if len(markets) > MOST_MARKETS or markets - {market.id for market in store.markets}:
        raise invalid("marketplaceIds holds a marketplace in which the seller does not sell.")
    statuses, by_whom = _words(asked, "fulfillmentStatuses"), _words(asked, "fulfilledBy")
    if statuses - STATUSES or by_whom - {"MERCHANT", "AMAZON"}:
        raise invalid("fulfillmentStatuses or fulfilledBy holds a word that is not known.")
    return Query(by, since, until, markets, statuses, by_whom)


def _included(asked: dict[str, str]) -> frozenset[str]:
    words = _words(asked, "includedData")
    if words - DATA:
        raise invalid("includedData holds a word that is not known.")
    return words


def _words(asked: dict[str, str], name: str) -> frozenset[str]:
    return frozenset(asked[name].split(",")) if asked.get(name) else frozenset()


def _limit(asked: dict[str, str]) -> int:
    text = asked.get("maxResultsPerPage", str(LARGEST_PAGE))
    if not text.isdecimal() or not 1 <= int(text) <= LARGEST_PAGE:
        raise invalid(f"maxResultsPerPage must be from 1 to {LARGEST_PAGE}.")
    return int(text)
