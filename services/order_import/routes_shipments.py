"""Shipments posted by internal systems, and how they fared on their way to the shop."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.order_import import parcel_book, search
from services.order_import.parcel_plan import Refused, Wanted
from services.order_import.shipment_views import ShipmentAnswer, ShipmentView
from services.order_import.shipping import Shipment, send_again, ship
from services.order_import.showing import Operator, Reader, Speaks, shipment, visible
from services.order_import.wishes import AddressedShipment, OrderAddress, ShipmentWish, WantedLine
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import sentence
from shared.chassis.service import Service
from shared.persistence.database import Transaction

Shipments = Annotated[list[AddressedShipment], Field(min_length=1, max_length=500)]
CONFLICTS = {
    "shipment_reference_used", "shipment_order_cancelled", "shipment_fulfilled_by_channel", "shipment_order_waiting",
    "shipment_not_failed", "return_numbers_used_up", "shipment_order_kept_back", "shipment_line_cancelled",
}  # fmt: skip


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["shipments"])
    database = service.database

    @router.get("/{id}/shipments")
    async def shipments(id: UUID, reader: Reader, language: Speaks) -> list[ShipmentView]:
        """The order's parcels, the oldest first."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            found = (await parcel_book.of_orders(tx, [id])).get(id, [])
        return [shipment(one, language) for one in found]

    @router.post("/{id}/shipments", status_code=201, responses={200: {"description": "This reference was known."}})
    async def add_shipment(
        id: UUID, wish: ShipmentWish, operator: Operator, language: Speaks, response: Response
    ) -> ShipmentView:
        """Reports one parcel of the order to its shop. The same reference again gets the same answer."""
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            try:
                parcel, new = await ship(service, tx, id, _wanted(wish), operator.name)
            except Refused as refusal:
                raise _problem(refusal) from None
        response.status_code = 201 if new else 200
        return shipment(parcel, language)

    @router.post("/shipments")
    async def add_shipments(wishes: Shipments, operator: Operator, language: Speaks) -> list[ShipmentAnswer]:
        """Many parcels in one call, answered one by one in their order; one that is refused stops no other."""
        answers = []
        for wish in wishes:
            try:
                async with database.transaction() as tx:
                    id = await addressed(tx, wish.order, operator.scope)
                    parcel, new = await ship(service, tx, id, _wanted(wish), operator.name)
                view = shipment(parcel, language)
                outcome = ShipmentAnswer(
                    reference=wish.reference, outcome="accepted" if new else "known", shipment=view
                )
            except (Refused, Problem) as error:
                problem = _problem(error) if isinstance(error, Refused) else error
                outcome = ShipmentAnswer(
                    reference=wish.reference,
                    outcome="refused",
                    code=problem.code,
                    field=problem.field,
                    detail=sentence(problem.code, problem.params, language),
                )
            answers.append(outcome)
        return answers

    @router.post("/shipments/{parcel_id}/retry", status_code=202)
    async def retry(parcel_id: UUID, operator: Operator, language: Speaks) -> ShipmentView:
        """Reports a failed parcel once more."""
        async with database.transaction() as tx:
            try:
                parcel = await send_again(service, tx, parcel_id, operator.name)
            except LookupError:
                raise not_found(parcel_id) from None
            except Refused as refusal:
                raise _problem(refusal) from None
            await visible(tx, parcel.order_id, operator)
        return shipment(parcel, language)

    return router


def wanted_lines(lines: Sequence[WantedLine]) -> tuple[Wanted, ...]:
    """Lines as a caller names them. Raises a problem for one that is named in both ways or in none."""
    for index, line in enumerate(lines):
        if bool(line.line_external_id) == bool(line.article_number):
            raise Problem(422, "shipment_line_unnamed", field=f"lines.{index}")
    return tuple(Wanted(line.line_external_id, line.article_number, line.quantity) for line in lines)


def _wanted(wish: ShipmentWish) -> Shipment:
    lines = None if wish.lines is None else wanted_lines(wish.lines)
    return Shipment(
        reference=wish.reference,
        lines=lines,
        carrier=wish.carrier,
        tracking_number=wish.tracking_number,
        tracking_url=wish.tracking_url,
        ready_for_pickup=wish.ready_for_pickup,
        notify_customer=wish.notify_customer,
        shipped_at=wish.shipped_at,
        return_tracking_number=wish.return_tracking_number,
    )


async def addressed(tx: Transaction, address: OrderAddress, scope: list[UUID] | None) -> UUID:
    """The one order an address names. Raises a problem for none or several."""
    if (
        address.id is None
        and not address.erp_number
        and not (address.connection and (address.number or address.external_id))
    ):
        raise Problem(422, "order_address_incomplete", field="order")
    found = await search.addressed(tx, scope=scope, **address.model_dump())
    if not found:
        raise Problem(404, "not_found", field="order", what=_named(address))
    if len(found) > 1:
        raise Problem(409, "order_address_ambiguous", field="order", what=_named(address))
    return found[0]


def _named(address: OrderAddress) -> str:
    return ", ".join(str(value) for value in address.model_dump(exclude_none=True).values())


def _problem(refusal: Refused) -> Problem:
    status = 409 if refusal.code in CONFLICTS else 422
    return Problem(status, refusal.code, field=refusal.field, extra=None, **refusal.params)
