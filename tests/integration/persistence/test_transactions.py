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


async def test_listeners_of_a_channel_share_a_connection_and_outlive_each_other(
    narrow: Database, open_as: OpenAs
) -> None:
    witness, heard = open_as("orders"), asyncio.Event()
    first: list[str] = []

    def note_it(said: str) -> None:
        heard.set()
        first.append(said)

    async def say(what: str) -> None:
        heard.clear()
        async with witness.statement() as tx:
            await tx.execute("SELECT pg_notify('test_listeners', :what)", what=what)
        async with asyncio.timeout(10):
            await heard.wait()

    async def connections() -> int:
        async with witness.statement() as tx:
            said = [str(row["query"]) for row in await tx.rows("SELECT query FROM pg_stat_activity")]
        return said.count('LISTEN "test_listeners"')

    second: list[str] = []
    async with narrow.listening("test_listeners", note_it) as lost:
        async with narrow.listening("test_listeners", second.append):
            await say("both")
            assert await connections() == 1
        await say("one")
        assert (first, second, lost.is_set()) == (["both", "one"], ["both"], False)
    assert lost.is_set()
    async with narrow.listening("test_listeners", note_it) as again:
        await say("again")
        assert not again.is_set()
    assert first[-1] == "again"


async def test_a_name_is_one_parameter_however_often_it_stands_and_a_cast_is_none(narrow: Database) -> None:
    async with narrow.transaction() as tx:
        row = await tx.row(
            "SELECT CAST(:a AS int) + CAST(:b AS int) AS n, CAST(:a AS int) AS a, '7'::int AS c", a=3, b=4
        )
        assert row == {"n": 7, "a": 3, "c": 7}
        assert await tx.row("SELECT 1 WHERE CAST(:no AS int) = 0", no=1) is None
        assert await tx.value("SELECT 1 WHERE false") is None
        assert await tx.execute("SELECT 1 FROM generate_series(1, CAST(:n AS int))", n=3) == 3
