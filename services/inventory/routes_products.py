"""`/inventory/products`, `/product-holds`: articles to shops that list what they are told."""

from uuid import UUID

from fastapi import APIRouter, Depends, Request

from services.inventory import product_guarding, product_loop, told_product_book, told_product_facts
from services.inventory.product_checks import Problem
from services.inventory.product_guarding import Decision
from services.inventory.product_loop import Answer
from services.inventory.product_views import (
    ProductHoldView,
    TellProducts,
    ToldProductAnswer,
    ToldProductBody,
    ToldProductItem,
    ToldProductView,
    faults,
    hold_view,
    product_body,
    product_view,
)
from services.inventory.routes_prices import State as HoldState
from services.inventory.told_product_facts import State
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_cursor, encode_cursor
from shared.chassis.problems import not_found
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service


def product_routes(service: Service) -> APIRouter:
    """The router for products that shops are told."""
    router = APIRouter()

    @router.post("/products/{connection}")
    async def send(
        connection: UUID, body: TellProducts, request: Request, caller: Principal = Depends(require("operate"))
    ) -> ToldProductAnswer:
        """Sends the products of up to 1,000 articles now, also before productive mode and without a filter, and answers
        each. What cannot be sent stays with its problems. From then on these products are kept in the shop as they are
        here. With `dry_run` nothing is written, and each answer shows exactly what would be sent."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            if await tx.value("SELECT id FROM connections WHERE id = :id AND NOT deleted", id=connection) is None:
                raise not_found(connection)
            products = await told_product_facts.products_of(tx, body.article_numbers)
            answers = await product_loop.by_hand(
                service, tx, connection, set(products.values()), caller.name, dry=body.dry_run
            )
        named: dict[str, list[str]] = {}
        for number in dict.fromkeys(body.article_numbers):
            named.setdefault(products.get(number, number), []).append(number)
        items = [
            _item(product, numbers, answers.get(product), speaks(request), dry=body.dry_run)
            for product, numbers in named.items()
        ]
        sent = sum(one.sent for one in items)
        bad = sum(bool(one.problems) for one in items)
        return ToldProductAnswer(dry_run=body.dry_run, sent=sent, incomplete=bad, items=items)

    @router.get("/products/{connection}")
    async def page(
        connection: UUID,
        request: Request,
        state: State | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ToldProductView]:
        """Products that the shop was told or is to be told, by number, with what became of each."""
        _visible(caller, connection)
        behind = None if after is None else str(decode_cursor(after, 1)[0])
        async with service.database.transaction() as tx:
            rows = await told_product_book.page(tx, connection, state=state, after=behind, limit=limit + 1)
        items = [product_view(row, speaks(request)) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].number) if len(rows) > limit else None)

    @router.get("/products/{connection}/{number:path}")
    async def one(
        connection: UUID, number: str, request: Request, caller: Principal = Depends(require("read"))
    ) -> ToldProductBody:
        """One product by its own number or that of a variant: how it stands, what the shop was sent last, and what was
        new in it."""
        _visible(caller, connection)
        async with service.database.transaction() as tx:
            products = await told_product_facts.products_of(tx, [number])
            row = await told_product_book.one(tx, connection, products.get(number, number))
        if row is None:
            raise not_found(number)
        return product_body(row, speaks(request))

    @router.get("/product-holds")
    async def holds(
        request: Request,
        connection: UUID | None = None,
        state: HoldState | None = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> list[ProductHoldView]:
        """Products that wait for a person because too many would leave the shop at once, and how that ended; the newest
        first."""
        async with service.database.transaction() as tx:
            rows = await product_guarding.newest(
                tx, scope=caller.scope, connection=connection, state=state, limit=limit
            )
        return [hold_view(row, speaks(request)) for row in rows]

    @router.post("/product-holds/{hold_id}/confirm")
    async def confirm(
        hold_id: UUID, request: Request, caller: Principal = Depends(require("operate"))
    ) -> ProductHoldView:
        """Sends what was held. Twice is once; after a discard it is refused."""
        return await decide(hold_id, "confirmed", request, caller)

    @router.post("/product-holds/{hold_id}/discard")
    async def discard(
        hold_id: UUID, request: Request, caller: Principal = Depends(require("operate"))
    ) -> ProductHoldView:
        """Leaves the products in the shop until they are on sale here again. Twice is once."""
        return await decide(hold_id, "discarded", request, caller)

    async def decide(hold_id: UUID, decision: Decision, request: Request, caller: Principal) -> ProductHoldView:
        async with service.database.transaction() as tx:
            row = await product_guarding.one(tx, hold_id)
            if row is None or not caller.allows(row["connection"]):
                raise not_found(hold_id)
            await product_guarding.decide_hold(service, tx, row, decision, caller.name)
            return hold_view(await product_guarding.one(tx, hold_id) or row, speaks(request))

    return router


def _item(number: str, articles: list[str], answer: Answer | None, language: Language, *, dry: bool) -> ToldProductItem:
    if answer is None:
        unknown = faults([Problem("product_article_unknown", "article_numbers", number)], language)
        return ToldProductItem(
            number=number, article_numbers=articles, action="none", sent=False, version=None, problems=unknown,
            command=None,
        )  # fmt: skip
    return ToldProductItem(
        number=number,
        article_numbers=articles,
        action=answer.draft.built.action,
        sent=answer.version > 0,
        version=answer.version or None,
        problems=faults(answer.problems, language),
        command=answer.draft.built.command if dry else None,
    )


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)
