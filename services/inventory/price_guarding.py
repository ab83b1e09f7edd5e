"""The guard over prices: what is 0 or moves too far waits for a person, and so does a first push that holds any of it.

Everything happens in the transaction of the price loop, under a lock per connection that is only taken when a price is
dangerous, was held before, or is the connection's first push. A word counts for the price it was given about, no other.
"""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from services.inventory import price_hold_book
from services.inventory.marks import PRICES, mark_connection, mark_listings
from services.inventory.price_decision import dangers
from services.inventory.price_drafts import PriceDraft, drafts
from services.inventory.price_hold_book import Reason
from services.inventory.price_settings_book import settings_of
from services.inventory.pricing import Quote
from services.inventory.sellable import plain
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

Decision = Literal["confirmed", "discarded"]
FIRST, HELD, DISCARDED = "price_first_push_held", "price_push_held", "price_push_discarded"
EXAMPLES = 20
AT_ONCE = 500


async def held_back(service: Service, tx: Transaction, found: Sequence[PriceDraft]) -> dict[UUID, str]:
    """The listings that must not be told now, with the code why. What a switch blocks is none of its business."""
    by_connection: dict[UUID, list[PriceDraft]] = {}
    for one in found:
        if not one.switch:
            by_connection.setdefault(one.connection, []).append(one)
    waiting: dict[UUID, str] = {}
    for connection in sorted(by_connection):
        mine = by_connection[connection]
        first = not await price_hold_book.opened(tx, connection)
        known = await price_hold_book.kept(tx, [one.id for one in mine])
        if known or any(one.dangerous for one in mine) or (first and any(one.decision.push for one in mine)):
            await price_hold_book.lock(tx, connection)
            waiting |= await _of_connection(service, tx, mine)
    return waiting


async def _of_connection(service: Service, tx: Transaction, mine: Sequence[PriceDraft]) -> dict[UUID, str]:
    connection = mine[0].connection
    pushing = {one.id: FIRST for one in mine if one.decision.push}
    if pushing and not await price_hold_book.opened(tx, connection) and await _first_is_held(service, tx, mine[0]):
        return pushing
    known = await price_hold_book.kept(tx, [one.id for one in mine])
    waiting: dict[UUID, str] = {}
    fresh: dict[UUID, PriceDraft] = {}
    over: list[UUID] = []
    for one in mine:
        state, price = known.get(one.id, ("", None))
        same = price == one.quote
        if not one.dangerous:
            if state and not (same and state == "confirmed"):
                over.append(one.id)
        elif not same:
            fresh[one.id] = one
            waiting[one.id] = HELD
        elif state != "confirmed":
            waiting[one.id] = DISCARDED if state == "discarded" else HELD
    if fresh:
        await _hold(service, tx, "limits", list(fresh.values()))
    if over:
        await price_hold_book.forget(tx, over)
        await _end_if_empty(service, tx, mine[0])
    return waiting


async def dangerous(tx: Transaction, connection: UUID) -> list[PriceDraft]:
    """Everything a person should look at, were all of the connection's prices told now."""
    ids = await price_hold_book.matched(tx, connection)
    found: list[PriceDraft] = []
    for start in range(0, len(ids), AT_ONCE):
        found += [one for one in await drafts(tx, ids[start : start + AT_ONCE]) if one.dangerous]
    return found


async def _first_is_held(service: Service, tx: Transaction, some: PriceDraft) -> bool:
    if await price_hold_book.open_hold(tx, some.connection) is not None:
        return True
    found = await dangerous(tx, some.connection)
    if some.settings.guard.first == "limits" and not found:
        await price_hold_book.open_gate(tx, some.connection, service.clock())
        return False
    await _hold(service, tx, "first", found, some)
    return True


async def _hold(
    service: Service, tx: Transaction, reason: Reason, found: Sequence[PriceDraft], some: PriceDraft | None = None
) -> None:
    some = some or found[0]
    zeroed = sum(one.effect == "to_zero" for one in found)
    examples = [_example(one) for one in found[:EXAMPLES]]
    counts = {"zeroed": zeroed, "moved": len(found) - zeroed}
    hold = await price_hold_book.put(
        tx, some.connection, some.listing["platform"], reason, since=service.clock(), examples=examples, **counts
    )
    if reason == "limits":
        await price_hold_book.keep(tx, some.connection, hold, _quotes(found))
    row = await price_hold_book.one(tx, hold)
    assert row is not None
    code = "price_first_hold_raised" if row["reason"] == "first" else "price_hold_raised"
    entry = _entry(service, row, code, "failed", hold_words(row))
    await service.journal.write(tx, [entry])


