"""Cancellations: what channels asked for and its answers, and what internal systems cancel themselves."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.order_import import cancellation_book
from services.order_import.answering import accept, refuse
from services.order_import.calling_off import CancelRequest, call_off, send_again
from services.order_import.cancellation import State
from services.order_import.change_views import CallOffView, CancellationView, CancelWish, RefusalWish
from services.order_import.refusals import refusals
from services.order_import.routes_shipments import wanted_lines
from services.order_import.showing import Operator, Reader, Speaks, called_off, visible
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.service import Service


def list_routes(service: Service) -> APIRouter:
    """Cancellations of all orders; fixed words come before an order's id."""
    router = APIRouter(tags=["cancellations"])

    @router.get("/cancellations")
    async def cancellations(
        reader: Reader,
        state: State | None = None,
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[CancellationView]:
        """Cancellations by shops after hand-over, the latest first."""
        filters = cancellation_book.Filters(reader.scope, state, connection)
        async with service.database.transaction() as tx:
            found = await cancellation_book.find(tx, filters, decode_moment(after), limit)
        more = encode_cursor(found[-1].asked_at.isoformat(), found[-1].id) if len(found) == limit else None
        return Page(items=[CancellationView.model_validate(one) for one in found], next=more)

    @router.post("/call-offs/{call_off_id}/retry", status_code=202)
    async def retry(call_off_id: UUID, operator: Operator, language: Speaks) -> CallOffView:
        """Sends a failed cancellation to its shop once more."""
        async with service.database.transaction() as tx:
            with refusals(call_off_id):
                one = await send_again(service, tx, call_off_id, operator.name)
            await visible(tx, one.order_id, operator)
        return called_off(one, language)

    return router


def routes(service: Service) -> APIRouter:
    """Cancellations of one order."""
    router = APIRouter(tags=["cancellations"])
    database = service.database

    @router.get("/{id}/cancellations")
    async def of_order(id: UUID, reader: Reader) -> list[CancellationView]:
        """What the shop cancelled after hand-over, the oldest first."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            holdings = await cancellation_book.holdings(tx, [id])
        return [CancellationView.model_validate(one) for one in holdings[id].cancellations] if id in holdings else []

    @router.post("/{id}/cancellations/{cancellation_id}/accept")
    async def accept_one(id: UUID, cancellation_id: UUID, operator: Operator) -> CancellationView:
        """The goods are held back: the pieces are free again. Twice is the same. One that was refused before, or not
        answered in time, may be accepted as long as its pieces have not left."""
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            with refusals(cancellation_id):
                one = await accept(service, tx, id, cancellation_id, operator.name)
        return CancellationView.model_validate(one)

    @router.post("/{id}/cancellations/{cancellation_id}/refuse")
    async def refuse_one(id: UUID, cancellation_id: UUID, wish: RefusalWish, operator: Operator) -> CancellationView:
        """It is too late: the order stays as it is. Twice is the same."""
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            with refusals(cancellation_id):
                one = await refuse(service, tx, id, cancellation_id, wish.code, wish.text, operator.name)
        return CancellationView.model_validate(one)

    @router.get("/{id}/call-offs")
    async def call_offs(id: UUID, reader: Reader, language: Speaks) -> list[CallOffView]:
        """What you cancelled yourself, and what the shop said to it; the oldest first."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            holdings = await cancellation_book.holdings(tx, [id])
        return [called_off(one, language) for one in holdings[id].call_offs] if id in holdings else []

    @router.post("/{id}/cancel", status_code=201, responses={200: {"description": "This reference was known."}})
    async def cancel(
        id: UUID, wish: CancelWish, operator: Operator, language: Speaks, response: Response
    ) -> CallOffView:
        """Cancels an order or unshipped lines of it in its shop. The same reference again gets the same answer."""
        lines = None if wish.lines is None else wanted_lines(wish.lines)
        request = CancelRequest(wish.reference, lines, wish.reason, wish.notify_customer)
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            with refusals(id):
                one, new = await call_off(service, tx, id, request, operator.name)
        response.status_code = 201 if new else 200
        return called_off(one, language)

    return router
