"""Post-Order: cancelling an order as a whole, by its older id, with a token under another name."""

from typing import Any

from fastapi import APIRouter, Request

from services.sandbox.ebay.book import Stored
from services.sandbox.ebay.errors import ApiError
from services.sandbox.ebay.login import PREFIX
from services.sandbox.ebay.routing import SellRoute, path_of
from services.sandbox.ebay.store import Store

REASONS = ("OUT_OF_STOCK_OR_CANNOT_FULFILL", "BUYER_ASKED_CANCEL", "ADDRESS_ISSUES", "OTHER_SELLER_CANCEL_REASON")


def cancellations(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellRoute, prefix="/post-order/v2/cancellation")

    async def admit(request: Request) -> None:
        store.login.admit(request, f"{PREFIX}/sell.fulfillment", scheme="IAF")
        if not request.headers.get("x-ebay-c-marketplace-id"):
            raise _refused(1616, "The marketplace is not named.")
        if store.signed:
            await store.signing.check(request, path_of)

    @router.post("")
    async def create(request: Request) -> dict[str, Any]:
        await admit(request)
        wanted = await request.json()
        order = _cancellable(store, wanted.get("legacyOrderId"))
        if wanted.get("cancelReason") not in REASONS:
            raise _refused(1620, "The reason is not known.")
        if order.placed.body["cancelStatus"]["cancelState"] != "NONE_REQUESTED":
            raise _refused(1631, "A cancellation of the order is under way or done.")
        made = store.book.ask_to_cancel(order, wanted["cancelReason"], "SELLER")
        store.book.cancel(order, made)
        return {"cancelId": made["cancelRequestId"]}

    @router.post("/{id}/approve")
    async def approve(id: str, request: Request) -> dict[str, Any]:
        await admit(request)
        for order in store.book:
            for one in order.requests:
                if one["cancelRequestId"] == id and one["cancelRequestState"] == "REQUESTED":
                    store.book.cancel(order, one)
                    return {}
        raise _refused(1640, f"There is no open cancellation {id}.", 404)

    return router


def _cancellable(store: Store, legacy: Any) -> Stored:
    found = next((one for one in store.book if one.placed.body["legacyOrderId"] == legacy), None)
    if found is None:
        raise _refused(1617, f"The order {legacy} is not known.", 404)
    if found.parcels:
        raise _refused(1632, "The order is not eligible for cancellation: it was shipped.")
    return found


def _refused(id: int, message: str, status: int = 400) -> ApiError:
    return ApiError(status, id, "returnErrorDomain", message)
