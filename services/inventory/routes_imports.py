"""`/inventory/import-preview`, `/imports`: articles taken over from a shop."""

from collections import Counter
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.inventory import import_book, import_facts
from services.inventory.import_plan import Action, Found, Plan, plans
from services.inventory.import_view import (
    Candidate,
    CandidateCounts,
    ImportedListing,
    ImportView,
    candidate,
    import_view,
    imported,
)
from services.inventory.import_wish import Choice, ImportBody, ImportWish, Strategy
from services.inventory.routes_articles import Text, unlimited
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_id, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.persistence.database import Transaction

AT_ONCE = 1000
Outcome = Literal["waiting", "created", "updated", "unchanged", "matched", "refused"]


def import_routes(service: Service) -> APIRouter:
    """The router for imports of articles."""
    router = APIRouter()

    @router.get("/import-preview/{connection}")
    async def preview(
        connection: UUID,
        request: Request,
        action: Action | None = None,
        problem: Annotated[Text, Query(description="A code of a problem, for example listing_sku_shared.")] = None,
        sku: Text = None,
        search: Text = None,
        market: Text = None,
        strategy: Strategy = "create",
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[Candidate]:
        """Listings as the shop states them, what is wrong with each, and what an import would do. Changes nothing."""
        _visible(caller, connection)
        wish = ImportWish.model_construct(choose=_choice(sku, search, market), strategy=strategy)
        behind = decode_id(after)
        items: list[Candidate] = []
        async with service.database.transaction() as tx:
            while len(items) <= limit:
                planned = await _planned(tx, connection, wish, behind)
                if not planned:
                    break
                behind = planned[-1][0].id
                items += [
                    candidate(found, made, speaks(request))
                    for found, made in planned
                    if action in (None, made.action) and (problem is None or problem in {p.code for p in made.problems})
                ]
        more = len(items) > limit
        return Page(items=items[:limit], next=encode_cursor(items[limit - 1].listing_id) if more else None)

    @router.get("/import-preview/{connection}/counts")
    async def counts(
        connection: UUID, strategy: Strategy = "create", caller: Principal = Depends(require("read"))
    ) -> CandidateCounts:
        """How many listings an import would create, update, match or refuse, and how many have which problem."""
        _visible(caller, connection)
        actions: Counter[str] = Counter()
        problems: Counter[str] = Counter()
        behind: UUID | None = None
        async with service.database.transaction() as tx:
            while planned := await _planned(tx, connection, ImportWish(strategy=strategy), behind):
                behind = planned[-1][0].id
                actions.update(made.action for _, made in planned)
                problems.update(code for _, made in planned for code in {p.code for p in made.problems})
        return CandidateCounts(
            connection=connection, listings=actions.total(), problems=dict(problems),
            **{name: actions[name] for name in ("create", "update", "match", "refuse")},
        )  # fmt: skip

    @router.post("/imports", status_code=202)
    async def start(body: ImportBody, request: Request, caller: Principal = Depends(require("operate"))) -> ImportView:
        """Makes articles of a connection's listings. It goes on by itself, also after a restart; the same again changes
        nothing but what the strategy allows. A connection that is live is refused: 409."""
        unlimited(caller)
        wish = ImportWish.model_validate(body.model_dump(exclude={"connection"}))
        async with service.database.transaction() as tx:
            if wish.stock is not None and not await _warehouse(tx, wish.stock.warehouse):
                raise Problem(422, "import_warehouse_unknown", field="stock.warehouse", warehouse=wish.stock.warehouse)
            id = await import_book.start(service, tx, body.connection, wish, caller.name)
            return await _view(tx, id, caller, request)

    @router.get("/imports")
    async def imports(
        request: Request,
        connection: UUID | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ImportView]:
        """Imports, the newest first, with how far each is."""
        behind = decode_moment(after)
        async with service.database.transaction() as tx:
            rows = await import_book.page(tx, scope=caller.scope, connection=connection, after=behind, limit=limit + 1)
            found = await import_book.counts_of(tx, [row["id"] for row in rows])
        items = [import_view(row, found[row["id"]], speaks(request)) for row in rows[:limit]]
        last = items[-1] if len(rows) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.started_at.isoformat(), last.id))

    @router.get("/imports/{import_id}")
    async def one(import_id: UUID, request: Request, caller: Principal = Depends(require("read"))) -> ImportView:
        """One import and how far it is."""
        async with service.database.transaction() as tx:
            return await _view(tx, import_id, caller, request)

    @router.get("/imports/{import_id}/listings")
    async def listings(
        import_id: UUID,
        request: Request,
        outcome: Outcome | None = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("read")),
    ) -> Page[ImportedListing]:
        """The listings of an import, and what became of each."""
        behind = decode_id(after)
        async with service.database.transaction() as tx:
            await _view(tx, import_id, caller, request)
            rows = await import_book.rows_of(tx, import_id, outcome=outcome, after=behind, limit=limit + 1)
        items = [imported(row, speaks(request)) for row in rows[:limit]]
        return Page(items=items, next=encode_cursor(items[-1].listing_id) if len(rows) > limit else None)

    @router.post("/imports/{import_id}/stop")
    async def stop(import_id: UUID, request: Request, caller: Principal = Depends(require("operate"))) -> ImportView:
        """Ends an import before its time; what was imported stays. Twice is once."""
        unlimited(caller)
        async with service.database.transaction() as tx:
            await _view(tx, import_id, caller, request)
            await import_book.stop(service, tx, import_id, caller.name)
            return await _view(tx, import_id, caller, request)

    return router


async def _planned(tx: Transaction, connection: UUID, wish: ImportWish, after: UUID | None) -> list[tuple[Found, Plan]]:
    ids = await import_facts.chosen(tx, connection, wish.choose, after=after, limit=AT_ONCE)
    found = await import_facts.found(tx, connection, ids) if ids else []
    if skus := {one.sku for one in found if one.market and one.sku}:
        choice = wish.choose.model_copy(update={"skus": tuple(skus)})
        same = await import_facts.chosen(tx, connection, choice, after=None, limit=None)
        found += await import_facts.found(tx, connection, list(set(same) - set(ids)))
    known = await import_facts.known(tx, found)
    there = {number: row["deleted_at"] is None for number, row in known.items()}
    planned = {one.id: (one, made) for one, made in plans(found, wish, there)}
    return [planned[id] for id in ids]


def _choice(sku: str | None, search: str | None, market: str | None) -> Choice:
    """What the caller may ask for was checked as query parameters."""
    return Choice.model_construct(skus=(sku,) if sku else None, search=search or None, market=market or None)


def _visible(caller: Principal, connection: UUID) -> None:
    if not caller.allows(connection):
        raise not_found(connection)


async def _warehouse(tx: Transaction, code: str) -> Any:
    return await tx.value("SELECT code FROM warehouses WHERE code = :code", code=code)


async def _view(tx: Transaction, id: UUID, caller: Principal, request: Request) -> ImportView:
    row = await import_book.one(tx, id)
    if row is None or not caller.allows(row["connection"]):
        raise not_found(id)
    return import_view(row, (await import_book.counts_of(tx, [id]))[id], speaks(request))
