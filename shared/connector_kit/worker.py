"""The worker of one platform in one process: takes its fair share of leases and works for those connections."""

import asyncio
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from uuid import UUID, uuid4

from shared.chassis.logs import logger
from shared.chassis.loops import Loop, every
from shared.chassis.service import Service
from shared.connector_kit import backfills, budgets, cursors, replica, work
from shared.connector_kit.account import Account, Turns
from shared.connector_kit.declaration import Connector, Noun
from shared.connector_kit.gathering import Gathering
from shared.connector_kit.opening import Opener
from shared.contracts.connection import Connection
from shared.contracts.errors import Transient
from shared.messaging.tasks import end
from shared.persistence import leases
from shared.persistence.database import Database

log = logger("worker")
TICK = 2.0
POLL = 1.0
# Articles must not be in the way of orders: each sale tells of its products, too.
READ_AT_ONCE: dict[Noun, int] = {"order": 20, "article": 5}
BUDGET = 10.0


@dataclass
class Worker:
    """Holds at most its share of the accounts and gives surplus back, so that more replicas really spread the work."""

    connector: Connector
    service: Service
    opener: Opener
    lease_seconds: float = 60.0
    holder: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}")
    accounts: dict[UUID, Account] = field(default_factory=dict)
    _turns: Turns = field(default_factory=lambda: {noun: asyncio.Semaphore(n) for noun, n in READ_AT_ONCE.items()})
    _tasks: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)
    gathering: Gathering = field(init=False)

    def __post_init__(self) -> None:
        self.gathering = Gathering(self.service.database, self.service.bus, self.service.journal)

    def loops(self) -> list[Loop]:
        return [
            Loop("leases", self.run),
            every(POLL, "wake", self.poll),
            every(BUDGET, "budgets", self.measure),
            Loop("listen", self.listen),
        ]

    async def run(self) -> None:
        """Runs until cancelled; then gives its leases back at once."""
        # Renewals have a database connection of their own: in the pool they would queue behind all the work they allow.
        url = self.service.settings.database_url.get_secret_value()
        renewals = Database(url, schema="connectors", name=f"{self.connector.platform} leases", pool_size=1)
        try:
            await replica.rebuild(self.service, self.connector.platform)
            while True:
                await self._tick(renewals)
                await asyncio.sleep(min(TICK, self.lease_seconds / 6))
        finally:
            await self._stop(list(self.accounts))
            await self.gathering.close()
            async with self.service.database.transaction() as tx:
                await leases.leave(tx, self.holder)
            await renewals.close()

    async def _tick(self, renewals: Database) -> None:
        """One round: renew, count the replicas, give back, take."""
        await self._renew(renewals)
        async with self.service.database.statement() as tx:
            alive = await leases.announce(tx, self.holder, self.connector.platform, seconds=self.lease_seconds)
        async with self.service.database.statement() as tx:
            connections = {one.id: one for one in await replica.of_platform(tx, self.connector.platform)}
        share = ceil(len(connections) / max(alive, 1))
        await self._refresh(connections)
        await self._give_back(share)
        await self._take(connections, share)

    async def poll(self) -> bool:
        """Looks for due work, streams and backfills; NOTIFY only makes it faster."""
        if self.accounts:
            ids = list(self.accounts)
            kinds = {kind for account in self.accounts.values() for kind in account.wake}
            async with self.service.database.transaction() as tx:
                busy = await work.busy_kinds(tx, ids, kinds)
                busy |= {(id, "streams") for id in await cursors.due(tx, ids)}
                busy |= {(id, "backfill") for id in await backfills.due_of(tx, ids)}
            for id, kind in busy:
                if account := self.accounts.get(id):
                    account.rouse(kind)
        return False

    async def measure(self) -> None:
        """Writes down what the shops' limits leave, for whoever asks how a connection is doing."""
        left = {id: account.budget for id, account in self.accounts.items()}
        async with self.service.database.transaction() as tx:
            await budgets.remember(tx, {id: budget for id, budget in left.items() if budget is not None})

    async def listen(self) -> None:
        """Hears which connection has new work of which kind."""

        def heard(payload: str) -> None:
            connection, _, kind = payload.partition(" ")
            if account := self.accounts.get(UUID(connection)):
                account.rouse(kind)

        async with self.service.database.listening(work.CHANNEL, heard) as lost:
            await lost.wait()
        raise Transient("The connection that hears of new work was lost")

    async def _renew(self, renewals: Database) -> None:
        if not self.accounts:
            return
        started = time.monotonic()
        async with renewals.transaction() as tx:
            held = [account.lease for account in self.accounts.values()]
            renewed = await leases.renew(tx, held, seconds=self.lease_seconds)
        for id, account in list(self.accounts.items()):
            lease = renewed.get(str(id))
            if lease is None or self._tasks[id].done():
                log.warning("lease lost or account ended", connection=str(id))
                await self._stop([id])
            else:
                account.lease, account.expires = lease, started + self.lease_seconds

    async def _refresh(self, connections: dict[UUID, Connection]) -> None:
        """A connection whose settings changed is started anew with them, under the same lease."""
        for id, account in list(self.accounts.items()):
            current = connections.get(id)
            if current is None:
                await self._stop([id])
            elif current.version != account.connection.version:
                await self._cancel(id)
                await self._start(current, account.lease, account.expires)

    async def _give_back(self, share: int) -> None:
        await self._stop(sorted(self.accounts)[share:])

    async def _take(self, connections: dict[UUID, Connection], share: int) -> None:
        wanted = [str(id) for id in connections if id not in self.accounts]
        if not wanted or share <= len(self.accounts):
            return
        started = time.monotonic()
        async with self.service.database.transaction() as tx:
            taken = await leases.acquire(
                tx, wanted, self.holder, limit=share - len(self.accounts), seconds=self.lease_seconds
            )
        for lease in taken:
            await self._start(connections[UUID(lease.account)], lease, started + self.lease_seconds)

    async def _start(self, connection: Connection, lease: leases.Lease, expires: float) -> None:
        # Not when the change is heard of: whoever still worked with the old settings would block it all again.
        async with self.service.database.transaction() as tx:
            await work.unblock(tx, connection.id)
        account = Account(
            self.connector, self.service, self.opener, connection, lease, expires, self._turns, self.gathering
        )
        self.accounts[connection.id] = account
        self._tasks[connection.id] = asyncio.create_task(account.run(), name=f"account {connection.id}")

    async def _cancel(self, id: UUID) -> None:
        task = self._tasks.pop(id)
        await end([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("account ended with an error", connection=str(id), exc_info=error)

    async def _stop(self, ids: Sequence[UUID]) -> None:
        for id in ids:
            await self._cancel(id)
            account = self.accounts.pop(id)
            async with self.service.database.transaction() as tx:
                await leases.release(tx, account.lease)
