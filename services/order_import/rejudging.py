"""Judging orders again: by itself when a cause is gone, or because somebody asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.order_import import (
    approval_book,
    judging,
    order_book,
    reason_book,
    rules_book,
    unreadable_book,
)
from services.order_import.chronicle import of_retries_ended
from services.order_import.recording import record
from services.order_import.rules.projects import decided_project
from services.order_import.settings import OrderSettings
from services.order_import.standing import Change, restated
from shared.chassis.service import Service
from shared.persistence.database import Transaction

BATCH = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many orders were judged again, and what became of them: imported, parked as before, or kept waiting."""

    judged: int
    released: int
    still_parked: int

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.judged + other.judged, self.released + other.released, self.still_parked + other.still_parked
        )


async def rejudge(
    service: Service,
    settings: OrderSettings,
    tx: Transaction,
    ids: Sequence[UUID],
    *,
    actor: str = "",
    keep_rejections: bool = True,
) -> Outcome:
    """Judges orders again that are kept back; all others are left alone. A refusal by an internal system stands
    until a person asks (`keep_rejections` False) or the order changes. When an `actor` asks, retries begin anew."""
    kept = {id: one for id, one in (await order_book.lock(tx, ids)).items() if one.status in ("parked", "waiting")}
    if not kept:
        return Outcome(0, 0, 0)
    for id, reasons in (await reason_book.of_orders(tx, list(kept))).items():
        kept[id].reasons = reasons
    cases = [
        judging.Case(
            id,
            one.connection,
            one.order(),
            one,
            one.erased_at is not None,
            one.rejections if keep_rejections else (),
        )
        for id, one in kept.items()
    ]
    verdicts = await judging.judged(service, settings, tx, cases)
    changes: list[Change] = []
    for case in cases:
        before, verdict = kept[case.id], verdicts[case.id]
        if (verdict.status, verdict.reasons, verdict.bills) != (before.status, before.reasons, before.bills):
            project = decided_project(verdict.found.decisions)
            changes.append(restated(before, "rejudged", case.order, verdict, actor=actor, project=project))
    await record(service, tx, changes)
    changed = {change.id: change.status for change in changes}
    judged = [(id, verdict.found) for id, verdict in verdicts.items() if id not in changed]
    same = [(id, found.version, found.master_version) for id, found in judged]
    await rules_book.note_version(tx, same)
    if actor:
        await reason_book.start_retries(tx, [id for id, one in kept.items() if one.status == "parked"])
    after = [changed.get(id, one.status) for id, one in kept.items()]
    return Outcome(len(after), after.count("imported"), after.count("parked"))


async def sweep(service: Service, settings: OrderSettings, *, recently: bool = True) -> bool:
    """One round: releases orders whose article has become known, judges by new rules what older ones kept back and by
    new master data what lacked some, asks again about orders that were put off, closes unreadable items whose order
    has arrived.

    It looks at what is, not at what was said: an article that became known while another worker was parking an order
    for it is found all the same. `recently` sees what follows from the articles that changed in the last minutes.
    Answers whether there may be more.
    """
    async with service.database.transaction() as tx:
        found = await reason_book.with_cause_gone(tx, BATCH, recently=recently)
        await rejudge(service, settings, tx, found)
    async with service.database.transaction() as tx:
        older = await rules_book.judged_by_older(tx, BATCH)
        older += await reason_book.judged_by_older_master_data(tx, BATCH)
        older += await approval_book.put_off_until(tx, service.clock(), BATCH)
        await rejudge(service, settings, tx, older)
    async with service.database.transaction() as tx:
        closed = await unreadable_book.close_readable(tx, BATCH)
        await service.journal.write(tx, [unreadable_book.closing(service, one) for one in closed])
    return BATCH in (len(found), len(closed)) or len(older) >= BATCH


async def end_retries(service: Service) -> bool:
    """Says once of every order that was parked too long that it is no longer judged again by itself. Answers whether
    there may be more."""
    days = service.settings.retry_days
    async with service.database.transaction() as tx:
        ids = await reason_book.parked_too_long(tx, days, BATCH)
        standing = await order_book.lock(tx, ids)
        ended = await reason_book.end_retries(tx, list(standing), days)
        for id, reasons in (await reason_book.of_orders(tx, list(ended))).items():
            standing[id].reasons = reasons
        await service.journal.write(tx, [of_retries_ended(service, standing[id], days) for id in sorted(ended)])
    return len(ids) == BATCH


async def rejudge_cause(
    service: Service,
    settings: OrderSettings,
    code: str,
    key: str | None,
    *,
    scope: list[UUID] | None,
    actor: str,
) -> Outcome:
    """Judges every order of a cause again, batch by batch."""
    total = Outcome(0, 0, 0)
    after: UUID | None = None
    while True:
        async with service.database.transaction() as tx:
            ids = await reason_book.with_cause(tx, code, key, scope, after, BATCH)
            total += await rejudge(service, settings, tx, ids, actor=actor, keep_rejections=False)
        if len(ids) < BATCH:
            return total
        after = ids[-1]
