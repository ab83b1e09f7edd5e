"""A connector at work in front of a sandbox shop: its routes, its workers, its tables, and what it publishes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from services.sandbox import seeds
from shared.chassis import problems
from shared.chassis.access import Access, Role, key_hash
from shared.chassis.access import new_key as new_api_key
from shared.chassis.hashing import Hasher
from shared.chassis.journal import Journal
from shared.chassis.peers import Peers
from shared.chassis.sealing import KeyRing, new_key
from shared.chassis.service import Service
from shared.chassis.settings import Settings
from shared.connector_kit import replica
from shared.connector_kit.opening import Opener
from shared.connector_kit.routes_backfills import backfill_routes
from shared.connector_kit.routes_preview import preview_routes
from shared.connector_kit.routes_runs import run_routes
from shared.connector_kit.sync import Reader
from shared.connector_kit.taking import Counts
from shared.connector_kit.worker import Worker
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import Event, decode
from shared.messaging.memory import InMemoryBus
from shared.messaging.message import Message
from shared.persistence import leases
from shared.persistence.database import Database
from shared.persistence.held import Lookout
from tests.wired.contract.stand import HOST, Dated, Stand

LEASE_SECONDS = 12.0
SWITCHED_OFF = {"orders": False, "articles": False, "stock": False, "fulfilments": False}


class HeardBus(InMemoryBus):
    """The in-process bus; `heard` is everything that was published. `kill_after` ends whoever published that many
    batches, once they are confirmed."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Event[Any]] = []
        self.kill_after: int | None = None

    async def publish(self, messages: Sequence[Message]) -> None:
        await super().publish(messages)
        self.heard += [one for message in messages for one in decode(message.body, MESSAGES[message.type])]
        if self.kill_after is not None:
            self.kill_after -= 1
            if self.kill_after == 0:
                raise asyncio.CancelledError

    def of(self, type: str) -> list[Event[Any]]:
        return [one for one in self.heard if one.type == type]


@dataclass
class Branch:
    """One connection of one connector. Nothing runs by itself before `open_for_business`."""

    stand: Stand
    service: Service
    bus: HeardBus
    admin: Database
    opener: Opener
    ring: KeyRing
    connection: Connection
    working: list[asyncio.Task[None]] = field(default_factory=list)

    async def settle_in(self, **differing: Any) -> None:
        """Makes the connection known with these settings; a new version of it when it was known before."""
        version = self.connection.version + 1
        self.connection = self.connection.model_copy(update={"version": version} | differing)
        async with self.service.database.transaction() as tx:
            await replica.put(tx, self.connection)

    def open_for_business(self, lease_seconds: float = LEASE_SECONDS) -> None:
        """A worker takes the lease and works for the connection, as in a process of its own."""
        worker = Worker(self.stand.connector, self.service, self.opener, lease_seconds=lease_seconds)

        async def work() -> None:
            try:
                while True:
                    await worker._tick(self.service.database)
                    await worker.poll()
                    await asyncio.sleep(0.2)
            finally:
                await worker._stop(list(worker.accounts))

        self.working.append(asyncio.create_task(work()))

    async def reader(self, counts: Counts) -> Reader:
        """Under a lease of its own: whoever read before has lost his."""
        async with self.service.database.transaction() as tx:
            await tx.execute("UPDATE leases SET expires_at = now() WHERE account = :id", id=str(self.connection.id))
            (lease,) = await leases.acquire(tx, [str(self.connection.id)], str(uuid4()), limit=1, seconds=60)
        return Reader(
            self.connection.id, self.connection.platform, self.stand.client, lease, self.service.database, self.bus,
            self.service.journal, counts,
        )  # fmt: skip

    async def client(self, role: Role = "operate", connections: list[UUID] | None = None) -> AsyncClient:
        """The connector's routes, through a fresh key of that role."""
        key = new_api_key()
        async with self.admin.transaction() as tx:
            await tx.execute(
                """INSERT INTO access.api_keys (id, name, role, hash, connections)
                   VALUES (gen_random_uuid(), :name, :role, :hash, :connections)""",
                name=f"Anna ({role})",
                role=role,
                hash=key_hash(key),
                connections=connections,
            )
        app = FastAPI()
        problems.install(app)
        app.state.service = self.service
        connector = self.stand.connector
        for router in (
            backfill_routes(connector, self.service),
            run_routes(connector, self.service, self.opener),
            preview_routes(connector, self.service, self.opener),
        ):
            app.include_router(router, prefix=f"/connectors/{connector.platform}")
        address = f"http://kontor/connectors/{connector.platform}/connections/{self.connection.id}"
        return AsyncClient(
            transport=ASGITransport(app=app), base_url=address, headers={"Authorization": f"Bearer {key}"}
        )

    def place(self, count: int, *, hours: float = 1.0) -> list[str]:
        """Plain orders of the last `hours`, evenly; answers their ids."""
        placed: list[str] = self.stand.shop.place_many(count, self.stand.sandbox.plain_baskets, timedelta(hours=hours))
        return placed

    def place_case(self, name: str) -> str:
        return self.stand.opened.place(seeds.case(name, self.stand.sandbox.clock().replace(microsecond=0)))

    async def told(self, code: str) -> list[Any]:
        """The journal's entries with a code that wait in the outbox."""
        async with self.admin.transaction() as tx:
            bodies = await tx.rows("SELECT body FROM connectors.outbox WHERE type = 'journal.recorded' ORDER BY id")
        entries = [one.data for row in bodies for one in decode(row["body"], MESSAGES["journal.recorded"])]
        return [entry for entry in entries if entry.code == code]

    async def value(self, sql: str, **params: Any) -> Any:
        async with self.admin.transaction() as tx:
            return await tx.value(sql, **params)

    async def close(self) -> None:
        for task in self.working:
            task.cancel()
        await asyncio.gather(*self.working, return_exceptions=True)
        await self.stand.close()
        await self.service.peers.close()
        await self.bus.close()


async def open_branch(stand: Stand, database: Database, admin: Database, folder: Path) -> Branch:
    """A connection to the stand's shop, with every switch off."""
    keys = folder / "keyring"
    keys.write_text(new_key())
    ring, id, platform = KeyRing.read(keys), uuid4(), stand.connector.platform
    settings = Settings(key_ring=keys, allow_hosts=[HOST], database_url="", orders_url="http://orders.test")
    bus = HeardBus()
    service = Service(
        name=platform,
        settings=settings,
        database=database,
        bus=bus,
        journal=Journal(platform),
        access=Access(database),
        hasher=Hasher("test"),
        peers=Peers(settings),
        lookout=Lookout(database),
    )
    transport = Dated(ASGITransport(stand.app), stand.sandbox.clock)
    url = f"{stand.variety.scheme}://{HOST}/{platform}/{stand.variety.name}"
    secrets = stand.variety.credentials(stand.shop, url)
    connection = Connection(
        id=id, version=0, platform=platform, name="Tea shop", integration=SWITCHED_OFF,
        sealed=ring.seal(secrets, id, platform),
    )  # fmt: skip
    branch = Branch(
        stand,
        service,
        bus,
        admin,
        Opener(stand.connector, service, timeout=LEASE_SECONDS / 2, transport=transport),
        ring,
        connection,
    )
    await branch.settle_in()
    return branch


async def eventually(check: Callable[[], Awaitable[bool]], seconds: float = 30.0) -> None:
    until = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < until, "it never came to be"
        await asyncio.sleep(0.05)
