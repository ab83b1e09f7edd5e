"""The order feed for the merchant's internal systems: read, acknowledge or reject; at least once."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response
from pydantic import Field

from services.order_import import cancellation_book, feed_book, judgements, order_book, search
from services.order_import.cancellation import Holding
from services.order_import.contents_view import shown as contents_shown
from services.order_import.feed_views import ConsumerView, FeedItemView, FeedPage, ItemAnswer, OverdueView
from services.order_import.settings import OrderSettings
from services.order_import.showing import Operator, Reader, Speaks, lines, visible
from services.order_import.taking_over import acknowledge, reject
from services.order_import.wishes import AcknowledgementWish, RejectionWish
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, sentence
from shared.chassis.service import Service
from shared.contracts.order import Order
from shared.persistence.database import Transaction

ConsumerName = Annotated[
    str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$", description="The internal system's own name, e.g. `erp`.")
]
Acknowledgements = Annotated[list[AcknowledgementWish], Field(min_length=1, max_length=500)]


def routes(service: Service, settings: OrderSettings) -> APIRouter:
    router = APIRouter(prefix="/feed", tags=["feed"])
    database = service.database

    def overdue_before() -> datetime:
        return service.clock() - settings.acknowledge_within

    @router.get("")
    async def consumers(reader: Reader) -> list[ConsumerView]:
        """Every consumer, how much waits for it, and how much it took without answering in time."""
        async with database.transaction() as tx:
            return [ConsumerView.model_validate(one) for one in await feed_book.consumers(tx, overdue_before())]

    @router.get("/{consumer}")
    async def take(consumer: ConsumerName, operator: Operator, limit: Limit = 50) -> FeedPage:
        """The oldest orders this consumer has still to take over. The first call makes the consumer known and offers
        every order so far. Items come again until they are acknowledged or rejected."""
        async with database.transaction() as tx:
            await feed_book.register(tx, consumer)
        async with database.transaction() as tx:
            items = await feed_book.take(tx, consumer, limit, operator.scope)
            ids = [item.order_id for item in items]
            contents = await search.contents(tx, ids)
            shipped = await order_book.shipped_pieces(tx, ids)
            numbers = await order_book.numbers_of(tx, ids)
            orders = {id: Order.model_validate(content) for id, (_, content) in contents.items()}
            judged = await judgements.of_orders(service, tx, [(contents[id][0], orders[id]) for id in ids])
            holdings = await cancellation_book.holdings(tx, ids)
        shown = []
        for item in items:
            head, order = contents[item.order_id][0], orders[item.order_id]
            holding = holdings.get(item.order_id, Holding())
            pieces = shipped.get(item.order_id, {})
            shown.append(
                FeedItemView.model_validate(
                    {
                        "position": item.position,
                        "order_id": item.order_id,
                        "version": item.version,
                        "kind": item.kind,
                        "connection": head.connection,
                        "platform": head.platform,
                        "project": head.project,
                        "number": head.number,
                        "erp_number": head.erp_number,
                        "rounding_difference": head.rounding_difference,
                        "order": order,
                        "handling": judged[item.order_id].handling,
                        "contents": contents_shown(judged[item.order_id].contents),
                        "lines": lines(order, numbers.get(item.order_id, []), pieces, holding),
                        "cancellations": [one for one in holding.cancellations if one.state == "asked"],
                        "queued_at": item.queued_at,
                        "deliveries": item.deliveries,
                    }
                )
            )
        return FeedPage(items=shown)

    @router.post("/{consumer}/acknowledge")
    async def acknowledge_many(
        consumer: ConsumerName, wishes: Acknowledgements, operator: Operator, language: Speaks
    ) -> list[ItemAnswer]:
        """Says which orders this consumer has, and under which number; answered item by item, in their order."""
        answers = []
        for wish in wishes:
            async with database.transaction() as tx:
                try:
                    await _known(tx, consumer)
                    await visible(tx, wish.order_id, operator)
                    newer = await acknowledge(
                        service, tx, consumer, wish.order_id, wish.version, wish.erp_number, operator.name
                    )
                    outcome = ItemAnswer(order_id=wish.order_id, outcome="newer_waits" if newer else "accepted")
                except LookupError:
                    outcome = _refused(wish.order_id, _no_version(wish.version), language)
                except Problem as problem:
                    outcome = _refused(wish.order_id, problem, language)
            answers.append(outcome)
        return answers

    @router.post("/{consumer}/reject")
    async def reject_one(consumer: ConsumerName, wish: RejectionWish, operator: Operator) -> ItemAnswer:
        """Refuses an order: it is parked with the reason until a person releases it or the shop changes it."""
        async with database.transaction() as tx:
            await _known(tx, consumer)
            await visible(tx, wish.order_id, operator)
            try:
                parked = await reject(
                    service, tx, consumer, wish.order_id, wish.version, wish.code, wish.reason, operator.name
                )
            except LookupError:
                raise _no_version(wish.version) from None
        return ItemAnswer(order_id=wish.order_id, outcome="accepted" if parked else "newer_waits")

    @router.get("/{consumer}/overdue")
    async def overdue(
        consumer: ConsumerName, reader: Reader, after: After = None, limit: Limit = 50
    ) -> Page[OverdueView]:
        """What this consumer took and neither acknowledged nor rejected in time."""
        (position,) = decode_cursor(after, 1) if after else (0,)
        if not isinstance(position, int):
            raise Problem(422, "cursor_invalid", field="after")
        async with database.transaction() as tx:
            await _known(tx, consumer)
            found = await feed_book.overdue(tx, consumer, overdue_before(), reader.scope, position, limit)
        return Page(
            items=[OverdueView.model_validate(one) for one in found],
            next=encode_cursor(found[-1]["position"]) if len(found) == limit else None,
        )

    @router.delete("/{consumer}", status_code=204)
    async def forget(consumer: ConsumerName, operator: Operator) -> Response:
        """Forgets a consumer; what it acknowledged stays in the journal."""
        if operator.connections is not None:
            role = f"{operator.role} (limited)"
            raise Problem(403, "role_missing", name=operator.name, role=role, needed="operate")
        async with database.transaction() as tx:
            if not await feed_book.unregister(tx, consumer):
                raise not_found(consumer)
            await service.journal.write(
                tx,
                [
                    service.journal.entry(
                        noun="feed", subject=consumer, action="deleted", code="feed_consumer_forgotten",
                        params={"consumer": consumer}, actor=operator.name,
                    )
                ],
            )  # fmt: skip
        return Response(status_code=204)

    async def _known(tx: Transaction, consumer: str) -> None:
        if not await feed_book.is_known(tx, consumer):
            raise not_found(consumer)

    return router


def _no_version(version: int) -> Problem:
    return Problem(422, "feed_version_unknown", field="version", version=str(version))


def _refused(order_id: UUID, problem: Problem, language: Language) -> ItemAnswer:
    detail = sentence(problem.code, problem.params, language)
    return ItemAnswer(order_id=order_id, outcome="refused", code=problem.code, field=problem.field, detail=detail)
