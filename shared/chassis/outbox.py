"""Events leave in the transaction that caused them, and a relay publishes them afterwards."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from shared.chassis.logs import logger
from shared.chassis.metrics import OUTBOX_AGE, OUTBOX_DEPTH
from shared.contracts.envelope import Event
from shared.messaging.bus import Bus, Unroutable
from shared.messaging.message import Message, pack
from shared.persistence import outbox
from shared.persistence.database import Database, Transaction

log = logger("outbox")
BATCH = 100
REFUSED_SECONDS = 30.0
LOOK_SECONDS = 0.25
# What is stored in quick succession is published together.
GATHER_SECONDS = 0.02


async def emit(tx: Transaction, events: Sequence[Event[Any]]) -> None:
    """Stores events in this service's outbox, packed into messages of at most 50."""
    await outbox.store(
        tx,
        [
            outbox.OutboxRow(m.exchange, m.routing_key, m.type, m.body, m.events, m.event_ids, m.traceparent)
            for m in pack(events)
        ],
    )


class Relay:
    """Publishes what the outbox holds: lock, publish, delete on confirm. Several relays never do the same row."""

    def __init__(self, service: str, database: Database, bus: Bus) -> None:
        self._service = service
        self._database = database
        self._bus = bus

    async def run(self) -> None:
        """Publishes until cancelled: at once what this process stores, and what others store when it is seen."""
        filled = self._database.bell(outbox.FILLED)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await filled.wait()
            if not filled.is_set() and not await self._waiting():
                continue
            await asyncio.sleep(GATHER_SECONDS)
            filled.clear()
            while await self.step():
                pass

    async def _waiting(self) -> bool:
        async with self._database.statement() as tx:
            return await outbox.waiting(tx)

    async def step(self) -> bool:
        """Publishes one batch; answers whether there may be more."""
        async with self._database.transaction() as tx:
            rows = await outbox.take(tx, BATCH)
            if not rows:
                return False
            refused: set[str] = set()
            try:
                await self._bus.publish([_message(row) for row in rows])
            except Unroutable as error:
                log.warning("no queue takes a message", error=error.detail)
                refused = {message.event_ids for message in error.messages}
            sent = [row.id for row in rows if row.event_ids not in refused]
            await outbox.delete(tx, [id for id in sent if id is not None])
            for row in rows:
                if row.event_ids in refused and row.id is not None:
                    await outbox.postpone(tx, row.id, seconds=REFUSED_SECONDS)
        return len(rows) == BATCH

    async def measure(self) -> None:
        """Shows depth and age of the outbox."""
        async with self._database.transaction() as tx:
            depth, age = await outbox.backlog(tx)
        OUTBOX_DEPTH.labels(self._service).set(depth)
        OUTBOX_AGE.labels(self._service).set(age)


def _message(row: outbox.OutboxRow) -> Message:
    return Message(row.exchange, row.routing_key, row.type, row.body, row.events, row.event_ids, row.traceparent)


async def drain(relay: Relay, *, rounds: int = 1000) -> None:
    """Publishes until the outbox is empty; for orderly ends and tests."""
    for _ in range(rounds):
        if not await relay.step():
            return
        await asyncio.sleep(0)
