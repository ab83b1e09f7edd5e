"""Money is given back once, whatever becomes of the answers: twice is the worst fault there is."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit.declaration import PushResult
from shared.contracts.money import Money
from shared.contracts.order import Order
from shared.contracts.repayment import RefundPush, RepaidLine, Repayment
from tests.wired.contract.stand import Stand, command
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import ACCEPTED, order_of, parcel, settled


@pytest.fixture
def shop(any_stand: Stand) -> Stand:
    """Only those platforms where refunds can be made."""
    if not any(push.noun == "refund" for push in any_stand.connector.pushes):
        pytest.skip(f"{any_stand.connector.title} makes no refunds")
    return any_stand


def refund(order: Order, total: str, *lines: tuple[str, int, str], currency: str = "") -> RefundPush:
    facts: dict[str, Any] = {
        "id": uuid4(),
        "order_external_id": order.external_id,
        "lines": tuple(
            RepaidLine(line_external_id=id, quantity=Decimal(pieces), amount=Decimal(amount))
            for id, pieces, amount in lines
        ),
        "total": Money.of(Decimal(total), currency or order.currency),
        "reason": "Einer war zerbrochen",
    }
    return RefundPush(order_id=uuid4(), refund=Repayment.model_validate(facts))


async def given_back(stand: Stand, push: RefundPush) -> PushResult:
    """Settled, and asked about until money that is under way has arrived."""
    result = await settled(stand, "refund", push)
    for _ in range(10):
        if result.outcome != "waiting":
            return result
        await stand.sleep(60)
        sent = replace(command(push), ticket=result.external_id)
        (known,) = await stand.push("refund").verify(stand.client, [sent])
        assert known is not None
        result = known
    raise AssertionError("The refund never came to an end")


async def shipped(stand: Stand) -> Order:
    """A paid order that has left the house."""
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    return await reread(stand, order)


def paid_back(order: Order) -> list[tuple[Decimal, list[tuple[str, Decimal]]]]:
    return [(one.total.amount, [(line.line_external_id, line.quantity) for line in one.lines]) for one in order.refunds]


@pytest.mark.proves("refund-sent")
async def test_money_is_given_back_once_however_often_it_is_said(shop: Stand) -> None:
    order = await shipped(shop)
    line = order.line_items[0]
    push = refund(order, "6.50", (line.external_id, 1, "4.00"))
    results = [await given_back(shop, push) for _ in range(3)]
    after = await reread(shop, order)
    if shop.variety.marks_refunds:
        assert [one.outcome for one in results] == ["done", "unchanged", "unchanged"]
        assert paid_back(after) == [(Decimal("6.50"), [(line.external_id, Decimal(1))])]
        assert push.refund.mark in after.refunds[0].reason
    else:
        # Ours cannot be told from another one of the same money: it is a person's to say.
        assert [one.outcome for one in results] == ["done", "failed", "failed"]
        assert [one.code for one in results[1:]] == ["refund_equal_there"] * 2
        assert paid_back(after) == [(Decimal("6.50"), [])]
    assert after.total == order.total
    assert after.payment_state == "partially_refunded"


async def test_two_refunds_of_the_same_money_are_two(shop: Stand) -> None:
    order = await shipped(shop)
    results = [await given_back(shop, refund(order, "1.00")) for _ in range(2)]
    if shop.variety.marks_refunds:
        assert [one.outcome for one in results] == ["done", "done"]
        assert paid_back(await reread(shop, order)) == [(Decimal("1.00"), []), (Decimal("1.00"), [])]
    else:
        assert [(one.outcome, one.code) for one in results] == [("done", ""), ("failed", "refund_equal_there")]
        assert paid_back(await reread(shop, order)) == [(Decimal("1.00"), [])]


async def test_a_refund_whose_answer_was_lost_is_found_and_not_made_again(shop: Stand) -> None:
    order = await shipped(shop)
    shop.opened.faults.add(Rule("answer_lost", times=1, path_contains=shop.variety.refund_writes, method="POST"))
    push = refund(order, "2.00", (order.line_items[0].external_id, 1, "2.00"))
    results = [await given_back(shop, push) for _ in range(2)]
    assert shop.opened.faults.struck["answer_lost"] == 1
    assert results[0].outcome in ACCEPTED
    assert results[1].outcome in ACCEPTED or results[1].code == "refund_equal_there"
    assert [total for total, _ in paid_back(await reread(shop, order))] == [Decimal("2.00")]


async def test_a_refund_that_never_arrived_is_made_once_or_left_to_a_person(shop: Stand) -> None:
    order = await shipped(shop)
    shop.opened.faults.add(Rule("error_500", times=1, path_contains=shop.variety.refund_writes, method="POST"))
    push = refund(order, "2.00")
    first = await given_back(shop, push)
    assert shop.opened.faults.struck["error_500"] == 1
    made = len((await reread(shop, order)).refunds)
    if first.outcome == "failed":
        assert (first.code, made) == ("refund_unsure", 0)
    else:
        assert (first.outcome, made) in {("done", 1), ("unchanged", 1)}
    again = await given_back(shop, push)
    assert (again.outcome, again.code) in (
        {("done", "")} if made == 0 else {("unchanged", ""), ("failed", "refund_equal_there")}
    )
    assert len((await reread(shop, order)).refunds) == 1


async def test_more_than_was_paid_is_refused_and_nothing_is_paid(shop: Stand) -> None:
    order = await shipped(shop)
    result = await given_back(shop, refund(order, f"{order.total.amount + 1}"))
    assert (result.outcome, result.code) in {("failed", "refund_exceeds_paid"), ("failed", "refund_refused_by_shop")}
    assert (await reread(shop, order)).refunds == ()


async def test_all_that_was_paid_may_go_back_in_parts_and_not_a_cent_more(shop: Stand) -> None:
    order = await shipped(shop)
    for amount in (order.total.amount - 1, Decimal(1)):
        assert (await given_back(shop, refund(order, f"{amount}"))).outcome == "done"
    assert (await given_back(shop, refund(order, "0.01"))).outcome == "failed"
    after = await reread(shop, order)
    assert sum(one.total.amount for one in after.refunds) == order.total.amount
    assert after.payment_state == "refunded"


async def test_another_currency_is_refused_before_any_money_flows(shop: Stand) -> None:
    order = await shipped(shop)
    result = await given_back(shop, refund(order, "2.00", currency="CHF"))
    assert (result.outcome, result.code) == ("failed", "refund_currency_other")
    assert (await reread(shop, order)).refunds == ()


async def test_an_order_the_shop_does_not_have_is_refused_with_a_sentence(shop: Stand) -> None:
    order = await shipped(shop)
    gone = order.model_copy(update={"external_id": order.external_id[:-3] + "997"})
    result = await given_back(shop, refund(gone, "2.00"))
    assert (result.outcome, result.code) == ("failed", "refund_refused_by_shop")
    assert result.params["detail"]


async def test_a_refund_moves_no_stock(shop: Stand) -> None:
    order = await shipped(shop)
    before = shop.shop.stock()
    assert (
        await given_back(shop, refund(order, "4.00", (order.line_items[0].external_id, 1, "4.00")))
    ).outcome == "done"
    assert shop.shop.stock() == before
