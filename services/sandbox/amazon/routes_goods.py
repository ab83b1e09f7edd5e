"""`/listings/2021-08-01/items`: search, one listing, and changes to it."""

import base64
from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.amazon.access import made_up
from services.sandbox.amazon.errors import ApiError, invalid, not_found
from services.sandbox.amazon.goods import Listing
from services.sandbox.amazon.markets import Market
from services.sandbox.amazon.routing import PartnerRoute, admitted
from services.sandbox.amazon.store import Store
from services.sandbox.amazon.times import given

LARGEST_PAGE, MOST_RESULTS, MOST_IDENTIFIERS = 20, 1000, 20
STAMPS = {"createdDate": "created", "lastUpdatedDate": "changed"}


def goods(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/listings/2021-08-01/items/{seller}")

    @router.get("", dependencies=[admitted(store, "searchListingsItems")])
    async def search(seller: str, request: Request) -> dict[str, Any]:
        store.feeds.work()
        asked = dict(request.query_params)
        markets = _markets(store, seller, asked)
        rows = _selected(store, asked)[:MOST_RESULTS]
        size = int(asked.get("pageSize", "10"))
        if not 1 <= size <= LARGEST_PAGE:
            raise invalid(f"pageSize must be from 1 to {LARGEST_PAGE}.")
        start = _start(asked.get("pageToken"))
        data = _data(asked)
        found: dict[str, Any] = {
            "numberOfResults": len(rows),
            "items": [row.body(markets, data) for row in rows[start : start + size]],
        }
        if start + size < len(rows):
            found["pagination"] = {"nextToken": base64.urlsafe_b64encode(str(start + size).encode()).decode()}
        return found

    @router.get("/{sku:path}", dependencies=[admitted(store, "getListingsItem")])
    async def one(seller: str, sku: str, request: Request) -> dict[str, Any]:
        store.feeds.work()
        asked = dict(request.query_params)
        markets = _markets(store, seller, asked)
        if sku not in store.goods.rows:
            raise not_found(f"The SKU {sku}")
        return store.goods.rows[sku].body(markets, _data(asked))

    @router.patch("/{sku:path}", dependencies=[admitted(store, "patchListingsItem")])
    async def patch(seller: str, sku: str, request: Request) -> dict[str, Any]:
        """Whatever is wrong with the change is told with status 200 and the word INVALID."""
        store.feeds.work()
        markets = _markets(store, seller, dict(request.query_params))
        issues = store.goods.patch(sku, await request.json(), markets)
        status = "INVALID" if issues else "ACCEPTED"
        return {"sku": sku, "status": status, "submissionId": made_up(f"{sku}/{store.clock()}"), "issues": issues}

    return router


def _markets(store: Store, seller: str, asked: dict[str, str]) -> tuple[Market, ...]:
    if seller != store.access.seller_id:
        raise ApiError(403, "Unauthorized", "Access to requested resource is denied.", "Merchant is not authorized.")
    ids = [id for id in asked.get("marketplaceIds", "").split(",") if id]
    found = tuple(market for market in store.markets if market.id in ids)
    if not ids or len(found) != len(ids):
        raise invalid("marketplaceIds is missing or holds a marketplace in which the seller does not sell.")
    return found


def _selected(store: Store, asked: dict[str, str]) -> list[Listing]:
    known = store.goods.rows
    if "identifiers" in asked:
        skus = asked["identifiers"].split(",")
        if asked.get("identifiersType") != "SKU" or len(skus) > MOST_IDENTIFIERS:
            raise invalid(f"identifiers needs identifiersType, and holds at most {MOST_IDENTIFIERS}.")
        rows = [known[sku] for sku in dict.fromkeys(skus) if sku in known]
    else:
        rows = list(known.values())
    for name, attribute in (("created", "created"), ("lastUpdated", "changed")):
        if f"{name}After" in asked:
            after = given(asked[f"{name}After"], f"{name}After")
            rows = [row for row in rows if getattr(row, attribute) >= after]
    by = asked.get("sortBy", "lastUpdatedDate")
    if by not in STAMPS and by != "sku":
        raise invalid("sortBy must be sku, createdDate or lastUpdatedDate.")
    rows.sort(key=lambda row: (getattr(row, STAMPS[by]).isoformat() if by in STAMPS else "", row.sku))
    return rows if asked.get("sortOrder", "DESC") == "ASC" else rows[::-1]


def _data(asked: dict[str, str]) -> frozenset[str]:
    return frozenset(asked.get("includedData", "summaries").split(","))


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token))
    except ValueError as error:
        raise invalid("The pageToken is not valid.") from error
