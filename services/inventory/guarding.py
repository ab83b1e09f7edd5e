"""The guard at work: which of a batch's pushes wait because too much of a live shop would fall to zero at once.

Everything happens in the transaction of the stock loop, under a lock per connection that is only taken when something
falls to zero, was held before, or is the connection's first push. So several workers together let no more through than
one alone, and one that dies leaves nothing half done.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from services.inventory import hold_book, marks
from services.inventory.drafts import Draft, foresee
from services.inventory.guard import HUNDRED, exceeds, judge
from services.inventory.hold_book import Standing
from services.inventory.hold_words import example, over_entry, raised_entry, waiting_entries
from services.inventory.offer_rows import Place
from services.inventory.supply_book import Listing
from shared.chassis.service import Service
from shared.persistence.database import Transaction

LOOK_AGAIN = timedelta(seconds=10)
EXAMPLES = 20
FIRST, HELD, DISCARDED = "stock_first_push_held", "stock_push_held", "stock_push_discarded"


async def held_back(service: Service, tx: Transaction, drafts: Sequence[Draft]) -> dict[Place, str]:
    """The places that must not be told now, with the code why. Drafts that a switch blocks are none of its business."""
    by_connection: dict[UUID, list[Draft]] = {}
    for one in drafts:
        if not one.listing.blocked_by:
            by_connection.setdefault(one.listing.connection, []).append(one)
    if not by_connection:
        return {}
    ids = {one.listing.id for mine in by_connection.values() for one in mine}
    standings = await hold_book.standings(tx, by_connection, ids)
    uneasy = sorted(id for id, mine in by_connection.items() if _uneasy(mine, standings[id]))
    if not uneasy:
        return {}
    await hold_book.lock(tx, uneasy)
    standings = await hold_book.standings(tx, uneasy, ids)
    waiting: dict[Place, str] = {}
    for connection in uneasy:
        waiting |= await _of_connection(service, tx, by_connection[connection], standings[connection])
    return waiting


def _uneasy(drafts: Sequence[Draft], standing: Standing) -> bool:
    first = not standing.opened and any(one.decision.push for one in drafts)
    return first or bool(standing.kept) or any(one.zeroes for one in drafts)


async def _of_connection(
    service: Service, tx: Transaction, drafts: Sequence[Draft], standing: Standing
) -> dict[Place, str]:
    if not standing.opened:
        pushing = {one.place: FIRST for one in drafts if one.decision.push}
        if pushing and (standing.hold is not None or await first_is_held(service, tx, drafts[0])):
            return pushing
    zeroing = {one.listing.id: one for one in drafts if one.zeroes}
    listing = drafts[0].listing
    limits = listing.settings.guard
    now = service.clock()
    fresh = zeroing.keys() - standing.kept.keys()
    before = listings = 0
    if fresh:
        since = now - timedelta(minutes=limits.window_minutes)
        before = await hold_book.zeroed_since(tx, listing.connection, since, fresh)
    ahead: dict[UUID, Draft] = {}
    if fresh and before + len(fresh) >= limits.zero_minimum:
        listings = await hold_book.count_salable(tx, listing.connection)
        if not exceeds(before + len(fresh), listings, limits):
            ahead = await _ahead(service, tx, listing, zeroing.keys())
    verdict = judge(zeroing, standing.kept, passed_before=before, ahead=len(ahead), listings=listings, limits=limits)
    if verdict.fresh:
        await _hold(service, tx, [zeroing[id] for id in sorted(verdict.fresh)], ahead, listings)
    await hold_book.note_zeroed(tx, listing.connection, verdict.passed, now)
    await _forget(service, tx, listing.connection, listing.platform, verdict.forget)
    return {
        one.place: DISCARDED if standing.kept.get(one.listing.id) == "discarded" else HELD
        for one in drafts
        if one.zeroes and one.listing.id in verdict.wait
    }


async def _ahead(service: Service, tx: Transaction, of: Listing, without: Collection[UUID]) -> dict[UUID, Draft]:
    """What else is about to fall to zero: a count of many thousand articles reaches the loop in many batches."""
    connection, off = of.connection, of.settings.guard.zero_share == HUNDRED
    if off or not await hold_book.may_look(tx, connection, service.clock(), LOOK_AGAIN):
        return {}
    waiting = await marks.pending(tx, connection) - set(without)
    kept = (await hold_book.standings(tx, [connection], waiting))[connection].kept
    return {
        one.listing.id: one
        async for one in foresee(tx, waiting - kept.keys())
        if one.zeroes and not one.listing.blocked_by
    }


async def falling(tx: Transaction, connection: UUID) -> tuple[int, dict[UUID, Draft]]:
    """How many listings a connection has to tell, and those that would fall to zero if all were told now."""
    salable = await hold_book.salable(tx, connection)
    return len(salable), {one.listing.id: one async for one in foresee(tx, salable) if one.zeroes}


async def first_is_held(service: Service, tx: Transaction, some: Draft) -> bool:
    """Weighs everything the connection would be told at its first push; harmless, it opens the gate for good."""
    connection, limits = some.listing.connection, some.listing.settings.guard
    listings, zeroing = await falling(tx, connection)
    if limits.first == "limits" and not exceeds(len(zeroing), listings, limits):
        await hold_book.open_gate(tx, connection, service.clock())
        return False
    examples = [example(one) for one in list(zeroing.values())[:EXAMPLES]]
    hold, _ = await hold_book.put(
        tx,
        connection,
        some.listing.platform,
        "first",
        since=service.clock(),
        listings=listings,
        zeroed=len(zeroing),
        examples=examples,
    )
    entry = raised_entry(service, hold, some.listing, "stock_first_hold_raised", len(zeroing), listings, examples)
    await service.journal.write(tx, [entry])
    return True


async def _hold(
    service: Service, tx: Transaction, fresh: Sequence[Draft], ahead: Mapping[UUID, Draft], listings: int
) -> None:
    listing = fresh[0].listing
    held = [*fresh, *(ahead[id] for id in sorted(ahead))]
    examples = [example(one) for one in held[:EXAMPLES]]
    hold, zeroed = await hold_book.put(
        tx,
        listing.connection,
        listing.platform,
        "zero",
        since=service.clock(),
        listings=listings,
        zeroed=len(held),
        examples=examples,
    )
    await hold_book.keep(tx, listing.connection, hold, [one.listing.id for one in held], "held")
    entry = raised_entry(service, hold, listing, "stock_hold_raised", zeroed, listings, examples)
    await service.journal.write(tx, [entry, *waiting_entries(service, hold, held)])


async def _forget(service: Service, tx: Transaction, connection: UUID, platform: str, ids: Collection[UUID]) -> None:
    """A hold whose listings have all recovered is over; the alert closes with it."""
    for hold in await hold_book.forget(tx, ids) if ids else ():
        await hold_book.settle(tx, hold, "over", service.clock(), "")
        await service.journal.write(tx, [over_entry(service, hold, connection, platform)])
