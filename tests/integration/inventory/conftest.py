"""A migrated database, inventory's own role, and an empty stockroom for every test."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from services.ops.roles import ensure
from shared.persistence.database import Database, engine_url
from tests.conftest import ROOT
from tests.integration.inventory.stockroom import Stockroom, open_stockroom

TABLES = (
    "articles, listings, warehouses, levels, ledger, order_demands, demands, connections, stock_settings, "
    "stock_settings_history, external_numbers, number_meanings, offers, pushes, dirty, guards, holds, held_listings, "
    "zeroings, adjustments, prices, price_settings, price_settings_history, price_offers, price_pushes, price_dirty, "
    "price_guards, price_holds, held_prices, article_contents, article_texts, article_imports, article_import_rows, "
    "participation_filters, participation_filters_history, participation_exceptions, participants, participation_runs, "
    "participation_changes, "
    "article_attributes, taxonomies, taxonomy_categories, taxonomy_attributes, taxonomy_values, taxonomy_mappings, "
    "mapped_products, product_settings, product_settings_history, products, product_dirty, product_holds, "
    "bills, bill_parts, "
    "inbox, outbox, held, attempts, parked_events"
)


@pytest.fixture(scope="session")
def schema_url(postgres_url: str) -> str:
    """The database with every migration, as its owner."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = postgres_url
    command.upgrade(config, "head")
    return postgres_url


@pytest.fixture(scope="session")
def inventory_url(schema_url: str) -> str:
    """Logs in as inventory's own role, which may touch nothing of its neighbours."""
    parts = urlsplit(schema_url)
    role = f"{parts.path.strip('/')}_inventory"
    url = urlunsplit(parts._replace(netloc=f"{role}:inventory@{parts.netloc.rpartition('@')[2]}"))
    asyncio.run(_make_role(schema_url, url))
    return url


async def _make_role(schema_url: str, url: str) -> None:
    parsed, arguments = engine_url(schema_url)
    engine = create_async_engine(parsed, connect_args=arguments)
    async with engine.begin() as connection:
        await ensure(connection, [("inventory", url)])
    await engine.dispose()


@pytest.fixture
async def admin(schema_url: str, inventory_url: str) -> AsyncIterator[Database]:
    """The owner's access, for what only he may do: empty the tables and make keys."""
    database = Database(schema_url, schema="inventory", name="test", pool_size=1)
    async with database.transaction() as tx:
        await tx.execute(f"TRUNCATE {TABLES}")
        await tx.execute("TRUNCATE access.api_keys")
    yield database
    await database.close()


@pytest.fixture
async def stockroom(admin: Database, inventory_url: str) -> AsyncIterator[Stockroom]:
    """The inventory service with nothing in it, and one shop whose switches are on."""
    async with open_stockroom(inventory_url, admin) as opened:
        await opened.connect()
        yield opened


@pytest.fixture
def stockroom_runner(
    schema_url: str, inventory_url: str
) -> Iterator[Callable[[Callable[[Stockroom], Coroutine[Any, Any, None]]], None]]:
    """Runs examples of one property one after the other in one stockroom that is never emptied in between."""
    with asyncio.Runner() as runner:
        admin = Database(schema_url, schema="inventory", name="test", pool_size=1)
        opened = open_stockroom(inventory_url, admin)
        room = runner.run(opened.__aenter__())
        runner.run(room.connect())
        yield lambda example: runner.run(example(room))
        runner.run(opened.__aexit__(None, None, None))
        runner.run(admin.close())
