"""The order book on a real database, under its own role, without a broker: consumers are called as they would be."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import create_async_engine

from services.ops.roles import ensure
from shared.persistence.database import Database, engine_url
from tests.conftest import ROOT
from tests.integration.order_import.book import Book, open_book

TABLES = (
    "goods_back, refunds, documents, return_numbers, cancellation_lines, cancellations, call_off_lines, call_offs, "
    "return_lines, returns, parcel_lines, parcels, feed_receipts, feed_queue, feed_consumers, feed_fresh, "
    "parked_reasons, "
    "order_lines, order_versions, late_versions, unreadable_items, known_articles, connections, orders, inbox, "
    "outbox, held, attempts, parked_events, rules, learned_words, heard_words, master_records, erp_customers, "
    "bills, bill_components, frozen_taxes, watched, master_state, order_bills, parcel_components, corrections, "
    "known_numbers, shop_customers"
)


@pytest.fixture(scope="session")
def schema_url(postgres_url: str) -> str:
    """The database with every migration."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = postgres_url
    command.upgrade(config, "head")
    return postgres_url


@pytest.fixture(scope="session")
def orders_url(schema_url: str) -> str:
    """Logs in as the order book's own role, which may touch nothing of its neighbours."""
    parts = urlsplit(schema_url)
    role = f"{parts.path.strip('/')}_orders"
    url = urlunsplit(parts._replace(netloc=f"{role}:orders@{parts.hostname}:{parts.port}"))
    asyncio.run(_give_rights(schema_url, url))
    return url


async def _give_rights(schema_url: str, orders_url: str) -> None:
    parsed, arguments = engine_url(schema_url)
    engine = create_async_engine(parsed, connect_args=arguments)
    async with engine.begin() as connection:
        await ensure(connection, [("orders", orders_url)])
    await engine.dispose()


@pytest.fixture
async def admin(schema_url: str) -> AsyncIterator[Database]:
    """The owner's own access, for what only he may do: empty the tables, make keys, destroy keys."""
    database = Database(schema_url, schema="orders", name="test", pool_size=1)
    async with database.transaction() as tx:
        await tx.execute(f"TRUNCATE {TABLES}")
        await tx.execute("TRUNCATE archive.keys, archive.payloads, access.api_keys")
    yield database
    await database.close()


@pytest.fixture
async def book(admin: Database, orders_url: str) -> AsyncIterator[Book]:
    """An empty order book."""
    opened = await open_book(orders_url, admin)
    yield opened
    await opened.close()
