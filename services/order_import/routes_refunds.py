"""Refunds posted by internal systems, and how they fared on their way to the shop."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.order_import import refund_book
from services.order_import.refund_book import MoneyBack
from services.order_import.refund_views import AddressedRefund, RefundAnswer, RefundView, RefundWish, shown
from services.order_import.refunding import RefundRequest, pay_back, send_again
from services.order_import.refusals import refusals
from services.order_import.routes_shipments import addressed
from services.order_import.showing import Operator, Reader, Speaks, visible
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import sentence
from shared.chassis.service import Service
from shared.contracts.errors import Defect
from shared.contracts.repayment import RepaidLine

Refunds = Annotated[list[AddressedRefund], Field(min_length=1, max_length=500)]


def list_routes(service: Service) -> APIRouter:
    """Refunds of all orders; fixed words come before an order's id."""
    router = APIRouter(tags=["refunds"])
    database = service.database

    @router.get("/refunds")
    async def refunds(
        reader: Reader,
        language: Speaks,
        state: refund_book.State | None = None,
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[RefundView]:
        """Refunds that you asked for, the latest first."""
        filters = refund_book.Filters(reader.scope, connection, state)
        async with database.transaction() as tx:
            found = await refund_book.find(tx, filters, decode_moment(after), limit)
        more = encode_cursor(_created(found[-1]), found[-1].id) if len(found) == limit else None
        return Page(items=[shown(one, language) for one in found], next=more)

    @router.post("/refunds")
    async def add_many(wishes: Refunds, operator: Operator, language: Speaks) -> list[RefundAnswer]:
        """Many refunds in one call, answered one by one in their order; one that is refused stops no other."""
        answers = []
        for wish in wishes:
            try:
                async with database.transaction() as tx:
                    id = await addressed(tx, wish.order, operator.scope)
                    with refusals(id):
                        one, new = await pay_back(service, tx, id, _request(wish), operator.name)
                outcome = RefundAnswer(
                    reference=wish.reference, outcome="accepted" if new else "known", refund=shown(one, language)
                )
            except Problem as problem:
                outcome = RefundAnswer(
                    reference=wish.reference,
                    outcome="refused",
                    code=problem.code,
                    field=problem.field,
                    detail=sentence(problem.code, problem.params, language),
                )
            answers.append(outcome)
        return answers

    @router.post("/refunds/{refund_id}/retry", status_code=202)
    async def retry(refund_id: UUID, operator: Operator, language: Speaks) -> RefundView:
        """Sends a failed refund to its shop once more; one that the shop made after all is not made again."""
        async with database.transaction() as tx:
            owner = (await refund_book.owners(tx, [refund_id])).get(refund_id)
            if owner is None:
                raise not_found(refund_id)
            await visible(tx, owner, operator)
            with refusals(refund_id):
                one = await send_again(service, tx, refund_id, operator.name)
        return shown(one, language)

    return router


def routes(service: Service) -> APIRouter:
    """Refunds of one order."""
    router = APIRouter(tags=["refunds"])
    database = service.database

    @router.get("/{id}/refunds")
    async def of_order(id: UUID, reader: Reader, language: Speaks) -> list[RefundView]:
        """The refunds of this order that you asked for, the oldest first."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            found = await refund_book.of_order(tx, id)
        return [shown(one, language) for one in found]

    @router.post("/{id}/refunds", status_code=201, responses={200: {"description": "This reference was known."}})
    async def add(id: UUID, wish: RefundWish, operator: Operator, language: Speaks, response: Response) -> RefundView:
        """Gives money back in the order's shop. The same reference again gets the same answer, and no more money."""
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            with refusals(id):
                one, new = await pay_back(service, tx, id, _request(wish), operator.name)
        response.status_code = 201 if new else 200
        return shown(one, language)

    return router


def _request(wish: RefundWish) -> RefundRequest:
    return RefundRequest(
        reference=wish.reference,
        currency=wish.currency,
        lines=tuple(RepaidLine.model_validate(line.model_dump()) for line in wish.lines),
        shipping=wish.shipping,
        goodwill=wish.goodwill,
        reason=wish.reason,
        notify_customer=wish.notify_customer,
    )


def _created(one: MoneyBack) -> str:
    if one.created_at is None:
        raise Defect("A refund without its moment")
    return one.created_at.isoformat()
