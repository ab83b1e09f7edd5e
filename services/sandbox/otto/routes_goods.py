"""`/v5/products` and `/v1/availability`: what is listed, and how many pieces of it there are."""

from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.otto import catalogue
from services.sandbox.otto.errors import ApiError, not_found
from services.sandbox.otto.goods import MOST_ROWS, Variation
from services.sandbox.otto.routing import PartnerRoute
from services.sandbox.otto.store import Store
from services.sandbox.otto.times import given, shown

Row = TypeVar("Row")


def goods(store: Store) -> tuple[APIRouter, APIRouter]:
    """The products, and their availability: two interfaces with a scope each."""
    return _products(store), _availability(store)


def _products(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v5/products")

    @router.get("")
    async def listed(request: Request) -> dict[str, Any]:
        store.products.look()
        rows, links = _page(request, _named(store, request), 100)
        return {"productVariations": [row.body() for row in rows], "links": links}

    @router.get("/marketplace-status")
    async def statuses(request: Request) -> dict[str, Any]:
        store.products.look()
        asked = request.query_params
        since, states = given(asked.get("fromDate"), "fromDate"), asked.getlist("marketPlaceStatus")
        rows = [
            row
            for row in _named(store, request)
            if (since is None or row.changed_at >= since) and (not states or row.status in states)
        ]
        rows.sort(key=lambda row: (row.changed_at, row.sku), reverse=asked.get("sort-order", "desc") == "desc")
        page, links = _page(request, rows, 1000)
        return {"marketPlaceStatus": [row.on_market() for row in page], "links": links}

    @router.get("/categories")
    async def categories(request: Request) -> dict[str, Any]:
        wanted = request.query_params.get("category")
        rows = [one for one in catalogue.groups() if wanted is None or wanted in one["categories"]]
        page, links = _page(request, rows, 2000)
        return {"categoryGroups": page, "links": links}

    @router.get("/brands")
    async def brands(request: Request) -> dict[str, Any]:
        page, links = _page(request, catalogue.brands(), 1000)
        return {"brands": page, "links": links}

    @router.post("")
    async def update(request: Request) -> Response:
        return JSONResponse(store.products.take(await request.json(), request.headers.get("x-request-timestamp")), 202)

    @router.get("/active-status")
    async def active(request: Request) -> dict[str, Any]:
        rows, links = _page(request, _named(store, request), 100)
        shown_rows = [{"sku": row.sku, "active": row.active, "lastModified": shown(row.changed_at)} for row in rows]
        return {"status": shown_rows, "links": links}

    @router.post("/active-status")
    async def switch(request: Request) -> Response:
        rows = (await request.json()).get("status")
        return JSONResponse(store.products.switch(rows, request.headers.get("x-request-timestamp")), 202)

    @router.get("/prices")
    async def prices(request: Request) -> dict[str, Any]:
        rows, links = _page(request, _named(store, request), 100)
        return {"variationPrices": [row.priced() for row in rows], "links": links}

    @router.post("/prices")
    async def price(request: Request) -> Response:
        return JSONResponse(store.prices.take(await request.json(), request.headers.get("x-request-timestamp")), 202)

    @router.get("/update-tasks/{id}")
    async def progress(id: str) -> dict[str, Any]:
        return store.tasks.progress(id)

    @router.get("/update-tasks/{id}/{which}")
    async def results(id: str, which: Literal["succeeded", "failed", "unchanged"]) -> dict[str, Any]:
        return store.tasks.results(id, which)

    return router


def _availability(store: Store) -> APIRouter:
    router = APIRouter(route_class=PartnerRoute, prefix="/v1/availability/quantities")

    @router.get("")
    async def listed(request: Request) -> dict[str, Any]:
        limit = int(request.query_params.get("limit", str(MOST_ROWS)))
        if not 1 <= limit <= MOST_ROWS:
            raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"limit must be from 1 to {MOST_ROWS}")
        after = request.query_params.get("cursor", "")
        skus = sorted(row.sku for row in store.goods.rows.values() if row.quantity is not None)
        rest = [sku for sku in skus if sku > after]
        page = rest[:limit]
        href = f"/v1/availability/quantities?{urlencode({'limit': limit, 'cursor': page[-1]})}" if page else ""
        rows = [store.goods.rows[sku].counted() | {"links": []} for sku in page]
        return {
            "resources": {"variations": rows},
            "links": [{"rel": "next", "href": href}] if len(rest) > limit else [],
        }

    @router.post("")
    async def count(request: Request) -> Response:
        store.products.look()
        taken, refused = store.goods.count(await request.json())
        return JSONResponse({"results": taken, "errors": refused}, 207) if refused else JSONResponse(None)

    @router.get("/{sku}")
    async def one(sku: str) -> dict[str, Any]:
        row = store.goods.rows.get(sku)
        if row is None or row.quantity is None:
            raise not_found(f"The SKU {sku}")
        return row.counted()

    return router


def _named(store: Store, request: Request) -> list[Variation]:
    sku, reference = request.query_params.get("sku"), request.query_params.get("productReference")
    return [
        row
        for row in store.goods.rows.values()
        if (sku is None or row.sku == sku) and (reference is None or row.reference == reference)
    ]


def _page(request: Request, rows: list[Row], largest: int) -> tuple[list[Row], list[dict[str, str]]]:
    page, limit = int(request.query_params.get("page", "0")), int(request.query_params.get("limit", str(largest)))
    if not 1 <= limit <= largest:
        raise ApiError(400, "INVALID_REQUEST_PARAMETER", f"limit must be from 1 to {largest}")
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    links = [{"rel": "self", "href": f"{path}?{urlencode({'page': page, 'limit': limit})}"}]
    if len(rows) > (page + 1) * limit:
        links.append({"rel": "next", "href": f"{path}?{urlencode({'page': page + 1, 'limit': limit})}"})
    return rows[page * limit : (page + 1) * limit], links
