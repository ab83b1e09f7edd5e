"""Prices by file, at operators who allow different things."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from services.sandbox.mirakl.offers import Price
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_graded_prices import graded
from tests.wired.contract.test_prices import eur, price, shown
from tests.wired.contract.test_pushes import articles
from tests.wired.mirakl.test_sending import asked

Operator = Callable[..., Stand]


async def test_the_price_of_another_channel_and_the_price_for_many_survive_ours(operator: Operator) -> None:
    stand = operator(channel_pricing=True, volume_pricing=True)
    offer = stand.shop.store.offers.by_sku["KR-1001"]
    offer.usual.volumes = {10: Decimal("5.00")}
    offer.prices.append(Price(Decimal("99.00"), channels=("FR",)))
    (one,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("price", [price(one, "7.35")])
    assert result.outcome == "done"
    assert await shown(stand, "KR-1001") == [Decimal("7.35")]
    assert [(held.amount, held.channels, held.volumes) for held in offer.prices] == [
        (Decimal("7.35"), (), {10: Decimal(5)}), (Decimal(99), ("FR",), {}),
    ]  # fmt: skip


async def test_prices_by_quantity_that_are_ours_go_and_others_stay_until_some_were_told(operator: Operator) -> None:
    stand = operator(volume_pricing=True)
    offer = stand.shop.store.offers.by_sku["KR-1001"]
    (one,) = await articles(stand, "KR-1001")
    await stand.send("price", [graded(one, "7.35", "", {10: "6.00", 20: "5.50"})])
    assert offer.usual.volumes == {10: Decimal(6), 20: Decimal("5.5")}
    await stand.send("price", [graded(one, "7.35", "", {})])
    assert offer.usual.volumes == {}


async def test_an_operator_without_prices_by_quantity_is_told_the_price_and_the_result_says_so(
    operator: Operator,
) -> None:
    stand = operator()
    (one,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("price", [graded(one, "7.35", "", {10: "6.00"})])
    assert (result.outcome, result.code) == ("done", "price_tiers_untold")
    assert await shown(stand, "KR-1001") == [Decimal("7.35")]


async def test_a_price_with_more_decimals_than_the_operator_has_is_refused_and_its_neighbour_arrives(
    stand: Stand,
) -> None:
    found = await articles(stand, "KR-1001", "KR-1002")
    results = await stand.send("price", [price(found[0], "7.355"), price(found[1], "8.00")])
    assert [result.outcome for result in results] == ["failed", "done"]
    assert "2 decimals" in results[0].params["detail"]
    assert await shown(stand, "KR-1002") == [Decimal(8)]


async def test_an_operator_who_wants_periods_is_told_no_discount_without_one(operator: Operator) -> None:
    stand = operator(discount_period_required=True)
    (one,) = await articles(stand, "KR-1001")
    before = await shown(stand, "KR-1001")
    (result,) = await stand.send("price", [price(one, "5.00", strike=eur("9.00"), sets_strike=True)])
    assert (result.outcome, result.code) == ("failed", "price_refused")
    assert await shown(stand, "KR-1001") == before
    assert asked(stand, "/pricing/imports") == []


async def test_price_files_and_the_looks_at_them_come_once_a_minute(stand: Stand) -> None:
    (one,) = await articles(stand, "KR-1001")
    for amount in ("4", "5", "6"):
        (result,) = await stand.send("price", [price(one, amount)])
        assert result.outcome == "done"
    for method in ("POST", "GET"):
        moments = [row["at"] for row in asked(stand, "/pricing/imports", method)]
        assert len(moments) >= 3
        assert all((after - before).total_seconds() >= 60 for before, after in pairwise(moments))
    assert "429" not in stand.opened.requests.by_status


async def test_a_price_file_that_takes_long_is_not_overtaken(operator: Operator) -> None:
    stand = operator(import_seconds=300)
    (one,) = await articles(stand, "KR-1001")
    (late,) = await stand.send("price", [price(one, "5")])
    assert (late.outcome, late.code) == ("retrying", "price_unanswered")
    await stand.send("price", [price(one, "6")])
    sent = asked(stand, "/pricing/imports")
    assert (sent[1]["at"] - sent[0]["at"]).total_seconds() >= 300
    stand.sandbox.clock.shift(timedelta(seconds=300))
    assert await shown(stand, "KR-1001") == [Decimal(6)]


async def test_many_prices_are_read_by_the_page_and_few_one_by_one(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002", "KR-1003")
    before = len(asked(stand, "/offers", "GET"))
    await stand.send("price", [price(one, "4") for one in found])
    assert len(asked(stand, "/offers", "GET")) - before == 1
