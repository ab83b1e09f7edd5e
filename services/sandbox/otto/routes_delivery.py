"""`/v1/shipping-profiles`, and which of them holds for a product."""

from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.otto import catalogue
from services.sandbox.otto.errors import ApiError
from services.sandbox.otto.goods import MOST_ROWS
from services.sandbox.otto.routing import PartnerRoute
from services.sandbox.otto.store import Store

DEFAULT = "DEFAULT"


def profiles(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v1/shipping-profiles")

    @router.get("")
    async def listed() -> dict[str, Any]:
        return {"results": catalogue.profiles()}

    return router


def delivery(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v1/availability/product-delivery-information")

    @router.post("")
    async def tell(request: Request) -> Response:
        """Those that can be taken are, and the others named; a wrong row spoils the call."""
        rows = await request.json()
        store.products.look()
        if not isinstance(rows, list) or not rows:
            return _refused(400, "A list is expected")
        if len(rows) > MOST_ROWS:
            return _refused(413, f"At most {MOST_ROWS} rows are taken at once")
        known = {one["shippingProfileId"] for one in catalogue.profiles()}
        for place, row in enumerate(rows):
            time = str(row.get("processingTime", ""))
            if time != DEFAULT and not (time.isdecimal() and 1 <= int(time) <= 99):
                return _refused(400, f"[{place}].processingTime must be from 1 to 99, or DEFAULT")
        taken, unknown = [], []
        for row in rows:
            listed = store.goods.rows.get(row.get("sku", ""))
            if listed is None or not listed.moin:
                unknown.append(f"The SKU {row.get('sku')} is not known")
            elif row.get("shippingProfileId") not in known:
                unknown.append(f"The shipping profile of the SKU {row.get('sku')} is not known")
            else:
                listed.profile = {name: str(row[name]) for name in ("shippingProfileId", "processingTime")}
                taken.append({"sku": listed.sku} | listed.profile)
        if unknown:
            return JSONResponse({"results": taken, "errors": _body(207, *unknown)}, 207)
        return JSONResponse({"message": "accepted"}, 202)

    @router.get("/{sku}")
    async def one(sku: str) -> dict[str, Any]:
        row = store.goods.rows.get(sku)
        if row is None or not row.profile:
            raise ApiError(404, "RESOURCE_NOT_FOUND", f"The SKU {sku} does not exist.")
        return {"sku": sku} | row.profile

    return router


def _refused(status: int, detail: str) -> Response:
    return JSONResponse(_body(status, detail), status)


def _body(status: int, *details: str) -> dict[str, Any]:
    """Errors have a shape of their own here."""
    errors = [{"detail": detail, "logref": str(uuid4())} for detail in details]
    path = "/v1/availability/product-delivery-information"
    return {"type": path, "title": "VALIDATION_ERROR", "status": status, "validationErrors": errors}
