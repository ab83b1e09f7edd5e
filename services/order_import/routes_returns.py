"""Return cases: listed, received, closed."""

from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter

from services.order_import import return_book
from services.order_import.change_views import ClosingWish, ReceptionWish, ReturnView
from services.order_import.parcel_plan import Refused
from services.order_import.return_book import Case
from services.order_import.returning import close, receive_goods
from services.order_import.showing import Operator, Reader, visible
from shared.chassis.access import Principal
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.persistence.database import Transaction

CONFLICTS = {"return_closed", "return_received_otherwise"}


def routes(service: Service) -> APIRouter:
    router = APIRouter(prefix="/returns", tags=["returns"])
    database = service.database

    @router.get("")
    async def cases(
        reader: Reader,
        state: return_book.State | None = None,
        connection: UUID | None = None,
        order: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[ReturnView]:
        """Return cases, the latest opened first."""
        filters = return_book.Filters(reader.scope, state, connection, order)
        async with database.transaction() as tx:
            found = await return_book.find(tx, filters, decode_moment(after), limit)
        more = encode_cursor(found[-1].opened_at.isoformat(), found[-1].id) if len(found) == limit else None
        return Page(items=[ReturnView.model_validate(one) for one in found], next=more)

    @router.get("/{return_id}")
    async def case(return_id: UUID, reader: Reader) -> ReturnView:
        async with database.transaction() as tx:
            return ReturnView.model_validate(await _visible(tx, return_id, reader))

    @router.post("/{return_id}/receive")
    async def receive(return_id: UUID, wish: ReceptionWish, operator: Operator) -> ReturnView:
        """The goods are here. Only `restock` moves stock, once; twice is the same answer."""
        if wish.lines is not None and not wish.restock:
            raise Problem(422, "return_lines_without_restock", field="lines")
        pieces: dict[str, Decimal] | None = None if wish.restock else {}
        if wish.lines is not None:
            pieces = {line.line_external_id: line.quantity for line in wish.lines}
        async with database.transaction() as tx:
            await _visible(tx, return_id, operator)
            try:
                found = await receive_goods(service, tx, return_id, pieces, operator.name)
            except Refused as refusal:
                status = 409 if refusal.code in CONFLICTS else 422
                raise Problem(status, refusal.code, field=refusal.field, extra=None, **refusal.params) from None
        return ReturnView.model_validate(found)

    @router.post("/{return_id}/close")
    async def close_case(return_id: UUID, wish: ClosingWish, operator: Operator) -> ReturnView:
        """Nothing more is expected of this case. Twice is the same."""
        async with database.transaction() as tx:
            await _visible(tx, return_id, operator)
            return ReturnView.model_validate(await close(service, tx, return_id, wish.note, operator.name))

    return router


async def _visible(tx: Transaction, id: UUID, principal: Principal) -> Case:
    found = await return_book.get(tx, id)
    if found is None:
        raise not_found(id)
    try:
        await visible(tx, found.order_id, principal)
    except Problem:
        raise not_found(id) from None
    return found
