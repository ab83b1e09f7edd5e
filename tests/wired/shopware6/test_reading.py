"""What moves in an order without moving the order, and what hangs on it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.sandbox import seeds
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from services.sandbox.shopware6 import staff, states
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.errors import Transient
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand


def placed(stand: Stand, case: str) -> str:
    return stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))


def body(stand: Stand, id: str) -> dict[str, Any]:
    found: dict[str, Any] = stand.shop.store.orders[id].body
    return found


async def order(stand: Stand, id: str) -> Order:
    stream = stand.stream("order")
    found = read(stream, (await stream.fetch_one(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


async def later(stand: Stand, minutes: int = 30) -> Window:
    """Half an hour passes; the window of the next run, which does not reach back to the order's beginning."""
    stand.sandbox.clock.shift(timedelta(minutes=minutes))
    return Window(stand.sandbox.clock() - timedelta(minutes=1))


async def test_a_payment_is_seen_though_the_orders_own_stamp_stays_null(stand: Stand) -> None:
    id = placed(stand, "bank transfer, unpaid")
    window = await later(stand)
    assert await stand.items(window=window) == {}
    transaction = body(stand, id)["transactions"][0]
    stand.shop.store.move("order_transaction", body(stand, id), transaction, "paid", mail=False)
    assert body(stand, id)["updatedAt"] is None
    item = (await stand.items(window=window))[id]
    found = read(stand.stream("order"), item).contract
    assert isinstance(found, Order)
    assert found.payment_state == "paid"
    assert found.changed_at == item.stamp >= window.since


async def test_a_delivery_sent_in_the_shop_is_seen_though_the_order_does_not_move(stand: Stand) -> None:
    id = placed(stand, "engraving")
    window = await later(stand)
    delivery = body(stand, id)["deliveries"][0]
    stand.shop.store.move("order_delivery", body(stand, id), delivery, "ship", mail=False)
    assert list(await stand.items(window=window)) == [id]
    assert (await order(stand, id)).line_items[0].fulfilled_quantity == 1


async def test_an_order_that_nobody_ever_touched_is_met_by_its_creation(stand: Stand) -> None:
    await later(stand)
    id = placed(stand, "guest")
    assert body(stand, id)["updatedAt"] is None
    assert list(await stand.items(window=Window(stand.sandbox.clock() - timedelta(minutes=1)))) == [id]


async def test_the_attempt_that_counts_is_the_one_that_was_not_given_up(any_version: Stand) -> None:
    stand = any_version
    id = placed(stand, "bank transfer, unpaid")
    staff.pay_otherwise(stand.shop.store, body(stand, id), "paypal", stand.sandbox.clock() + timedelta(minutes=5))
    found = await order(stand, id)
    assert len(body(stand, id)["transactions"]) == 2
    assert [one.method for one in found.payments] == [found.payment_method]
    assert "paypal" in found.payment_method


async def test_an_order_edited_after_it_was_paid_is_paid_only_in_part(stand: Stand) -> None:
    id = placed(stand, "guest")
    body(stand, id)["transactions"][0]["amount"]["totalPrice"] = Decimal("7.49")
    found = await order(stand, id)
    assert found.payment_state == "partially_paid"
    assert [one.amount.amount for one in found.payments] == [Decimal("7.49")]


async def test_free_shipping_is_two_deliveries_that_cost_nothing_together(any_version: Stand) -> None:
    id = placed(any_version, "free shipping")
    assert [one["shippingCosts"]["totalPrice"] for one in body(any_version, id)["deliveries"]] == [
        Decimal("4.90"), Decimal("-4.90"),
    ]  # fmt: skip
    found = await order(any_version, id)
    assert [(one.kind, one.total.amount) for one in found.charges] == [("shipping", 0)]
    assert found.delivery == "ship"


async def test_downloads_have_no_delivery_at_all(stand: Stand) -> None:
    found = await order(stand, placed(stand, "digital only"))
    assert (found.delivery, found.shipping_method) == ("none", "")
    assert not any(line.requires_shipping for line in found.line_items)


