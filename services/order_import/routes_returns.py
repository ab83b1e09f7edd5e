"""Return cases: listed, received, answered, closed."""

from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter, Response

from services.order_import import order_book, return_book
from services.order_import.change_views import ClosingWish, ReceptionWish, ReturnView
from services.order_import.goods_back import ReturnedRequest, answer
from services.order_import.goods_plan import in_its_words
from services.order_import.goods_views import AnsweredLineWish, AnswerWish, ReturnedView, TermsView, shown
from services.order_import.refusals import refusals
from services.order_import.return_book import Case
from services.order_import.return_terms import declared, terms_of
from services.order_import.returning import close, receive_goods
from services.order_import.showing import Operator, Reader, Speaks, visible
from shared.chassis.access import Principal
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.service import Service
from shared.contracts.returned import BroughtBack, ReturnTerms
from shared.persistence.database import Transaction


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
            with refusals(return_id):
                found = await receive_goods(service, tx, return_id, pieces, operator.name)
        return ReturnView.model_validate(found)

    @router.get("/{return_id}/terms")
    async def terms(return_id: UUID, reader: Reader) -> TermsView:
        """What the shop takes as the answer to this return: conditions of the goods, and reasons to accept or to refuse
        them; `offered` is false for shops whose returns cannot be answered from here."""
        async with database.transaction() as tx:
            platform = await _platform(tx, await _visible(tx, return_id, reader))
        _, found = await declared(service, platform)
        given = found or ReturnTerms(refuses=False)
        return TermsView(offered=found is not None, **given.model_dump())

    @router.post("/{return_id}/answer", status_code=201, responses={200: {"description": "This reference was known."}})
    async def answer_shop(
        return_id: UUID, wish: AnswerWish, operator: Operator, language: Speaks, response: Response
    ) -> ReturnedView:
        """Goods of a return that the buyer opened are accepted or refused, piece by piece, and the shop is told: there,
        accepting gives the money back. What may be sold again is counted again. The same reference again gets the same
        answer; what the shop said is in `lines`, at the order's `returned`."""
        async with database.transaction() as tx:
            platform = await _platform(tx, await _visible(tx, return_id, operator))
        request = ReturnedRequest(wish.reference, tuple(map(_brought, wish.lines)), "", wish.received_at, return_id)
        with refusals(return_id):
            in_its_words(await terms_of(service, platform), request.lines)
            async with database.transaction() as tx:
                one, new = await answer(service, tx, return_id, request, operator.name)
        response.status_code = 201 if new else 200
        return shown(one, language)

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


async def _platform(tx: Transaction, case: Case) -> str:
    return (await order_book.look(tx, [case.order_id]))[case.order_id].platform


def _brought(line: AnsweredLineWish) -> BroughtBack:
    return BroughtBack.model_validate(line.model_dump(exclude={"reason"}) | {"decision_reason": line.reason})
