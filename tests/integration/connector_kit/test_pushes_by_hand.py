"""Before a connection goes live, what a person sends reaches the shop, and nothing else does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.connectors.woocommerce.connector import WOOCOMMERCE
from shared.chassis.journal import Journal
from shared.connector_kit import work
from shared.connector_kit.pushing import Pusher
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import decode
from shared.contracts.stock import StockPush
from shared.persistence import leases
from tests.integration.conftest import OpenAs
from tests.wired.contract.shops.woocommerce import VARIETIES
from tests.wired.contract.stand import Stand, open_stand


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(VARIETIES[0], WOOCOMMERCE)
    yield opened
    await opened.close()


async def pusher_of(open_as: OpenAs, stand: Stand, **switches: Any) -> Pusher:
    """The holder of the lease of a connection with these switches."""
    database = open_as("connectors")
    connection = Connection(id=uuid4(), version=1, platform="woocommerce", name="Shop", **switches)
    async with database.transaction() as tx:
        (lease,) = await leases.acquire(tx, [str(connection.id)], "test", limit=1, seconds=60)
    return Pusher(connection, stand.client, lease, database, Journal("woocommerce"), lambda: datetime.now(UTC), 5)


async def stored(pusher: Pusher, stand: Stand, wanted: dict[str, tuple[int, str]]) -> None:
    """Commands as they stand in the work table: SKU → quantity, and who asked for it by hand."""
    stream = stand.stream("article")
    listed = {}
    for item in (await stand.items("article")).values():
        article = read(stream, item).contract
        assert isinstance(article, ListedArticle)
        listed[article.sku] = article
    rows = []
    for sku, (quantity, asked_by) in wanted.items():
        command = StockPush(
            listing_id=uuid4(), version=1, external_id=listed[sku].external_id, sku=sku, quantity=quantity,
            parent_external_id=listed[sku].parent_external_id, asked_by=asked_by,
        )  # fmt: skip
        body = command.model_dump_json()
        rows.append(work.NewWork(pusher.connection.id, "stock", str(command.listing_id), 1, body))
    async with pusher.database.transaction() as tx:
        await work.store(tx, rows)


async def said(pusher: Pusher) -> dict[str, set[tuple[str, ...]]]:
    """What the connector reported about this connection and wrote into the journal."""
    async with pusher.database.transaction() as tx:
        rows = await tx.rows("DELETE FROM outbox RETURNING type, body")
    found: dict[str, set[tuple[str, ...]]] = {"push.reported": set(), "journal.recorded": set()}
    for row in rows:
        for event in decode(row["body"], MESSAGES[row["type"]]):
            if event.connection == pusher.connection.id:
                data: Any = event.data
                words = (data.outcome,) if row["type"] == "push.reported" else (data.code, data.actor)
                found[row["type"]].add(words)
    return found


@pytest.mark.parametrize("switches", [{}, {"productive": True}, {"integration": {"stock": True}}])
async def test_by_hand_goes_before_the_switches_are_on_and_the_rest_waits(
    open_as: OpenAs, stand: Stand, switches: dict[str, Any]
) -> None:
    pusher = await pusher_of(open_as, stand, **switches)
    await stored(pusher, stand, {"KR-1001": (7, "anna"), "KR-1002": (3, "")})
    before = stand.shop.stock()
    for _ in range(2):
        await pusher.step(stand.push("stock"))
    assert stand.shop.stock() == before | {"KR-1001": 7}
    heard = await said(pusher)
    assert heard["push.reported"] == {("done",), ("blocked",)}
    assert heard["journal.recorded"] == {("stock_push_done", "anna"), ("stock_push_blocked", "")}


@pytest.mark.parametrize("switches", [{"paused_because": "credentials_refused"}, {"deleted": True}])
async def test_a_paused_or_deleted_connection_sends_nothing_by_hand_either(
    open_as: OpenAs, stand: Stand, switches: dict[str, Any]
) -> None:
    pusher = await pusher_of(open_as, stand, productive=True, integration={"stock": True}, **switches)
    await stored(pusher, stand, {"KR-1001": (7, "anna")})
    before = stand.shop.stock()
    await pusher.step(stand.push("stock"))
    assert stand.shop.stock() == before
    assert (await said(pusher))["push.reported"] == {("blocked",)}
