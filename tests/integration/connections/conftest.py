"""The connections service under its own role, with its neighbours in the same process and the sandbox outside."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from shared.chassis.access import key_hash
from shared.chassis.sealing import new_key as new_sealing_key
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs, role_url
from tests.integration.connections.house import DOOR, House, new_outside, open_house
from tests.wired.contract.stand import HOST

SERVICE_KEY = "kontor_service_key_of_the_tests"
TABLES = """
connections.connections, connections.requests, connections.drafts, connections.authorisations, connections.idempotency,
connections.outbox, connectors.connections, connectors.cursors, connectors.work, connectors.budgets, connectors.tokens,
connectors.notes,
inventory.articles, inventory.warehouses, inventory.levels, inventory.listings, access.api_keys,
access.connection_projects
"""


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def house(
    schema_url: str, open_as: OpenAs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """An empty house."""
    ring = tmp_path / "ring"
    ring.write_text(new_sealing_key())
    settings = {
        "KONTOR_BROKER_URL": "memory://",
        "CONNECTIONS_DATABASE_URL": role_url(schema_url, "connections"),
        "CONNECTORS_DATABASE_URL": role_url(schema_url, "connectors"),
        "INVENTORY_DATABASE_URL": role_url(schema_url, "inventory"),
        "KONTOR_KEY_RING": str(ring),
        "KONTOR_HASH_KEY": "hash key of the tests",
        "KONTOR_SERVICE_KEY": SERVICE_KEY,
        "KONTOR_ALLOW_HOSTS": HOST,
        "KONTOR_PUBLIC_BASE_URL": DOOR,
        "KONTOR_CONNECTIONS_URL": DOOR,
        "KONTOR_ORDERS_URL": DOOR,
        "KONTOR_INVENTORY_URL": DOOR,
        "KONTOR_CONNECTOR_URL": f"{DOOR}/connectors/{{platform}}",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    owner = Database(schema_url, schema="connections", name="test", pool_size=2)
    async with owner.transaction() as tx:
        await tx.execute(f"TRUNCATE {TABLES}")
        await tx.execute(
            """INSERT INTO access.api_keys (id, name, role, hash)
               VALUES (gen_random_uuid(), 'service', 'service', :hash)""",
            hash=key_hash(SERVICE_KEY),
        )
    outside = new_outside()
    async with open_house(owner, outside) as opened:
        yield opened
    await outside.state.sandbox.close()
    await owner.close()
