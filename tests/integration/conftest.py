"""A migrated database, and a way in as any service's own role."""

from collections.abc import AsyncIterator, Callable

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.ops.roles import ensure
from shared.persistence.database import Database, engine_url
from tests.conftest import ROOT

OpenAs = Callable[[str], Database]


@pytest.fixture(scope="session")
def schema_url(postgres_url: str) -> str:
    """This worker's database with every migration, as its owner."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = postgres_url
    command.upgrade(config, "head")
    return postgres_url


def role_url(owner_url: str, schema: str) -> str:
    """How one service logs in."""
    url = make_url(owner_url)
    return url.set(username=f"{url.database}_{schema}", password=schema).render_as_string(hide_password=False)


@pytest.fixture
async def open_as(schema_url: str) -> AsyncIterator[OpenAs]:
    """Opens the database as a service's own role: `open_as("orders")`."""
    schemas = ("connections", "connectors", "orders", "inventory", "journal")
    parsed, arguments = engine_url(schema_url)
    engine = create_async_engine(parsed, connect_args=arguments)
    async with engine.begin() as connection:
        await ensure(connection, [(schema, role_url(schema_url, schema)) for schema in schemas])
    await engine.dispose()
    opened: list[Database] = []

    def open_as(schema: str) -> Database:
        database = Database(role_url(schema_url, schema), schema=schema, name="test", pool_size=4)
        opened.append(database)
        return database

    yield open_as
    for database in opened:
        await database.close()
