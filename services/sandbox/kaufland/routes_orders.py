"""`/orders`: the list, which tells little, and one order, which tells all."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.kaufland.book import Stored
from services.sandbox.kaufland.checkout import three_letters
from services.sandbox.kaufland.errors import invalid
from services.sandbox.kaufland.routing import SellerRoute, embedded, listed, paging
from services.sandbox.kaufland.store import STOREFRONTS, Store
from services.sandbox.kaufland.times import careless, given

EMBEDDABLE = ("order_invoices", "delivery", "kss_delivery")
KINDS = ("fulfilled_by_merchant", "fulfilled_by_kaufland")


def orders(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute, prefix="/orders")
    book = store.book

    @router.get("")
    async def rows(request: Request) -> dict[str, Any]:
        asked, path = request.query_params, request.url.path
        limit, offset = paging(request)
        storefront, kinds = asked.get("storefront"), set(asked.getlist("fulfillment_type")) or {KINDS[0]}
        if storefront is not None and storefront not in STOREFRONTS:
            raise invalid("storefront", "is not known")
        if kinds - set(KINDS):
            raise invalid("fulfillment_type", "is not known")
        if book.page and store.faults.take("row_moves", path):
            book.touch(book.page[0], book.page[0].units[0])
        if offset and book.page and store.faults.take("repeat_page", path):
            return listed([_row(store, one) for one in book.page], limit, offset, 0)
        late = store.faults.active("late_visibility", path)
        found = book.listed(
            given(asked.get("ts_units_updated_from_iso"), "ts_units_updated_from_iso"),
            given(asked.get("ts_created_from_iso"), "ts_created_from_iso"),
            storefront,
            kinds,
            store.clock() - timedelta(seconds=late.seconds) if late else None,
        )
        book.page = found[offset : offset + limit]
        # The platform's own page shows a total of nought beside rows.
        total = 0 if store.careless else len(found)
        return listed([_row(store, one) for one in book.page], limit, offset, total)

    @router.get("/{id}")
    async def one(id: str, request: Request) -> dict[str, Any]:
        asked, found = embedded(request, EMBEDDABLE), book.find(id)
        body = {name: value for name, value in found.placed.body.items() if name != "delivery"}
        if store.careless:
            body = _carelessly(body)
        if "delivery" in asked:
            body["delivery"] = found.placed.body["delivery"]
        if "order_invoices" in asked:
            body["order_invoices"] = found.invoices
        return {"data": body}

    return router


def _row(store: Store, one: Stored) -> dict[str, Any]:
    row = one.row()
    if not store.careless:
        return row
    place = len(one.id) + ord(one.id[-1])
    written = {name: careless(row[name], place) for name in ("ts_created_iso", "ts_units_updated_iso")}
    return row | written | {"storefront": row["storefront"].upper()}


def _carelessly(body: dict[str, Any]) -> dict[str, Any]:
    place = len(body["id_order"]) + ord(body["id_order"][-1])
    stamps = ("ts_created_iso", "ts_updated_iso")
    units = [
        unit
        | {name: careless(unit[name], place + index) for name in stamps}
        | {"storefront": unit["storefront"].upper()}
        for index, unit in enumerate(body["order_units"])
    ]
    addresses = {name: three_letters(body[name]) for name in ("billing_address", "shipping_address") if body[name]}
    return (
        body
        | addresses
        | {
            "ts_created_iso": careless(body["ts_created_iso"], place),
            "storefront": body["storefront"].upper(),
            "order_units": units,
        }
    )
