"""The batch consumer: gather, one transaction, acknowledge.

A batch that fails on bad data or a mistake of ours is halved down to the one bad event, which is tried again later and
parked after some attempts. A batch that fails for a passing reason is retried whole, its messages left unacknowledged.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared.chassis.clock import Clock
from shared.chassis.journal import Journal
from shared.chassis.logs import logger
from shared.chassis.metrics import BATCH_SECONDS, EVENTS_APPLIED
from shared.contracts.envelope import Event, decode, decode_loosely, encode
from shared.contracts.errors import ParentMissing, Transient
from shared.contracts.model import Payload
from shared.messaging.bus import Bus, Delivery, Subscription
from shared.messaging.tasks import staying_cancelled, together
from shared.messaging.topology import Queue
from shared.persistence import attempts, held
from shared.persistence.database import Database, Transaction
from shared.persistence.failure import described, is_data_error, is_transient
from shared.persistence.inbox import admit

log = logger("consumer")
Apply = Callable[[Transaction, Sequence[Event[Any]]], Awaitable[None]]
MOST_ATTEMPTS = 5
FIRST_DELAY = timedelta(seconds=2)


@dataclass(frozen=True)
class Consumer:
    """Which queue is read, how its data is read, and what is done with a batch.

    `apply` runs inside one transaction with the inbox; it must not catch broadly. `window` is how long a batch waits
    for more, in seconds.
    """

    queue: Queue
    payload: type[Payload]
    apply: Apply
    max_events: int = 500
    window: float = 0.05
    writers: int = 1
    prefetch: int = 30


class BatchConsumer:
    """Runs one Consumer over a bus and a database. An event whose record is missing waits `parent_within` for it."""

    def __init__(
        self,
        consumer: Consumer,
        *,
        service: str,
        database: Database,
        bus: Bus,
        journal: Journal,
        clock: Clock,
        parent_within: timedelta = timedelta(days=1),
        lookout: held.Lookout | None = None,
    ) -> None:
        self._consumer = consumer
        self._service = service
        self._database = database
        self._bus = bus
        self._journal = journal
        self._clock = clock
        self._parent_within = parent_within
        self._lookout = lookout or held.Lookout(database)
        self._arrived: asyncio.Queue[Delivery] = asyncio.Queue()
        self._gathering = asyncio.Lock()

    async def run(self) -> None:
        """Consumes until cancelled; then stops deliveries first, so that nothing is taken and not finished."""
        subscription = await self._bus.subscribe(
            self._consumer.queue, self._arrived.put, prefetch=self._consumer.prefetch
        )
        try:
            write = partial(self._write, subscription)
            await together(*[write] * self._consumer.writers, self._redeliver_held)
        finally:
            await subscription.cancel()
            while not self._arrived.empty():
                self._arrived.get_nowait()

    async def _write(self, subscription: Subscription) -> None:
        while True:
            # One writer at a time: two would halve what arrives between them, and each pay for a transaction.
            async with self._gathering:
                deliveries, events = await self._gather()
            await self._settle(events)
            await subscription.ack(deliveries)

    async def _gather(self) -> tuple[list[Delivery], list[Event[Any]]]:
        first = await self._arrived.get()
        deliveries, events = [first], await self._read(first)
        until = asyncio.get_running_loop().time() + self._consumer.window
        while len(events) < self._consumer.max_events and len(deliveries) < self._consumer.prefetch:
            try:
                async with asyncio.timeout_at(until):
                    more = await self._arrived.get()
            except TimeoutError:
                break
            deliveries.append(more)
            events += await self._read(more)
        return deliveries, events

    async def _read(self, delivery: Delivery) -> list[Event[Any]]:
        try:
            return decode(delivery.body, self._consumer.payload)
        except ValidationError:
            pass
        try:
            loose = decode_loosely(delivery.body)
        except ValidationError as error:
            await self._unparseable(delivery, error)
            return []
        events = []
        for one in loose:
            try:
                events += decode(encode([one]), self._consumer.payload)
            except ValidationError as error:
                async with self._database.transaction() as tx:
                    await self._park(tx, one, "event_malformed", _fields(error), 1)
        return events

    async def _unparseable(self, delivery: Delivery, error: ValidationError) -> None:
        log.error("message cannot be read", service=self._service, queue=self._consumer.queue.name)
        await delivery.dead_letter(_fields(error))

    async def _settle(self, events: Sequence[Event[Any]]) -> None:
        """Returns when each event is applied, a duplicate, held, or parked."""
        pause = 0.2
        while events:
            try:
                with staying_cancelled():
                    await self._apply(events)
                return
            except Exception as error:  # noqa: BLE001 - the consumer is one of the two places that catch everything
                if isinstance(error, Transient) or (is_transient(error) and not is_data_error(error)):
                    log.warning("batch is tried again", service=self._service, error=described(error)[:300])
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 10.0)
                elif len(events) == 1:
                    await self._failed(events[0], error)
                    return
                else:
                    half = len(events) // 2
                    await self._settle(events[:half])
                    events = events[half:]

    async def _apply(self, events: Sequence[Event[Any]]) -> None:
        started = time.perf_counter()
        async with self._database.transaction() as tx:
            new = await admit(tx, [event.id for event in events])
            fresh: dict[UUID, Event[Any]] = {event.id: event for event in events if event.id in new}
            if fresh:
                await self._consumer.apply(tx, list(fresh.values()))
        queue = self._consumer.queue.name
        BATCH_SECONDS.labels(self._service, queue).observe(time.perf_counter() - started)
        EVENTS_APPLIED.labels(self._service, queue, "applied").inc(len(fresh))
        EVENTS_APPLIED.labels(self._service, queue, "duplicate").inc(len(events) - len(fresh))

    async def _failed(self, event: Event[Any], error: Exception, waited: held.HeldEvent | None = None) -> None:
        if isinstance(error, ParentMissing):
            await self._await_parent(event, error, waited)
            return
        held_id = None if waited is None else waited.id
        log.warning("event failed", service=self._service, type=event.type, id=str(event.id), exc_info=error)
        async with self._database.transaction() as tx:
            tried = await attempts.count(tx, event.id, described(error))
        async with self._database.transaction() as tx:
            if tried >= MOST_ATTEMPTS:
                await self._park(tx, event, "event_parked", described(error), tried)
                if held_id is not None:
                    await held.drop(tx, held_id)
            else:
                due_at = self._clock() + FIRST_DELAY * 2 ** (tried - 1)
                if held_id is not None:
                    await held.defer(tx, held_id, due_at)
                else:
                    await held.hold(tx, [held.HeldEvent(self._consumer.queue.name, encode([event]), due_at)])

    async def _await_parent(self, event: Event[Any], error: ParentMissing, waited: held.HeldEvent | None) -> None:
        """Nothing is wrong with the event: it waits for its record without counting as failed, but not for ever."""
        wait = held.HeldEvent(self._consumer.queue.name, encode([event]), self._clock(), error.waits_for)
        async with self._database.transaction() as tx:
            if not await held.await_parent(tx, waited or wait, wait, self._parent_within):
                await self._park(tx, event, error.code, f"{error.detail}: {error.waits_for}", 1)

    async def _park(self, tx: Transaction, event: Event[Any], code: str, detail: str, tried: int) -> None:
        queue = self._consumer.queue.name
        await attempts.park(tx, attempts.ParkedEvent(event.id, queue, event.type, encode([event]), code, detail, tried))
        EVENTS_APPLIED.labels(self._service, queue, "parked").inc()
        await self._journal.write(
            tx,
            [
                self._journal.entry(
                    noun="event",
                    subject=str(event.id),
                    action="parked",
                    outcome="error",
                    code="parent_missing" if code == "parent_missing" else "event_parked",
                    params={
                        "type": event.type, "attempts": str(tried), "event": str(event.id),
                        # Further lines of a database's error quote rows, and those may be personal.
                        "detail": detail.partition("\n")[0][:120],
                    },
                    connection=event.connection,
                    platform=event.platform,
                )
            ],
        )  # fmt: skip

    async def _redeliver_held(self) -> None:
        while True:
            due = await self._lookout.due(self._consumer.queue.name)
            if not due or not await self._redeliver_one():
                await asyncio.sleep(1.0)

    async def _redeliver_one(self) -> bool:
        found: list[held.HeldEvent] = []
        try:
            async with self._database.transaction() as tx:
                found = await held.take_due(tx, self._consumer.queue.name, 1)
                if not found:
                    return False
                try:
                    events = decode(found[0].body, self._consumer.payload)
                except ValidationError as error:
                    # An operator sent back what still does not fit its contract.
                    await self._park(tx, decode_loosely(found[0].body)[0], "event_malformed", _fields(error), 1)
                    return True
                new = await admit(tx, [event.id for event in events])
                await self._consumer.apply(tx, [event for event in events if event.id in new])
        except Exception as error:
            if not found or isinstance(error, Transient) or (is_transient(error) and not is_data_error(error)):
                raise
            await self._failed(decode(found[0].body, self._consumer.payload)[0], error, found[0])
        return True


def _fields(error: ValidationError) -> str:
    """Where and why, without the values: they may be personal."""
    return "; ".join(f"{'.'.join(str(p) for p in one['loc'])}: {one['msg']}" for one in error.errors()[:5])
