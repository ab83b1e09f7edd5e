"""Cancelling in Shopify: a job for the whole order, units taken off for lines; money stays where it is."""

from services.sandbox.faults import Rule
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import cancellation, reread
from tests.wired.contract.test_pushes import order_of, parcel, settled


async def test_the_reason_and_our_id_stand_in_the_shop_and_nothing_is_paid_back(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    push = cancellation(order, reason="out_of_stock")
    assert (await settled(stand, "cancellation", push)).outcome == "done"
    record = stand.shop.orders.open(order.external_id)
    assert record["cancelReason"] == "INVENTORY"
    assert str(push.cancellation.id) in record["cancellation"]["staffNote"]
    assert [refund["transactions"] for refund in record["refunds"]] == [[]]
    assert (await reread(stand, order)).payment_state == order.payment_state


async def test_units_whose_removal_was_not_answered_are_taken_off_once(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    line = order.line_items[0]
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="mutation:refundCreate"))
    push = cancellation(order, (line.external_id, 1))
    assert (await settled(stand, "cancellation", push)).outcome in ("done", "unchanged")
    assert len(stand.shop.orders.open(order.external_id)["refunds"]) == 1
    assert (await reread(stand, order)).line_items[0].cancelled_quantity == 1


async def test_pieces_that_were_sent_are_not_taken_off(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    line = order.line_items[0]
    await settled(stand, "fulfilment", parcel(order))
    result = await settled(stand, "cancellation", cancellation(order, (line.external_id, 1)))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert line.external_id in result.params["detail"]
    assert stand.shop.orders.open(order.external_id)["refunds"] == []
