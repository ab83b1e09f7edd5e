"""Money given back at eBay: signed, once, and over only when it has arrived or failed."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from services.sandbox.faults import Rule
from shared.contracts.repayment import RefundPush
from tests.wired.contract.stand import Stand, command
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, settled
from tests.wired.contract.test_refunds import given_back, refund, shipped

Account = Callable[..., Stand]


async def judged(stand: Stand, push: RefundPush, ticket: str) -> str:
    (found,) = await stand.push("refund").verify(stand.client, [replace(command(push), ticket=ticket)])
    return "" if found is None else found.outcome


async def test_a_refund_is_under_way_until_ebay_says_that_it_arrived(stand: Stand) -> None:
    order = await shipped(stand)
    push = refund(order, "2.00")
    sent = await settled(stand, "refund", push)
    assert (sent.outcome, sent.code) == ("waiting", "refund_under_way")
    assert await judged(stand, push, sent.external_id) == "waiting"
    # The order says PENDING of the refund then, which is no word about the buyer's payment.
    body = stand.shop.store.book.orders[order.external_id].placed.body
    body["orderPaymentStatus"] = "PENDING"
    assert (await reread(stand, order)).payment_state == "paid"
    await stand.sleep(60)
    assert await judged(stand, push, sent.external_id) == "done"
    assert (await reread(stand, order)).payment_state == "partially_refunded"


async def test_a_refund_that_fails_later_is_told_and_counts_as_none(stand: Stand) -> None:
    order = await shipped(stand)
    stand.shop.store.book.orders[order.external_id].issuing.fails = True
    result = await given_back(stand, refund(order, "2.00"))
    assert (result.outcome, result.code) == ("failed", "refund_refused_by_shop")
    assert (await reread(stand, order)).refunds == ()
    stand.shop.store.book.orders[order.external_id].issuing.fails = False
    assert (await given_back(stand, refund(order, "2.00"))).outcome == "done"


async def test_parts_of_lines_stand_at_the_lines_and_all_of_a_line_brings_no_goods_back(stand: Stand) -> None:
    order = await shipped(stand)
    line = order.line_items[0]
    part = await given_back(stand, refund(order, "2.00", (line.external_id, 1, "2.00")))
    stored = stand.shop.store.book.orders[order.external_id].placed.body
    assert part.outcome == "done"
    assert [row["refundId"] for row in stored["lineItems"][0]["refunds"]] == [part.external_id]
    other = await order_of(stand, "reduced rate only")
    cost = f"{other.line_items[0].total.amount}"
    whole = refund(other, cost, (other.line_items[0].external_id, 1, cost))
    assert (await given_back(stand, whole)).outcome == "done"
    after = await reread(stand, other)
    assert [(one.total.amount, one.lines) for one in after.refunds] == [(Decimal(cost), ())]


async def test_while_another_refund_is_under_way_the_next_one_waits_its_turn(stand: Stand) -> None:
    order = await shipped(stand)
    assert (await settled(stand, "refund", refund(order, "1.00"))).outcome == "waiting"
    push = stand.push("refund")
    (early,) = await push.send(stand.client, [command(refund(order, "2.00"))])
    assert (early.outcome, early.code) == ("retrying", "refund_not_yet")
    await stand.sleep(60)
    assert (await given_back(stand, refund(order, "2.00"))).outcome == "done"


async def test_after_a_lost_answer_nothing_is_repeated_while_money_of_another_amount_is_under_way(stand: Stand) -> None:
    order = await shipped(stand)
    assert (await settled(stand, "refund", refund(order, "1.00"))).outcome == "waiting"
    (found,) = await stand.push("refund").verify(stand.client, [command(refund(order, "2.00"))])
    assert found is not None
    assert (found.outcome, found.code) == ("failed", "refund_unsure")


async def test_without_a_signature_no_money_flows_and_the_merchant_is_told_why(account: Account) -> None:
    stand = account({"signing_key": "", "signing_private_key": ""})
    order = await shipped(stand)
    result = await given_back(stand, refund(order, "2.00"))
    assert (result.outcome, result.code) == ("failed", "signature_refused")
    assert (await reread(stand, order)).refunds == ()


async def test_what_the_merchant_wrote_reaches_the_buyer_cut_to_what_ebay_takes(stand: Stand) -> None:
    order = await shipped(stand)
    push = refund(order, "2.00")
    long = push.model_copy(update={"refund": push.refund.model_copy(update={"reason": "x" * 300})})
    assert (await given_back(stand, long)).outcome == "done"


async def test_a_platform_that_broke_down_over_it_is_asked_before_anything_is_repeated(stand: Stand) -> None:
    order = await shipped(stand)
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/issue_refund", method="POST"))
    assert (await given_back(stand, refund(order, "2.00"))).outcome == "done"
    assert [one.total.amount for one in (await reread(stand, order)).refunds] == [Decimal("2.00")]
    posts = [row for row in stand.opened.requests.report(2000)["latest"] if "issue_refund" in row["path"]]
    assert len(posts) == 1


async def test_without_the_right_to_move_money_this_refund_is_refused_and_the_account_goes_on(account: Account) -> None:
    stand = account(lacking="sell.finances")
    order = await shipped(stand)
    result = await given_back(stand, refund(order, "2.00"))
    assert (result.outcome, result.code, result.params["field"]) == ("failed", "scope_missing", "sell.finances")
    assert (await reread(stand, order)).refunds == ()


async def test_what_was_bought_in_another_currency_goes_back_in_it_and_is_found_in_it(stand: Stand) -> None:
    order = await order_of(stand, "foreign presentment currency")
    assert order.currency != "EUR"
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/issue_refund", method="POST"))
    assert (await given_back(stand, refund(order, "2.00"))).outcome == "done"
    back = (await reread(stand, order)).refunds
    assert [(one.total.amount, one.total.currency) for one in back] == [(Decimal("2.00"), order.currency)]
    euros = await given_back(stand, refund(order, "2.00", currency="EUR"))
    assert (euros.outcome, euros.code) == ("failed", "refund_currency_other")