async def test_a_refund_that_an_app_carries_out_later_is_seen_though_nothing_else_moves(stand: Stand) -> None:
    id = placed(stand, "reduced rate only")
    staff.apply(stand.shop.store, body(stand, id), Change("refund_amount", amount=Decimal(1)))
    refund = body(stand, id)["transactions"][0]["captures"][0]["refunds"][0]
    refund["stateMachineState"] = states.state("open")
    window = await later(stand)
    assert await stand.items(window=window) == {}
    assert (await order(stand, id)).refunds == ()
    refund |= {"stateMachineState": states.state("completed"), "updatedAt": stand.shop.store.now()}
    found = read(stand.stream("order"), (await stand.items(window=window))[id]).contract
    assert isinstance(found, Order)
    assert [one.total.amount for one in found.refunds] == [1]
    assert found.changed_at == next(row.stamp for row in stand.shop.census() if row.external_id == id)


async def test_a_refund_is_told_by_the_payment_app_or_as_a_whole(stand: Stand) -> None:
    part = await order(stand, placed(stand, "refunded in part"))
    (refund,) = part.refunds
    assert (refund.reason, refund.lines[0].line_external_id) == ("Beschädigt", part.line_items[0].external_id)
    assert part.payment_state == "partially_refunded"
    whole = await order(stand, placed(stand, "refunded in full"))
    assert [one.total for one in whole.refunds] == [whole.total]
    assert whole.payment_state == "refunded"


async def test_amounts_in_another_currency_are_not_converted_again(stand: Stand) -> None:
    id = placed(stand, "foreign presentment currency")
    found = await order(stand, id)
    assert (found.currency, found.total.amount) == ("CHF", Decimal("55.9"))
    assert [one.total.amount for one in found.charges if one.kind == "rounding"] == [Decimal("-0.02")]


async def test_an_order_placed_late_in_the_evening_keeps_its_hour(stand: Stand) -> None:
    id = placed(stand, "guest")
    body(stand, id)["orderDateTime"] = "2026-11-23T23:30:00.000+00:00"
    body(stand, id)["orderDate"] = "2026-11-23T00:00:00.000+00:00"
    assert (await order(stand, id)).placed_at.isoformat() == "2026-11-23T23:30:00+00:00"


async def test_a_customer_deleted_since_keeps_his_mail_and_number(stand: Stand) -> None:
    id = placed(stand, "engraving")
    body(stand, id)["orderCustomer"] |= {"customerId": None, "customer": None}
    customer = (await order(stand, id)).customer
    assert customer is not None
    assert customer.external_id is None
    assert customer.email
    assert customer.number


async def test_a_shop_that_serves_one_page_for_ever_is_given_up_for_now(stand: Stand) -> None:
    stand.shop.place_many(550, stand.sandbox.plain_baskets, timedelta(hours=1))
    stand.sandbox.clock.shift(timedelta(seconds=10))
    census = stand.stream("order").census
    assert census is not None
    listed = census(stand.client, Window())
    met = [await anext(listed)]
    stand.opened.faults.add(Rule("repeat_page"))
    with pytest.raises(Transient):
        met += [entry async for entry in listed]
    assert len({entry.external_id for entry in met}) == len(met)


async def test_the_list_is_read_to_its_end_though_the_shop_counts_a_page_alone(stand: Stand) -> None:
    ids = stand.shop.place_many(401, stand.sandbox.plain_baskets, timedelta(hours=1))
    stand.sandbox.clock.shift(timedelta(seconds=10))
    listed = [entry.external_id async for entry in stand.stream("order").census(stand.client, Window())]  # type: ignore[misc]
    assert sorted(listed) == sorted(ids)


async def test_orders_come_in_the_order_of_their_latest_change(stand: Stand) -> None:
    ids = stand.shop.place_many(120, stand.sandbox.plain_baskets, timedelta(hours=2))
    stand.sandbox.clock.shift(timedelta(seconds=10))
    first = body(stand, ids[0])
    stand.shop.store.move("order_delivery", first, first["deliveries"][0], "ship", mail=False)
    stand.sandbox.clock.shift(timedelta(seconds=10))
    stamps = [item.stamp for page in await stand.pages() for item in page.items]
    assert stamps == sorted(stamps)
    assert [item.external_id for page in await stand.pages() for item in page.items][-1] == ids[0]
