"""`/fba/inventory/v1/summaries`: what lies with Amazon, of one marketplace at a time.

The goods in Europe are one pool: every marketplace is told the same.
"""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.amazon.errors import invalid
from services.sandbox.amazon.goods import Listing
from services.sandbox.amazon.routing import PartnerRoute, admitted
from services.sandbox.amazon.store import Store
from services.sandbox.amazon.times import given, shown

PAGE, MOST_SKUS = 50, 50
TOKEN_LIVES = timedelta(seconds=30)
FARTHEST = timedelta(days=549)


def inventory(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute)

    @router.get("/fba/inventory/v1/summaries", dependencies=[admitted(store, "getInventorySummaries")])
    async def summaries(request: Request) -> dict[str, Any]:
        asked = dict(request.query_params)
        market = asked.get("marketplaceIds", "")
        if asked.get("granularityType") != "Marketplace" or asked.get("granularityId") != market:
            raise invalid("granularityType must be Marketplace, and granularityId one of the marketplaceIds.")
        if market not in {one.id for one in store.markets}:
            raise invalid("marketplaceIds must be one marketplace in which the seller sells.")
        bound = {name: value for name, value in asked.items() if name != "nextToken"}
        start = _start(store, asked.get("nextToken"), bound)
        rows = _selected(store, asked)
        found: dict[str, Any] = {
            "payload": {
                "granularity": {"granularityType": "Marketplace", "granularityId": market},
                "inventorySummaries": [
                    _summary(row, details=asked.get("details") == "true") for row in rows[start : start + PAGE]
                ],
            }
        }
        if start + PAGE < len(rows):
            held = {"start": start + PAGE, "asked": bound, "ends": (store.clock() + TOKEN_LIVES).isoformat()}
            found["pagination"] = {"nextToken": base64.urlsafe_b64encode(json.dumps(held).encode()).decode()}
        return found

    return router


def _selected(store: Store, asked: dict[str, str]) -> list[Listing]:
    """A time goes before SKUs, several SKUs before one."""
    rows = store.goods.lying()
    if "startDateTime" in asked:
        since = given(asked["startDateTime"], "startDateTime")
        if since < store.clock() - FARTHEST:
            raise invalid("startDateTime is more than 18 months ago.")
        return [row for row in rows if (row.moved or row.created) >= since]
    skus = asked["sellerSkus"].split(",") if "sellerSkus" in asked else None
    skus = [asked["sellerSku"]] if skus is None and "sellerSku" in asked else skus
    if skus is not None and len(skus) > MOST_SKUS:
        raise invalid(f"sellerSkus holds at most {MOST_SKUS}.")
    return rows if skus is None else [row for row in rows if row.sku in skus]


def _start(store: Store, token: str | None, bound: dict[str, str]) -> int:
    if token is None:
        return 0
    try:
        held = json.loads(base64.urlsafe_b64decode(token))
        ends = datetime.fromisoformat(held["ends"])
    except (ValueError, KeyError, TypeError) as error:
        raise invalid("The nextToken is not valid.") from error
    if ends <= store.clock() or held["asked"] != bound:
        raise invalid("The nextToken has expired, or belongs to another question.")
    return int(held["start"])


def _summary(row: Listing, *, details: bool) -> dict[str, Any]:
    """Some pieces are on their way to a customer, some damaged: they are there and cannot be sold."""
    found: dict[str, Any] = {
        "asin": row.asin,
        "fnSku": f"X{row.asin[1:]}",
        "sellerSku": row.sku,
        "condition": "NewItem",
        "lastUpdatedTime": shown(row.moved or row.created),
        "productName": row.variant.title,
        "totalQuantity": row.quantity + 3,
    }
    if details:
        found["inventoryDetails"] = {
            "fulfillableQuantity": row.quantity,
            "inboundWorkingQuantity": 0,
            "inboundShippedQuantity": 0,
            "inboundReceivingQuantity": 0,
            "reservedQuantity": {
                "totalReservedQuantity": 2,
                "pendingCustomerOrderQuantity": 2,
                "pendingTransshipmentQuantity": 0,
                "fcProcessingQuantity": 0,
            },
            "unfulfillableQuantity": {"totalUnfulfillableQuantity": 1, "customerDamagedQuantity": 1},
        }
    return found
