"""`/order-invoices`: files that the seller lays beside an order. The platform lists their names, not their sizes."""

import base64
import binascii
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.sandbox.kaufland.errors import invalid, not_found
from services.sandbox.kaufland.routing import SellerRoute, listed, paging
from services.sandbox.kaufland.store import Store
from services.sandbox.kaufland.times import shown

FIRST_INVOICE = 918_273_001


def invoices(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute, prefix="/order-invoices")

    @router.get("")
    async def rows(request: Request) -> dict[str, Any]:
        limit, offset = paging(request)
        found = [row for order in store.book for row in order.invoices]
        return listed(found[offset : offset + limit], limit, offset, len(found))

    @router.post("/{id_order}")
    async def upload(id_order: str, request: Request) -> Response:
        order, told = store.book.find(id_order), await request.json()
        for name in ("original_name", "mime_type", "data"):
            if not isinstance(told.get(name), str) or not told[name]:
                raise invalid(name, "is required")
        if told["mime_type"] != "application/pdf":
            raise invalid("mime_type", "is not taken")
        try:
            content = base64.b64decode(told["data"], validate=True)
        except binascii.Error as error:
            raise invalid("data", "must be base64") from error
        id = FIRST_INVOICE + len(store.files)
        store.files[id] = content
        row = {
            "id_invoice": id,
            "id_order": order.id,
            "storefront": order.storefront,
            "is_marketplace_deemed_supplier": False,
            "original_name": told["original_name"],
            "mime_type": told["mime_type"],
            "url": f"https://media.example/order_invoices/{id}/?access_token=sandbox",
            "ts_created_iso": shown(store.clock()),
        }
        order.invoices.append(row)
        return JSONResponse({"data": row}, 201)

    @router.get("/{id_order}/{id_invoice}")
    async def one(id_order: str, id_invoice: int) -> dict[str, Any]:
        for row in store.book.find(id_order).invoices:
            if row["id_invoice"] == id_invoice:
                return {"data": row}
        raise not_found("The invoice")

    return router
