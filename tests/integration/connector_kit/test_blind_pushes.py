"""Where the platform adds up what it is told and cannot be asked: a message leaves at most once, and a person hears of
every one that is in doubt."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit import work
from shared.connector_kit.translation import read
from shared.contracts.fulfilment import Fulfilment, FulfilmentPush, ShippedLine
from shared.contracts.order import Order
from tests.integration.connector_kit.branch import Branch
from tests.integration.connector_kit.test_retries import later, pusher, reports


@pytest.fixture
async def order(list_branch: Branch) -> Order:
    await list_branch.settle_in(productive=True, integration={"fulfilments": True})
    stream = list_branch.stand.stream("order")
    (raw,) = await stream.fetch_one(list_branch.stand.client, list_branch.place_case("engraving"))
    found = read(stream, raw).contract
    assert isinstance(found, Order)
    return found


async def ask(branch: Branch, order: Order, id: UUID, version: int = 1) -> None:
    """A parcel with all of the order waits to be told."""
    lines = tuple(ShippedLine(line_external_id=one.external_id, quantity=one.quantity) for one in order.line_items)
    parcel = Fulfilment(
        id=id, order_external_id=order.external_id, lines=lines, carrier="DHL", tracking_number="T-1",
        shipped_at=datetime.now(UTC),
    )  # fmt: skip
    body = FulfilmentPush(version=version, order_id=uuid4(), fulfilment=parcel).model_dump_json()
    async with branch.service.database.transaction() as tx:
        await work.store(tx, [work.NewWork(branch.connection.id, "fulfilment", str(id), version, body)])


async def step(branch: Branch) -> None:
    await later(branch, 0)
    await (await pusher(branch)).step(branch.stand.push("fulfilment"))


def messages(branch: Branch) -> list[Any]:
    found: list[Any] = branch.stand.shop.account.messages
    return found


async def test_a_parcel_that_is_asked_for_twice_is_told_once(list_branch: Branch, order: Order) -> None:
    id = uuid4()
    for _ in range(3):
        await ask(list_branch, order, id)
        await step(list_branch)
    assert len(messages(list_branch)) == 1
    assert [one.outcome for one in await reports(list_branch)] == ["done"]


async def test_a_lost_answer_ends_with_a_person_and_not_with_a_second_message(
    list_branch: Branch, order: Order
) -> None:
    list_branch.stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/messages/", method="POST"))
    await ask(list_branch, order, uuid4())
    for _ in range(3):
        await step(list_branch)
    told = [(one.outcome, one.code) for one in await reports(list_branch)]
    assert told == [("retrying", "answer_lost"), ("failed", "message_unsure")]
    assert len(messages(list_branch)) == 1


async def test_a_process_that_dies_in_the_call_leaves_it_to_a_person(
    list_branch: Branch, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = list_branch.stand.client.send_messages

    async def die(*given: Any) -> None:
        await sent(*given)
        raise asyncio.CancelledError

    await ask(list_branch, order, uuid4())
    with monkeypatch.context() as patch:
        patch.setattr(list_branch.stand.client, "send_messages", die)
        with pytest.raises(asyncio.CancelledError):
            await step(list_branch)
    await step(list_branch)
    assert [(one.outcome, one.code) for one in await reports(list_branch)] == [("failed", "message_unsure")]
    assert len(messages(list_branch)) == 1


async def test_what_a_person_sends_again_by_hand_leaves_once_more(list_branch: Branch, order: Order) -> None:
    list_branch.stand.opened.faults.add(Rule("error_500", times=1, path_contains="/messages/", method="POST"))
    id = uuid4()
    await ask(list_branch, order, id)
    for _ in range(2):
        await step(list_branch)
    assert messages(list_branch) == []
    await ask(list_branch, order, id, version=2)
    await step(list_branch)
    assert len(messages(list_branch)) == 1


async def test_an_order_that_cannot_be_read_just_now_costs_no_message(list_branch: Branch, order: Order) -> None:
    list_branch.stand.opened.faults.add(Rule("throttle", times=9, path_contains="/orders/"))
    await ask(list_branch, order, uuid4())
    await step(list_branch)
    list_branch.stand.opened.faults.clear()
    await list_branch.stand.sleep(120)
    await step(list_branch)
    assert [one.outcome for one in await reports(list_branch)] == ["retrying", "done"]
    assert len(messages(list_branch)) == 1
