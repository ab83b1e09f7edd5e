"""Stock: one call for many, in which one bad row would undo all, and two meanings of the same field."""

from dataclasses import replace

import pytest

from services.connectors.shopware6.connector import SHOPWARE6
from services.sandbox import seeds
from shared.contracts.errors import Rejected
from tests.wired.contract.shops.shopware6 import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_pushes import articles, level


async def test_many_quantities_are_one_call(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002", "KR-7001", "KR-7002", "KR-7101")
    await stand.send("stock", [level(article, 4) for article in found])
    stand.opened.requests.clear()
    results = await stand.send("stock", [level(article, 5) for article in found])
    assert {result.outcome for result in results} == {"done"}
    paths = [row["path"].rpartition("/api/")[2] for row in stand.opened.requests.report()["latest"]]
    assert paths == ["_action/sync"]


async def test_the_shop_undoes_the_whole_call_for_one_unknown_id(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    rows = [{"id": article.external_id, "stock": 3}, {"id": "0" * 32, "stock": 4}]
    with pytest.raises(Rejected) as caught:
        await stand.client.set_stock(rows)
    assert "/stock/1/taxId" in caught.value.params["pointers"]
    assert stand.shop.stock()["KR-1001"] == article.quantity


async def test_ids_the_shop_does_not_know_are_looked_for_only_when_it_refuses(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    await stand.send("stock", [level(one, 6)])
    stand.opened.requests.clear()
    results = await stand.send("stock", [level(one, 7), level(two, 8, external_id="0" * 32)])
    assert [(result.outcome, result.code) for result in results] == [("done", ""), ("failed", "stock_refused")]
    assert stand.shop.stock()["KR-1001"] == 7
    paths = [row["path"].rpartition("/api/")[2] for row in stand.opened.requests.report()["latest"]]
    assert paths == ["_action/sync", "search/product", "_action/sync"]


async def test_a_product_deleted_between_look_and_write_is_left_out_of_a_second_call(old_stand: Stand) -> None:
    stand = old_stand
    one, two = await articles(stand, "KR-1001", "KR-1002")
    before, search = stand.shop.store.catalogue.rows, stand.client.search

    async def search_and_delete(entity: str, *given: object, **more: object) -> object:
        found = await search(entity, *given, **more)
        before.pop(two.external_id, None)
        return found

    stand.client.search = search_and_delete
    results = await stand.send("stock", [level(one, 7), level(two, 8)])
    assert [(result.outcome, result.code) for result in results] == [("done", ""), ("failed", "stock_refused")]
    assert results[1].params["detail"]
    assert stand.shop.stock()["KR-1001"] == 7


@pytest.mark.parametrize(("version", "shelf"), [("6.5.3.3", 12), ("6.6.0.0", 10), ("6.7.10.1", 10)])
async def test_what_may_be_sold_is_told_in_the_way_of_the_version(version: str, shelf: int) -> None:
    stand = open_stand(replace(VARIETIES[0], options={"version": version}), SHOPWARE6)
    stand.opened.place(seeds.case("guest", stand.sandbox.clock()))
    (article,) = await articles(stand, "KR-1001")
    for _ in range(2):
        (result,) = await stand.send("stock", [level(article, 10)])
        assert result.outcome == "done"
        assert stand.shop.stock()["KR-1001"] == 10
        assert stand.shop.store.catalogue.rows[article.external_id]["stock"] == shelf
    await stand.close()
