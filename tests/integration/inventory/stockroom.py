"""The inventory service on a real database, under its own role; its consumers are called as the chassis calls them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from services.connections import keys
from services.inventory import connection_replica, price_loop, stock_loop
from services.inventory.service import CONSUMES, INVENTORY, routes
from shared.chassis import problems
from shared.chassis.access import Access
from shared.chassis.hashing import Hasher
from shared.chassis.journal import Journal
from shared.chassis.peers import Peers
from shared.chassis.service import Service, close_service
from shared.chassis.settings import Settings
from shared.contracts.article import ArticleReceived, ArticleUnreadable, ListedArticle
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import Event, decode, event
from shared.contracts.fulfilment import PushReported
from shared.contracts.identity import record_id
from shared.contracts.journal import JournalEntry
from shared.contracts.model import Payload
from shared.contracts.order import DemandLine, Observation, OrderChanged
from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush, StockReported
from shared.messaging.memory import InMemoryBus
from shared.persistence.database import Database
from shared.persistence.held import Lookout

SHOP = UUID("11111111-1111-1111-1111-111111111111")
OTHER = UUID("22222222-2222-2222-2222-222222222222")
NOW = datetime.now(UTC).replace(microsecond=0)
HANDLERS = dict(CONSUMES)


def at(minutes: float) -> datetime:
    """A time so many minutes after an hour ago."""
    return NOW - timedelta(hours=1) + timedelta(minutes=minutes)


def listing_id(external_id: str, connection: UUID = SHOP) -> UUID:
    return record_id("listing", connection, external_id)


class _Owner(httpx2.AsyncBaseTransport):
    """The connections service: holds what was put in, answers 503 while it is down."""

    def __init__(self) -> None:
        self.connections: dict[UUID, Connection] = {}
        self.down = False

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        internal, _, id = request.url.path.rpartition("/")
        if not internal.endswith("/connections/internal"):
            return httpx2.Response(404, json={})
        found = self.connections.get(UUID(id))
        if self.down or found is None:
            return httpx2.Response(503 if self.down else 404, json={})
        return httpx2.Response(200, json=found.model_dump(mode="json"))


@dataclass
class Stockroom:
    """The service, its caller and the owner of the connections. `now` is its clock."""

    service: Service
    app: FastAPI
    admin: Database
    owner: _Owner
    now: datetime = NOW
    tokens: dict[str, str] = field(default_factory=dict)

    # What arrives

    async def take(self, *events: Event[Any]) -> None:
        """Hands events of one type to their consumer, in one transaction."""
        async with self.service.database.transaction() as tx:
            await HANDLERS[type(events[0].data)](self.service, tx, events)

    def says(self, payload: Payload, *, connection: UUID = SHOP, platform: str = "shop") -> Event[Any]:
        """An event from outside."""
        return event(
            payload, id=uuid4(), source="test", subject="test", time=self.now, connection=connection, platform=platform
        )

    def listed(self, external_id: str, sku: str | None, *, connection: UUID = SHOP, minute: float = 0, **more: Any)\
            -> Event[Any]:  # fmt: skip
        """`article.received` of one listing as it was at a minute."""
        article = ListedArticle(external_id=external_id, sku=sku, changed_at=at(minute), **more)
        return self.says(ArticleReceived(article=article, observed=seen(minute)), connection=connection)

    def garbled(self, external_id: str, *, minute: float = 0) -> Event[Any]:
        return self.says(
            ArticleUnreadable(
                external_id=external_id, code="wrong_type", field="price", value="free", observed=seen(minute)
            )
        )

    def order(
        self,
        number: str,
        version: int,
        demand: Sequence[tuple[str, int]] = (),
        *,
        shipped: Sequence[tuple[str, int]] = (),
        kind: type[OrderChanged] = OrderChanged,
        connection: UUID = SHOP,
        status: str = "imported",
        **more: Any,
    ) -> Event[Any]:
        """One version of an order: (article, pieces) still wanted, and shipped so far."""
        payload = kind.model_validate(
            {
                "order_id": record_id("order", connection, number), "version": version, "external_id": number,
                "number": number, "status": status, "demand": _lines(demand), "shipped": _lines(shipped), **more,
            }
        )  # fmt: skip
        return self.says(payload, connection=connection)

    async def report(self, push: StockPush, outcome: str = "done", **more: Any) -> None:
        """The connector says what became of a push."""
        subject = f"{push.listing_id}:{push.location}" if push.location else str(push.listing_id)
        more = {"reported_at": self.now} | more
        await self.take(
            self.says(
                PushReported.model_validate(
                    {"noun": "stock", "subject": subject, "version": push.version, "outcome": outcome, **more}
                )
            )
        )

    async def read_back(self, external_id: str, quantity: int, when: datetime, location: str | None = None) -> None:
        """The connector read the shop's own number."""
        await self.take(
            self.says(
                StockReported(
                    listing_id=listing_id(external_id), external_id=external_id, location=location, quantity=quantity,
                    observed_at=when,
                )
            )
        )  # fmt: skip

    async def connect(self, connection: UUID = SHOP, *, version: int = 1, **switches: Any) -> None:
        """The owner holds a connection, by default with everything on, and inventory has read it."""
        given = {"productive": True, "integration": {"stock": True}} | switches
        self.owner.connections[connection] = Connection(
            id=connection, version=version, platform="shop", name="Shop", **given
        )
        async with self.service.database.transaction() as tx:
            await connection_replica.keep(self.service, tx, self.owner.connections[connection])

    # What people and machines send

    async def call(
        self, method: str, path: str, *, role: str = "operate", language: str = "en", token: str = "", **how: Any
    ) -> httpx2.Response:
        if not token:
            token = self.tokens.get(role) or await self.key(role)
            self.tokens[role] = token
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language} | how.pop("headers", {})
        transport = httpx2.ASGITransport(self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://inventory", timeout=60) as client:
            return await client.request(method, f"/inventory{path}", headers=headers, **how)

    async def get(self, path: str, **params: Any) -> Any:
        """The JSON answer; anything but 200 fails the test."""
        reply = await self.call("GET", path, role="read", params=params)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def key(self, role: str, connections: list[UUID] | None = None) -> str:
        token = f"kontor_{uuid4()}"
        async with self.admin.transaction() as tx:
            await keys.add(tx, token, name=f"anna ({role})", role=role, by="test", connections=connections)
        return token

    async def articles(self, *numbers: str, **more: Any) -> Any:
        reply = await self.call("PUT", "/articles", json={"articles": [{"number": n, **more} for n in numbers]})
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def count(
        self, article: str, quantity: Any, *, when: datetime | None = None, meaning: str = "physical",
        warehouse: str = "main",
    ) -> dict[str, Any]:  # fmt: skip
        """Uploads one level; answers what became of the row."""
        row = {
            "article_number": article, "warehouse": warehouse, "quantity": quantity, "meaning": meaning,
            "counted_at": (when or self.now).isoformat(),
        }  # fmt: skip
        reply = await self.call("PUT", "/levels", json={"rows": [row]})
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()["rows"][0]
        return answer

    async def move(self, reference: str, article: str, quantity: int, **more: Any) -> dict[str, Any]:
        """Posts one movement; answers what became of it."""
        row = {"reference": reference, "article_number": article, "warehouse": "main", "quantity": quantity} | more
        reply = await self.call("POST", "/movements", json={"movements": [row]})
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()["rows"][0]
        return answer

    # What comes out

    async def work(self) -> None:
        """Lets the stock loop work off all marks."""
        while await stock_loop.step(self.service):
            pass

    async def sent(self, type: str) -> list[Any]:
        """Takes what waits in the outbox of one type."""
        async with self.service.database.transaction() as tx:
            rows = await tx.rows("DELETE FROM outbox WHERE type = :type RETURNING id, body", type=type)
        bodies = [row["body"] for row in sorted(rows, key=lambda row: row["id"])]
        return [event.data for body in bodies for event in decode(body, MESSAGES[type])]

    async def pushes(self) -> list[StockPush]:
        """Works off all marks and answers the pushes that follow."""
        await self.work()
        return await self.sent("stock.push")

    async def priced(self, *rows: dict[str, Any]) -> Any:
        """Uploads prices in EUR, gross unless a row says otherwise; answers what became of them."""
        body = {"rows": [{"currency": "EUR", **row} for row in rows]}
        reply = await self.call("PUT", "/prices", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def price_pushes(self) -> list[PricePush]:
        """Works off all marks of prices and answers the pushes that follow."""
        while await price_loop.step(self.service):
            pass
        found: list[PricePush] = await self.sent("price.push")
        return found

    async def report_price(self, push: PricePush, outcome: str = "done", **more: Any) -> None:
        """The connector says what became of a price."""
        facts = {"noun": "price", "subject": str(push.listing_id), "version": push.version, "outcome": outcome}
        await self.take(self.says(PushReported.model_validate(facts | {"reported_at": self.now} | more)))

    async def told(self, external_id: str) -> int:
        """Works off all marks, lets the shop accept every push, answers what it was told last."""
        for push in await self.pushes():
            await self.report(push)
        place = (await self.get(f"/listings/{listing_id(external_id)}/quantity"))["places"][0]
        return int(place["told"])

    async def sellable(self, external_id: str = "L1", connection: UUID = SHOP) -> int:
        """What the listing may sell right now."""
        view = await self.get(f"/listings/{listing_id(external_id, connection)}/quantity")
        return int(view["places"][0]["terms"]["quantity"])

    async def journalled(self, code: str = "") -> list[JournalEntry]:
        """Takes the journal entries written so far."""
        entries: list[JournalEntry] = await self.sent("journal.recorded")
        return [entry for entry in entries if code in ("", entry.code)]

    async def shelf(self, article: str = "A-1", listing: str = "L1", quantity: int | None = None) -> None:
        """One article with its listing, so many pieces counted an hour ago, the shop told; nothing left to do."""
        await self.articles(article)
        await self.take(self.listed(listing, article))
        if quantity is not None:
            await self.count(article, quantity, when=at(0))
        for push in await self.pushes():
            await self.report(push)
        for type in ("journal.recorded", "article.changed"):
            await self.sent(type)


def seen(minute: float) -> Observation:
    return Observation(stamp=at(minute), observed_at=at(minute), content_hash="x", revision=1)


def _lines(lines: Sequence[tuple[str, int]]) -> list[DemandLine]:
    return [
        DemandLine(line_external_id=str(n), article_number=number, quantity=Decimal(quantity))
        for n, (number, quantity) in enumerate(lines)
    ]


@asynccontextmanager
async def open_stockroom(inventory_url: str, admin: Database) -> AsyncIterator[Stockroom]:
    """The service as the chassis opens it, but with this bus, this neighbour and this clock."""
    owner = _Owner()
    settings = Settings(
        _env_prefix="KONTOR_TEST_UNSET_", database_url=SecretStr(inventory_url), service_key=SecretStr("service-key")
    )
    database = Database(inventory_url, schema=INVENTORY.schema, name=INVENTORY.name, pool_size=4)
    service = Service(
        name=INVENTORY.name,
        settings=settings,
        database=database,
        bus=InMemoryBus(),
        journal=Journal(INVENTORY.name, lambda: room.now),
        access=Access(database),
        hasher=Hasher("test-hash-key"),
        peers=Peers(settings, transport=owner),
        lookout=Lookout(database),
        clock=lambda: room.now,
    )
    room = Stockroom(service, _front(service), admin, owner)
    try:
        yield room
    finally:
        await close_service(service)


def _front(service: Service) -> FastAPI:
    front, part = FastAPI(), FastAPI()
    problems.install(part)
    part.state.service = service
    part.include_router(routes(service))
    front.mount("/inventory", part)
    return front
