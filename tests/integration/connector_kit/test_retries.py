"""What a shop does not take for days is no longer sent by itself; whoever sent it hears so, and may send it again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit import work
from shared.connector_kit.declaration import Push
from shared.connector_kit.pushing import Pusher
from shared.connector_kit.taking import Counts
from shared.contracts.catalogue import MESSAGES
from shared.contracts.envelope import decode
from shared.contracts.fulfilment import Fulfilment, FulfilmentPush, ShippedLine
from shared.contracts.stock import StockPush
from tests.integration.connector_kit.branch import Branch

LISTING = uuid4()


async def pusher(branch: Branch) -> Pusher:
    reader = await branch.reader(Counts())
    return Pusher(
        branch.connection, branch.stand.client, reader.lease, branch.service.database, branch.service.journal,
        branch.service.clock, branch.service.settings.retry_days,
    )  # fmt: skip


@pytest.fixture
async def push(branch: Branch) -> Push:
    """A quantity on its way to a shop that is down."""
    await branch.settle_in(productive=True, integration={"stock": True})
    await send(branch, version=1)
    branch.stand.opened.faults.add(Rule("error_500"))
    return branch.stand.push("stock")


async def send(branch: Branch, version: int) -> None:
    wanted = StockPush(listing_id=LISTING, version=version, external_id="1", sku="TEA", quantity=3)
    async with branch.service.database.transaction() as tx:
        body = wanted.model_dump_json()
        await work.store(tx, [work.NewWork(branch.connection.id, "stock", str(LISTING), version, body)])


async def later(branch: Branch, days: int) -> None:
    async with branch.admin.transaction() as tx:
        await tx.execute(
            "UPDATE work SET due_at = now(), failing_since = failing_since - make_interval(days => :days)", days=days
        )


async def reports(branch: Branch) -> list[Any]:
    async with branch.admin.transaction() as tx:
        rows = await tx.rows("SELECT body FROM outbox WHERE type = 'push.reported' ORDER BY id")
    return [one.data for row in rows for one in decode(row["body"], MESSAGES["push.reported"])]


async def test_a_push_is_tried_for_five_days_and_then_fails_with_that_reason(branch: Branch, push: Push) -> None:
    for days in (0, 4, 1):
        await later(branch, days)
        await (await pusher(branch)).step(push)
    assert [(one.outcome, one.code) for one in await reports(branch)][-1] == ("failed", "retries_ended")
    assert [one.outcome for one in await reports(branch)] == ["retrying", "retrying", "failed"]
    assert await branch.value("SELECT count(*) FROM work") == 0
    (entry,) = await branch.told("stock_push_failed")
    assert (entry.params["code"], entry.params["days"], entry.outcome) == ("retries_ended", "5", "error")
    branch.stand.opened.faults.rules.clear()
    await send(branch, version=2)
    await (await pusher(branch)).step(push)
    assert (await reports(branch))[-1].version == 2


async def test_a_push_whose_answer_was_lost_is_not_asked_about_for_ever(branch: Branch) -> None:
    await branch.settle_in(productive=True, integration={"fulfilments": True})
    parcel = Fulfilment(
        id=uuid4(), order_external_id="1", lines=(ShippedLine(line_external_id="7", quantity=Decimal(1)),),
        carrier="DHL", tracking_number="00340", shipped_at=branch.service.clock(),
    )  # fmt: skip
    body = FulfilmentPush(order_id=uuid4(), fulfilment=parcel).model_dump_json()
    async with branch.service.database.transaction() as tx:
        await work.store(tx, [work.NewWork(branch.connection.id, "fulfilment", str(parcel.id), 1, body)])
        await tx.execute("UPDATE work SET state = 'sending', attempts = 1")
    branch.stand.opened.faults.add(Rule("error_500"))
    push = branch.stand.push("fulfilment")
    await (await pusher(branch)).step(push)
    assert await branch.value("SELECT state FROM work") == "sending"
    assert await reports(branch) == []
    await later(branch, 5)
    await (await pusher(branch)).step(push)
    assert [(one.outcome, one.code) for one in await reports(branch)] == [("failed", "retries_ended")]
    assert await branch.value("SELECT count(*) FROM work") == 0


async def test_the_time_a_switch_was_off_does_not_count_as_failing(branch: Branch, push: Push) -> None:
    await (await pusher(branch)).step(push)
    await later(branch, 4)
    await branch.settle_in(productive=False)
    await (await pusher(branch)).step(push)
    assert await branch.value("SELECT failing_since FROM work") is None
    await branch.settle_in(productive=True)
    await later(branch, 9)
    await (await pusher(branch)).step(push)
    assert (await reports(branch))[-1].outcome == "retrying"


async def test_a_newer_command_begins_with_all_its_time_again(branch: Branch, push: Push) -> None:
    await (await pusher(branch)).step(push)
    await later(branch, 9)
    await send(branch, version=2)
    await (await pusher(branch)).step(push)
    assert [(one.version, one.outcome) for one in await reports(branch)] == [(1, "retrying"), (2, "retrying")]


async def test_a_success_ends_the_count(branch: Branch) -> None:
    async with branch.service.database.transaction() as tx:
        await work.hint(tx, [work.Hinted(branch.connection.id, "read:order", "1")])
        (row,) = await work.due(tx, branch.connection.id, "read:order", 1)
        await work.again(tx, [row], "down", timedelta(0), count=True)
        (row,) = await work.due(tx, branch.connection.id, "read:order", 1)
        assert (row.attempts, row.failing_since is not None) == (1, True)
        await work.hint(tx, [work.Hinted(branch.connection.id, "read:order", "1")])
        (row,) = await work.due(tx, branch.connection.id, "read:order", 1)
        assert (row.attempts, row.failing_since) == (0, None)
