"""Working at imports: some listings at a time become articles, each batch in one transaction.

A process that dies has done whole batches; the next goes on with the rows that still wait.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.inventory import article_book, content_book, import_book, import_facts, level_book, price_book
from services.inventory.article_rows import ArticleRow
from services.inventory.counts import read_counts
from services.inventory.import_merge import article_row, content_of, head_row
from services.inventory.import_plan import FOLLOWS, Found, Plan, plans
from services.inventory.import_wish import ImportWish
from services.inventory.level_rows import levels_of, lock_articles
from services.inventory.matching import alone, listing_keys
from services.inventory.price_rows import read_prices
from services.inventory.rows import Refusal
from shared.chassis.service import Service
from shared.contracts.journal import Action, JournalEntry
from shared.persistence.database import Transaction

BATCH = 200
Outcome = Literal["created", "updated", "unchanged", "matched", "refused"]
ACTIONS: dict[Outcome, Action] = {"created": "created", "updated": "updated", "refused": "rejected"}
CODES: dict[Outcome, str] = {
    "created": "import_created", "updated": "import_updated", "unchanged": "import_unchanged",
    "matched": "import_matches",
}  # fmt: skip


@dataclass
class Done:
    """What became of one listing: the code of a sentence and its words."""

    found: Found
    plan: Plan
    outcome: Outcome
    code: str = ""
    field: str = ""
    params: Mapping[str, str] | None = None


async def step(service: Service) -> bool:
    """Works off one batch of the import that waited longest; answers whether there may be more."""
    async with service.database.transaction() as tx:
        await import_book.look_at_switches(service, tx)
        run = await import_book.due(tx, service.clock())
        if run is None:
            return False
        wish = ImportWish.model_validate(run["wish"])
        ids = await import_book.waiting(tx, run["id"], BATCH)
        if ids:
            await alone(tx)
            done = await _carry_out(service, tx, run, wish, ids)
            await import_book.settle(tx, run["id"], done, service.clock())
            await service.journal.write(tx, [_entry(service, run, one) for one in done if one.outcome in ACTIONS])
        if len(ids) < BATCH:
            await import_book.finish(service, tx, run, "finished", run["started_by"])
    return True


async def _carry_out(
    service: Service, tx: Transaction, run: Mapping[str, Any], wish: ImportWish, ids: Sequence[UUID]
) -> list[Done]:
    actor = run["started_by"]
    listings = await import_facts.found(tx, run["connection"], ids)
    known = await import_facts.known(tx, listings)
    there = {number: row["deleted_at"] is None for number, row in known.items()}
    done = [_decided(one, made) for one, made in plans(listings, wish, there)]
    rows: dict[str, ArticleRow] = {}
    for one in done:
        if one.plan.action in ("create", "update"):
            assert one.plan.article_number is not None
            head = one.found.content.head
            if head is not None and (row := head_row(head, known.get(head.number), wish.strategy)) is not None:
                rows.setdefault(row.number, row)
            number = one.plan.article_number
            rows[number] = article_row(one.found, one.plan, known.get(number), wish.strategy)
    stored = await article_book.put(service, tx, dict(enumerate(rows.values())), actor)
    changed = {number for number, (outcome, _) in zip(rows, stored.values(), strict=True) if outcome == "updated"}
    touched = [one for one in done if one.plan.action in ("create", "update")]
    changed |= await _keep_content(tx, run, touched, known, wish, service.clock())
    changed |= await _book_stock(service, tx, touched, wish, actor)
    # A marketplace further on may ask for the same article in a currency of its own.
    followers = [one for one in done if one.plan.code == FOLLOWS]
    changed |= await _store_prices(service, tx, touched + followers, wish, actor)
    for one in touched:
        if one.outcome == "unchanged" and one.plan.article_number in changed:
            one.outcome = "updated"
    for one in done:
        one.code = one.code or (FOLLOWS if one.plan.code == FOLLOWS else CODES[one.outcome])
    return done


def _decided(found: Found, made: Plan) -> Done:
    outcomes: dict[str, Outcome] = {"create": "created", "update": "unchanged", "match": "matched", "refuse": "refused"}
    code = made.code if made.action == "refuse" else ""
    return Done(found, made, outcomes[made.action], code, made.field, made.params)


async def _keep_content(
    tx: Transaction, run: Mapping[str, Any], touched: Sequence[Done], known: Mapping[str, Any], wish: ImportWish,
    now: datetime,
) -> set[str]:  # fmt: skip
    fresh: dict[str, dict[str, Any]] = {}
    for one in touched:
        number = one.plan.article_number or ""
        old = known[number]["content"] if number in known else None
        content = content_of(one.found.content, old, wish.strategy)
        if content != (old or {}):
            fresh[number] = content
    await content_book.keep(tx, fresh, run["connection"], now, run["started_by"])
    return set(fresh)


async def _book_stock(
    service: Service, tx: Transaction, touched: Sequence[Done], wish: ImportWish, actor: str
) -> set[str]:
    """Counts what the shop shows. An article that has a level there keeps it, unless it is to be overwritten."""
    if wish.stock is None:
        return set()
    place = wish.stock.warehouse
    levels = await levels_of(tx, [one.plan.article_number or "" for one in touched])
    counted = [
        one
        for one in touched
        if one.found.quantity is not None
        and (wish.strategy == "overwrite" or place not in levels.get(one.plan.article_number or "", {}))
    ]
    raw = [
        {
            "article_number": one.plan.article_number, "warehouse": place, "meaning": wish.stock.meaning,
            "quantity": one.found.quantity, "counted_at": one.found.observed_at, "reason": "import",
        }
        for one in counted
    ]  # fmt: skip
    if not raw:
        return set()
    good, refused = read_counts(raw, service.clock())
    upload = await level_book.book_counts(service, tx, good, refused, actor)
    _note(counted, upload.refused)
    return {counted[n].plan.article_number or "" for n, one in upload.booked.items() if one.outcome == "accepted"}


async def _store_prices(
    service: Service, tx: Transaction, touched: Sequence[Done], wish: ImportWish, actor: str
) -> set[str]:
    """Stores what the shop asks. An article that has a price in that list keeps it, unless it is to be overwritten."""
    if wish.prices is None:
        return set()
    prices = wish.prices
    numbers = {one.plan.article_number or "" for one in touched}
    await lock_articles(tx, numbers)
    priced = await price_book.currencies(tx, numbers, prices.price_list)
    offers = {
        (one.plan.article_number or "", one.found.currency or ""): one
        for one in reversed(touched)
        if one.found.price is not None
    }
    asked = [one for place, one in offers.items() if wish.strategy == "overwrite" or place not in priced]
    raw = [
        {
            "article_number": one.plan.article_number, "price_list": prices.price_list,
            "currency": one.found.currency, "amount": one.found.price, "basis": prices.basis, "tax": prices.tax,
        }
        for one in asked
    ]  # fmt: skip
    if not raw:
        return set()
    good, refused = read_prices(raw)
    upload = await price_book.put(service, tx, good, refused, actor)
    _note(asked, upload.refused)
    return {asked[n].plan.article_number or "" for n, outcome in upload.stored.items() if outcome == "accepted"}


def _note(asked: Sequence[Done], refused: Mapping[int, Refusal]) -> None:
    """An article is imported without the stock or price that could not be stored, and its row says so."""
    for position, refusal in refused.items():
        one = asked[position]
        one.code, one.field, one.params = refusal.code, refusal.field, refusal.params


def _entry(service: Service, run: Mapping[str, Any], one: Done) -> JournalEntry:
    refused = one.outcome == "refused"
    words = {"sku": one.found.sku, "listing": one.found.external_id, "number": one.plan.article_number or ""}
    return service.journal.entry(
        noun="listing",
        subject=str(one.found.id),
        action=ACTIONS[one.outcome],
        outcome="warning" if refused or one.code != CODES[one.outcome] else "ok",
        code=one.code,
        connection=run["connection"],
        platform=run["platform"],
        params=words | dict(one.params or {}),
        keys=listing_keys(one.found.sku, one.found.external_id),
        actor=run["started_by"],
        correlation=str(run["id"]),
    )
