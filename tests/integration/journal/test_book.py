"""The book of entries: complete, once, and unchangeable."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from services.journal.entries_book import EntriesBook
from services.journal.retention import Retention
from services.journal.settings import JournalSettings
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Database
from shared.persistence.failure import is_data_error
from tests.integration.journal.house import NOW, SHOP, House, days_ago


async def count(house: House) -> int:
    async with house.service.database.transaction() as tx:
        found: int = await tx.value("SELECT count(*) FROM entries")
    return found


async def test_the_same_entry_delivered_twice_is_written_once(house: House) -> None:
    entry = house.entry(0, "received", "order_received")
    await house.record(entry, entry)
    await house.record(entry)
    assert await count(house) == 1


async def test_a_batch_of_known_and_new_entries_adds_only_the_new_ones(house: House) -> None:
    first, second = (house.entry(n, "received", "order_received") for n in (0, 1))
    await house.record(first)
    await house.record(second, first)
    assert await count(house) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET code = 'forged'",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "UPDATE {part} SET code = 'forged'",
        "DELETE FROM {part}",
        "TRUNCATE {part}",
        "DROP TABLE {part}",
        "ALTER TABLE entries DISABLE TRIGGER ALL",
        "CREATE OR REPLACE FUNCTION journal.refuse_change() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    ],
)
async def test_the_journals_own_role_can_change_or_remove_no_entry(house: House, statement: str) -> None:
    await house.record(house.entry(0, "received", "order_received"))
    part = f"entries_{NOW:%Y_%m}"
    with pytest.raises(asyncpg.PostgresError):
        async with house.service.database.transaction() as tx:
            await tx.execute(statement.format(part=part))
    async with house.service.database.transaction() as tx:
        assert await tx.value("SELECT code FROM entries") == "order_received"


@pytest.mark.parametrize("statement", ["UPDATE journal.entries SET code = 'forged'", "DELETE FROM journal.entries"])
async def test_not_even_the_owner_of_the_tables_changes_an_entry_by_mistake(
    house: House, admin: Database, statement: str
) -> None:
    await house.record(house.entry(0, "received", "order_received"))
    with pytest.raises(asyncpg.PostgresError, match="append-only"):
        async with admin.transaction() as tx:
            await tx.execute(statement)


async def test_an_entry_from_an_earlier_month_finds_its_month(house: House) -> None:
    old = house.entry(0, "received", "order_received").model_copy(update={"at": days_ago(300)})
    await house.record(old)
    assert await count(house) == 1


async def test_an_entry_from_the_far_future_is_bad_data_and_its_neighbours_stay_possible(house: House) -> None:
    wrong = house.entry(0, "received", "order_received").model_copy(update={"at": datetime(2099, 1, 1, tzinfo=UTC)})
    with pytest.raises(Exception) as failure:  # noqa: PT011 - asyncpg's own class, judged below
        await house.record(wrong)
    assert is_data_error(failure.value)
    await house.record(house.entry(0, "received", "order_received"))
    assert await count(house) == 1


async def test_two_services_writing_into_a_new_month_at_once_both_succeed(house: House) -> None:
    entries = [
        house.entry(0, "received", "order_received").model_copy(update={"at": days_ago(200 + n)}) for n in range(2)
    ]
    await asyncio.gather(*(house.record(entry) for entry in entries))
    assert await count(house) == 2


async def test_months_are_there_before_they_begin(house: House) -> None:
    await Retention(house.service, JournalSettings()).months()
    ahead = house.entry(0, "received", "order_received").model_copy(update={"at": NOW + timedelta(days=60)})
    book = EntriesBook(lambda: NOW, timedelta(days=400))
    async with house.service.database.transaction() as tx:
        await book.apply(tx, house.service.journal.events([ahead]))
    assert await count(house) == 1


async def test_a_month_beyond_retention_is_dropped_and_a_younger_one_stays(house: House) -> None:
    young = house.entry(0, "received", "order_received").model_copy(update={"at": days_ago(300)})
    old = house.entry(0, "received", "order_received").model_copy(update={"at": days_ago(395)})
    await house.record(young, old)
    house.now = NOW + timedelta(days=45)
    await Retention(house.service, JournalSettings()).months()
    await Retention(house.service, JournalSettings()).months()
    async with house.service.database.transaction() as tx:
        assert [row["id"] for row in await tx.rows("SELECT id FROM entries")] == [young.id]


async def test_the_role_cannot_drop_what_is_younger_than_thirty_days(house: House) -> None:
    with pytest.raises(asyncpg.PostgresError, match="thirty days"):
        async with house.service.database.transaction() as tx:
            await tx.execute("SELECT journal.drop_months(:day)", day=(NOW + timedelta(days=1)).date())


async def test_a_customers_key_is_kept_apart_from_the_entries(house: House) -> None:
    hashed = house.service.hasher.customer("erika@example.org")
    await house.record(house.entry(0, "imported", "order_imported", keys=[("customer", hashed), ("number", "4711")]))
    async with house.service.database.transaction() as tx:
        assert await tx.value("SELECT customer FROM customers") == hashed
        assert hashed not in str(await tx.rows("SELECT * FROM entries"))


async def test_an_entry_without_a_connection_is_written_too(house: House) -> None:
    entry = house.entry(0, "parked", "event_parked", "error", noun="event", subject=str(uuid4()), connection=None)
    await house.record(entry, entry.model_copy(update={"id": uuid4(), "connection": SHOP}))
    assert await count(house) == 2


async def fail_after(house: House, book: EntriesBook, entry: JournalEntry) -> None:
    async with house.service.database.transaction() as tx:
        await book.apply(tx, house.service.journal.events([entry]))
        raise RuntimeError("the batch fails after the month was made")


async def test_a_month_made_by_a_batch_that_failed_is_made_again(house: House) -> None:
    old = house.entry(0, "received", "order_received").model_copy(update={"at": days_ago(350)})
    book = EntriesBook(lambda: NOW, timedelta(days=400))
    with pytest.raises(RuntimeError):
        await fail_after(house, book, old)
    async with house.service.database.transaction() as tx:
        await book.apply(tx, house.service.journal.events([old]))
    assert await count(house) == 1
