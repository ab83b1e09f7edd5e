"""What a platform lists beside its records is told once, with the reason, and is no record."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from services.connectors.shopware5.connector import SHOPWARE5
from shared.connector_kit import backfills
from shared.connector_kit.declaration import Window
from shared.connector_kit.taking import Counts, stay
from shared.contracts.identity import record_id
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, open_branch
from tests.integration.connector_kit.test_backfills import backfiller
from tests.wired.contract.shops import shopware5
from tests.wired.contract.stand import open_stand


@pytest.fixture
async def branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    """A Shopware 5 shop without orders, whose connection never goes live."""
    stand = open_stand(shopware5.VARIETIES[0], SHOPWARE5)
    opened = await open_branch(stand, open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


async def test_a_basket_left_at_the_checkout_is_journalled_once_however_often_it_is_met(branch: Branch) -> None:
    placed = branch.place(25)
    left = branch.stand.shop.left_behind()
    assert len(left) == 2
    for _ in range(2):
        reader = await branch.reader(Counts())
        assert await reader.read_window(SHOPWARE5.streams[1], Window(), "manual", stay)
    assert {one.subject for one in branch.bus.of("order.received")} == set(placed)
    assert not branch.bus.of("order.unreadable")
    entries = [one.data for one in branch.bus.of("journal.recorded") if one.data.code == "basket_abandoned"]
    assert {one.subject for one in entries} == {str(record_id("order", branch.connection.id, id)) for id in left}
    assert len({one.id for one in entries}) == len(left)
    assert {(one.action, one.outcome) for one in entries} == {("skipped", "skipped")}
    assert {key.value for one in entries for key in one.keys} == set(left)


async def test_a_backfill_reads_a_shop_that_is_not_live_to_its_end(branch: Branch) -> None:
    placed = branch.place(45)
    branch.stand.sandbox.clock.shift(timedelta(seconds=5))
    until = branch.stand.sandbox.clock()
    async with branch.service.database.transaction() as tx:
        asked, _ = await backfills.ask(tx, branch.connection.id, "order", until - timedelta(days=3650), until, "Anna")
    assert await backfiller(branch).step()
    async with branch.service.database.transaction() as tx:
        done = await backfills.one(tx, branch.connection.id, asked.id)
    assert done is not None
    assert (done.state, done.seen, done.published) == ("done", 45, 45)
    assert {one.subject for one in branch.bus.of("order.received")} == set(placed)
