"""The connections service with its connectors in one process, a sandbox as the outside world, and callers with keys."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI

from services.connections.service import CONNECTIONS
from services.connectors.ebay.connector import EBAY
from services.connectors.shopify.connector import SHOPIFY
from services.connectors.shopware5.connector import SHOPWARE5
from services.connectors.woocommerce.connector import WOOCOMMERCE
from services.inventory.service import INVENTORY
from services.sandbox.main import create_sandbox
from shared.chassis.access import Role, key_hash, new_key
from shared.chassis.app import create_app
from shared.chassis.peers import Peers
from shared.chassis.service import Service, ServiceDefinition
from shared.connector_kit import replica
from shared.connector_kit.declaration import Connector
from shared.connector_kit.routes import connector_routes
from shared.connector_kit.service import connector_service
from shared.messaging.memory import InMemoryBus, broker_named
from shared.persistence.database import Database
from tests.integration.connections.consent import CONSENT
from tests.wired.contract.stand import HOST, Dated

DOOR = "http://kontor.test"
ADDRESSES = {"woocommerce": "url", "shopify": "shop_url", "shopware5": "url", "ebay": "url"}
ALL_ON = dict.fromkeys(("orders", "articles", "stock", "fulfilments"), True)


@dataclass
class Clock:
    """The services' time, which a test may move."""

    shifted: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shifted


@dataclass
class House:
    """`owner` is the database owner's own access; `http` is a caller without a key."""

    app: FastAPI
    outside: FastAPI
    owner: Database
    http: httpx2.AsyncClient
    clock: Clock = field(default_factory=Clock)
    _keys: dict[str, str] = field(default_factory=dict)

    def service(self, name: str) -> Service:
        found: list[Service] = self.app.state.running.services
        return next(one for one in found if one.name == name)

    async def key(self, role: Role, *, name: str = "", connections: list[UUID] | None = None) -> str:
        """A new API key."""
        key = new_key()
        async with self.owner.transaction() as tx:
            await tx.execute(
                """INSERT INTO access.api_keys (id, name, role, hash, connections)
                   VALUES (gen_random_uuid(), :name, :role, :hash, CAST(:connections AS uuid[]))""",
                name=name or f"{role} key", role=role, hash=key_hash(key), connections=connections,
            )  # fmt: skip
        return key

    async def call(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> httpx2.Response:
        """One call, by default the administrator's. Headers are named with underscores."""
        if not key:
            key = self._keys.get("admin") or await self.key("admin")
            self._keys["admin"] = key
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {} if body is None else {"json": body}
        return await self.http.request(method, path, headers={"Authorization": f"Bearer {key}"} | named, **given)

    def credentials(self, platform: str, shop: str = "demo") -> dict[str, Any]:
        """What the merchant would type for a shop of the sandbox."""
        known = self.outside.state.sandbox.shops[platform, shop].shop.credentials()
        if platform == "shopify":
            known = {name: known[name] for name in ("client_id", "client_secret")}
        return {ADDRESSES[platform]: f"https://{HOST}/{platform}/{shop}", **known}

    def wanted(self, platform: str = "woocommerce", **values: Any) -> dict[str, Any]:
        """The body of a connection made in one call."""
        body = {"platform": platform, "name": f"{platform} shop", "project": "north", "integration": ALL_ON}
        return body | {"credentials": self.credentials(platform)} | values

    async def connect(self, platform: str = "woocommerce", **values: Any) -> dict[str, Any]:
        """A connection, made in one call and known to its connector."""
        answer = await self.call("POST", "/connections", self.wanted(platform, **values))
        assert answer.status_code == 201, answer.text
        await self.tell(platform)
        made: dict[str, Any] = answer.json()
        return made

    async def tell(self, platform: str) -> None:
        """The connector hears of its connections."""
        await replica.rebuild(self.service(platform), platform)

    async def value(self, sql: str, **params: Any) -> Any:
        async with self.owner.transaction() as tx:
            return await tx.value(sql, **params)

    async def told(self, code: str) -> int:
        """How many journal entries with this code wait to leave."""
        async with self.owner.transaction() as tx:
            bodies = [row["body"].decode() for row in await tx.rows("SELECT body FROM connections.outbox ORDER BY id")]
        return sum(body.count(f'"code":"{code}"') for body in bodies)


def definition(connector: Connector, transport: httpx2.AsyncBaseTransport) -> ServiceDefinition:
    """A connector whose way to the shop leads into the sandbox."""
    whole = connector_service(connector)
    routes = {f"/connectors/{connector.platform}": connector_routes(connector, transport=transport)}
    return dataclasses.replace(whole, routes=routes)


@asynccontextmanager
async def open_house(owner: Database, outside: FastAPI) -> AsyncIterator[House]:
    """Stands up for one test; settings come from the environment."""
    to_shops = Dated(httpx2.ASGITransport(outside), outside.state.sandbox.clock)
    connectors = [definition(one, to_shops) for one in (SHOPIFY, WOOCOMMERCE, SHOPWARE5, EBAY, CONSENT)]
    bus = InMemoryBus(broker_named("connections"))
    app = create_app(CONNECTIONS, INVENTORY, *connectors, run_loops=False, bus=bus)
    async with app.router.lifespan_context(app):
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=DOOR)
        house = House(app, outside, owner, http)
        for service in app.state.running.services:
            service.peers = Peers(service.settings, transport=httpx2.ASGITransport(app))
            service.clock = house.clock
        yield house
        await http.aclose()
    await bus.close()


def new_outside() -> FastAPI:
    """A sandbox with one shop per platform, without orders."""
    platforms = ("shopify", "woocommerce", "shopware5", "ebay")
    shops: tuple[tuple[str, str, dict[str, Any]], ...] = tuple((platform, "demo", {}) for platform in platforms)
    return create_sandbox(seed=False, shops=shops, public_url=f"https://{HOST}")
