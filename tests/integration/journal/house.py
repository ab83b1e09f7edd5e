"""The journal service on a real database, under its own role, as support staff call it."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from services.connections import keys
from services.journal.entries_book import EntriesBook
from services.journal.service import JOURNAL, erasure_routes, journal_routes
from shared.chassis import problems
from shared.chassis.access import Access
from shared.chassis.hashing import Hasher
from shared.chassis.journal import Journal
from shared.chassis.peers import Peers
from shared.chassis.service import Service, close_service
from shared.chassis.settings import Settings
from shared.contracts.envelope import decode
from shared.contracts.identity import record_id
from shared.contracts.journal import Action, JournalEntry, Outcome, SearchKey
from shared.contracts.reason import Reason
from shared.messaging.memory import InMemoryBus
from shared.persistence.database import Database
from shared.persistence.held import Lookout

SHOP = UUID("11111111-1111-1111-1111-111111111111")
OTHER = UUID("22222222-2222-2222-2222-222222222222")
NOW = datetime.now(UTC).replace(microsecond=0)
ROLES = ("read", "support", "operate", "admin", "service")


def order_id(external_id: str, connection: UUID = SHOP) -> str:
    return str(record_id("order", connection, external_id))


@dataclass
class Neighbours:
    """The connections service, the connectors and the order book, as far as the journal calls them. What they hold is
    plain data; what they were told is kept."""

    connections: list[dict[str, Any]] = field(default_factory=list)
    census: dict[UUID, list[dict[str, Any]]] = field(default_factory=dict)
    known: dict[UUID, list[dict[str, Any]]] = field(default_factory=dict)
    unheard: set[UUID] = field(default_factory=set)
    """Connections of which their connector has not heard yet."""
    down: bool = False
    asked: list[httpx2.Request] = field(default_factory=list)
    orders: httpx2.ASGITransport | None = None

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        path = request.url.path
        if self.down:
            return httpx2.Response(503, json={})
        if self.orders is not None and f"{path}/".startswith("/orders/"):
            return await self.orders.handle_async_request(request)
        if path == "/connections":
            return httpx2.Response(200, json=self.connections)
        if path.endswith("/census"):
            connection = UUID(path.split("/")[-2])
            if connection in self.unheard:
                return httpx2.Response(404, json={"code": "not_found"})
            listed = self.census.get(connection)
            if listed is None:
                return httpx2.Response(422, json={"code": "census_missing", "detail": "no list"})
            return httpx2.Response(200, json=listed)
        if path.startswith("/orders/known/"):
            return httpx2.Response(200, json=self._known(request))
        return httpx2.Response(404, json={})

    def _known(self, request: httpx2.Request) -> dict[str, Any]:
        wanted = json.loads(request.content)["external_ids"]
        held = self.known.get(UUID(request.url.path.split("/")[3]), [])
        return {"items": [one for one in held if one["external_id"] in wanted]}


class _Transport(httpx2.AsyncBaseTransport):
    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._neighbours.answer(request)


@dataclass
class House:
    """The service, its caller, and who it calls. `now` is its clock."""

    service: Service
    app: FastAPI
    admin: Database
    neighbours: Neighbours
    now: datetime = NOW
    tokens: dict[str, str] = field(default_factory=dict)

    def entry(
        self,
        minute: float,
        action: Action,
        code: str,
        outcome: Outcome = "ok",
        *,
        noun: str = "order",
        subject: str = "",
        connection: UUID | None = SHOP,
        params: dict[str, str] | None = None,
        keys: Sequence[tuple[str, str]] = (),
        reasons: Sequence[Reason] = (),
        **more: Any,
    ) -> JournalEntry:
        """An entry `minute` minutes after an hour ago."""
        return self.service.journal.entry(
            noun=noun,
            subject=subject or order_id("9"),
            action=action,
            code=code,
            outcome=outcome,
            connection=connection,
            platform="shop",
            params=params or {"number": "4711"},
            reasons=reasons,
            keys=[SearchKey.model_validate({"kind": kind, "value": value}) for kind, value in keys],
            at=self.now - timedelta(hours=1) + timedelta(minutes=minute),
            **more,
        )

    async def record(self, *entries: JournalEntry) -> None:
        """Hands entries to the book as the consumer does."""
        book = EntriesBook(lambda: self.now, timedelta(days=400))
        async with self.service.database.transaction() as tx:
            await book.apply(tx, self.service.journal.events(entries))

    async def written(self) -> list[JournalEntry]:
        """What the service itself put into its outbox for the journal, now taken in."""
        async with self.service.database.transaction() as tx:
            rows = await tx.rows("DELETE FROM outbox WHERE type = 'journal.recorded' RETURNING body")
        entries = [event.data for row in rows for event in decode(row["body"], JournalEntry)]
        await self.record(*entries)
        return entries

    async def key(self, role: str, connections: list[UUID] | None = None) -> str:
        token = f"kontor_{uuid4()}"
        async with self.admin.transaction() as tx:
            await keys.add(tx, token, name=f"anna ({role})", role=role, by="test", connections=connections)
        return token

    async def call(
        self, method: str, path: str, *, role: str = "support", token: str = "", language: str = "en", **how: Any
    ) -> httpx2.Response:
        if not token:
            token = self.tokens.setdefault(role, "") or await self.key(role)
            self.tokens[role] = token
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language} | how.pop("headers", {})
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url="http://journal") as client:
            return await client.request(method, path, headers=headers, **how)

    async def get(self, path: str, **params: Any) -> Any:
        """The JSON answer to support; anything but 200 fails the test."""
        language = params.pop("language", "en")
        reply = await self.call("GET", path, params=params, language=language)
        assert reply.status_code == 200, reply.text
        return reply.json()


@asynccontextmanager
async def open_house(journal_url: str, admin: Database) -> AsyncIterator[House]:
    """The service as the chassis opens it, but with this bus, these neighbours and this clock."""
    neighbours = Neighbours()
    settings = Settings(
        _env_prefix="KONTOR_TEST_UNSET_", database_url=SecretStr(journal_url), service_key=SecretStr("service-key")
    )
    database = Database(journal_url, schema=JOURNAL.schema, name=JOURNAL.name, pool_size=2)
    service = Service(
        name=JOURNAL.name,
        settings=settings,
        database=database,
        bus=InMemoryBus(),
        journal=Journal(JOURNAL.name, lambda: house.now),
        access=Access(database),
        hasher=Hasher("test"),
        peers=Peers(settings, transport=_Transport(neighbours)),
        lookout=Lookout(database),
        clock=lambda: house.now,
    )
    house = House(service, front(service), admin, neighbours)
    try:
        yield house
    finally:
        await close_service(service)


def front(service: Service) -> FastAPI:
    """The routes, with the service's settings as they are now."""
    app = FastAPI()
    for prefix, routes in (("/journal", journal_routes), ("/privacy", erasure_routes)):
        part = FastAPI()
        problems.install(part)
        part.state.service = service
        part.include_router(routes(service))
        app.mount(prefix, part)
    return app


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)
