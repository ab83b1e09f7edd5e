"""Answers to cancellations that channels asked for: accepted or refused by internal systems, or by the clock."""

from collections.abc import Sequence
from uuid import UUID

from services.order_import import cancellation_book, order_book, reason_book
from services.order_import.cancellation import LATE, ZERO, Cancellation
from services.order_import.cancellation_chronicle import answered_entry, entry, overdue_entry
from services.order_import.demand import outstanding
from services.order_import.parcel_plan import Refused
from services.order_import.recording import record, tell
from services.order_import.settings import OrderSettings
from services.order_import.standing import Change, Standing, restated
from services.order_import.upholding import upheld
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

BATCH = 100


async def accept(service: Service, tx: Transaction, order_id: UUID, id: UUID, actor: str) -> Cancellation:
    """The internal system holds the goods back: they are free again. Twice is the same answer. One that was refused, or
    not answered in time, may be accepted after all while its pieces are in the house; what was accepted stays so.

    Raises LookupError for a cancellation the order does not have, Refused for one that was settled otherwise.
    """
    before, one = await _asked(tx, order_id, id)
    if one.state == "accepted":
        return one
    if one.state in LATE:
        _still_here(before, one, await order_book.article_numbers(tx, order_id))
    else:
        _still_asked(one)
    one.decide("accepted", service.clock(), actor)
    await _apply(service, tx, before, [one], actor)
    return one


async def refuse(
    service: Service, tx: Transaction, order_id: UUID, id: UUID, code: str, text: str, actor: str
) -> Cancellation:
    """It is too late for the internal system: the order stays as it is, and its stock reserved. Raises as `accept`."""
    before, one = await _asked(tx, order_id, id)
    if one.state == "refused":
        return one
    _still_asked(one)
    one.decide("refused", service.clock(), actor, code, text)
    await cancellation_book.save(tx, [one])
    await service.journal.write(tx, _entries(service, before, [one]))
    return one


async def expire(service: Service, settings: OrderSettings) -> bool:
    """One round over what is overdue; answers whether there may be more."""
    keep = settings.cancellation_unanswered == "keep"
    async with service.database.transaction() as tx:
        due = await cancellation_book.overdue(tx, service.clock(), BATCH, untold=keep)
        for before in (await order_book.lock(tx, due)).values():
            await _expire(service, settings, tx, before)
    return len(due) == BATCH


async def _expire(service: Service, settings: OrderSettings, tx: Transaction, before: Standing) -> None:
    now = service.clock()
    late = [one for one in before.holding.cancellations if one.state == "asked" and one.due_at <= now]
    if settings.cancellation_unanswered == "keep":
        untold = [one for one in late if one.overdue_told_at is None]
        for one in untold:
            one.overdue_told_at = now
        await cancellation_book.save(tx, untold)
        await service.journal.write(tx, [overdue_entry(service, before, one) for one in untold])
        return
    accepting = settings.cancellation_unanswered == "accept"
    for one in late:
        one.decide("accepted" if accepting else "expired", now, "", "unanswered")
    if accepting:
        await _apply(service, tx, before, late, "")
    else:
        await cancellation_book.save(tx, late)
        await service.journal.write(tx, _entries(service, before, late))


async def decided(service: Service, tx: Transaction, before: Standing, actor: str) -> Change:
    """The order's new state after its holding has changed."""
    if before.status == "parked":
        before.reasons = (await reason_book.of_orders(tx, [before.id])).get(before.id, ())
    numbers = await order_book.article_numbers(tx, before.id)
    change = restated(before, "decided", before.order(), before.verdict(numbers), actor=actor)
    await record(service, tx, [change])
    return change


async def _apply(
    service: Service, tx: Transaction, before: Standing, settled: Sequence[Cancellation], actor: str
) -> None:
    await cancellation_book.save(tx, settled)
    change = await decided(service, tx, before, actor)
    await tell(service, tx, [], _entries(service, before, settled, cancelled=change.status == "cancelled"))


def _entries(
    service: Service, before: Standing, settled: Sequence[Cancellation], *, cancelled: bool = False
) -> list[JournalEntry]:
    told = [entry(service, before, one, cancelled=cancelled) for one in settled]
    return [*told, *(answered_entry(service, before, one) for one in settled if one.overdue_told_at is not None)]


async def _asked(tx: Transaction, order_id: UUID, id: UUID) -> tuple[Standing, Cancellation]:
    before = (await order_book.lock(tx, [order_id])).get(order_id)
    if before is None:
        raise LookupError(order_id)
    for one in before.holding.cancellations:
        if one.id == id:
            return before, one
    raise LookupError(id)


def _still_asked(one: Cancellation) -> None:
    if one.state != "asked":
        raise Refused("cancellation_settled", state=one.state)


def _still_here(before: Standing, one: Cancellation, numbers: Sequence[str]) -> None:
    """Raises Refused unless every piece of it that we hold can still be kept from leaving."""
    held = [part for part in one.parts if part.held > ZERO]
    if not held:
        raise Refused("cancellation_settled", state=one.state)
    counted, _ = upheld(before.order(), numbers, before.holding, under_way=True)
    lines = {line.external_id: line for line in counted.line_items}
    begun = {line for line, _ in before.shipped.components}
    for part in held:
        name = part.line_external_id
        left = outstanding(lines[name], before.shipped.lines.get(name, ZERO)) - before.holding.asked(name)
        if part.requires_shipping and (name in begun or part.held > left):
            words = {"line": part.sku or name, "quantity": f"{part.held.normalize():f}"}
            raise Refused("cancellation_shipped_since", **words, left=f"{max(left, ZERO).normalize():f}")
