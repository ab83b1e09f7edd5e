"""The seller API of one shop: `/api/…`, behind its key, one call at a time."""

import json
from collections.abc import Callable, Coroutine
from datetime import timedelta
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute

from services.sandbox.mirakl import accepting, cancelling, documents, operator, returning, shipping
from services.sandbox.mirakl.book import MOST, Query, number
from services.sandbox.mirakl.errors import Refusal, not_found
from services.sandbox.mirakl.imports import Import, Imports
from services.sandbox.mirakl.products_api import products
from services.sandbox.mirakl.store import DELIMITERS, Page, Store

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class MiraklRoute(APIRoute):
    """Turns a Refusal raised anywhere below into its answer."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Refusal as refusal:
                return refusal.answer()

        return handle


def answer(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, default=_number, separators=(",", ":"))
    return Response(text.encode(), status, media_type="application/json")


def _number(value: Any) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{value!r} is not part of an answer")


def routes(store: Store) -> APIRouter:
    """The router to be mounted at the operator's address."""

    async def admit(request: Request) -> Any:
        if store.in_flight:
            raise Refusal(429, "Too many requests")
        refused = store.faults.take("revoke_token", request.url.path) is not None
        if refused or request.headers.get("authorization") != store.api_key:
            raise Refusal(401, "Unauthorized")
        if (shop := request.query_params.get("shop_id")) not in (None, str(store.shop_id)):
            raise not_found("Shop", str(shop))
        store.catch_up()
        store.in_flight += 1
        try:
            yield
        finally:
            store.in_flight -= 1

    router = APIRouter(route_class=MiraklRoute)
    for part in (_platform, _orders, _documents, _writing, _offers, _shipments):
        router.include_router(part(store), prefix="/api", dependencies=[Depends(admit)])
    router.include_router(products(store, answer, MiraklRoute), prefix="/api", dependencies=[Depends(admit)])
    return router


def _platform(store: Store) -> APIRouter:
    router = APIRouter(route_class=MiraklRoute)

    @router.get("/version")
    async def v01() -> Response:
        return answer({"version": "3.1200"})

    @router.get("/platform/configuration")
    async def pc01() -> Response:
        return answer(operator.configuration(store.options))

    @router.get("/account")
    async def a01() -> Response:
        return answer(operator.account(store))

    @router.get("/shipping/carriers")
    async def sh21() -> Response:
        return answer(operator.carriers())

    @router.get("/reasons")
    async def re01() -> Response:
        return answer(operator.reasons(store.options))

    return router


def _orders(store: Store) -> APIRouter:
    router = APIRouter(route_class=MiraklRoute)

    @router.get("/orders")
    async def or11(request: Request) -> Response:
        query = Query.read(request.query_params)
        path = request.url.path
        if query.ids:
            rows, total = store.book.select(query, timedelta(0))
            return _page(Page(rows, total))
        store.listing_not_too_often(query)
        last = store.last_page
        if last is not None and last.rows and store.faults.take("row_moves", path):
            store.book.changed(last.rows[0])
        if last is not None and store.faults.take("repeat_page", path):
            return _page(last)
        late = store.faults.active("late_visibility", path)
        rows, total = store.book.select(query, timedelta(seconds=late.seconds if late else 0))
        store.last_page = Page(rows, total)
        return _page(store.last_page)

    return router


def _documents(store: Store) -> APIRouter:
    router = APIRouter(route_class=MiraklRoute)

    @router.get("/documents")
    async def do01(request: Request) -> Response:
        return answer(documents.types(store))

    @router.get("/orders/documents")
    async def or72(request: Request) -> Response:
        ids = [one for one in request.query_params.get("order_ids", "").split(",") if one]
        if not ids or len(ids) > MOST:
            raise Refusal(400, "order_ids is mandatory, and at most 100")
        return answer(documents.listed(store, ids))

    @router.post("/orders/{order_id}/documents")
    async def or74(order_id: str, request: Request) -> Response:
        async with request.form() as form:
            files = [
                (one.filename or "", await one.read()) for one in form.getlist("files") if not isinstance(one, str)
            ]
            described = form.get("order_documents")
            given = described if isinstance(described, str) or described is None else await described.read()
        return answer(documents.add(store, store.order(order_id), files, given))

    return router


def _page(page: Page) -> Response:
    return answer({"orders": [order.shown() for order in page.rows], "total_count": page.total})


