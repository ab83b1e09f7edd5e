"""`/v1/shipments`: parcels reported, looked up and added to."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.otto.errors import ApiError, not_found
from services.sandbox.otto.routing import PartnerRoute
from services.sandbox.otto.store import Store
from services.sandbox.otto.times import given


def shipments(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v1/shipments")
    kept = store.shipments

    @router.post("")
    async def create(request: Request) -> Response:
        return JSONResponse({"shipmentId": kept.create(await request.json())["shipmentId"]}, 201)

    @router.get("")
    async def listed(request: Request) -> dict[str, Any]:
        asked = request.query_params
        since, limit = given(asked.get("datefrom"), "datefrom"), int(asked.get("limit", "25"))
        if since is None:
            raise ApiError(400, "INVALID_REQUEST_PARAMETER", "datefrom is mandatory")
        rows = [row for row in kept.rows.values() if given(row["creationDate"], "") >= since]  # type: ignore[operator]
        names = ("shipmentId", "creationDate", "trackingKey", "states")
        return {"resources": [{name: row[name] for name in names} for row in rows[:limit]], "links": []}

    @router.get("/carriers/{carrier}/trackingnumbers/{number}")
    async def one(carrier: str, number: str) -> dict[str, Any]:
        return _found(carrier, number)

    @router.post("/carriers/{carrier}/trackingnumbers/{number}/positionitems")
    async def add(carrier: str, number: str, request: Request) -> Response:
        kept.add(_found(carrier, number), await request.json())
        return JSONResponse(None, 201)

    def _found(carrier: str, number: str) -> dict[str, Any]:
        row = kept.by_number(carrier, number)
        if row is None:
            raise not_found("The shipment")
        return row

    return router
