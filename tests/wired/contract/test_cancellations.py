"""A cancellation reaches the shop once, whatever becomes of the answers, and never takes back what was shipped."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit.translation import read
from shared.contracts.cancellation import Cancellation, CancellationPush, CancelledLine
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import ACCEPTED, order_of, parcel, settled


@pytest.fixture
def shop(any_stand: Stand) -> Stand:
    """Only those platforms where orders can be cancelled."""
    if not any(push.noun == "cancellation" for push in any_stand.connector.pushes):
        pytest.skip(f"{any_stand.connector.title} cannot cancel")
    return any_stand


def cancellation(order: Order, *lines: tuple[str, int], **differing: Any) -> CancellationPush:
    facts = {
        "id": uuid4(),
        "order_external_id": order.external_id,
        "lines": tuple(CancelledLine(line_external_id=id, quantity=Decimal(pieces)) for id, pieces in lines),
        "reason": "out_of_stock",
    }
    return CancellationPush(order_id=uuid4(), cancellation=Cancellation.model_validate(facts | differing))


async def reread(stand: Stand, order: Order) -> Order:
    stream = stand.stream("order")
    found = read(stream, (await stream.fetch_one(stand.client, order.external_id))[0]).contract
    assert isinstance(found, Order)
    return found


@pytest.mark.proves("cancellation-sent")
async def test_an_order_is_cancelled_once_however_often_it_is_said(shop: Stand) -> None:
    order = await order_of(shop, "reduced rate only")
    push = cancellation(order)
    if shop.push("cancellation").blind:
        # The order does not tell; the kit's own memory alone keeps it from being said again.
        assert (await settled(shop, "cancellation", push)).outcome == "done"
        return
    outcomes = [(await settled(shop, "cancellation", push)).outcome for _ in range(2)]
    assert outcomes[0] == "done"
    assert outcomes[1] in ACCEPTED
    cancelled = await reread(shop, order)
    assert cancelled.state == "cancelled"
    assert all(line.cancelled_quantity == line.quantity for line in cancelled.line_items)
    again = await reread(shop, order)
    assert again.changed_at == cancelled.changed_at


async def test_a_cancellation_whose_answer_was_lost_is_found_and_not_sent_again(shop: Stand) -> None:
    order = await order_of(shop, "reduced rate only")
    path = shop.variety.cancellation_writes
    method = shop.variety.cancellation_method or ("PUT" if path.startswith("/") else "POST")
    shop.opened.faults.add(Rule("answer_lost", times=1, path_contains=path, method=method))
    result = await settled(shop, "cancellation", cancellation(order))
    assert shop.opened.faults.struck["answer_lost"] == 1
    if shop.push("cancellation").blind:
        assert (result.outcome, result.code) == ("failed", "message_unsure")
        return
    assert result.outcome in ACCEPTED
    assert (await reread(shop, order)).state == "cancelled"


async def test_an_order_the_shop_does_not_have_is_refused_with_a_sentence(shop: Stand) -> None:
    order = await order_of(shop, "engraving")
    gone = order.model_copy(update={"external_id": order.external_id[:-3] + "997"})
    result = await settled(shop, "cancellation", cancellation(gone))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert result.params["detail"]


async def test_lines_are_cancelled_alone_or_the_platform_says_for_which_line_it_cannot(shop: Stand) -> None:
    if shop.push("cancellation").blind:
        pytest.skip(f"{shop.connector.title} does not tell what it made of a cancellation")
    order = await order_of(shop, "reduced rate only")
    line = order.line_items[0]
    push = cancellation(order, (line.external_id, 1))
    results = [await settled(shop, "cancellation", push) for _ in range(2)]
    after = await reread(shop, order)
    if results[0].outcome == "failed":
        assert (results[0].code, results[0].params["line"]) == ("cancellation_of_lines_not_offered", line.external_id)
        assert after == order
    else:
        assert [result.outcome for result in results] == ["done", "unchanged"]
        assert (after.state, after.line_items[0].cancelled_quantity) == ("open", 1)
        assert sum(one.cancelled_quantity for one in after.line_items) == 1


async def test_what_was_shipped_is_not_cancelled(shop: Stand) -> None:
    order = await order_of(shop, "engraving")
    await settled(shop, "fulfilment", parcel(order))
    shipped = await reread(shop, order)
    if not any(line.fulfilled_quantity for line in shipped.line_items):
        pytest.skip("This shop does not tell what was shipped")
    result = await settled(shop, "cancellation", cancellation(order))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert await reread(shop, order) == shipped