async def _end_if_empty(service: Service, tx: Transaction, some: PriceDraft) -> None:
    hold = await price_hold_book.open_hold(tx, some.connection)
    row = None if hold is None else await price_hold_book.one(tx, hold)
    if row is not None and row["reason"] == "limits" and not row["waiting"]:
        await _end(service, tx, row)


async def _end(service: Service, tx: Transaction, row: dict[str, Any]) -> None:
    await price_hold_book.settle(tx, row["id"], "over", service.clock(), "")
    await service.journal.write(tx, [_entry(service, row, "price_hold_over", "updated", {})])


async def look_after(service: Service) -> None:
    """Ends what nobody has to decide any more: a connection is gone, or its first push has become harmless."""
    async with service.database.transaction() as tx:
        holds = await price_hold_book.opened_holds(tx)
    for hold in holds:
        async with service.database.transaction() as tx:
            await price_hold_book.lock(tx, hold["connection"])
            row = await price_hold_book.one(tx, hold["id"])
            if row is None or row["state"] != "open":
                continue
            if hold["deleted"]:
                await _end(service, tx, row)
            elif row["reason"] == "first" and not await _still_first(tx, row["connection"]):
                await price_hold_book.open_gate(tx, row["connection"], service.clock())
                await mark_connection(tx, row["connection"], queue=PRICES)
                await _end(service, tx, row)


async def _still_first(tx: Transaction, connection: UUID) -> bool:
    settings = await settings_of(tx, connection)
    return settings.guard.first == "always" or bool(await dangerous(tx, connection))


async def decide_hold(service: Service, tx: Transaction, hold: dict[str, Any], decision: Decision, actor: str) -> None:
    """Ends an open hold. The same decision again changes nothing; another one than was made is a 409 problem.

    Confirmed: the prices that were held go out. Discarded: the shop keeps its own until the price changes again.
    """
    id, connection = hold["id"], hold["connection"]
    await price_hold_book.lock(tx, connection)
    current = await price_hold_book.one(tx, id) or hold
    if current["state"] == decision:
        return
    if current["state"] != "open":
        raise Problem(409, "price_hold_decided", state=current["state"], actor=current["decided_by"] or "–")
    if current["reason"] == "first" and decision == "confirmed":
        await price_hold_book.open_gate(tx, connection, service.clock())
        await price_hold_book.keep(tx, connection, id, _quotes(await dangerous(tx, connection)))
        await mark_connection(tx, connection, queue=PRICES)
    await price_hold_book.settle(tx, id, decision, service.clock(), actor)
    await mark_listings(tx, await price_hold_book.listings_of(tx, id), queue=PRICES)
    words = hold_words(current) | {"actor": actor}
    await service.journal.write(tx, [_entry(service, current, f"price_hold_{decision}", "updated", words, actor)])


def hold_words(row: dict[str, Any]) -> dict[str, str]:
    """What the sentences about a hold need."""
    named = [f"{one['sku']} {one['shown'] or '–'} → {one['price']}" for one in row["examples"][:5]]
    return {
        "zeroed": str(row["zeroed"]), "moved": str(row["moved"]), "examples": ", ".join(named) or "–",
        "hold": str(row["id"]),
    }  # fmt: skip


def _quotes(found: Sequence[PriceDraft]) -> dict[UUID, Quote]:
    return {one.id: one.quote for one in found if one.quote is not None}


def _example(one: PriceDraft) -> dict[str, Any]:
    bad = [] if one.quote is None else dangers(one.offer, one.quote, one.settings.guard)
    worst = min(bad, key=lambda move: (move.price != 0, bad.index(move)), default=None)
    price = "–" if worst is None else f"{plain(worst.price)} {worst.where and f'({worst.where})'}".rstrip()
    shown = None if worst is None or worst.shown is None else plain(worst.shown)
    return {"listing_id": str(one.id), "sku": one.listing["sku"], "shown": shown, "price": price}


def _entry(
    service: Service, row: dict[str, Any], code: str, action: Literal["failed", "updated"], words: dict[str, str],
    actor: str = "",
) -> JournalEntry:  # fmt: skip
    """A hold is an open problem until somebody decides."""
    return service.journal.entry(
        noun="hold",
        subject=str(row["id"]),
        action=action,
        outcome="error" if action == "failed" else "ok",
        code=code,
        connection=row["connection"],
        platform=row["platform"],
        params=words,
        actor=actor,
        correlation=str(row["id"]),
    )
