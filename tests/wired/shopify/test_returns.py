"""Goods that come back: as the shop keeps them, before and beside the money."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.sandbox import seeds
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.shopify.test_reading import order


@pytest.fixture
def sold(stand: Stand) -> str:
    """An order of the till: its goods have left with the customer."""
    return stand.opened.place(seeds.case("point of sale", stand.sandbox.clock().replace(microsecond=0)))


def told(found: Order) -> list[tuple[str, list[int]]]:
    return [(one.state, [int(line.quantity) for line in one.lines]) for one in found.returns]


async def test_a_return_is_told_from_the_customers_wish_to_its_end(stand: Stand, sold: str) -> None:
    assert (await order(stand, sold)).returns == ()
    id = stand.shop.take_back(sold, {0: 1}, "REQUESTED")
    asked = await order(stand, sold)
    assert told(asked) == [("requested", [1])]
    assert asked.returns[0].lines[0].line_external_id == asked.line_items[0].external_id
    for status, state in (("OPEN", "open"), ("CLOSED", "closed")):
        stand.shop.settle_return(sold, id, status)
        assert told(await order(stand, sold)) == [(state, [1])]
    assert (await order(stand, sold)).refunds == ()


@pytest.mark.parametrize("status", ["DECLINED", "CANCELED"])
async def test_a_return_that_comes_to_nothing_has_ended(stand: Stand, sold: str, status: str) -> None:
    id = stand.shop.take_back(sold, {0: 1}, "REQUESTED")
    stand.shop.settle_return(sold, id, status)
    stand.shop.take_back(sold, {0: 1})
    assert sorted(told(await order(stand, sold))) == [("ended", [1]), ("open", [1])]


async def test_money_for_a_return_names_it_and_money_beside_it_does_not(stand: Stand, sold: str) -> None:
    id = stand.shop.take_back(sold, {0: 1})
    stand.shop.settle_return(sold, id, "CLOSED", pay=True)
    (refund,) = (await order(stand, sold)).refunds
    assert (refund.return_external_id, [int(line.quantity) for line in refund.lines]) == (id, [1])


async def test_a_return_moves_the_order_so_that_the_next_run_meets_it(stand: Stand, sold: str) -> None:
    before = (await stand.items())[sold].stamp
    stand.sandbox.clock.shift(timedelta(minutes=1))
    stand.shop.take_back(sold, {0: 1})
    assert (await stand.items())[sold].stamp > before


async def test_returns_and_their_lines_are_read_to_the_end(stand: Stand) -> None:
    basket = seeds.case("three hundred lines", stand.sandbox.clock().replace(microsecond=0))
    id = stand.opened.place(replace(basket, pos=True))
    stand.shop.take_back(id, dict.fromkeys(range(100), 1))
    for place in range(100, 112):
        stand.shop.take_back(id, {place: 1})
    found = await order(stand, id)
    assert sorted(len(one.lines) for one in found.returns) == [1] * 12 + [100]
    assert len({line.line_external_id for one in found.returns for line in one.lines}) == 112


async def test_without_the_right_to_read_returns_orders_are_read_all_the_same(stand: Stand, sold: str) -> None:
    stand.shop.take_back(sold, {0: 1})
    stand.shop.access.scopes -= {"read_returns", "write_returns"}
    found = await order(stand, sold)
    assert (found.returns, len(found.line_items) > 0) == ((), True)
    probed = await stand.connector.probe(stand.client)
    assert [(one.code, one.field, one.fatal) for one in probed.findings if one.field == "read_returns"] == [
        ("scope_missing", "read_returns", False)
    ]
