"""An order book to test with: consumers are fed as the chassis feeds them, what it sends is read from its outbox."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from services.order_import import article_replica, connection_replica, feed_book, learned_book, rejudging
from services.order_import.receiving import receive
from services.order_import.reporting import report
from services.order_import.service import orders_routes
from services.order_import.settings import OrderSettings
from services.order_import.unreadable_book import take
from shared.chassis import problems
from shared.chassis.access import Access, Role, key_hash, new_key
from shared.chassis.hashing import Hasher
from shared.chassis.journal import Journal
from shared.chassis.peers import Peers
from shared.chassis.service import Service
from shared.chassis.settings import Settings
from shared.contracts.article import ArticleChanged
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import Event, decode, encode, event
from shared.contracts.identity import KONTOR, received_id, record_id
from shared.contracts.order import Observation, Order, OrderReceived, OrderUnreadable
from shared.messaging.memory import InMemoryBus, broker_named
from shared.persistence.database import Database, Transaction
from shared.persistence.held import Lookout
from shared.persistence.inbox import admit
from tests.pure.order_import.samples import NOON, SHOP

SETTINGS = OrderSettings()


def order_id(external_id: str, connection: UUID = SHOP) -> UUID:
    return record_id("order", connection, external_id)


def received(order: Order, observed: Observation, connection: UUID = SHOP) -> Event[Any]:
    """What a connector would publish."""
    return event(
        OrderReceived(order=order, observed=observed),
        id=received_id(
            "order.received", connection, order.external_id, observed.stamp, observed.content_hash, observed.revision
        ),
        source="shop",
        subject=order.external_id,
        time=NOON,
        platform="shop",
        connection=connection,
    )


def unreadable(external_id: str, observed: Observation, code: str = "unknown_word") -> Event[Any]:
    return event(
        OrderUnreadable(
            external_id=external_id, number=f"#{external_id}", code=code, field="status", value="odd", observed=observed
        ),
        id=received_id("order.unreadable", SHOP, external_id, observed.stamp, observed.content_hash, 0),
        source="shop",
        subject=external_id,
        time=NOON,
        platform="shop",
        connection=SHOP,
    )


@dataclass
class Book:
    """`admin` is the database owner's own access."""

    service: Service
    admin: Database

    async def close(self) -> None:
        await self.service.database.close()
        await self.service.bus.close()

    async def apply(self, work: Any, events: Sequence[Event[Any]]) -> None:
        """One transaction with the inbox, over what travels on the wire."""
        wired = [decode_one(one) for one in events]
        async with self.service.database.transaction() as tx:
            new = await admit(tx, [one.id for one in wired])
            fresh = {one.id: one for one in wired if one.id in new}
            await work(tx, list(fresh.values()))

    @asynccontextmanager
    async def elsewhere(self) -> AsyncIterator[Transaction]:
        """A transaction of another replica."""
        database = Database(self.service.database.url, schema="orders", name="replica", pool_size=1)
        async with database.transaction() as tx:
            yield tx
        await database.close()

    async def take(self, *events: Event[Any]) -> None:
        """A batch of received orders."""
        await self.apply(lambda tx, fresh: receive(self.service, SETTINGS, tx, fresh), events)

    async def take_unreadable(self, *events: Event[Any]) -> None:
        await self.apply(lambda tx, fresh: take(self.service, tx, fresh), events)

    async def take_reports(self, *events: Event[Any]) -> None:
        await self.apply(lambda tx, fresh: report(self.service, tx, fresh), events)

    async def know(self, *numbers: str, version: int = 1, deleted: bool = False) -> None:
        """The merchant has articles with these numbers."""
        async with self.service.database.transaction() as tx:
            await article_replica.put(
                tx,
                [
                    ArticleChanged(id=uuid5(KONTOR, number), version=version, number=number, deleted=deleted)
                    for number in numbers
                ],
            )

    async def rule(self, **rules: Any) -> None:
        """Sets the first rules of the shop over REST, as the merchant does."""
        async with self.service.database.transaction() as tx:
            await connection_replica.put(tx, Connection(id=SHOP, version=1, platform="shop", name="S"))
        client = await self.client()
        answer = await client.put(f"/orders/rules/{SHOP}", json=rules, headers={"If-Match": '"0"'})
        assert answer.status_code == 200, answer.text

    async def sweep(self) -> None:
        while await rejudging.sweep(self.service, SETTINGS):
            pass

    async def learn(self) -> None:
        async with self.service.database.transaction() as tx:
            while await learned_book.learn(tx):
                pass

    async def number_feed(self) -> None:
        async with self.service.database.transaction() as tx:
            while await feed_book.number_fresh(tx):
                pass

    async def sent(self, type: str | None = None) -> list[Event[Any]]:
        """What stands in the outbox, in the order it was written; the journal's entries only when asked for."""
        async with self.admin.transaction() as tx:
            rows = await tx.rows("SELECT type, body FROM outbox ORDER BY id")
        return [
            one
            for row in rows
            if row["type"] == type or (type is None and row["type"] != "journal.recorded")
            for one in decode(row["body"], MESSAGES[row["type"]])
        ]

    async def told(self, external_id: str | None = None) -> list[str]:
        """The codes of the journal's entries, perhaps only those of one order."""
        wanted = None if external_id is None else str(order_id(external_id))
        return [one.data.code for one in await self.sent("journal.recorded") if wanted is None or one.subject == wanted]

    async def row(self, external_id: str) -> dict[str, Any]:
        async with self.admin.transaction() as tx:
            found = await tx.row("SELECT * FROM orders WHERE id = :id", id=order_id(external_id))
        assert found is not None
        return found

    async def value(self, sql: str, **params: Any) -> Any:
        async with self.admin.transaction() as tx:
            return await tx.value(sql, **params)

    async def client(self, role: Role = "operate", connections: list[UUID] | None = None) -> AsyncClient:
        """The REST interface, through a fresh key of that role."""
        key = new_key()
        async with self.admin.transaction() as tx:
            await tx.execute(
                """INSERT INTO access.api_keys (id, name, role, hash, connections)
                   VALUES (gen_random_uuid(), :name, :role, :hash, :connections)""",
                name=role,
                role=role,
                hash=key_hash(key),
                connections=connections,
            )
        app = FastAPI()
        problems.install(app)
        app.state.service = self.service
        app.include_router(orders_routes(self.service), prefix="/orders")
        return AsyncClient(
            transport=ASGITransport(app=app), base_url="http://kontor", headers={"Authorization": f"Bearer {key}"}
        )


def decode_one(one: Event[Any]) -> Event[Any]:
    return decode(encode([one]), type(one.data))[0]


async def open_book(url: str, admin: Database) -> Book:
    database = Database(url, schema="orders", name="order_import", pool_size=6)
    settings = Settings()
    service = Service(
        name="order_import",
        settings=settings,
        database=database,
        bus=InMemoryBus(broker_named("order-book")),
        journal=Journal("order_import"),
        access=Access(database),
        hasher=Hasher("test"),
        peers=Peers(settings),
        lookout=Lookout(database),
    )
    return Book(service, admin)
