"""`/products/categories`, `/products/tags`, `/products/brands`, `/products/attributes`, `/taxes/classes`."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.woocommerce.api.answers import WordPressRoute, answer, body_of, dump, page_answer
from services.sandbox.woocommerce.errors import RestError
from services.sandbox.woocommerce.parameters import Paging, Parameters, php_query
from services.sandbox.woocommerce.store import Store
from services.sandbox.woocommerce.terms import KINDS

TAX_CLASSES = (("standard", "Standard"), ("reduced-rate", "Ermäßigter Satz"), ("zero-rate", "Nullsatz"))


def terms(store: Store) -> APIRouter:
    router = APIRouter(route_class=WordPressRoute)
    kept = store.catalogue.terms

    async def listed(kind: str, request: Request) -> Response:
        given = Parameters(php_query(request.scope["query_string"]))
        paging, search = Paging.read(given), given.text("search").lower()
        given.check()
        rows = [row for row in kept.rows[kind].values() if search in row["name"].lower()]
        part = rows[paging.start : paging.start + paging.per_page]
        return page_answer(request, [dump(row) for row in part], len(rows), paging)

    async def added(kind: str, request: Request) -> Response:
        return answer(kept.add(kind, await body_of(request)), 201)

    for kind in KINDS:
        _serve(router, kind, listed, added)

    @router.get("/products/attributes")
    async def attributes() -> Response:
        return answer(list(kept.attributes.values()))

    @router.post("/products/attributes")
    async def add_attribute(request: Request) -> Response:
        name = (await body_of(request)).get("name")
        if not name:
            raise RestError("rest_missing_callback_param", "Missing parameter(s): name", 400, params=["name"])
        if any(row["name"] == name for row in kept.attributes.values()):
            message = f'Slug "{str(name).lower()}" is already in use. Change it, please.'
            raise RestError("woocommerce_rest_cannot_create", message, 400)
        return answer(kept.attribute(str(name)), 201)

    @router.get("/taxes/classes")
    async def tax_classes() -> Response:
        return answer([{"slug": slug, "name": name} for slug, name in TAX_CLASSES])

    return router


def _serve(router: APIRouter, kind: str, listed: Any, added: Any) -> None:
    @router.get(f"/products/{kind}")
    async def show(request: Request) -> Response:
        response: Response = await listed(kind, request)
        return response

    @router.post(f"/products/{kind}")
    async def add(request: Request) -> Response:
        response: Response = await added(kind, request)
        return response
