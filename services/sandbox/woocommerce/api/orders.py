"""`/orders`: the list with its live sorting, one order, changes, the bin."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.woocommerce.amounts import present
from services.sandbox.woocommerce.api.answers import JSON, WordPressRoute, answer, body_of, dump, page_answer
from services.sandbox.woocommerce.api.query import OrderQuery, select
from services.sandbox.woocommerce.book import Stored
from services.sandbox.woocommerce.errors import RestError, invalid_parameters
from services.sandbox.woocommerce.order import STATUS_NAMES, STATUSES, merge_meta
from services.sandbox.woocommerce.parameters import Parameters, php_query, selected
from services.sandbox.woocommerce.store import ServedPage, Store

_PLAIN_TEXTS = ("customer_note", "transaction_id", "payment_method", "payment_method_title")


def find_order(store: Store, order_id: int) -> Stored:
    order = store.book.orders.get(order_id)
    if order is None:
        raise RestError("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404)
    return order


def too_many(store: Store, given: dict[str, Any]) -> RestError | None:
    """A batch of more items than the shop takes is refused whole."""
    most = store.options.batch_items
    if sum(len(given.get(part, ())) for part in ("create", "update", "delete")) <= most:
        return None
    code = "woocommerce_rest_request_entity_too_large"
    return RestError(code, f"Unable to accept more than {most} items for this request.", 413)


def orders(store: Store) -> APIRouter:
    router = APIRouter(route_class=WordPressRoute)

    @router.get("/orders")
    async def list_orders(request: Request) -> Response:
        query = OrderQuery.read(Parameters(php_query(request.scope["query_string"])))
        path = request.url.path
        form = (query.digits, tuple(query.fields))
        if store.last_page.first is not None and store.faults.take("row_moves", path):
            store.changed(store.last_page.first)
        if store.last_page.form == form and store.faults.take("repeat_page", path):
            return page_answer(request, store.last_page.items, store.last_page.total, query.paging)
        found, total = select(store, query)
        items = [order.rendered(query.digits) for order in found]
        if query.fields:
            items = [dump(selected(json.loads(item), query.fields)) for item in items]
        store.last_page = ServedPage(form, items, total, found[0] if found else None)
        return page_answer(request, items, total, query.paging)

    @router.get("/orders/statuses")
    async def statuses() -> Response:
        return answer([{"slug": slug, "name": name} for slug, name in STATUSES])

    @router.get("/orders/{order_id:int}")
    async def one_order(order_id: int, request: Request) -> Response:
        given = Parameters(php_query(request.scope["query_string"]))
        digits, fields = given.number("dp", 2, 0, 8), given.listed("_fields")
        given.check()
        raw = find_order(store, order_id).rendered(digits)
        return Response(dump(selected(json.loads(raw), fields)) if fields else raw, media_type=JSON)

    @router.api_route("/orders/{order_id:int}", methods=["PUT", "POST", "PATCH"])
    async def change_order(order_id: int, request: Request) -> Response:
        order = find_order(store, order_id)
        write(store, order, await body_of(request))
        return Response(order.rendered(2), media_type=JSON)

    @router.api_route("/orders/batch", methods=["POST", "PUT", "PATCH"])
    async def batch(request: Request) -> Response:
        given = await body_of(request)
        if refusal := too_many(store, given):
            raise refusal
        results = [_batch_update(store, entry) for entry in given.get("update", ())]
        return answer({"update": results})

    @router.delete("/orders/{order_id:int}")
    async def delete_order(order_id: int, request: Request) -> Response:
        order = find_order(store, order_id)
        before = order.rendered(2)
        if Parameters(php_query(request.scope["query_string"])).flag("force"):
            store.delete(order)
        elif order.status == "trash":
            raise RestError("woocommerce_rest_already_trashed", "The Order has already been deleted.", 410)
        else:
            store.trash(order)
        return Response(before, media_type=JSON)

    return router


def _batch_update(store: Store, entry: dict[str, Any]) -> dict[str, Any]:
    try:
        order = find_order(store, int(entry.get("id", 0)))
        write(store, order, entry)
    except RestError as error:
        return {"id": entry.get("id", 0), "error": error.body()}
    return present(order.body(), 2)


def write(store: Store, order: Stored, given: dict[str, Any]) -> None:
    """What a PUT changes. Even an empty one moves the order's stamp. Lines cannot be edited here."""
    if "line_items" in given:
        raise RestError("sandbox_unsupported", "This pretend shop edits lines only through its control API.", 400)
    status = given.get("status")
    if status is not None and status not in STATUS_NAMES:
        words = f"{', '.join(STATUS_NAMES[:-1])}, and {STATUS_NAMES[-1]}"
        raise invalid_parameters({"status": ("rest_not_in_enum", f"status is not one of {words}.")})
    body = order.body()
    for name in _PLAIN_TEXTS:
        if name in given:
            body[name] = given[name]
    for name in ("billing", "shipping"):
        body[name].update({key: value for key, value in given.get(name, {}).items() if key in body[name]})
    merge_meta(body["meta_data"], given.get("meta_data", []), store.next_meta)
    if given.get("set_paid") and not body["date_paid"]:
        status = "processing" if body["needs_processing"] else "completed"
    if status is not None:
        store.set_status(order, status)
    store.changed(order)
