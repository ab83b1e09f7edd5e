"""Stock that somebody else changes too, at places that do not carry it yet."""

import pytest

from services.sandbox.faults import Rule
from tests.wired.contract.stand import Stand, command
from tests.wired.contract.test_pushes import articles, level


async def test_what_the_shop_holds_instead_is_told_and_overwritten(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("stock", [level(article, 7, expected=1000)])
    assert (result.outcome, result.code) == ("done", "stock_drift")
    assert result.params == {"expected": "1000", "found": str(article.quantity), "quantity": "7"}
    assert result.actual == 7 == stand.shop.stock()["KR-1001"]


async def test_a_level_that_is_already_right_is_not_set_again(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("stock", [level(article, article.quantity or 0, expected=1)])
    assert (result.outcome, result.code, result.actual) == ("unchanged", "stock_drift", article.quantity)


async def test_without_an_expectation_the_level_is_simply_set(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("stock", [level(article, 3, expected=None)])
    assert (result.outcome, result.code) == ("done", "")
    assert stand.shop.stock()["KR-1001"] == 3


@pytest.mark.proves("stock-locations", "shopify")
async def test_an_item_is_stocked_at_a_location_that_did_not_carry_it(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    store = stand.shop.catalogue.places[1]["id"]
    (result,) = await stand.send("stock", [level(article, 4, location=store, expected=None)])
    assert result.outcome == "done"
    assert stand.shop.stock()["KR-1001"] == (article.quantity or 0) + 4


async def test_an_unknown_location_refuses_its_item_only(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    pushes = [level(one, 4, location="gid://shopify/Location/1", expected=None), level(two, 5)]
    results = await stand.send("stock", pushes)
    assert [result.outcome for result in results] == ["failed", "done"]
    assert stand.shop.stock()["KR-1002"] == 5


async def test_a_negative_quantity_is_refused_with_the_shops_words(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("stock", [level(article, -1)])
    assert (result.outcome, result.code) == ("failed", "stock_refused")
    assert result.params["platform_code"] == "INVALID_QUANTITY_NEGATIVE"


async def test_a_listing_without_its_inventory_item_is_looked_up(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("stock", [level(article, 6, stock_external_id=None)])
    assert result.outcome == "done"
    gone = level(article, 6, stock_external_id=None, external_id="gid://shopify/ProductVariant/1")
    (result,) = await stand.send("stock", [gone])
    assert (result.outcome, result.code) == ("failed", "stock_refused")


async def test_the_same_item_twice_in_a_batch_is_set_in_turn(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    results = await stand.send("stock", [level(article, 8), level(article, 9, expected=8)])
    assert [result.outcome for result in results] == ["done", "done"]
    assert stand.shop.stock()["KR-1001"] == 9


async def test_a_repeated_call_with_the_same_commands_is_answered_from_the_first(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    push, one = stand.push("stock"), command(level(article, 9))
    assert (await push.send(stand.client, [one]))[0].outcome == "done"
    stand.shop.catalogue.variant("KR-1001", "")["inventoryItem"]["inventoryLevels"][0]["_quantities"]["available"] = 2
    assert (await push.send(stand.client, [one]))[0].outcome == "done"
    assert stand.shop.stock()["KR-1001"] == 2


async def test_a_lost_answer_is_asked_for_again_under_the_same_key(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="mutation:inventorySetQuantities"))
    (result,) = await stand.send("stock", [level(article, 9)])
    assert (result.outcome, result.code) == ("done", "")
    assert stand.opened.faults.struck["answer_lost"] == 1


async def test_many_levels_go_in_one_call(stand: Stand) -> None:
    found = await articles(stand, *[f"KR-10{n:02d}" for n in range(1, 31)])
    pushes = [level(article, 50) for article in found]
    await stand.client.location()
    stand.opened.requests.clear()
    results = await stand.send("stock", pushes)
    assert {result.outcome for result in results} == {"done"}
    assert stand.opened.requests.requests == 1
    stock = stand.shop.stock()
    assert {stock[str(article.sku)] for article in found} == {50}


async def test_many_levels_that_drifted_are_read_again_together(stand: Stand) -> None:
    found = await articles(stand, *[f"KR-10{n:02d}" for n in range(1, 31)])
    await stand.client.location()
    stand.opened.requests.clear()
    results = await stand.send("stock", [level(article, 50, expected=1) for article in found])
    assert {(result.outcome, result.code) for result in results} == {("done", "stock_drift")}
    assert stand.opened.requests.requests == 3
