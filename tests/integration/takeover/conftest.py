"""The services a take-over touches, on one database and under their own roles, in front of a pretend shop."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from cryptography.fernet import Fernet
from fastapi import FastAPI
from pydantic import SecretStr

from services.connections import keys
from services.connections.service import CONNECTIONS
from services.connections.takeover import handover
from services.connectors.woocommerce.connector import WOOCOMMERCE
from services.inventory.service import INVENTORY
from services.order_import.service import ORDER_IMPORT
from services.sandbox.world import Sandbox
from shared.chassis import problems
from shared.chassis.access import Access
from shared.chassis.app import Prefix
from shared.chassis.hashing import Hasher
from shared.chassis.journal import Journal
from shared.chassis.peers import Peers
from shared.chassis.service import Service, ServiceDefinition
from shared.chassis.settings import Settings
from shared.connector_kit.routes import connector_routes
from shared.connector_kit.service import connector_service
from shared.contracts.catalogue import MESSAGES
from shared.contracts.envelope import decode
from shared.contracts.journal import JournalEntry
from shared.messaging.memory import InMemoryBus
from shared.persistence.database import Database
from shared.persistence.held import Lookout
from tests.integration.conftest import OpenAs
from tests.wired.contract.shops.woocommerce import VARIETIES
from tests.wired.contract.stand import HOST, Dated, new_sandbox

SERVICE_KEY = "kontor_service_key_of_this_test"
BASE = "http://house.test"
VARIETY = VARIETIES[0]


class Door(httpx2.AsyncBaseTransport):
    """Leads to the services, and can keep one of them from answering."""

    def __init__(self, front: FastAPI) -> None:
        self._inside = httpx2.ASGITransport(front)
        self.shut = ""
        self.calls: list[tuple[str, str, bytes]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.calls.append((request.method, request.url.path, await request.aread()))
        if self.shut and request.url.path.startswith(self.shut):
            return httpx2.Response(503, json={})
        return await self._inside.handle_async_request(request)


@dataclass
class House:
    """`front` is the front door; `database` belongs to the connections service."""

    door: Door
    admin: Database
    database: Database
    order_book: Service
    sandbox: Sandbox
    tokens: dict[str, str] = field(default_factory=dict)

    def credentials(self, **differing: str) -> dict[str, Any]:
        """What opens the pretend shop."""
        shop = self.sandbox.shops[VARIETY.platform, VARIETY.name].shop
        return VARIETY.credentials(shop, f"https://{HOST}/{VARIETY.platform}/{VARIETY.name}") | differing

    async def call(self, method: str, path: str, *, role: str = "admin", language: str = "en", **how: Any) -> Any:
        token = how.pop("token", "") or self.tokens.get(role) or await self.key(role)
        if role not in self.tokens:
            self.tokens[role] = token
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language} | how.pop("headers", {})
        async with httpx2.AsyncClient(transport=self.door, base_url=BASE, timeout=60) as client:
            return await client.request(method, path, headers=headers, **how)

    async def key(self, role: Any, connections: list[Any] | None = None, token: str = "") -> str:
        token = token or f"kontor_{uuid4()}"
        async with self.admin.transaction() as tx:
            await keys.add(tx, token, name=f"anna ({role})", role=role, by="test", connections=connections)
        return token

    async def journalled(self) -> list[JournalEntry]:
        """What the connections service told the journal so far."""
        async with self.database.transaction() as tx:
            rows = await tx.rows("SELECT body FROM outbox WHERE type = 'journal.recorded' ORDER BY id")
        return [event.data for row in rows for event in decode(row["body"], MESSAGES["journal.recorded"])]


@pytest.fixture
async def house(
    schema_url: str, open_as: OpenAs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Connections, inventory, the order book and a connector, with a shop that is not connected yet."""
    monkeypatch.setattr(handover, "HEARS_OF_IT_WITHIN", 0.1)
    monkeypatch.setattr(handover, "LOOKS_EVERY", 0.05)
    ring = tmp_path / "keyring"
    ring.write_text(f"{Fernet.generate_key().decode()}\n", "utf-8")
    ring.chmod(0o600)
    shop = new_sandbox(VARIETY)
    sandbox: Sandbox = shop.state.sandbox
    through = Dated(httpx2.ASGITransport(shop), sandbox.clock)
    routes = {f"/connectors/{WOOCOMMERCE.platform}": connector_routes(WOOCOMMERCE, transport=through)}
    connector = replace(connector_service(WOOCOMMERCE), routes=routes)
    admin = Database(schema_url, schema="connections", name="test", pool_size=1)
    async with admin.transaction() as tx:
        await tx.execute("TRUNCATE takeovers, connections, requests, outbox, access.api_keys")
        await tx.execute("TRUNCATE inventory.external_numbers, inventory.stock_settings")
        await tx.execute("TRUNCATE inventory.stock_settings_history, orders.connections, orders.rules")
    front = FastAPI()
    door = Door(front)
    services = [
        _stand(front, door, definition, open_as(definition.schema), ring)
        for definition in (CONNECTIONS, INVENTORY, ORDER_IMPORT, connector)
    ]
    opened = House(door, admin, services[0].database, services[2], sandbox)
    await opened.key("service", token=SERVICE_KEY)
    yield opened
    for service in services:
        await service.peers.close()
    await admin.close()
    await sandbox.close()


def _stand(front: FastAPI, door: Door, definition: ServiceDefinition, database: Database, ring: Path) -> Service:
    settings = Settings(
        _env_prefix="KONTOR_TEST_UNSET_",
        service_key=SecretStr(SERVICE_KEY),
        key_ring=ring,
        allow_hosts=[HOST],
        connections_url=BASE,
        orders_url=BASE,
        inventory_url=BASE,
        connector_url=f"{BASE}/connectors/{{platform}}",
    )
    service = Service(
        name=definition.name,
        settings=settings,
        database=database,
        bus=InMemoryBus(),
        journal=Journal(definition.name),
        access=Access(database),
        hasher=Hasher("test-hash-key"),
        peers=Peers(settings, transport=door),
        lookout=Lookout(database),
    )
    for prefix, routes in definition.routes.items():
        part = FastAPI()
        problems.install(part)
        part.state.service = service
        part.include_router(routes(service), prefix=prefix)
        front.router.routes.append(Prefix(prefix, part))
    return service
