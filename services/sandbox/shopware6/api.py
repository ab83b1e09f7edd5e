"""The Admin API's routes, as far as somebody who exchanges orders and stock needs them."""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response

from services.sandbox.merchant import Change
from services.sandbox.shopware6 import criteria, documents, media, schema, staff, sync, writes
from services.sandbox.shopware6.errors import ApiError, answer, no_route, not_found
from services.sandbox.shopware6.store import Store
from services.sandbox.shopware6.tokens import Integration
from services.sandbox.shopware6.values import written

SEARCHABLE = (
    "order", "product", "currency", "integration", "document", "document_type", "tax", "unit", "delivery_time",
    "language", "sales_channel", "product_manufacturer", "tag", "category", "property_group", "property_group_option",
    "custom_field", "cms_page", "media", "media_folder", "media_default_folder", "product_price", "rule",
)  # fmt: skip
Handler = Callable[[Request, Integration, Any], Awaitable[Response]]


def routes(store: Store) -> APIRouter:
    router = APIRouter()

    def route(method: str, path: str) -> Callable[[Handler], Handler]:
        """A route behind the door: a token, an Accept header, JSON in the body."""

        def register(handler: Handler) -> Handler:
            async def guarded(request: Request) -> Response:
                try:
                    caller = store.door.admitted(request.headers.get("authorization", ""))
                    if "accept" not in request.headers:
                        raise ApiError(415, "0", "All content types are unsupported.")
                    return await handler(request, caller, await _body(request))
                except ApiError as refusal:
                    return answer(refusal)

            router.add_api_route(path, guarded, methods=[method])
            return handler

        return register

    @router.post("/api/oauth/token")
    async def token(request: Request) -> Response:
        raw = await request.body()
        form = "urlencoded" in request.headers.get("content-type", "")
        try:
            given = dict(parse_qsl(raw.decode())) if form else json.loads(raw)
            return _json(store.door.grant(given, request.client.host if request.client else ""))
        except ApiError as refusal:
            return answer(refusal)

    @route("GET", "/api/_info/version")
    async def version(request: Request, caller: Integration, given: Any) -> Response:
        return _json({"version": store.options.version})

    @route("POST", "/api/search/{entity}")
    async def search(request: Request, caller: Integration, given: Any) -> Response:
        entity = request.path_params["entity"].replace("-", "_")
        if entity not in SEARCHABLE:
            raise no_route(request.url.path)
        associations, includes = given.get("associations") or {}, given.get("includes") or {}
        schema.check(entity, associations, caller.lacks)
        rows, total = _found(store, entity, request, given)
        autoloaded = schema.AUTOLOADED_UNTIL_6_5 if store.before_6_6 else frozenset()
        shown = [schema.present(entity, row, associations, includes, autoloaded) for row in rows]
        accepted = request.headers["accept"]
        if "application/json" not in accepted:
            return Response(written(schema.json_api(entity, shown, total)), media_type="application/vnd.api+json")
        return _json({"total": total, "data": shown, "aggregations": []})

    @route("GET", "/api/{entity}/{id}")
    async def one(request: Request, caller: Integration, given: Any) -> Response:
        entity, id = request.path_params["entity"].replace("-", "_"), request.path_params["id"]
        if entity not in SEARCHABLE or not criteria.HEX_ID.fullmatch(id):
            raise no_route(request.url.path)
        schema.check(entity, {}, caller.lacks)
        inherit = _inherits(request)
        row = next((row for row in store.rows(entity, inherit=inherit) if row["id"] == id), None)
        if row is None:
            raise not_found(entity, id)
        return _json({"data": schema.present(entity, row, {}, {}, frozenset())})

    @route("POST", "/api/_action/sync")
    async def synced(request: Request, caller: Integration, given: Any) -> Response:
        return _json(sync.sync(store, caller, given))

    @route("POST", "/api/_action/media/{id}/upload")
    async def fetched(request: Request, caller: Integration, given: Any) -> Response:
        id = request.path_params["id"]
        media.upload(store, caller, id, dict(request.query_params), given)
        return Response(status_code=204, headers={"Location": f"/api/media/{id}"})

    @route("POST", "/api/document")
    async def document(request: Request, caller: Integration, given: Any) -> Response:
        id = documents.create(store, caller, given)
        return Response(status_code=204, headers={"Location": f"{request.url}/{id}"})

    @route("POST", "/api/_action/document/{id}/upload")
    async def upload(request: Request, caller: Integration, given: Any) -> Response:
        names = dict(request.query_params)
        return _json(documents.upload(store, caller, request.path_params["id"], names, await request.body()))

    @route("PATCH", "/api/document/{id}")
    async def patch_document(request: Request, caller: Integration, given: Any) -> Response:
        documents.patch(store, caller, request.path_params["id"], given)
        return Response(status_code=204, headers={"Location": str(request.url)})

    @route("PATCH", "/api/order-delivery/{id}")
    async def delivery(request: Request, caller: Integration, given: Any) -> Response:
        writes.patch_delivery(store, caller, request.path_params["id"], given)
        return Response(status_code=204, headers={"Location": str(request.url)})

    @route("GET", "/api/_action/state-machine/{machine}/{id}/state")
    async def offered(request: Request, caller: Integration, given: Any) -> Response:
        found = writes.offered(store, request.path_params["machine"], request.path_params["id"])
        return _json({"currentState": None, "transitions": found})

    @route("POST", "/api/_action/{machine}/{id}/state/{action}")
    async def move(request: Request, caller: Integration, given: Any) -> Response:
        names = request.path_params
        return _json(writes.transition(store, caller, names["machine"], names["id"], names["action"], given or {}))

    return router


def _found(store: Store, entity: str, request: Request, given: dict[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """A page; for lists of orders with what the shop's faults do to it."""
    rows = store.rows(entity, inherit=_inherits(request))
    if entity != "order":
        return criteria.search(rows, given, store.most)
    if store.served and store.faults.take("row_moves"):
        staff.apply(store, store.served[0], Change("touch"))
    listed = "ids" not in given
    if listed and store.served and store.faults.take("repeat_page"):
        return store.served, len(store.served)
    page, total = criteria.search(rows, given, store.most)
    if listed:
        store.served = page
    return page, total


def _inherits(request: Request) -> bool:
    return request.headers.get("sw-inheritance", "") in ("1", "true")


async def _body(request: Request) -> Any:
    raw = await request.body()
    if not raw or request.headers.get("content-type") == "application/pdf":
        return {}
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(400, "0", "The JSON payload is malformed.") from None


def _json(value: Any) -> Response:
    return Response(written(value), media_type="application/json")
