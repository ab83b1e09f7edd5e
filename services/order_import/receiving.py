"""Taking orders in: newest version per order, judged, written; older ones kept but never applied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from services.order_import import (
    cancelling,
    correction_book,
    feed_book,
    judging,
    learned_book,
    order_book,
    reason_book,
    version_book,
)
from services.order_import.alteration import alterations
from services.order_import.anonymous import anonymous
from services.order_import.arrival import Arrival, arriving
from services.order_import.cancellation import Cancellation
from services.order_import.chronicle import Line, of_overtaken, of_passed_over
from services.order_import.corrections import applied
from services.order_import.demand import demand
from services.order_import.incoming import Revision, newest_of, revision_of, sorted_out
from services.order_import.order_rules import Verdict
from services.order_import.recording import record, tell
from services.order_import.rules.projects import decided_project
from services.order_import.rules.unknown import words_of_content
from services.order_import.settings import OrderSettings
from services.order_import.standing import Change, Standing
from shared.chassis.consumer import Apply
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.journal import JournalEntry
from shared.contracts.order import Order, OrderReceived
from shared.persistence import archive
from shared.persistence.database import Transaction

SUPERSEDED = Line("superseded", "order_superseded", "skipped")
UNCHANGED = Line("skipped", "order_unchanged", "skipped")


def receiver(service: Service, settings: OrderSettings) -> Apply:
    """What the consumer of `order.received` does with a batch."""
    return partial(receive, service, settings)


async def receive(
    service: Service, settings: OrderSettings, tx: Transaction, events: Sequence[Event[OrderReceived]]
) -> None:
    """Locks what exists in the order of ids, judges the newest state per order, and writes all in sets."""
    newest, passed_over = newest_of([revision_of(event) for event in events])
    entries: list[JournalEntry] = []
    while newest:
        standing = await order_book.lock(tx, list(newest))
        await _recall_reasons(tx, standing)
        winners, older, same = sorted_out(newest, standing)
        passed_over += older
        await order_book.touch(tx, [(one.id, one.observed.stamp, one.observed.observed_at) for one in same])
        entries += [of_passed_over(service, r.id, r.event, UNCHANGED, r.order, r.observed) for r in same]
        changes = await _judged(service, settings, tx, winners, standing)
        arrived = await _arrived(service, settings, tx, changes)
        lost = await record(service, tx, changes)
        for before, arrival, news in arrived:
            entries += await cancelling.keep(service, tx, before, arrival, news)
        newest = {change.id: newest[change.id] for change in lost}
        heard = [word for change in changes if change.id not in newest for word in _heard(change)]
        await learned_book.hear(tx, heard, service.clock())
    if passed_over:
        await _keep_late(tx, passed_over)
        entries += [of_passed_over(service, r.id, r.event, SUPERSEDED, r.order, r.observed) for r in passed_over]
    await tell(service, tx, [], entries)


async def _recall_reasons(tx: Transaction, standing: dict[UUID, Standing]) -> None:
    if kept_back := [one.id for one in standing.values() if one.status in ("parked", "waiting")]:
        for id, reasons in (await reason_book.of_orders(tx, kept_back)).items():
            standing[id].reasons = reasons


async def _judged(
    service: Service,
    settings: OrderSettings,
    tx: Transaction,
    revisions: Sequence[Revision],
    standing: dict[UUID, Standing],
) -> list[Change]:
    if not revisions:
        return []
    keys = await archive.keys_for(tx, [one.id for one in revisions])
    revisions = await _with_corrections(service, tx, revisions, {id: keys[id] for id in standing if id in keys})
    cases = [_case(one, standing.get(one.id), keys[one.id]) for one in revisions]
    verdicts = await judging.judged(service, settings, tx, cases)
    return [
        _change(service, one, case, verdicts[one.id], keys[one.id]) for one, case in zip(revisions, cases, strict=True)
    ]


def _case(revision: Revision, before: Standing | None, key: bytes | None) -> judging.Case:
    erased = key is None or (before is not None and before.erased_at is not None)
    order = anonymous(revision.order) if erased else revision.order
    return judging.Case(revision.id, revision.connection, order, before, erased)


def _heard(change: Change) -> Iterator[learned_book.Heard]:
    """The words of this order that have no row, unless it brought them before."""
    words = change.verdict.found.unknown
    for kind, word in words if change.before is None else words - words_of_content(change.before.content):
        yield change.connection, kind, word


def _change(
    service: Service,
    revision: Revision,
    case: judging.Case,
    verdict: Verdict,
    key: bytes | None,
) -> Change:
    order, before = case.order, case.before
    return Change(
        id=revision.id,
        connection=revision.connection,
        platform=revision.event.platform,
        cause="received",
        order=order,
        observed=revision.observed,
        verdict=verdict,
        demand=demand(order, verdict.numbers, bills=verdict.bills) if verdict.reserves else (),
        before=before,
        version=1 if before is None else before.version + 1,
        project=decided_project(verdict.found.decisions),
        customer_key=customer_key(service, revision.connection, order),
        content=order.model_dump_json(exclude_defaults=True),
        key=None if case.erased else key,
        causation=revision.event,
    )


Arrived = list[tuple[Standing, Arrival, list[Cancellation]]]


async def _arrived(service: Service, settings: OrderSettings, tx: Transaction, changes: Sequence[Change]) -> Arrived:
    """Judges what the channel took off orders that we knew, and counts them accordingly."""
    known = {change.id: change.before for change in changes if change.before is not None}
    if not known:
        return []
    handed_over = await feed_book.handed_over(tx, list(known))
    numbers = await order_book.numbers_of(tx, list(known))
    found: Arrived = []
    for change in changes:
        if (before := change.before) is None:
            continue
        old = before.order()
        change.altered = alterations(old, change.order)
        arrival = arriving(
            old, change.order, numbers.get(change.id, []), before.shipped.lines, before.holding,
            handed_over=change.id in handed_over,
        )  # fmt: skip
        news = cancelling.hold(service, before, arrival, settings.cancellation_answer_within)
        if arrival or before.holding:
            found.append((before, arrival, news))
        change.count(before)
    return found


def customer_key(service: Service, connection: UUID, order: Order) -> str:
    """The keyed hash a customer's orders are found by: his e-mail, or his id in this shop where that is masked."""
    customer = order.customer
    if customer is None:
        return ""
    if customer.email and not customer.email_is_masked:
        return service.hasher.customer(customer.email)
    return service.hasher.customer(f"{connection}:{customer.external_id}") if customer.external_id else ""


async def _keep_late(tx: Transaction, revisions: Sequence[Revision]) -> None:
    keys: dict[UUID, Any] = await archive.keys_for(tx, [one.id for one in revisions])
    await version_book.write_late(
        tx,
        [
            version_book.Late(one.id, one.observed, one.order.model_dump_json(exclude_defaults=True), keys.get(one.id))
            for one in revisions
        ],
    )


async def _with_corrections(
    service: Service, tx: Transaction, revisions: Sequence[Revision], keys: Mapping[UUID, bytes | None]
) -> Sequence[Revision]:
    """The revisions with the corrections that still hold. One that the channel has overtaken ends, and is told."""
    found = await correction_book.active(tx, keys)
    if not found:
        return revisions
    corrected = []
    for one in revisions:
        order, overtaken = applied(one.order, found.get(one.id, ()))
        corrected.append(replace(one, order=order))
        if overtaken:
            await correction_book.end(tx, [gone.id for gone in overtaken], "overtaken", one.event.source)
            told = [of_overtaken(service, one.id, one.event, order, gone) for gone in overtaken]
            await service.journal.write(tx, told)
    return corrected
