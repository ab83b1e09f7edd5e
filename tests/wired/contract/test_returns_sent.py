"""Goods that came back are told once, whatever becomes of the answers: what counts twice is paid for twice."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.contracts.order import Order
from shared.contracts.returned import BroughtBack, GoodsBack, ReturnPush
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import ACCEPTED, order_of, parcel, settled


@pytest.fixture
def shop(any_stand: Stand) -> Stand:
    """Only those platforms that are told of returns of which they know nothing yet."""
    connector = any_stand.connector
    if not any(push.noun == "return" for push in connector.pushes) or connector.return_terms is not None:
        pytest.skip(f"{connector.title} is told of no returns that buyers did not open")
    return any_stand


def returned(order: Order, *lines: tuple[str, int], **differing: Any) -> ReturnPush:
    facts: dict[str, Any] = {"reason": "defective", "note": "Delle im Deckel", "restocked": False} | differing
    goods = GoodsBack(
        id=uuid4(),
        order_external_id=order.external_id,
        lines=tuple(
            BroughtBack(line_external_id=id, quantity=Decimal(pieces), **facts) for id, pieces in lines
        ),
        received_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
    )  # fmt: skip
    return ReturnPush(order_id=uuid4(), goods=goods)


async def shipped(stand: Stand) -> Order:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    return await reread(stand, order)


def told(stand: Stand, order: Order) -> list[tuple[str, int]]:
    """Pieces per line that the shop was told are back."""
    return [(line, pieces) for id, line, pieces in stand.shop.returned() if id == order.external_id]


@pytest.mark.proves("return-sent", "shopify", "tradebyte")
async def test_goods_are_told_once_however_often_it_is_said(shop: Stand) -> None:
    order = await shipped(shop)
    line = order.line_items[0].external_id
    push = returned(order, (line, 1))
    assert (await settled(shop, "return", push)).outcome == "done"
    if not shop.push("return").blind:
        # Where nobody can ask, the kit's own memory keeps it from being said again.
        assert [(await settled(shop, "return", push)).outcome for _ in range(2)] == ["unchanged"] * 2
    assert told(shop, order) == [(line, 1)]


async def test_two_returns_of_the_same_line_are_two(shop: Stand) -> None:
    order = await order_of(shop, "three hundred lines")
    await settled(shop, "fulfilment", parcel(order))
    line = next(one for one in order.line_items if one.quantity >= 1)
    other = next(one for one in order.line_items if one.external_id != line.external_id)
    for one in (line, other):
        assert (await settled(shop, "return", returned(order, (one.external_id, 1)))).outcome == "done"
    assert sorted(told(shop, order)) == sorted([(line.external_id, 1), (other.external_id, 1)])


async def test_a_return_whose_answer_was_lost_is_found_or_left_to_a_person(shop: Stand) -> None:
    order = await shipped(shop)
    shop.opened.faults.add(Rule("answer_lost", times=1, path_contains=shop.variety.return_writes, method="POST"))
    push = returned(order, (order.line_items[0].external_id, 1))
    result = await settled(shop, "return", push)
    assert shop.opened.faults.struck["answer_lost"] == 1
    if shop.push("return").blind:
        assert (result.outcome, result.code) == ("failed", "message_unsure")
    else:
        assert result.outcome in ACCEPTED
    assert told(shop, order) == [(order.line_items[0].external_id, 1)]


async def test_a_return_that_never_arrived_is_told_once_or_left_to_a_person(shop: Stand) -> None:
    order = await shipped(shop)
    shop.opened.faults.add(Rule("error_500", times=1, path_contains=shop.variety.return_writes, method="POST"))
    result = await settled(shop, "return", returned(order, (order.line_items[0].external_id, 1)))
    assert shop.opened.faults.struck["error_500"] == 1
    if shop.push("return").blind:
        assert (result.outcome, result.code, told(shop, order)) == ("failed", "message_unsure", [])
    else:
        assert (result.outcome, len(told(shop, order))) == ("done", 1)


async def test_more_than_was_sent_is_refused_with_the_shops_words(shop: Stand) -> None:
    order = await shipped(shop)
    line = order.line_items[0]
    push = returned(order, (line.external_id, int(line.quantity) + 1))
    result = await settled(shop, "return", push)
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert result.params["detail"]
    assert told(shop, order) == []


async def test_parts_of_pieces_are_refused(shop: Stand) -> None:
    order = await shipped(shop)
    push = returned(order, (order.line_items[0].external_id, 1))
    (line,) = push.goods.lines
    half = line.model_copy(update={"quantity": Decimal("0.5")})
    goods = push.goods.model_copy(update={"lines": (half,)})
    result = await settled(shop, "return", push.model_copy(update={"goods": goods}))
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")


async def test_an_order_the_shop_does_not_have_is_refused_with_a_sentence(shop: Stand) -> None:
    order = await shipped(shop)
    gone = order.model_copy(update={"external_id": order.external_id[:-3] + "997"})
    result = await settled(shop, "return", returned(gone, (order.line_items[0].external_id, 1)))
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert result.params["detail"]


async def test_a_return_moves_no_stock_and_no_money(shop: Stand) -> None:
    order = await shipped(shop)
    before = shop.shop.stock()
    push = returned(order, (order.line_items[0].external_id, 1), restocked=True)
    assert (await settled(shop, "return", push)).outcome == "done"
    assert shop.shop.stock() == before
    assert (await reread(shop, order)).refunds == order.refunds


async def test_what_we_told_is_known_as_ours_when_it_is_read_again(shop: Stand) -> None:
    order = await shipped(shop)
    await settled(shop, "return", returned(order, (order.line_items[0].external_id, 1)))
    after = await reread(shop, order)
    assert all(one.ours for one in after.returns)
    if not shop.push("return").blind:
        (one,) = after.returns
        assert (one.state, [(line.line_external_id, line.quantity) for line in one.lines]) == (
            "closed", [(order.line_items[0].external_id, 1)],
        )  # fmt: skip
