"""A migrated database, the journal's own role, and an empty journal for every test."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from services.ops.roles import ensure
from shared.persistence.database import Database, engine_url
from tests.conftest import ROOT
from tests.integration.journal.house import House, open_house

TABLES = (
    "customers, problems, runs, completeness, erasures, restricted_keys, pruned, inbox, outbox, held, attempts, "
    "parked_events, subscriptions, notices, deliveries, watched"
)

# Entries cannot be deleted, not even by their owner; whole months can.
EMPTY_BOOK = """
DO $$ DECLARE part text; BEGIN
    FOR part IN SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal.entries'::regclass LOOP
        EXECUTE 'DROP TABLE ' || part;
    END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def schema_url(postgres_url: str) -> str:
    """The database with every migration, as its owner."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = postgres_url
    command.upgrade(config, "head")
    return postgres_url


@pytest.fixture(scope="session")
def journal_url(schema_url: str) -> str:
    """Logs in as the journal's own role."""
    parts = urlsplit(schema_url)
    role = f"{parts.path.strip('/')}_journal"
    return urlunsplit(parts._replace(netloc=f"{role}:journal@{parts.netloc.rpartition('@')[2]}"))


@pytest.fixture
async def admin(schema_url: str, journal_url: str) -> AsyncIterator[Database]:
    """The owner's access, for what only he may do: empty the tables, make keys, look everywhere."""
    parsed, arguments = engine_url(schema_url)
    engine = create_async_engine(parsed, connect_args=arguments)
    async with engine.begin() as connection:
        await ensure(connection, [("journal", journal_url)])
    await engine.dispose()
    database = Database(schema_url, schema="journal", name="test", pool_size=1)
    async with database.transaction() as tx:
        await tx.execute(EMPTY_BOOK)
        await tx.execute(
            "SELECT journal.keep_month((now() - n * interval '1 month')::date) FROM generate_series(-1, 3) n"
        )
        await tx.execute(f"TRUNCATE {TABLES}")
        await tx.execute("TRUNCATE archive.keys, archive.payloads, access.api_keys")
    yield database
    await database.close()


@pytest.fixture
async def house(admin: Database, journal_url: str) -> AsyncIterator[House]:
    """The journal service with nothing in it."""
    async with open_house(journal_url, admin) as opened:
        yield opened
