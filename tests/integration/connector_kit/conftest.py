"""The connector kit on a real database, in front of a sandbox shop."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import stamina

from services.connectors.ebay.connector import EBAY
from services.connectors.mirakl.connector import MIRAKL
from services.connectors.otto.connector import OTTO
from services.connectors.shopify.connector import SHOPIFY
from services.connectors.tradebyte.connector import TRADEBYTE
from services.connectors.woocommerce.connector import WOOCOMMERCE
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, open_branch
from tests.wired.contract.shops import ebay, mirakl, otto, shopify, tradebyte, woocommerce
from tests.wired.contract.stand import open_stand

TABLES = ("backfills", "run_items", "runs", "connections", "cursors", "leases", "holders", "work", "told", "seen",
          "notes", "outbox", "inbox")  # fmt: skip


@pytest.fixture(autouse=True)
def _no_real_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


@pytest.fixture
async def admin(schema_url: str) -> AsyncIterator[Database]:
    """The owner's own access, and the connectors' tables empty."""
    database = Database(schema_url, schema="connectors", name="test", pool_size=2)
    async with database.transaction() as tx:
        await tx.execute(f"TRUNCATE {', '.join(TABLES)}")
        await tx.execute("TRUNCATE archive.keys, archive.payloads, access.api_keys")
    yield database
    await database.close()


@pytest.fixture
async def branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """A WooCommerce shop without orders; nothing of it has ever been read."""
    stand = open_stand(woocommerce.VARIETIES[0], WOOCOMMERCE)
    opened = await open_branch(stand, open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def shopify_branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """A Shopify shop without orders."""
    opened = await open_branch(open_stand(shopify.VARIETIES[0], SHOPIFY), open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def list_branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """An account that hands out its orders until they are acknowledged, and adds up what it is told."""
    opened = await open_branch(open_stand(tradebyte.VARIETIES[0], TRADEBYTE), open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def judging_branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """An operator of a marketplace, who takes products under a number and judges them half an hour later."""
    opened = await open_branch(open_stand(mirakl.VARIETIES[0], MIRAKL), open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def listing_branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """A seller at eBay, where nothing is listed without stock."""
    opened = await open_branch(open_stand(ebay.VARIETIES[0], EBAY), open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def looking_branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """A marketplace whose task says what is wrong with a product at once, and which looks at the rest itself later."""
    opened = await open_branch(open_stand(otto.VARIETIES[0], OTTO), open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()
