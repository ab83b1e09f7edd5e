"""The relay is woken by what its own process stores, and sees by itself what other processes store."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from shared.chassis import outbox as outbox_module
from shared.chassis.journal import Journal
from shared.chassis.outbox import Relay
from shared.messaging.bus import connect
from shared.messaging.topology import Queue
from shared.persistence.database import Database
from shared.persistence.outbox import FILLED
from tests.integration.conftest import OpenAs

QUEUE = Queue("journal.journal.recorded", "events", ("journal.recorded.*",))


@asynccontextmanager
async def relayed(database: Database) -> AsyncIterator[asyncio.Queue[bytes]]:
    """A relay at work, and what arrives at the other end."""
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")
    bus = await connect(f"memory://{uuid4()}", name="test")
    await bus.declare(QUEUE)
    arrived: asyncio.Queue[bytes] = asyncio.Queue()

    async def take(delivery: Any) -> None:
        arrived.put_nowait(delivery.body)
        await delivery.ack()

    await bus.subscribe(QUEUE, take, prefetch=5)
    task = asyncio.create_task(Relay("connections", database, bus).run())
    try:
        yield arrived
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bus.close()


async def tell(database: Database) -> str:
    """Writes one journal entry; answers its id."""
    journal = Journal("connections")
    entry = journal.entry(noun="test", subject="1", action="created", code="connection_created")
    async with database.transaction() as tx:
        await journal.write(tx, [entry])
    return str(entry.id)


async def test_what_its_own_process_stores_wakes_the_relay(open_as: OpenAs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "LOOK_SECONDS", 3600.0)
    database = open_as("connections")
    async with relayed(database) as arrived:
        for _ in range(3):
            id = await tell(database)
            assert id in (await asyncio.wait_for(arrived.get(), 10)).decode()


async def test_what_another_process_stores_is_seen_without_being_woken(open_as: OpenAs) -> None:
    async with relayed(open_as("connections")) as arrived:
        id = await tell(open_as("connections"))
        assert id in (await asyncio.wait_for(arrived.get(), 10)).decode()


async def test_what_could_not_be_published_is_published_without_being_stored_again(open_as: OpenAs) -> None:
    """The wake-up may be used up before the broker fails: the relay that is started again looks for itself."""
    database = open_as("connections")
    started = time.monotonic()
    async with relayed(database):
        pass
    id = await tell(database)
    database.bell(FILLED).clear()
    bus = await connect(f"memory://{uuid4()}", name="test")
    await bus.declare(QUEUE)
    task = asyncio.create_task(Relay("connections", database, bus).run())
    while not await bus.depth(QUEUE.name):
        assert time.monotonic() < started + 20, f"{id} was never published"
        await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await bus.close()
