"""The batch consumer: each event is applied once, held, or parked with its reason; its neighbours always go on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.chassis import consumer as consumer_module
from shared.chassis.clock import utc_now
from shared.chassis.consumer import BatchConsumer, Consumer
from shared.chassis.journal import Journal
from shared.chassis.outbox import Relay, drain
from shared.contracts.connection import ConnectionChanged
from shared.contracts.envelope import Event, event
from shared.contracts.errors import ParentMissing, Transient
from shared.messaging.bus import Bus, connect
from shared.messaging.message import Message, pack
from shared.messaging.topology import Queue
from shared.persistence import held
from shared.persistence.database import Database, Transaction
from tests.integration.conftest import OpenAs

Apply = Callable[[Transaction, Sequence[Event[Any]]], Any]
QUEUE = Queue("test.connection.changed", "events", ("connection.changed.*",))


def news(platform: str = "core", id: UUID | None = None) -> Event[Any]:
    payload = ConnectionChanged(id=uuid4(), version=1, platform=platform)
    return event(payload, id=id or uuid4(), source="test", subject="s", time=datetime.now(UTC))


@pytest.fixture
async def database(open_as: OpenAs) -> Database:
    database = open_as("connections")
    async with database.transaction() as tx:
        for table in ("inbox", "outbox", "held", "attempts", "parked_events"):
            await tx.execute(f"DELETE FROM {table}")
    return database


@pytest.fixture
async def bus() -> AsyncIterator[Bus]:
    opened = await connect(f"memory://{uuid4()}", name="test")
    await opened.declare(QUEUE, Queue("journal.journal.recorded", "events", ("journal.recorded.*",)))
    yield opened
    await opened.close()


@asynccontextmanager
async def consuming(database: Database, bus: Bus, apply: Apply, **how: Any) -> AsyncIterator[None]:
    batch = BatchConsumer(
        Consumer(QUEUE, ConnectionChanged, apply, **{"window": 0.02, **how}),
        service="connections",
        database=database,
        bus=bus,
        journal=Journal("connections"),
        clock=utc_now,
    )
    task = asyncio.create_task(batch.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_the_same_event_ten_times_is_applied_once(database: Database, bus: Bus) -> None:
    applied: list[UUID] = []

    async def apply(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        applied.extend(one.id for one in events)

    same = news()
    async with consuming(database, bus, apply):
        await bus.publish([message for _ in range(10) for message in pack([same])])
        await bus.publish(pack([same, same]))
    assert applied == [same.id]


async def test_what_arrives_together_is_one_batch_however_many_write(database: Database, bus: Bus) -> None:
    batches: list[set[UUID]] = []

    async def apply(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        batches.append({one.id for one in events})

    single = [news() for _ in range(12)]
    async with consuming(database, bus, apply, window=2.0, writers=3, prefetch=12):
        # The bus is full with the twelfth: nothing more can come, so nobody waits for the end of the window.
        await bus.publish([message for one in single for message in pack([one])])
    assert batches == [{one.id for one in single}]


async def test_one_bad_event_is_parked_with_its_reason_and_the_others_are_applied(
    database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "MOST_ATTEMPTS", 1)
    bad, events = news(), [news() for _ in range(20)]
    applied: set[UUID] = set()

    async def apply(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        if any(one.id == bad.id for one in batch):
            raise ValueError("this one cannot be done")
        applied.update(one.id for one in batch)

    async with consuming(database, bus, apply):
        await bus.publish(pack([*events[:10], bad, *events[10:]]))
    assert applied == {one.id for one in events}
    async with database.transaction() as tx:
        rows = await tx.rows("SELECT event_id, code, detail, attempts FROM parked_events")
    assert [(row["event_id"], row["code"], row["attempts"]) for row in rows] == [(bad.id, "event_parked", 1)]
    assert "this one cannot be done" in rows[0]["detail"]


async def test_a_failing_event_is_held_and_applied_when_its_cause_is_gone(
    database: Database, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer_module, "FIRST_DELAY", consumer_module.FIRST_DELAY / 100)
    done = asyncio.Event()
    tries = 0

    async def apply(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ValueError("not yet")
        done.set()

    async with consuming(database, bus, apply):
        await bus.publish(pack([news()]))
        await asyncio.wait_for(done.wait(), 10)
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM held") == 0
        assert await tx.value("SELECT count(*) FROM parked_events") == 0
        assert await tx.value("SELECT count FROM attempts") == 2


async def test_an_event_about_a_record_that_is_not_here_waits_for_it_and_goes_on_when_it_comes(
    database: Database, bus: Bus
) -> None:
    early, neighbour = news(), news()
    here, all_applied = asyncio.Event(), asyncio.Event()
    applied: list[UUID] = []

    async def apply(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        if not here.is_set() and any(one.id == early.id for one in batch):
            raise ParentMissing("no such record", waits_for="record:7")
        applied.extend(one.id for one in batch)
        if len(applied) == 2:
            all_applied.set()

    async with consuming(database, bus, apply):
        await bus.publish(pack([early, neighbour]))
        async with database.transaction() as tx:
            row = await tx.row("SELECT waits_for, due_at > now() + interval '30 seconds' AS later FROM held")
        assert row == {"waits_for": "record:7", "later": True}
        assert applied == [neighbour.id]
        here.set()
        async with database.transaction() as tx:
            assert await held.release(tx, ["record:6"]) == 0
            assert await held.release(tx, ["record:7"]) == 1
        await asyncio.wait_for(all_applied.wait(), 10)
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM held") == 0
        assert await tx.value("SELECT count(*) FROM attempts") == 0


async def test_an_event_whose_record_never_comes_is_parked_after_a_day_as_parent_missing(
    database: Database, bus: Bus
) -> None:
    early = news()
    again = asyncio.Event()

    async def apply(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        again.set()
        raise ParentMissing("no such record", waits_for="record:7")

    async def due_after(hours: int) -> None:
        async with database.transaction() as tx:
            await tx.execute("UPDATE held SET created_at = now() - make_interval(hours => :h), due_at = now()", h=hours)

    async def parked() -> Any:
        async with database.transaction() as tx:
            return await tx.row("SELECT event_id, code, detail FROM parked_events")

    async with consuming(database, bus, apply):
        await bus.publish(pack([early]))
        again.clear()
        await due_after(23)
        await asyncio.wait_for(again.wait(), 10)
        assert await parked() is None
        async with asyncio.timeout(10):
            while (row := await parked()) is None:
                await due_after(25)
                await asyncio.sleep(0.05)
    assert (row["event_id"], row["code"]) == (early.id, "parent_missing")
    assert "record:7" in row["detail"]
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM held") == 0
        bodies = [one["body"] for one in await tx.rows("SELECT body FROM outbox")]
    assert any(b'"code":"parent_missing"' in body for body in bodies)


async def test_a_passing_disturbance_costs_no_attempt(database: Database, bus: Bus) -> None:
    done = asyncio.Event()
    tries = 0

    async def apply(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Transient("the neighbour restarts")
        if tries == 2:
            raise asyncpg.DeadlockDetectedError("deadlock")
        done.set()

    async with consuming(database, bus, apply):
        await bus.publish(pack([news()]))
        await asyncio.wait_for(done.wait(), 10)
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM attempts") == 0


async def test_a_batch_that_a_library_broke_off_is_done_again(database: Database, bus: Bus) -> None:
    done = asyncio.Event()
    tries = 0

    async def apply(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            answer = asyncio.get_running_loop().create_future()
            answer.cancel()
            await answer
        done.set()

    async with consuming(database, bus, apply):
        await bus.publish(pack([news()]))
        await asyncio.wait_for(done.wait(), 10)


async def test_a_crash_before_the_commit_leaves_nothing_and_the_event_comes_again(database: Database, bus: Bus) -> None:
    started, applied = asyncio.Event(), asyncio.Event()

    async def dies(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        started.set()
        await asyncio.sleep(60)

    async def works(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        applied.set()

    publishing = asyncio.create_task(bus.publish(pack([news()])))
    async with consuming(database, bus, dies):
        await asyncio.wait_for(started.wait(), 10)
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM inbox") == 0
    async with consuming(database, bus, works):
        await asyncio.wait_for(applied.wait(), 10)
        await asyncio.wait_for(publishing, 10)


async def test_what_is_no_event_at_all_goes_to_the_dead_letters_and_malformed_data_is_parked(
    database: Database, bus: Bus
) -> None:
    applied: list[UUID] = []

    async def apply(tx: Transaction, batch: Sequence[Event[Any]]) -> None:
        applied.extend(one.id for one in batch)

    good = news()
    (packed,) = pack([good, news()])
    spoiled = packed.body.replace(b'"version":1', b'"version":"many"', 1)
    async with consuming(database, bus, apply):
        await bus.publish([Message("events", "connection.changed.core", "connection.changed", b"<html>")])
        await bus.publish([Message("events", "connection.changed.core", "connection.changed", spoiled)])
    assert len(applied) == 1
    assert await bus.depth("dead-letters") == 1
    async with database.transaction() as tx:
        row = await tx.row("SELECT code, detail FROM parked_events")
    assert row is not None
    assert row["code"] == "event_malformed"
    assert "version" in row["detail"]


async def test_the_outbox_keeps_a_message_until_somebody_can_take_it(database: Database, bus: Bus) -> None:
    journal = Journal("connections")
    entry = journal.entry(noun="test", subject="1", action="created", code="connection_created")
    async with database.transaction() as tx:
        await journal.write(tx, [entry])
    relay = Relay("connections", database, bus)
    taken: list[bytes] = []

    async def take(delivery: Any) -> None:
        taken.append(delivery.body)
        await delivery.ack()

    queue = Queue("journal.journal.recorded", "events", ("journal.recorded.*",))
    subscription = await bus.subscribe(queue, take, prefetch=5)
    await drain(relay)
    await drain(relay)
    await subscription.cancel()
    assert len(taken) == 1
    assert str(entry.id).encode() in taken[0]
    async with database.transaction() as tx:
        assert await tx.value("SELECT count(*) FROM outbox") == 0
