"""A cancelled order leaves its delivery and payment as they are; they are cancelled with it."""

from typing import Any

from services.sandbox.faults import Rule
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import cancellation, reread
from tests.wired.contract.test_pushes import order_of, settled


def body(stand: Stand, order: Order) -> dict[str, Any]:
    found: dict[str, Any] = stand.shop.store.orders[order.external_id].body
    return found


def words(stand: Stand, order: Order) -> dict[str, list[str]]:
    raw = body(stand, order)
    rows = {"order": [raw], "deliveries": raw["deliveries"], "transactions": raw["transactions"]}
    return {name: [row["stateMachineState"]["technicalName"] for row in found] for name, found in rows.items()}


async def test_order_delivery_and_open_payment_are_cancelled_together(stand: Stand) -> None:
    order = await order_of(stand, "bank transfer, unpaid")
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "done"
    assert words(stand, order) == {
        "order": ["cancelled"], "deliveries": ["cancelled"], "transactions": ["cancelled"],
    }  # fmt: skip
    assert (await reread(stand, order)).payment_state == "voided"


async def test_what_is_paid_stays_paid(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    await settled(stand, "cancellation", cancellation(order))
    assert words(stand, order)["transactions"] == ["paid"]
    assert (await reread(stand, order)).payment_state == "paid"


async def test_a_cancellation_that_broke_off_after_the_order_is_finished(stand: Stand) -> None:
    order = await order_of(stand, "bank transfer, unpaid")
    stand.opened.faults.add(Rule("error_500", times=1, path_contains="order_delivery/", method="POST"))
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "done"
    assert stand.opened.faults.struck["error_500"] == 1
    assert words(stand, order)["deliveries"] == ["cancelled"]


async def test_a_shop_that_does_not_offer_cancelling_says_what_it_offers(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    raw = body(stand, order)
    for action in ("process", "complete"):
        stand.shop.store.move("order", raw, raw, action, mail=False)
    result = await settled(stand, "cancellation", cancellation(order))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert "completed" in result.params["detail"]


async def test_the_customer_is_told_once_and_only_if_wanted(stand: Stand) -> None:
    told, silent = await order_of(stand, "engraving"), await order_of(stand, "guest")
    for _ in range(2):
        await settled(stand, "cancellation", cancellation(told, notify_customer=True))
        await settled(stand, "cancellation", cancellation(silent))
    assert stand.shop.store.mails == [(told.external_id, "state_enter.order.state.cancelled")]


async def test_a_cancelled_order_gives_the_shops_own_stock_back_once(any_version: Stand) -> None:
    before = any_version.shop.stock()
    order = await order_of(any_version, "reduced rate only")
    assert any_version.shop.stock() != before
    for _ in range(2):
        await settled(any_version, "cancellation", cancellation(order))
    assert any_version.shop.stock() == before
