"""`/order-units` and `/shipments`: what is done with one piece."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.sandbox.kaufland import changes
from services.sandbox.kaufland.book import Stored
from services.sandbox.kaufland.carriers import CARRIERS, WITHOUT_NUMBER
from services.sandbox.kaufland.errors import ApiError, invalid
from services.sandbox.kaufland.routing import SellerRoute, embedded
from services.sandbox.kaufland.store import Store

EMBEDDABLE = ("delivery_attempt_timestamp_iso", "return_unit", "tickets", "delivery", "kss_delivery")
REASONS = (
    "BuyerCancelled", "ShippingAddressUndeliverable", "WrongCatalogData", "GeneralAdjustment", "MerchandiseNotReceived",
    "NoInventory", "DelayedInventory", "WrongPrice", "NoReactionBuyer", "UndeliverableRegion",
)  # fmt: skip
AFTER = ("sent", "sent_and_autopaid", "received", "returned", "returned_paid")


def order_units(store: Store) -> APIRouter:
    router = APIRouter(route_class=SellerRoute)
    book = store.book

    @router.get("/order-units/{id}")
    async def one(id: int, request: Request) -> dict[str, Any]:
        asked = embedded(request, EMBEDDABLE)
        order, unit = book.unit(id)
        whole = {name: order.placed.body[name] for name in ("buyer", "billing_address", "shipping_address")}
        body = unit | whole | {"fulfillment_type": order.placed.body["fulfillment_type"]}
        body.pop("tickets")
        if "return_unit" in asked:
            body["return_unit"] = order.returns.get(id)
        if "delivery" in asked:
            body["delivery"] = order.placed.body["delivery"]
        return {"data": body}

    @router.patch("/order-units/{id}/fulfil")
    async def fulfil(id: int) -> Response:
        order, unit = book.unit(id)
        _allowed(unit["status"], ("open",), ("need_to_be_sent",))
        book.become(order, unit, "need_to_be_sent")
        return Response(status_code=204)

    @router.patch("/order-units/{id}/send")
    async def send(id: int, request: Request) -> Response:
        told = await request.json()
        number, carrier = _parcel(told.get("tracking_numbers"), told.get("carrier_code"), "tracking_numbers")
        order, unit = book.unit(id)
        _allowed(unit["status"], ("need_to_be_sent",), AFTER)
        order.parcels[id] = [(number, carrier)]
        book.become(order, unit, "sent")
        return Response(status_code=204)

    @router.post("/shipments")
    async def add(request: Request) -> Response:
        told = await request.json()
        parcel = told.get("shipment_information") or {}
        number, carrier = _parcel(parcel.get("tracking_number"), parcel.get("carrier_code"), "tracking_number")
        order, unit = book.unit(int(told.get("id_order_unit") or 0))
        _allowed(unit["status"], AFTER, ())
        order.parcels.setdefault(unit["id_order_unit"], []).append((number, carrier))
        return Response(status_code=204)

    @router.patch("/order-units/{id}/cancel")
    async def cancel(id: int, request: Request) -> Response:
        reason = (await request.json()).get("reason")
        if reason not in REASONS:
            raise invalid("reason", "is not known")
        order, unit = book.unit(id)
        if unit["status"] in AFTER:
            raise ApiError(403, "order-units/cancel-not-possible", "The order unit was already sent.")
        _allowed(unit["status"], ("open", "need_to_be_sent"), ("cancelled",))
        changes.cancel(book, store.goods, order, unit, reason)
        return Response(status_code=204)

    return router


def parcels(order: Stored) -> dict[tuple[str, str], list[int]]:
    """Number and carrier to the units in each parcel."""
    found: dict[tuple[str, str], list[int]] = {}
    for id, told in order.parcels.items():
        for parcel in told:
            found.setdefault(parcel, []).append(id)
    return found


def _parcel(number: Any, carrier: Any, field: str) -> tuple[str, str]:
    """Raises ApiError for a parcel that cannot be told."""
    if carrier not in CARRIERS:
        raise invalid("carrier_code", "is not known")
    if not isinstance(number, str) or (not number and carrier not in WITHOUT_NUMBER):
        raise invalid(field, "is required")
    return number, carrier


def _allowed(status: str, before: tuple[str, ...], done: tuple[str, ...]) -> None:
    """Raises ApiError for what was done already, and for what cannot be done now."""
    if status in done:
        raise ApiError(403, "duplicate-action", f"The order unit is {status} already.")
    if status not in before:
        raise ApiError(403, "action-not-allowed", f"The order unit is {status}.")
