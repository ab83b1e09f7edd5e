"""Prices beside sales that the shop runs itself."""

from decimal import Decimal

from tests.wired.contract.stand import Stand
from tests.wired.contract.test_prices import price, shown
from tests.wired.contract.test_pushes import articles


async def test_a_sale_of_the_shops_own_goes_on_and_the_journal_says_so(stand: Stand) -> None:
    (row,) = stand.shop.store.catalogue.by_skus(["KR-1001"])
    row.sale_price = "2.00"
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("price", [price(article, "7.35")])
    assert (result.outcome, result.code, result.params["shown"]) == ("done", "price_of_sale_stays", "2.00")
    assert (row.regular_price, await shown(stand, "KR-1001")) == ("7.35", [Decimal(2)])
    (result,) = await stand.send("price", [price(article, "7.35", sets_strike=True)])
    assert (result.outcome, result.code) == ("done", "")
    assert await shown(stand, "KR-1001") == [Decimal("7.35")]


async def test_a_product_the_shop_does_not_know_refuses_only_its_own_prices(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1004", "KR-7001")
    parent = str(two.parent_external_id)[:-3] + "998"
    results = await stand.send("price", [price(two, "4", parent_external_id=parent), price(one, "3")])
    assert [result.outcome for result in results] == ["failed", "done"]
