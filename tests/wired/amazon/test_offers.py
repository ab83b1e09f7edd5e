"""Quantities and prices: one by one, in bulk, and what must never be sent."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts.price import PricePush
from shared.contracts.stock import StockPush
from tests.wired.amazon.calls import asked
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_prices import eur, price
from tests.wired.contract.test_pushes import articles, level

Account = Callable[..., Stand]


def told(stand: Stand, sku: str, quantity: int, market: str = "A1PA6795UKMFR9") -> StockPush:
    return StockPush(listing_id=uuid4(), version=1, external_id=f"{market}:{sku}", sku=sku, quantity=quantity)


def many(stand: Stand, quantity: int) -> list[StockPush]:
    """More than are sent one by one: each SKU in two marketplaces."""
    goods = stand.shop.store.goods
    for number in range(60):
        goods.offer(f"MANY-{number}", next(iter(goods.rows.values())).variant)
    skus = list(stand.shop.stock())
    return [told(stand, sku, quantity, market) for market in ("A1PA6795UKMFR9", "A13V1IB3VIYZZH") for sku in skus]


async def test_a_quantity_for_goods_that_lie_with_amazon_is_refused_before_it_does_harm(stand: Stand) -> None:
    sku = next(sku for sku in stand.shop.store.goods.rows if sku.endswith("-FBA"))
    (result,) = await stand.send("stock", [told(stand, sku, 5)])
    assert (result.outcome, result.code) == ("failed", "stock_refused")
    assert "AMAZON_EU" in result.params["detail"]
    assert stand.shop.store.goods.rows[sku].channel == "AMAZON_EU"
    assert not asked(stand, "PATCH", "/listings/")


async def test_an_answer_with_status_200_that_says_invalid_is_a_refusal(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("stock", [level(article, 1_000_000_000)])
    assert (result.outcome, result.code) == ("failed", "stock_refused")
    assert "whole number" in result.params["detail"]
    assert {row["status"] for row in asked(stand, "PATCH", "/listings/")} == {200}


async def test_a_sku_may_hold_any_letters(stand: Stand) -> None:
    goods = stand.shop.store.goods
    for sku in ("A/B 1", "Ä#%", "A,B", "100%:x"):
        goods.offer(sku, next(iter(goods.rows.values())).variant)
        (result,) = await stand.send("stock", [told(stand, sku, 3)])
        assert result.outcome == "done", sku
        assert goods.rows[sku].quantity == 3
        (item,) = await stand.stream("article").fetch_one(stand.client, f"A1PA6795UKMFR9:{sku}")
        assert item.external_id == f"A1PA6795UKMFR9:{sku}"


async def test_a_price_is_told_with_tax_in_its_own_marketplace_and_leaves_the_sale_alone(account: Account) -> None:
    stand = account(marketplaces="DE FR")
    row = stand.shop.store.goods.rows["KR-1001"]
    row.sale["A13V1IB3VIYZZH"] = {"until": "2026-12-31"}
    before = dict(row.prices)
    push = price((await articles(stand, "KR-1001"))[0], "17.35")
    push = push.model_copy(update={"external_id": "A13V1IB3VIYZZH:KR-1001"})
    (result,) = await stand.send("price", [push])
    assert result.outcome == "done"
    assert row.prices == before | {"A13V1IB3VIYZZH": Decimal("17.35")}
    assert row.sale


@pytest.mark.parametrize(
    ("differing", "words"), [({"includes_tax": False}, "tax"), ({"strike": eur("20.00")}, "former price")]
)
async def test_a_price_that_amazon_cannot_be_told_is_refused_with_the_reason(
    stand: Stand, differing: dict[str, Any], words: str
) -> None:
    (article,) = await articles(stand, "KR-1001")
    push: PricePush = price(article, "9.99", **differing)
    (result,) = await stand.send("price", [push])
    assert (result.outcome, result.code) == ("failed", "price_refused")
    assert words in result.params["detail"]


async def test_many_quantities_go_in_one_feed_and_each_is_judged_by_its_report(account: Account) -> None:
    stand = account(marketplaces="DE FR")
    pushes = many(stand, 11)
    stand.shop.store.goods.offer("BAD", next(iter(stand.shop.store.goods.rows.values())).variant)
    bad = told(stand, "BAD", 1_000_000_000)
    unknown = told(stand, "NOT-LISTED", 1)
    results = await stand.send("stock", [*pushes, bad, unknown])
    assert {result.outcome for result in results[:-2]} == {"done"}
    assert [(result.outcome, result.code) for result in results[-2:]] == [("failed", "stock_refused")] * 2
    assert "90244" in results[-2].params["detail"]
    assert len(asked(stand, "POST", "/2021-06-30/feeds")) == 1
    assert not asked(stand, "PATCH", "/listings/")
    stock = stand.shop.stock()
    assert all(stock[push.sku] == push.quantity for push in pushes)


async def test_a_feed_that_takes_long_is_looked_for_again_and_not_sent_twice(account: Account) -> None:
    stand = account(feed_seconds=300, marketplaces="DE FR")
    pushes = many(stand, 21)
    first = await stand.send("stock", pushes)
    assert {(result.outcome, result.code) for result in first} == {("retrying", "feed_unanswered")}
    others = [told(stand, pushes[0].sku, 99)]
    assert [result.outcome for result in await stand.send("stock", others)] == ["retrying"]
    assert {result.outcome for result in await stand.send("stock", pushes)} == {"done"}
    assert len(asked(stand, "POST", "/2021-06-30/feeds")) == 1
    assert stand.shop.stock()[pushes[0].sku] == 21


async def test_what_was_forgotten_after_a_restart_is_simply_said_again(account: Account) -> None:
    stand = account(feed_seconds=200, marketplaces="DE FR")
    pushes = many(stand, 31)
    await stand.send("stock", pushes)
    stand.client.handed.clear()
    assert {result.outcome for result in await stand.send("stock", pushes)} == {"retrying"}
    assert {result.outcome for result in await stand.send("stock", pushes)} == {"done"}
    assert stand.shop.stock()[pushes[0].sku] == 31


async def test_a_sku_has_one_quantity_in_all_marketplaces_and_the_smallest_is_told(account: Account) -> None:
    stand = account(marketplaces="DE FR")
    pushes = [told(stand, "KR-1001", 7), told(stand, "KR-1001", 4, "A13V1IB3VIYZZH")]
    results = await stand.send("stock", pushes)
    assert [(result.outcome, result.actual) for result in results] == [("done", 4), ("done", None)]
    assert stand.shop.stock()["KR-1001"] == 4
    assert len(asked(stand, "PATCH", "/listings/")) == 1


async def test_the_prices_of_a_sku_in_two_marketplaces_go_in_one_call(account: Account) -> None:
    stand = account(marketplaces="DE FR")
    (german,) = [one for one in await articles(stand, "KR-1001") if one.sku == "KR-1001"]
    pushes = [
        price(german, amount).model_copy(update={"external_id": f"{market}:KR-1001"})
        for market, amount in (("A1PA6795UKMFR9", "7.35"), ("A13V1IB3VIYZZH", "8.45"))
    ]
    assert [result.outcome for result in await stand.send("price", pushes)] == ["done", "done"]
    assert list(stand.shop.store.goods.rows["KR-1001"].prices.values()) == [Decimal("7.35"), Decimal("8.45")]
    assert len(asked(stand, "PATCH", "/listings/")) == 1
