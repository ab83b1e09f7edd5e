"""`/v3/receipts`: what OTTO wrote in the seller's name."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request

from services.sandbox.otto.receipts import MOST
from services.sandbox.otto.routing import PartnerRoute
from services.sandbox.otto.store import Store
from services.sandbox.otto.times import given


def receipts(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v3/receipts")

    @router.get("")
    async def listed(request: Request) -> dict[str, Any]:
        asked = request.query_params
        limit, since = int(asked.get("limit", str(MOST))), given(asked.get("from"), "from")
        # The day counts, whatever the hour.
        since = since and datetime.combine(since.astimezone(UTC).date(), datetime.min.time(), UTC)
        types, order = asked.getlist("receiptTypes"), asked.get("salesOrderId")
        page, after = store.receipts.select(types, since, order, asked.get("next"), limit)
        link = {"rel": "next", "href": f"/v3/receipts?{urlencode({'next': after, 'limit': limit})}"}
        return {"resources": page, "links": [link] if after else []}

    @router.get("/{number}")
    async def one(number: str) -> dict[str, Any]:
        return store.receipts.one(number)

    return router
