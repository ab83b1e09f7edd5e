"""What hangs on an order: notes and refunds."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.woocommerce import refunds
from services.sandbox.woocommerce.amounts import present
from services.sandbox.woocommerce.api.answers import WordPressRoute, answer, body_of, dump, page_answer
from services.sandbox.woocommerce.api.orders import find_order
from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.parameters import Paging, Parameters, php_query
from services.sandbox.woocommerce.store import Store
from services.sandbox.woocommerce.times import parse


def _paged(request: Request, items: list[dict[str, Any]]) -> Response:
    given = Parameters(php_query(request.scope["query_string"]))
    paging = Paging.read(given)
    given.check()
    shown = items[paging.start : paging.start + paging.per_page]
    return page_answer(request, [dump(item) for item in shown], len(items), paging)


def notes(store: Store) -> APIRouter:
    router = APIRouter(route_class=WordPressRoute)

    @router.get("/orders/{order_id:int}/notes")
    async def list_notes(order_id: int, request: Request) -> Response:
        find_order(store, order_id)
        kind = request.query_params.get("type", "any")
        found = [
            note
            for note in reversed(store.notes.get(order_id, []))
            if kind == "any" or note["customer_note"] is (kind == "customer")
        ]
        return answer(found)

    @router.post("/orders/{order_id:int}/notes")
    async def add_note(order_id: int, request: Request) -> Response:
        find_order(store, order_id)
        given = await body_of(request)
        if not given.get("note"):
            raise RestError("rest_missing_callback_param", "Missing parameter(s): note", 400, params=["note"])
        customer = bool(given.get("customer_note", False))
        return answer(store.note(order_id, str(given["note"]), "WooCommerce", customer), 201)

    return router


def order_refunds(store: Store) -> APIRouter:
    router = APIRouter(route_class=WordPressRoute)

    @router.get("/orders/{order_id:int}/refunds")
    async def of_order(order_id: int, request: Request) -> Response:
        find_order(store, order_id)
        return _paged(request, [present(row, 2) for row in reversed(store.refunds.get(order_id, {}).values())])

    @router.post("/orders/{order_id:int}/refunds")
    async def create(order_id: int, request: Request) -> Response:
        order = find_order(store, order_id)
        return answer(present(refunds.create(store, order, await body_of(request)), 2), 201)

    @router.get("/orders/{order_id:int}/refunds/{refund_id:int}")
    async def one(order_id: int, refund_id: int) -> Response:
        return answer(present(_find_refund(store, order_id, refund_id), 2))

    @router.delete("/orders/{order_id:int}/refunds/{refund_id:int}")
    async def delete(order_id: int, refund_id: int, request: Request) -> Response:
        _find_refund(store, order_id, refund_id)
        if not Parameters(php_query(request.scope["query_string"])).flag("force"):
            raise RestError("woocommerce_rest_trash_not_supported", "Order refunds do not support trashing.", 501)
        return answer(present(refunds.delete(store, find_order(store, order_id), refund_id), 2))

    @router.get("/refunds")
    async def all_refunds(request: Request) -> Response:
        rows = [
            present(row, 2) | {"parent_id": order_id} for order_id, of in store.refunds.items() for row in of.values()
        ]
        rows.sort(key=lambda row: row["id"], reverse=request.query_params.get("order", "desc") == "desc")
        given = Parameters(php_query(request.scope["query_string"]))
        after = given.stamp("after", given.flag("dates_are_gmt"))
        given.check()
        if after is not None:
            rows = [row for row in rows if parse(row["date_created_gmt"], True).timestamp() > after]
        return _paged(request, rows)

    return router


def _find_refund(store: Store, order_id: int, refund_id: int) -> dict[str, Any]:
    find_order(store, order_id)
    refund = store.refunds.get(order_id, {}).get(refund_id)
    if refund is None:
        raise RestError("woocommerce_rest_shop_order_refund_invalid_id", "Invalid order refund ID.", 404)
    return refund
