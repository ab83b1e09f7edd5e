"""What a platform says beside its records, as reports do, is archived and told to the journal once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import orjson
import pytest

from services.connectors.amazon.connector import AMAZON
from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Window
from shared.connector_kit.notes import StoredNotes
from shared.connector_kit.taking import Counts, stay
from shared.contracts.identity import record_id
from shared.contracts.order import OrderReceived
from shared.persistence import archive
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, open_branch
from tests.wired.amazon.test_settlements import sent
from tests.wired.contract.shops import amazon
from tests.wired.contract.stand import open_stand

ORDERS = AMAZON.streams[1]


@pytest.fixture
async def branch(admin: Database, open_as: OpenAs, tmp_path: Path) -> AsyncIterator[Branch]:
    opened = await open_branch(open_stand(amazon.VARIETIES[0], AMAZON), open_as("connectors"), admin, tmp_path)
    opened.stand.client.notes = StoredNotes(opened.service.database, opened.connection.id)
    yield opened
    await opened.close()


async def read(branch: Branch) -> None:
    branch.stand.sandbox.clock.shift(timedelta(minutes=16))
    reader = await branch.reader(Counts())
    assert await reader.read_window(ORDERS, Window(), "poll", stay)


async def test_a_settlement_is_told_once_with_the_rows_of_each_order_in_the_archive(branch: Branch) -> None:
    stand = branch.stand
    id = sent(stand, "engraving")
    stand.shop.change(id, Change("refund_amount", amount=Decimal("5.00")))
    stand.shop.settle()
    await read(branch)
    # A process that knows nothing of the first reading reads the same report again: it was taken.
    stand.client.reports.looked_at = None
    await read(branch)
    entries = [one.data for one in branch.bus.of("journal.recorded") if one.data.action == "reported"]
    subject = str(record_id("order", branch.connection.id, id))
    assert [(one.code, one.noun, one.subject) for one in entries] == [
        ("settlement_proved", "connection", str(branch.connection.id)), ("order_settled", "order", subject),
    ]  # fmt: skip
    assert [key.value for key in entries[1].keys] == [id]
    async with branch.admin.transaction() as tx:
        bodies = await archive.load(tx, [one.payload for one in entries if one.payload])
    kept = [bodies[one.payload].body for one in entries if one.payload]
    assert [row["order-id"] for row in orjson.loads(kept[1] or b"")["rows"]] == [id] * 4
    assert [row["amount-description"] for row in orjson.loads(kept[0] or b"")["rows"]] == ["Subscription Fee"]
    received = [one.data for one in branch.bus.of("order.received") if isinstance(one.data, OrderReceived)]
    assert [len(one.order.refunds) for one in received] == [0, 1]


async def test_a_report_that_was_not_taken_to_its_end_is_told_again_under_the_same_id(branch: Branch) -> None:
    stand = branch.stand
    id = sent(stand, "engraving")
    stand.shop.change(id, Change("refund_amount", amount=Decimal("5.00")))
    stand.shop.settle()
    await read(branch)
    async with branch.admin.transaction() as tx:
        await tx.execute("DELETE FROM notes WHERE record LIKE 'report:%'")
    stand.client.reports.looked_at = None
    await read(branch)
    entries = [one.data for one in branch.bus.of("journal.recorded") if one.data.action == "reported"]
    assert len(entries) == 4
    assert len({one.id for one in entries}) == 2
    assert len(branch.bus.of("order.received")) == 2
