"""The operator at the keyboard, before an installation with a migrated database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from services.ops.installation import SCHEMAS
from services.ops.main import app
from shared.persistence.database import Database

Type = Callable[..., Awaitable[Result]]


@pytest.fixture
async def owner(schema_url: str) -> AsyncIterator[Database]:
    """The owner's own access, and every table empty that the commands look at."""
    database = Database(schema_url, schema="connectors", name="test", pool_size=1)
    tables = [
        f"{schema}.{name}" for schema in SCHEMAS for name in ("inbox", "outbox", "held", "attempts", "parked_events")
    ]
    tables += [f"connectors.{name}" for name in ("connections", "cursors", "leases", "holders", "work")]
    async with database.transaction() as tx:
        await tx.execute(f"TRUNCATE access.api_keys, {', '.join(tables)}")
    yield database
    await database.close()


@pytest.fixture
def command(schema_url: str, owner: Database) -> Type:
    """Types a command: `await command("parked", "list")`."""

    async def run(*words: str, **environment: str) -> Result:
        settings = {"KONTOR_DATABASE_URL": schema_url, "KONTOR_BROKER_URL": "memory://"} | environment
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), env=settings)

    return run
