"""Everything that is done for one connection while its lease is held: streams, hints, pushes, subscriptions."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from shared.chassis.logs import logger
from shared.chassis.service import Service
from shared.connector_kit import work
from shared.connector_kit.backfilling import Backfiller
from shared.connector_kit.contents import Contents
from shared.connector_kit.declaration import Connector, Noun, Push, Stream
from shared.connector_kit.gathering import Gathering
from shared.connector_kit.hints import Hints
from shared.connector_kit.opening import Opened, Opener
from shared.connector_kit.pushing import Pusher
from shared.connector_kit.streaming import Streams
from shared.connector_kit.subscribing import Subscriptions
from shared.connector_kit.sync import Reader
from shared.connector_kit.taking import Counts
from shared.contracts.connection import Connection
from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient
from shared.contracts.journal import Action, Outcome
from shared.messaging.tasks import staying_cancelled, together
from shared.persistence.database import Transaction
from shared.persistence.leases import Lease

log = logger("account")
LOOK_FOR_LIVE_SECONDS = 0.2
Turns = Mapping[Noun, asyncio.Semaphore]


@dataclass
class Account:
    """One connection at work. `lease` is replaced by the worker at every renewal."""

    connector: Connector
    service: Service
    opener: Opener
    connection: Connection
    lease: Lease
    expires: float
    """Monotonic time at which the lease ends, unless renewed."""
    turns: Turns
    """How many hinted records are read at once, by all accounts of the process: a flood must not starve the streams."""
    gathering: Gathering
    wake: dict[str, asyncio.Event] = field(default_factory=dict)
    reading: set[str] = field(default_factory=set)
    """The jobs that read live at this moment."""
    _opened: Opened | None = None

    def deadline(self) -> float:
        """Seconds of the lease that are left."""
        return self.expires - time.monotonic()

    def rouse(self, kind: str) -> None:
        """There may be something of this kind to do."""
        if kind in self.wake:
            self.wake[kind].set()

    async def run(self) -> None:
        """Works until cancelled. Fresh settings are taken up by the worker starting a new account."""
        jobs: dict[str, Callable[[], Awaitable[bool]]] = {
            "streams": self._streams.step,
            **{f"read:{stream.noun}": Hints(self, stream).step for stream in self.connector.streams},
            **{push.noun: self._pushes(push) for push in self.connector.pushes},
            "backfill": self._backfill,
        }
        self.wake = {name: asyncio.Event() for name in jobs}
        try:
            works: list[Callable[[], Awaitable[None]]] = [partial(self._repeat, *job) for job in jobs.items()]
            if self.connector.webhooks is not None:
                works.append(Subscriptions(self).keep)
            await together(*works)
        finally:
            await self.close()

    async def close(self) -> None:
        if self._opened is not None:
            opened, self._opened = self._opened, None
            await opened.close()

    @property
    def budget(self) -> float | None:
        """What the shop's limits leave at this moment; None before the first call."""
        return None if self._opened is None else self._opened.outside.bucket.budget

    async def opened(self) -> Opened:
        if self._opened is None:
            self._opened = self.opener.open(self.connection, deadline=self.deadline)
        return self._opened

    async def _repeat(self, name: str, job: Callable[[], Awaitable[bool]]) -> None:
        pause = 1.0
        while True:
            self.wake[name].clear()
            try:
                with staying_cancelled():
                    more = await self._watched(name, job)
                pause = 1.0
            except Misconfigured as error:
                await self._pause_connection(error)
                more = False
            except (Transient, Rejected) as error:
                log.info("account job put off", job=name, connection=str(self.connection.id), error=error.detail)
                told = error.retry_after if isinstance(error, Transient) else None
                if told is None:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 30.0)
                else:
                    # The shop knows best, however often it has said so.
                    await asyncio.sleep(told.total_seconds())
                more = False
            if not more:
                await self.wake[name].wait()

    async def _watched(self, name: str, job: Callable[[], Awaitable[bool]]) -> bool:
        """Does the job; as long as it lasts, others can see that something is read live."""
        if name not in self._live_jobs:
            return await job()
        self.reading.add(name)
        try:
            return await job()
        finally:
            self.reading.discard(name)

    @property
    def _streams(self) -> Streams:
        return Streams(self)

    @property
    def _live_jobs(self) -> set[str]:
        return {"streams", *(f"read:{stream.noun}" for stream in self.connector.streams)}

    async def _backfill(self) -> bool:
        if self.connection.deleted or self.connection.paused_because:
            return False
        backfiller = Backfiller(self.connector, self.connection, self.service, self.reader, self._time_left_over)
        return await backfiller.step()

    async def _time_left_over(self) -> None:
        """Returns when nothing is read live, and nothing is due to be."""
        while True:
            if not self.reading and not await self._live_roused():
                return
            await asyncio.sleep(LOOK_FOR_LIVE_SECONDS)

    async def _live_roused(self) -> bool:
        """Wakes the jobs that have something to read live; answers whether there are any."""
        async with self.service.database.transaction() as tx:
            due = {kind for _, kind in await work.busy_kinds(tx, [self.connection.id], self._live_jobs)}
        for stream in self.connector.streams:
            if self.connection.runs(stream.feature) and await self._streams.due_window(stream) is not None:
                due.add("streams")
        for job in due:
            self.rouse(job)
        return bool(due)

    async def tell(
        self,
        tx: Transaction,
        stream: Stream,
        action: Action,
        outcome: Outcome,
        code: str,
        words: dict[str, str],
        run: str,
    ) -> None:
        entry = self.service.journal.entry(
            noun="stream",
            subject=f"{self.connection.id}:{stream.noun}",
            action=action,
            outcome=outcome,
            code=code,
            params=words | {"stream": stream.noun, "connection": self.connection.name},
            connection=self.connection.id,
            platform=self.connection.platform,
            correlation=run,
        )
        await self.service.journal.write(tx, [entry])

    async def reader(self, counts: Counts) -> Reader:
        opened = await self.opened()
        return Reader(
            self.connection.id,
            self.connection.platform,
            opened.client,
            self.lease,
            self.service.database,
            self.service.bus,
            self.service.journal,
            counts,
        )

    def _pushes(self, push: Push) -> Callable[[], Awaitable[bool]]:
        async def step() -> bool:
            if self.connection.deleted:
                return False
            pusher = Pusher(
                self.connection,
                None,
                self.lease,
                self.service.database,
                self.service.journal,
                self.service.clock,
                self.service.settings.retry_days,
                Contents(self.service),
            )
            if not self.connection.blocked_by(push.feature, by_hand=True):
                pusher.client = (await self.opened()).client
            return await pusher.step(push)

        return step

    async def _pause_connection(self, error: Misconfigured) -> None:
        """The merchant must act: the owner pauses the connection, and says so; nothing is retried in a loop."""
        log.warning("connection is paused", connection=str(self.connection.id), code=error.code)
        path = f"/connections/internal/{self.connection.id}/pause"
        body = {"code": error.code, "detail": error.detail, "field": error.field}
        try:
            await self.service.peers.post(self.service.settings.connections_url, path, body)
        except KontorError as failure:
            log.warning("pause could not be reported", error=failure.detail)
        self.connection = self.connection.model_copy(update={"paused_because": error.code})
        await asyncio.sleep(5)
