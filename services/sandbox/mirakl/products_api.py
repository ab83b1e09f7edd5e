"""H11, PM11, VL11 and P41 to P47 of the seller API."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from services.sandbox.mirakl import catalogue
from services.sandbox.mirakl.catalogue import ProductImport
from services.sandbox.mirakl.errors import Refusal, not_found
from services.sandbox.mirakl.store import DELIMITERS, Store


def products(store: Store, answer: Callable[..., Response], route: type[APIRoute]) -> APIRouter:
    """The router, to be mounted beside the others."""
    router = APIRouter(route_class=route)
    delimiter = DELIMITERS[store.options.delimiter]

    @router.get("/hierarchies")
    async def h11() -> Response:
        store.not_too_often("H11")
        return answer(catalogue.hierarchies())

    @router.get("/products/attributes")
    async def pm11() -> Response:
        store.not_too_often("PM11")
        return answer(catalogue.attributes())

    @router.get("/values_lists")
    async def vl11() -> Response:
        store.not_too_often("VL11")
        return answer(catalogue.lists())

    @router.post("/products/imports")
    async def p41(request: Request) -> Response:
        store.not_too_often("P41")
        async with request.form() as form:
            file, format = form.get("file"), form.get("operator_format")
            if file is None or isinstance(file, str):
                raise Refusal(400, "file is mandatory")
            text = (await file.read()).decode()
            asked = format if isinstance(format, str) or format is None else (await format.read()).decode()
        id = 2000 + len(store.products)
        store.products[id] = catalogue.take(
            text, id, store.clock(), store.options, operator_format=asked == "true", delimiter=delimiter
        )
        return answer({"import_id": id}, 201)

    @router.get("/products/imports/{id}")
    async def p42(id: int) -> Response:
        store.not_too_often("P42", str(id))
        return answer(_import(id).shown(store.shop_id, store.clock()))

    @router.get("/products/imports/{id}/error_report")
    async def p44(id: int) -> Response:
        return Response(_import(id).refusals(delimiter), media_type="text/csv")

    @router.get("/products/imports/{id}/transformation_error_report")
    async def p47(id: int) -> Response:
        return Response(_import(id).source_errors(delimiter), media_type="text/csv")

    def _import(id: int) -> ProductImport:
        if id not in store.products:
            raise not_found("Import", str(id))
        return store.products[id]

    return router
