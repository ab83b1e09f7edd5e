"""Prices go product by product."""

from tests.wired.contract.stand import Stand
from tests.wired.contract.test_prices import price
from tests.wired.contract.test_pushes import articles


async def test_a_product_the_shop_does_not_know_refuses_only_its_own_prices(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1004", "KR-7001")
    parent = str(two.parent_external_id)[:-3] + "998"
    results = await stand.send("price", [price(two, "4", parent_external_id=parent), price(one, "3")])
    assert [result.outcome for result in results] == ["failed", "done"]


async def test_prices_of_one_product_are_one_call(stand: Stand) -> None:
    found = await articles(stand, "KR-7001", "KR-7002", "KR-1001")
    stand.opened.requests.clear()
    await stand.send("price", [price(article, "4") for article in found])
    assert stand.opened.requests.requests == 2


async def test_a_variant_whose_product_nobody_knows_fails_alone(stand: Stand) -> None:
    one, two = await articles(stand, "KR-7001", "KR-1001")
    results = await stand.send("price", [price(one, "4", parent_external_id=None), price(two, "3")])
    assert [result.outcome for result in results] == ["failed", "done"]
