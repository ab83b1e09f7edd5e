"""`/v3/returns`: what customers send back."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request

from services.sandbox.otto.routing import PartnerRoute
from services.sandbox.otto.store import Store


def returns(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v3/returns")

    @router.get("")
    async def listed(request: Request) -> dict[str, Any]:
        asked = request.query_params
        limit, page = int(asked.get("limit", "10")), int(asked.get("page", "1"))
        rows, more = store.returns.select(asked.get("status"), page, limit)
        kept = {"status": asked["status"]} if "status" in asked else {}
        link = {"rel": "next", "href": f"/v3/returns?{urlencode({'page': page + 1, 'limit': limit} | kept)}"}
        return {"positionItems": rows, "links": [link] if more else []}

    return router
