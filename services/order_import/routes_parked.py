"""Parked orders grouped by cause, items that could not be read, and judging or reading them again."""

from uuid import UUID

from fastapi import APIRouter

from services.order_import import reason_book, rejudging, search, unreadable_book
from services.order_import.order_views import OrderHead, ParkedOrder, WaitingOrder
from services.order_import.reason_views import CauseView, OutcomeView, UnreadableView
from services.order_import.settings import OrderSettings
from services.order_import.showing import Operator, Reader, Speaks, reason, unreadable, visible
from services.order_import.wishes import RejudgeWish, RetryWish
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, actor, advice, sentence
from shared.chassis.service import Service
from shared.persistence.database import Transaction

MOST_RETRIES = 500


def routes(service: Service, settings: OrderSettings) -> APIRouter:
    router = APIRouter(tags=["parked"])
    database = service.database

    @router.get("/parked")
    async def parked(
        reader: Reader,
        language: Speaks,
        code: str | None = None,
        key: str | None = None,
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[ParkedOrder]:
        """Parked orders with all their reasons, the latest placed first."""
        filters = search.Filters(scope=reader.scope, status="parked", connection=connection, cause=code, cause_key=key)
        async with database.transaction() as tx:
            return await kept_back(tx, filters, after, limit, language)

    @router.get("/waiting")
    async def waiting(
        reader: Reader,
        language: Speaks,
        code: str | None = None,
        key: str | None = None,
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[WaitingOrder]:
        """Orders that wait for the platform, for what a rule wants of them, or for a person's word (`code`
        `approval_wanted`), the latest placed first."""
        filters = search.Filters(scope=reader.scope, status="waiting", connection=connection, cause=code, cause_key=key)
        async with database.transaction() as tx:
            page = await kept_back(tx, filters, after, limit, language)
            contents = await search.contents(tx, [one.id for one in page.items])
        withheld = {id: content.get("withheld", []) for id, (_, content) in contents.items()}
        items = [WaitingOrder(**one.model_dump(), withheld=withheld[one.id]) for one in page.items]
        return Page(items=items, next=page.next)

    @router.get("/parked/causes")
    async def causes(reader: Reader, language: Speaks) -> list[CauseView]:
        """What holds orders up, the commonest cause first: mend one, and its orders go on."""
        async with database.transaction() as tx:
            found = await reason_book.causes(tx, reader.scope)
        return [
            CauseView(
                code=one["code"],
                key=one["key"],
                orders=one["orders"],
                since=one["since"],
                sentence=sentence(one["code"], one["params"], language),
                advice=advice(one["code"], one["params"], language),
                actor=actor(one["code"]),
            )
            for one in found
        ]

    @router.post("/parked/rejudge")
    async def rejudge_cause(wish: RejudgeWish, operator: Operator) -> OutcomeView:
        """Judges all orders of one cause again."""
        outcome = await rejudging.rejudge_cause(
            service, settings, wish.code, wish.key, scope=operator.scope, actor=operator.name
        )
        return OutcomeView.model_validate(outcome)

    @router.post("/{id}/rejudge")
    async def rejudge_one(id: UUID, operator: Operator) -> OutcomeView:
        """Judges one parked order again."""
        async with database.transaction() as tx:
            head, _ = await visible(tx, id, operator)
            if head.status != "parked":
                raise Problem(409, "order_not_parked", number=head.number, standing=head.status)
            outcome = await rejudging.rejudge(service, settings, tx, [id], actor=operator.name, keep_rejections=False)
        return OutcomeView.model_validate(outcome)

    @router.get("/unreadable")
    async def unreadable_items(
        reader: Reader,
        language: Speaks,
        connection: UUID | None = None,
        code: str | None = None,
        closed: bool = False,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[UnreadableView]:
        """Items no order could be made of, the newest first; `closed` shows those that arrived readable since."""
        async with database.transaction() as tx:
            found = await unreadable_book.listing(
                tx, scope=reader.scope, connection=connection, code=code, closed=closed, after=decode_moment(after),
                limit=limit,
            )  # fmt: skip
        more = encode_cursor(found[-1].first_seen_at.isoformat(), found[-1].order_id) if len(found) == limit else None
        return Page(items=[unreadable(one, language) for one in found], next=more)

    @router.post("/unreadable/retry", status_code=202)
    async def retry_many(wish: RetryWish, operator: Operator, language: Speaks) -> list[UnreadableView]:
        """Asks the shops for these items again, up to 500 at once."""
        async with database.transaction() as tx:
            found = await unreadable_book.listing(
                tx, scope=operator.scope, connection=wish.connection, code=wish.code, closed=False, after=None,
                limit=MOST_RETRIES,
            )  # fmt: skip
            await unreadable_book.retry(service, tx, found, operator.name)
        return [unreadable(one, language) for one in found]

    @router.post("/unreadable/{order_id}/retry", status_code=202)
    async def retry_one(order_id: UUID, operator: Operator, language: Speaks) -> UnreadableView:
        """Asks the shop for one item again."""
        async with database.transaction() as tx:
            item = await unreadable_book.of_order(tx, order_id)
            if item is None or not operator.allows(item.connection):
                raise not_found(order_id)
            await unreadable_book.retry(service, tx, [item], operator.name)
        return unreadable(item, language)

    return router


async def kept_back(
    tx: Transaction, filters: search.Filters, after: str | None, limit: int, language: Language
) -> Page[ParkedOrder]:
    """A page of orders, each with all its reasons."""
    found = await search.find(tx, filters, decode_moment(after), limit)
    reasons = await reason_book.of_orders(tx, [one.id for one in found])
    ended = await reason_book.retries_ended(tx, [one.id for one in found])
    items = [
        ParkedOrder.model_validate(
            OrderHead.model_validate(one).model_dump()
            | {
                "reasons": [reason(given, language) for given in reasons.get(one.id, ())],
                "retries_ended_at": ended.get(one.id),
            }
        )
        for one in found
    ]
    more = encode_cursor(found[-1].placed_at.isoformat(), found[-1].id) if len(found) == limit else None
    return Page(items=items, next=more)
