"""Retention: the journal's months are made ahead and dropped at their end; raw bodies are pruned, their trace stays."""

from datetime import date, datetime, timedelta

from services.journal import run_book
from services.journal.entries_book import month_of
from services.journal.settings import JournalSettings
from shared.chassis.logs import logger
from shared.chassis.service import Service
from shared.persistence.database import Transaction

log = logger("retention")
MONTHS_AHEAD = 3
AT_ONCE = 2000
# A pass over what was stored shortly before the last one catches what was committed late.
AGAIN = timedelta(days=1)
ORPHAN_SPAN = timedelta(days=7)


class Retention:
    """The loops' work."""

    def __init__(self, service: Service, settings: JournalSettings) -> None:
        self._service = service
        self._settings = settings

    async def months(self) -> None:
        """Makes the months ahead; drops those, and everything derived, that the journal no longer keeps."""
        before = self._service.clock() - timedelta(days=self._settings.retention_journal_days)
        async with self._service.database.transaction() as tx:
            for month in months_from(month_of(self._service.clock()), MONTHS_AHEAD + 1):
                await tx.execute("SELECT journal.keep_month(:month)", month=month)
        async with self._service.database.transaction() as tx:
            dropped = await tx.value("SELECT journal.drop_months(:before)", before=before.date())
            await run_book.forget(tx, before)
            await tx.execute("DELETE FROM customers WHERE since < :before", before=before)
            await tx.execute("DELETE FROM problems WHERE last_at < :before", before=before)
            await tx.execute("DELETE FROM completeness WHERE day < :before", before=before.date())
        for month in dropped:
            log.info("journal month dropped", month=month)

    async def payloads(self) -> bool:
        """Prunes raw bodies whose time is over; answers whether there is more."""
        until = self._service.clock() - timedelta(days=self._settings.retention_payload_days)
        async with self._service.database.transaction() as tx:
            pruned = await tx.execute(
                """UPDATE archive.payloads SET body = NULL WHERE id IN (
                       SELECT id FROM archive.payloads
                       WHERE stored_at < :until AND stored_at >= :since AND body IS NOT NULL LIMIT :limit)""",
                until=until,
                since=await _pruned_until(tx, "payloads") - AGAIN,
                limit=AT_ONCE,
            )
            if pruned < AT_ONCE:
                await _note(tx, "payloads", until)
        return pruned == AT_ONCE

    async def orphans(self) -> bool:
        """Prunes orders' bodies of which the journal never heard: archived, but their event was never published."""
        until = self._service.clock() - timedelta(days=self._settings.retention_orphan_days)
        async with self._service.database.transaction() as tx:
            pruned = await tx.execute(
                """UPDATE archive.payloads SET body = NULL WHERE id IN (
                       SELECT p.id FROM archive.payloads p
                       WHERE p.stored_at < :until AND p.stored_at >= :since
                         AND p.noun = 'order' AND p.key_id IS NOT NULL AND p.body IS NOT NULL
                         AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.subject = CAST(p.key_id AS text)
                                         AND e.at >= p.stored_at - interval '1 day')
                       LIMIT :limit)""",
                until=until,
                since=max(await _pruned_until(tx, "orphans") - AGAIN, until - ORPHAN_SPAN),
                limit=AT_ONCE,
            )
            if pruned < AT_ONCE:
                await _note(tx, "orphans", until)
        return pruned == AT_ONCE


def months_from(first: date, number: int) -> list[date]:
    """The first days of `number` months, `first` being the first of them."""
    places = [first.year * 12 + first.month - 1 + n for n in range(number)]
    return [date(place // 12, place % 12 + 1, 1) for place in places]


async def _pruned_until(tx: Transaction, kind: str) -> datetime:
    until: datetime = await tx.value(
        "SELECT coalesce((SELECT until FROM pruned WHERE class = :class), '2000-01-01Z')", **{"class": kind}
    )
    return until


async def _note(tx: Transaction, kind: str, until: datetime) -> None:
    await tx.execute(
        """INSERT INTO pruned (class, until) VALUES (:class, :until)
           ON CONFLICT (class) DO UPDATE SET until = greatest(pruned.until, excluded.until)""",
        **{"class": kind, "until": until},
    )
