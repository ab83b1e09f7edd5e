"""`/products`, their variations, and the batches with which stock and prices are set."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.woocommerce.api.answers import WordPressRoute, answer, body_of, dump, page_answer
from services.sandbox.woocommerce.api.orders import too_many
from services.sandbox.woocommerce.catalogue import Row
from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.goods import shown
from services.sandbox.woocommerce.parameters import Paging, Parameters, php_query, selected
from services.sandbox.woocommerce.products import create, trash, update
from services.sandbox.woocommerce.store import Store

_WRITES = ["PUT", "POST", "PATCH"]


def _list(request: Request, store: Store, rows: list[Row]) -> Response:
    given = Parameters(php_query(request.scope["query_string"]))
    paging, gmt = Paging.read(given), given.flag("dates_are_gmt")
    after, before = given.stamp("modified_after", gmt), given.stamp("modified_before", gmt)
    order = given.word("order", ("asc", "desc"), "desc")
    orderby = given.word("orderby", ("date", "modified", "id", "include", "title", "slug"), "date")
    include, kind, fields = given.numbers("include"), given.text("type"), given.listed("_fields")
    given.check()
    found = [
        row
        for row in rows
        if (after is None or row.modified_at.timestamp() > after)
        and (before is None or row.modified_at.timestamp() < before)
        and (not include or row.id in include)
        and (not kind or row.type == kind)
    ]
    found.sort(
        key=lambda row: (
            (row.modified_at if orderby == "modified" else row.created_at) if orderby != "id" else row.id,
            row.id,
        ),
        reverse=order == "desc",
    )
    items = [_shown(store, row) for row in found[paging.start : paging.start + paging.per_page]]
    return page_answer(
        request, [dump(selected(item, fields) if fields else item) for item in items], len(found), paging
    )


def _shown(store: Store, row: Row) -> dict[str, Any]:
    return shown(row, store.home, store.catalogue.terms)


def find_product(store: Store, product_id: int) -> Row:
    row = store.catalogue.rows.get(product_id)
    if row is None or row.parent is not None:
        raise RestError("woocommerce_rest_product_invalid_id", "Invalid ID.", 404)
    return row


def find_variation(store: Store, product_id: int, variation_id: int) -> Row:
    row = store.catalogue.rows.get(variation_id)
    if row is None or row.parent is None or row.parent.id != product_id:
        raise RestError("woocommerce_rest_product_variation_invalid_id", "Invalid ID.", 404)
    return row


def products(store: Store) -> APIRouter:
    router = APIRouter(route_class=WordPressRoute)

    @router.get("/products")
    async def list_products(request: Request) -> Response:
        skus = request.query_params.get("sku")
        if skus:
            return _list(request, store, store.catalogue.by_skus(skus.split(",")))
        rows = [row for row in store.catalogue.rows.values() if row.parent is None and not row.trashed]
        return _list(request, store, rows)

    @router.post("/products")
    async def create_product(request: Request) -> Response:
        return answer(_shown(store, create(store, await body_of(request))), 201)

    @router.api_route("/products/batch", methods=_WRITES)
    async def batch(request: Request) -> Response:
        return await _batch(request, store, None)

    @router.get("/products/{product_id:int}")
    async def one_product(product_id: int) -> Response:
        return answer(_shown(store, find_product(store, product_id)))

    @router.api_route("/products/{product_id:int}", methods=_WRITES)
    async def change_product(product_id: int, request: Request) -> Response:
        return answer(
            shown(
                update(store, _for_writing(store, product_id), await body_of(request)),
                store.home,
                store.catalogue.terms,
            )
        )

    @router.delete("/products/{product_id:int}")
    async def delete_product(product_id: int, request: Request) -> Response:
        row = find_product(store, product_id)
        before = answer(_shown(store, row))
        if Parameters(php_query(request.scope["query_string"])).flag("force"):
            store.catalogue.remove(row)
        elif row.trashed:
            raise RestError("woocommerce_rest_already_trashed", "The product has already been deleted.", 410)
        else:
            trash(store, row)
        return before

    @router.get("/products/{product_id:int}/variations")
    async def list_variations(product_id: int, request: Request) -> Response:
        return _list(request, store, find_product(store, product_id).variations)

    @router.post("/products/{product_id:int}/variations")
    async def create_variation(product_id: int, request: Request) -> Response:
        parent = find_product(store, product_id)
        return answer(_shown(store, create(store, await body_of(request), parent)), 201)

    @router.api_route("/products/{product_id:int}/variations/batch", methods=_WRITES)
    async def batch_variations(product_id: int, request: Request) -> Response:
        return await _batch(request, store, find_product(store, product_id))

    @router.get("/products/{product_id:int}/variations/{variation_id:int}")
    async def one_variation(product_id: int, variation_id: int) -> Response:
        return answer(_shown(store, find_variation(store, product_id, variation_id)))

    @router.api_route("/products/{product_id:int}/variations/{variation_id:int}", methods=_WRITES)
    async def change_variation(product_id: int, variation_id: int, request: Request) -> Response:
        row = find_variation(store, product_id, variation_id)
        return answer(_shown(store, update(store, row, await body_of(request))))

    @router.get("/variations")
    async def all_variations(request: Request) -> Response:
        rows = [row for row in store.catalogue.rows.values() if row.parent is not None]
        skus = request.query_params.get("sku", "").split(",")
        return _list(request, store, rows if skus == [""] else [row for row in rows if row.shown_sku in skus])

    return router


def _for_writing(store: Store, product_id: int) -> Row:
    row = store.catalogue.rows.get(product_id)
    if row is not None and row.parent is not None:
        message = "To manipulate product variations you should use the /products/<product_id>/variations/<id> endpoint."
        raise RestError("woocommerce_rest_invalid_product_id", message, 404)
    return find_product(store, product_id)


async def _batch(request: Request, store: Store, parent: Row | None) -> Response:
    """Every item is judged by itself; the answer is 200 with an `error` where one was refused."""
    given = await body_of(request)
    if refusal := too_many(store, given):
        raise refusal

    def update_one(entry: dict[str, Any]) -> Row:
        row_id = int(entry.get("id", 0))
        return update(store, find_variation(store, parent.id, row_id) if parent else _for_writing(store, row_id), entry)

    results: dict[str, list[dict[str, Any]]] = {}
    for part, do in (("create", lambda entry: create(store, entry, parent)), ("update", update_one)):
        if part in given:
            results[part] = [_attempt(do, entry, store) for entry in given[part]]
    return answer(results)


def _attempt(do: Any, entry: dict[str, Any], store: Store) -> dict[str, Any]:
    try:
        return _shown(store, do(entry))
    except RestError as error:
        return {"id": entry.get("id", 0), "error": error.body()}