def _writing(store: Store) -> APIRouter:
    router = APIRouter(route_class=MiraklRoute)

    @router.put("/orders/cancel")
    async def or30(request: Request) -> Response:
        done = cancelling.cancel_lines(store, await _body(request))
        return answer({"cancelations": done, "order_tax_mode": store.options.tax_mode})

    @router.put("/orders/{order_id}/cancel")
    async def or29(order_id: str, request: Request) -> Response:
        _empty(request)
        cancelling.cancel_order(store, store.order(order_id))
        return Response(status_code=204)

    @router.put("/orders/{order_id}/accept")
    async def or21(order_id: str, request: Request) -> Response:
        accepting.decide(store, store.order(order_id), await _body(request))
        return Response(status_code=204)

    @router.put("/orders/{order_id}/tracking")
    async def or23(order_id: str, request: Request) -> Response:
        shipping.track(store, store.order(order_id), await _body(request))
        return Response(status_code=204)

    @router.put("/orders/{order_id}/ship")
    async def or24(order_id: str, request: Request) -> Response:
        _empty(request)
        shipping.ship(store, store.order(order_id))
        return Response(status_code=204)

    return router


def _offers(store: Store) -> APIRouter:
    router = APIRouter(route_class=MiraklRoute)

    @router.get("/offers")
    async def of21(request: Request) -> Response:
        given = request.query_params
        most = min(number("max", given.get("max", "10")), MOST)
        rows, total = store.offers.page(number("offset", given.get("offset", "0")), most, given.get("sku"))
        return answer({"offers": [offer.shown() for offer in rows], "total_count": total})

    @router.post("/offers/{kind}/imports")
    async def sto01_pri01(kind: str, request: Request) -> Response:
        imports, operations = _kind(kind)
        store.not_too_often(operations[0])
        async with request.form() as form:
            file = form.get("file")
            if file is None or isinstance(file, str):
                raise Refusal(400, "file is mandatory")
            made = imports.take((await file.read()).decode(), store.clock())
        return answer({"import_id": made.id}, 201)

    @router.get("/offers/stock/imports/{import_id}/status")
    async def sto02(import_id: str) -> Response:
        store.not_too_often("STO02", import_id)
        return answer(_import("stock", import_id).status(store.shop_id, store.clock()))

    @router.get("/offers/pricing/imports")
    async def pri02(request: Request) -> Response:
        store.not_too_often("PRI02")
        wanted = request.query_params.getlist("import_id")
        rows = [
            one.status(store.shop_id, store.clock())
            | {"origin": "API", "reason_status": "", "offers_in_error": 0, "offers_updated": 0}
            for one in store.imports["pricing"].by_id.values()
            if not wanted or one.id in wanted
        ]
        return answer({"data": rows})

    @router.get("/offers/{kind}/imports/{import_id}/error_report")
    async def sto03_pri03(kind: str, import_id: str) -> Response:
        store.not_too_often(_kind(kind)[1][2], import_id)
        return Response(_import(kind, import_id).report(DELIMITERS[store.options.delimiter]), media_type="text/csv")

    def _kind(kind: str) -> tuple[Imports, tuple[str, str, str]]:
        if kind not in store.imports:
            raise not_found("Import", kind)
        name = {"stock": "STO", "pricing": "PRI"}[kind]
        return store.imports[kind], (f"{name}01", f"{name}02", f"{name}03")

    def _import(kind: str, id: str) -> Import:
        found = _kind(kind)[0].by_id.get(id)
        if found is None:
            raise not_found("Import", id)
        return found

    return router


def _shipments(store: Store) -> APIRouter:
    router = APIRouter(route_class=MiraklRoute)

    @router.get("/returns")
    async def rt11(request: Request) -> Response:
        return answer(returning.listed(store, request.query_params))

    @router.put("/returns/receive")
    async def rt25(request: Request) -> Response:
        return answer(returning.receive(store, await _body(request)))

    @router.put("/returns/compliance")
    async def rt26(request: Request) -> Response:
        return answer(returning.judge(store, await _body(request)))

    @router.post("/shipments")
    async def st01(request: Request) -> Response:
        return answer(shipping.create(store, await _body(request)), 201)

    @router.get("/shipments")
    async def st11(request: Request) -> Response:
        wanted = request.query_params.getlist("order_id")
        found = [one for one in store.shipments if not wanted or one["order_id"] in wanted]
        start = int(request.query_params.get("page_token", "0"))
        most = min(number("limit", request.query_params.get("limit", "10")), MOST)
        more = {"next_page_token": str(start + most)} if start + most < len(found) else {}
        return answer({"data": found[start : start + most]} | more)

    return router


async def _body(request: Request) -> dict[str, Any]:
    try:
        given = json.loads(await request.body())
    except ValueError as error:
        raise Refusal(400, "The body is no JSON") from error
    if not isinstance(given, dict):
        raise Refusal(400, "The body is no JSON object")
    return given


def _empty(request: Request) -> None:
    """A write without a body must say so."""
    if request.headers.get("content-length") != "0":
        raise Refusal(411, "Length Required")
