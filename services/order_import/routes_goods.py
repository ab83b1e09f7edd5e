"""Goods that came back, posted by internal systems, and how they fared on their way to the shop."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field

from services.order_import import goods_book
from services.order_import.goods_back import ReturnedRequest, send_again, take_back
from services.order_import.goods_views import AddressedReturned, ReturnedAnswer, ReturnedView, ReturnedWish, shown
from services.order_import.refusals import refusals
from services.order_import.routes_shipments import addressed
from services.order_import.showing import Operator, Reader, Speaks, visible
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import sentence
from shared.chassis.service import Service
from shared.contracts.returned import BroughtBack

Many = Annotated[list[AddressedReturned], Field(min_length=1, max_length=500)]


def list_routes(service: Service) -> APIRouter:
    """Returns of all orders; fixed words come before an order's id."""
    router = APIRouter(prefix="/returned", tags=["returns"])
    database = service.database

    @router.get("")
    async def returned(
        reader: Reader,
        language: Speaks,
        state: goods_book.State | None = None,
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[ReturnedView]:
        """Goods that you reported as come back, the latest first."""
        filters = goods_book.Filters(reader.scope, connection, state)
        async with database.transaction() as tx:
            found = await goods_book.find(tx, filters, decode_moment(after), limit)
        more = encode_cursor(found[-1].created_at.isoformat(), found[-1].id) if len(found) == limit else None
        return Page(items=[shown(one, language) for one in found], next=more)

    @router.post("")
    async def add_many(wishes: Many, operator: Operator, language: Speaks) -> list[ReturnedAnswer]:
        """Many returns in one call, answered one by one in their order; one that is refused stops no other."""
        answers = []
        for wish in wishes:
            try:
                async with database.transaction() as tx:
                    id = await addressed(tx, wish.order, operator.scope)
                    with refusals(id):
                        one, new = await take_back(service, tx, id, _request(wish), operator.name)
                outcome = ReturnedAnswer(
                    reference=wish.reference, outcome="accepted" if new else "known", returned=shown(one, language)
                )
            except Problem as problem:
                outcome = ReturnedAnswer(
                    reference=wish.reference,
                    outcome="refused",
                    code=problem.code,
                    field=problem.field,
                    detail=sentence(problem.code, problem.params, language),
                )
            answers.append(outcome)
        return answers

    @router.post("/{returned_id}/retry", status_code=202)
    async def retry(returned_id: UUID, operator: Operator, language: Speaks) -> ReturnedView:
        """Tells the shop once more of a return that it did not take; one that it knows after all is not told twice."""
        async with database.transaction() as tx:
            owner = (await goods_book.owners(tx, [returned_id])).get(returned_id)
            if owner is None:
                raise not_found(returned_id)
            await visible(tx, owner, operator)
            with refusals(returned_id):
                one = await send_again(service, tx, returned_id, operator.name)
        return shown(one, language)

    return router


def routes(service: Service) -> APIRouter:
    """Returns of one order."""
    router = APIRouter(tags=["returns"])
    database = service.database

    @router.get("/{id}/returned")
    async def of_order(id: UUID, reader: Reader, language: Speaks) -> list[ReturnedView]:
        """Goods of this order that you reported as come back, the oldest first."""
        async with database.transaction() as tx:
            await visible(tx, id, reader)
            found = await goods_book.of_order(tx, id)
        return [shown(one, language) for one in found]

    @router.post("/{id}/returned", status_code=201, responses={200: {"description": "This reference was known."}})
    async def add(
        id: UUID, wish: ReturnedWish, operator: Operator, language: Speaks, response: Response
    ) -> ReturnedView:
        """Goods of the order are here again: counted where they may be sold, and told to its shop. The same reference
        again gets the same answer, and is counted once."""
        async with database.transaction() as tx:
            await visible(tx, id, operator)
            with refusals(id):
                one, new = await take_back(service, tx, id, _request(wish), operator.name)
        response.status_code = 201 if new else 200
        return shown(one, language)

    return router


def _request(wish: ReturnedWish) -> ReturnedRequest:
    return ReturnedRequest(
        reference=wish.reference,
        lines=tuple(BroughtBack.model_validate(line.model_dump()) for line in wish.lines),
        tracking_number=wish.tracking_number,
        received_at=wish.received_at,
    )
