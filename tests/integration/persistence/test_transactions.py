"""Work that is cancelled in the middle of a transaction: nothing of it stays, and the next one really commits."""

import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest

from shared.contracts.errors import Defect
from shared.persistence.database import Database

OpenAs = Callable[[str], Database]
# More steps of the event loop, and more time, than one transaction of the test takes, so that every await is hit.
STEPS = 100
DELAYS = [step / 10_000 for step in range(80)]


@pytest.fixture
async def narrow(open_as: OpenAs) -> AsyncIterator[Database]:
    """A pool in which every transaction gets the same connection, if that one was given back."""
    wide = open_as("orders")
    database = Database(wide.url, schema="orders", name="narrow", pool_size=1)
    yield database
    await database.close()


async def note(database: Database, key: str) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO inbox (event_id) VALUES (CAST(:id AS uuid))", id=key)


async def committed(database: Database, key: str) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.value("SELECT count(*) FROM inbox WHERE event_id = CAST(:id AS uuid)", id=key))


async def cancelled(database: Database, steps: int, delay: float) -> None:
    task = asyncio.create_task(note(database, str(uuid4())))
    for _ in range(steps):
        await asyncio.sleep(0)
    await asyncio.sleep(delay)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_work_after_a_cancelled_transaction_is_really_committed(narrow: Database, open_as: OpenAs) -> None:
    witness = open_as("orders")
    for steps, delay in [*((steps, 0.0) for steps in range(STEPS)), *((0, delay) for delay in DELAYS)]:
        await cancelled(narrow, steps, delay)
        key = str(uuid4())
        await note(narrow, key)
        assert await committed(witness, key), f"cancelled after {steps} steps and {delay} s"
    async with witness.transaction() as tx:
        left_open = await tx.value(
            """SELECT count(*) FROM pg_stat_activity
               WHERE application_name = 'kontor-narrow' AND state LIKE 'idle in transaction%'"""
        )
    assert left_open == 0


async def test_a_transaction_inside_another_one_of_the_same_pool_is_a_defect(open_as: OpenAs) -> None:
    orders, journal = open_as("orders"), open_as("journal")
    async with orders.transaction():
        async with journal.transaction() as other:
            assert await other.value("SELECT 1") == 1
        with pytest.raises(Defect):
            async with orders.transaction():
                pass
    async with orders.transaction() as tx:
        assert await tx.value("SELECT 1") == 1


async def test_a_statement_by_itself_is_committed_and_gives_its_connection_back(
    narrow: Database, open_as: OpenAs
) -> None:
    key, witness = str(uuid4()), open_as("orders")
    for _ in range(2):
        async with narrow.statement() as tx:
            await tx.execute("INSERT INTO inbox (event_id) VALUES (CAST(:id AS uuid)) ON CONFLICT DO NOTHING", id=key)
    assert await committed(witness, key)
    with pytest.raises(Defect):
        async with narrow.statement(), narrow.transaction():
            pass


async def test_work_after_a_cancelled_statement_is_really_committed(narrow: Database, open_as: OpenAs) -> None:
    witness = open_as("orders")

    async def slow() -> None:
        async with narrow.statement() as tx:
            await tx.value("SELECT pg_sleep(0.02)")

    for delay in DELAYS[::4]:
        task = asyncio.create_task(slow())
        await asyncio.sleep(delay)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        key = str(uuid4())
        await note(narrow, key)
        assert await committed(witness, key), f"cancelled after {delay} s"


async def test_a_bell_rings_after_the_commit_and_never_for_what_was_rolled_back(narrow: Database) -> None:
    bell = narrow.bell("post")

    async def changed_my_mind() -> None:
        async with narrow.transaction() as tx:
            tx.ring("post")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await changed_my_mind()
    assert not bell.is_set()
    async with narrow.transaction() as tx:
        tx.ring("post")
        assert not bell.is_set()
    assert bell.is_set()
