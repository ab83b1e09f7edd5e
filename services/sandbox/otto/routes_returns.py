"""`/v3/returns`: what customers send back, and what the seller says about it."""

from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.otto.changes import take_back
from services.sandbox.otto.errors import ApiError
from services.sandbox.otto.returning import ACCEPTED_FOR, REJECTED_FOR, Status, checked
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

    @router.post("/acceptance")
    async def accept(request: Request) -> Response:
        return answered(checked(await request.json(), ACCEPTED_FOR, needed=False), "ACCEPTED")

    @router.post("/rejection")
    async def reject(request: Request) -> Response:
        return answered(checked(await request.json(), REJECTED_FOR, needed=True), "REJECTED")

    def answered(rows: list[dict[str, Any]], status: Status) -> Response:
        """Each piece by itself: what is refused is missing from the results, and named in the text of an error only."""
        taken, errors = [], []
        for row in rows:
            order = store.book.orders.get(str(row["salesOrderId"]))
            try:
                item = store.returns.judge(row, order, status)
            except ApiError as error:
                errors.append(error.entry("/v3/returns"))
                continue
            taken.append(row)
            if order is not None and item is not None:
                take_back(store, order, [item])
        return JSONResponse({"results": taken, "errors": errors}, 207) if errors else JSONResponse(None)

    return router
