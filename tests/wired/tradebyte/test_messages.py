"""What a channel says about an order after it was handed over: said once, kept, and told with every later reading."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.sandbox import seeds
from services.sandbox.merchant import Change
from shared.connector_kit.translation import read
from shared.contracts.order import Order
from tests.wired.contract.shops.tradebyte import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import cancellation
from tests.wired.contract.test_pushes import settled
from tests.wired.tradebyte.test_reading import acknowledged


async def handed_over(stand: Stand, case: str = "reduced rate only") -> Order:
    """An order that we have, and that is on no list any more."""
    id = stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))
    order = (await acknowledged(stand))[id]
    assert await stand.items() == {}
    stand.sandbox.clock.shift(timedelta(minutes=5))
    return order


async def reread(stand: Stand, order: Order) -> Order:
    (raw,) = await stand.stream("order").fetch_one(stand.client, order.external_id)
    found = read(stand.stream("order"), raw).contract
    assert isinstance(found, Order)
    return found


def open_messages(stand: Stand) -> list[str]:
    return [one.kind for one in stand.shop.account.said if not one.exported]


async def test_pieces_a_customer_cancels_later_are_cancelled_with_us_even_where_no_open_quantities_are_told(
    stand: Stand,
) -> None:
    latin = open_stand(VARIETIES[1], stand.connector)
    for one in (stand, latin):
        order = await handed_over(one)
        one.shop.change(order.external_id, Change("lower_quantity", line=0, quantity=2))
        (changed,) = (await acknowledged(one)).values()
        assert [line.cancelled_quantity for line in changed.line_items] == [2, 0]
        assert changed.changed_at > order.changed_at
        assert open_messages(one) == []
        assert await one.items() == {}
        # The message is not listed any more, and what it said still holds.
        assert await reread(one, order) == changed
    await latin.close()


async def test_an_order_that_a_customer_cancels_as_a_whole_is_cancelled(stand: Stand) -> None:
    latin = open_stand(VARIETIES[1], stand.connector)
    order = await handed_over(latin)
    latin.shop.change(order.external_id, Change("cancel"))
    (changed,) = (await acknowledged(latin)).values()
    assert changed.state == "cancelled"
    await latin.close()


async def test_goods_that_come_back_are_returns_message_by_message_and_none_is_forgotten(stand: Stand) -> None:
    order = await handed_over(stand)
    first, second = order.line_items
    stand.shop.change(order.external_id, Change("refund_line", line=0, quantity=1))
    await acknowledged(stand)
    stand.sandbox.clock.shift(timedelta(days=2))
    stand.shop.change(order.external_id, Change("refund_line", line=1, quantity=3))
    (changed,) = (await acknowledged(stand)).values()
    assert [(one.state, one.lines[0].line_external_id, one.lines[0].quantity) for one in changed.returns] == [
        ("open", first.external_id, Decimal(1)), ("open", second.external_id, Decimal(3)),
    ]  # fmt: skip
    assert len({one.external_id for one in changed.returns}) == 2


async def test_a_payment_that_arrives_or_fails_later_is_known(stand: Stand) -> None:
    order = await handed_over(stand)
    account = stand.shop.account
    told = account.orders[int(order.external_id.partition(":")[2])]
    states = []
    for kind in ("PAYMENT_STATE_OPEN", "PAYMENT_STATE_SHORTFALL", "PAYMENT_STATE_PAID"):
        account.say(kind, told)
        (changed,) = (await acknowledged(stand)).values()
        states.append(changed.payment_state)
    assert states == ["unpaid", "voided", "paid"]


async def test_a_message_is_flagged_only_when_its_order_is_kept_and_hearing_it_twice_is_harmless(stand: Stand) -> None:
    order = await handed_over(stand)
    stand.shop.change(order.external_id, Change("refund_line", line=0, quantity=1))
    for _ in range(2):
        (page,) = [page for page in await stand.pages() if page.items]
        assert open_messages(stand) == ["RETURN"]
    assert page.acknowledge is not None
    await page.acknowledge([])
    assert open_messages(stand) == ["RETURN"]
    for _ in range(2):
        await page.acknowledge([order.external_id])
    assert open_messages(stand) == []
    assert len((await reread(stand, order)).returns) == 1


async def test_messages_that_change_no_order_stay_on_the_list(stand: Stand) -> None:
    order = await handed_over(stand)
    account = stand.shop.account
    account.say("DEDUCT_SHIPPING_COSTS", account.orders[int(order.external_id.partition(":")[2])])
    assert await acknowledged(stand) == {}
    assert open_messages(stand) == ["DEDUCT_SHIPPING_COSTS"]


async def test_what_the_customer_cancelled_himself_is_not_cancelled_again(stand: Stand) -> None:
    latin = open_stand(VARIETIES[1], stand.connector)
    order = await handed_over(latin)
    latin.shop.change(order.external_id, Change("remove_line", line=0))
    await acknowledged(latin)
    assert (await settled(latin, "cancellation", cancellation(order))).outcome == "done"
    sent: list[Any] = latin.shop.account.messages
    assert [str(one.item_id) for one in sent] == [order.line_items[1].external_id]
    await latin.close()


@pytest.mark.parametrize("named", ["", "abc", "99999999"])
async def test_a_message_about_an_order_nobody_knows_holds_no_other_back(stand: Stand, named: str) -> None:
    order = await handed_over(stand)
    account = stand.shop.account
    told = account.orders[int(order.external_id.partition(":")[2])]
    account.say("RETURN", told, told.items[0].tb_id, 1)
    stranger = type(told)(**{**vars(told), "tb_id": named})
    account.said.insert(0, type(account.said[0])(1, "RETURN", stranger, 1, 1, account.clock()))
    assert set(await acknowledged(stand)) == {order.external_id}
