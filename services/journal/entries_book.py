"""The book of entries: written once, in batches, into the month they belong to; never changed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg

from services.journal import problem_book, run_book
from services.journal.entry_row import COLUMNS, record
from shared.chassis.clock import Clock
from shared.contracts.envelope import Event
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

AHEAD = timedelta(days=2)
NOWHERE = UUID(int=0)


def month_of(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


class EntriesBook:
    """Takes batches of `journal.recorded`. Months older than `keep` are not made again."""

    def __init__(self, clock: Clock, keep: timedelta) -> None:
        self._clock = clock
        self._keep = keep
        self._months: set[date] = set()

    async def apply(self, tx: Transaction, events: Sequence[Event[JournalEntry]]) -> None:
        """The consumer's work: the entries themselves, and what is derived from them."""
        await self.write(tx, [event.data for event in events])

    async def write(self, tx: Transaction, entries: Sequence[JournalEntry]) -> None:
        """Writes what is not there yet; the same entry twice is one entry."""
        fresh = list({(entry.at, entry.id): entry for entry in entries}.values())
        await self._make_months(tx, {month_of(entry.at) for entry in fresh})
        try:
            await _copy(tx, fresh)
        except asyncpg.UniqueViolationError:
            fresh = await _unknown(tx, fresh)
            await _copy(tx, fresh)
        if fresh:
            await _remember_customers(tx, fresh)
            await run_book.note(tx, fresh)
            await problem_book.note(tx, fresh)

    async def _make_months(self, tx: Transaction, months: set[date]) -> None:
        now = self._clock()
        first, last = month_of(now - self._keep), month_of(now + AHEAD)
        for month in sorted(months - self._months):
            made = first <= month <= last and await tx.value("SELECT journal.keep_month(:month)", month=month)
            if not made:  # what this transaction made is gone again should it fail
                self._months.add(month)


async def _copy(tx: Transaction, entries: Sequence[JournalEntry]) -> None:
    """All or none of them, so that a second try finds the transaction as it was."""
    driver = await tx.driver()
    async with driver.transaction():
        await driver.copy_records_to_table("entries", records=[record(entry) for entry in entries], columns=COLUMNS)


async def _unknown(tx: Transaction, entries: Sequence[JournalEntry]) -> list[JournalEntry]:
    """Those that are not in the book yet. The inbox knows nearly all duplicates; this is for those it forgot."""
    times = [entry.at for entry in entries]
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT e.at, e.id FROM unnest($1::timestamptz[], $2::uuid[]) AS g(at, id)
           JOIN entries e ON e.at = g.at AND e.id = g.id WHERE e.at BETWEEN $3 AND $4""",
        times,
        [entry.id for entry in entries],
        min(times),
        max(times),
    )
    known = {(row["at"], row["id"]) for row in rows}
    return [entry for entry in entries if (entry.at, entry.id) not in known]


async def _remember_customers(tx: Transaction, entries: Sequence[JournalEntry]) -> None:
    found = {
        (key.value, entry.noun, entry.subject): (entry.connection or NOWHERE, entry.at)
        for entry in entries
        for key in entry.keys
        if key.kind == "customer" and key.value
    }
    if found:
        driver = await tx.driver()
        await driver.execute(
            """INSERT INTO customers (customer, noun, subject, connection, since)
               SELECT customer, noun, subject, nullif(connection, $6), since
               FROM unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[])
                   AS g(customer, noun, subject, connection, since)
               ON CONFLICT DO NOTHING""",
            *map(list, zip(*(key + found[key] for key in sorted(found)), strict=True)),
            NOWHERE,
        )
