"""The REST API below `/api`: every call proves who makes it; an ApiError raised anywhere below is its answer."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from services.sandbox.merchant import Change
from services.sandbox.shopware5 import edits
from services.sandbox.shopware5.catalogue import CATEGORIES
from services.sandbox.shopware5.criteria import Listed, Row, search
from services.sandbox.shopware5.errors import ApiError, not_allowed, not_found
from services.sandbox.shopware5.store import Store, Stored
from services.sandbox.shopware5.values import stored, written

SHOPS = ({"id": 1, "mainId": None, "name": "Kramladen", "default": True, "active": True},)
NOT_LISTED = frozenset(
    {"details", "documents", "payment", "paymentInstances", "paymentStatus", "orderStatus", "billing", "shipping",
     "shop", "dispatch", "languageSubShop"}
)  # fmt: skip
"""What only the order in full tells."""


class ApiRoute(APIRoute):
    """Turns an ApiError into its answer."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except ApiError as error:
                return error.answer()

        return handle


def routes(store: Store) -> APIRouter:
    """The router of one shop."""
    router = APIRouter(route_class=ApiRoute)

    @router.get("/api/version")
    async def version(request: Request) -> Response:
        store.access.admit(request)
        return _data({"version": store.version, "revision": "202401151029"})

    @router.get("/api/shops")
    async def shops(request: Request) -> Response:
        store.access.admit(request)
        return _listed(Listed(list(SHOPS), len(SHOPS)))

    @router.get("/api/shops/{id}")
    async def shop(request: Request, id: str) -> Response:
        store.access.admit(request)
        if id != "1":
            raise not_found("Shop", id)
        return _data(SHOPS[0] | {"currency": {"id": 1, "currency": "EUR", "name": "Euro", "default": 1, "factor": 1}})

    @router.get("/api/orders")
    async def orders(request: Request) -> Response:
        store.access.admit(request)
        return _listed(_page(store, request))

    @router.get("/api/orders/{id:path}")
    async def order(request: Request, id: str) -> Response:
        store.access.admit(request)
        found = _order(store, id, by_number=_truly(request, "useNumberAsId"))
        return _data(_without_change(store, found.body))

    @router.get("/api/articles")
    async def articles(request: Request) -> Response:
        store.access.admit(request)
        changed = store.catalogue.changed
        columns = {"id": lambda row: row["id"], "changed": lambda row: stored(changed[row["id"]])}
        rows = [
            {name: value for name, value in row.items() if not isinstance(value, (dict, list))}
            for row in store.catalogue.articles.values()
        ]
        return _listed(search(request, rows, "Article\\Article", columns))

    @router.get("/api/articles/{id}")
    async def article(request: Request, id: str) -> Response:
        store.access.admit(request)
        found = store.catalogue.articles.get(int(id) if id.isdecimal() else 0)
        if found is None:
            raise not_found("Article", id)
        return _data(found)

    @router.get("/api/customers")
    async def customers(request: Request) -> Response:
        _may_read(store, request, "customer")
        columns: dict[str, Callable[[Row], Any]] = {
            name: partial(_column, name) for name in ("id", "email", "accountMode")
        }
        return _listed(search(request, store.till.people.listed(), "Customer\\Customer", columns))

    @router.get("/api/customers/{id}")
    async def customer(request: Request, id: str) -> Response:
        _may_read(store, request, "customer")
        found = store.till.people.rows.get(int(id) if id.isdecimal() else 0)
        if found is None:
            raise not_found("Customer", id)
        return _data(found)

    @router.get("/api/categories")
    async def categories(request: Request) -> Response:
        return _listed(_slice(store, request, "category", list(CATEGORIES)))

    @router.get("/api/media")
    async def media(request: Request) -> Response:
        return _listed(_slice(store, request, "media", list(store.catalogue.files.values())))

    @router.get("/api/media/{id}")
    async def medium(request: Request, id: str) -> Response:
        _may_read(store, request, "media")
        found = store.catalogue.files.get(int(id) if id.isdecimal() else 0)
        if found is None:
            raise not_found("Media", id)
        return _data(found)

    @router.api_route("/api/{resource}/{id:path}", methods=["PUT", "DELETE"])
    @router.api_route("/api/{resource}", methods=["POST", "PUT", "DELETE"])
    async def write(request: Request, resource: str) -> Response:
        """The user's role may read, and nothing else."""
        store.access.admit(request)
        privilege = {"POST": "create", "PUT": "update", "DELETE": "delete"}[request.method]
        raise not_allowed(resource.rstrip("s"), privilege)

    @router.get("/api/{anything:path}")
    async def unknown(request: Request) -> Response:
        store.access.admit(request)
        raise ApiError(404, "Resource not found", code=False)

    return router


def _may_read(store: Store, request: Request, resource: str) -> None:
    store.access.admit(request)
    if resource in store.withheld:
        raise not_allowed(resource, "read")


def _slice(store: Store, request: Request, resource: str, rows: list[Row]) -> Listed:
    _may_read(store, request, resource)
    return search(request, rows, resource.title(), {})


def _page(store: Store, request: Request) -> Listed:
    """A page of orders, with what the shop's faults do to it."""
    if store.served and store.faults.take("row_moves"):
        edits.apply(store, store.orders[store.served[0]["id"]], Change("touch"))
    if store.served and store.faults.take("repeat_page"):
        return Listed(store.served, len(store.served))
    stamps: dict[int, datetime] = {one.body["id"]: one.stamp for one in store.listed()}
    columns: dict[str, Callable[[Row], Any]] = {
        "id": lambda row: row["id"],
        "number": lambda row: row["number"],
        "status": lambda row: row["orderStatusId"],
        "cleared": lambda row: row["paymentStatusId"],
    }
    if store.changes:
        columns["changed"] = lambda row: stored(stamps[row["id"]])
    rows = [
        {name: value for name, value in _without_change(store, one.body).items() if name not in NOT_LISTED}
        | {"customer": {"id": one.body["customer"]["id"], "email": one.body["customer"]["email"]}}
        for one in store.listed()
    ]
    page = search(request, rows, "Order\\Order", columns)
    store.served = page.rows
    return page


def _order(store: Store, id: str, *, by_number: bool) -> Stored:
    """Raises ApiError where there is none."""
    if by_number:
        found = next((one for one in store.listed() if one.body["number"] == id), None)
        if found is None:
            raise ApiError(404, f"Order by number {id} not found")
        return found
    known = store.orders.get(int(id)) if id.isdecimal() else None
    if known is None:
        raise not_found("Order", id)
    return known


def _without_change(store: Store, body: Row) -> Row:
    return body if store.changes else {name: value for name, value in body.items() if name != "changed"}


def _column(name: str, row: Row) -> Any:
    return row[name]


def _truly(request: Request, name: str) -> bool:
    return request.query_params.get(name, "") in ("1", "true")


def _data(row: Any) -> Response:
    return Response(written({"data": row, "success": True}), media_type="application/json")


def _listed(page: Listed) -> Response:
    body = {"data": page.rows, "total": page.total, "success": True}
    return Response(written(body), media_type="application/json")
