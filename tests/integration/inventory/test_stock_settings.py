"""What a merchant sets per connection about its stock, and what an article's stock is corrected by."""

from typing import Any

import pytest

from tests.integration.inventory.stockroom import SHOP, Stockroom, at, listing_id

PATH = f"/settings/{SHOP}"


async def adjust(room: Stockroom, *rows: dict[str, Any]) -> Any:
    reply = await room.call("PUT", "/adjustments", json={"rows": list(rows)})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def set_to(room: Stockroom, **settings: Any) -> None:
    reply = await room.call("PUT", PATH, json=settings)
    assert reply.status_code == 200, reply.text


async def words(room: Stockroom) -> list[str]:
    view = await room.get(f"/listings/{listing_id('L1')}/quantity")
    return [step["code"] for step in view["places"][0]["explanation"]]


async def test_two_people_at_the_same_settings_do_not_overwrite_each_other(stockroom: Stockroom) -> None:
    seen = await stockroom.call("GET", PATH)
    assert seen.headers["etag"] == '"0"'
    tag = {"If-Match": seen.headers["etag"]}
    first = await stockroom.call("PUT", PATH, json={"buffer": 1}, headers=tag)
    assert (first.status_code, first.headers["etag"]) == (200, '"1"')
    second = await stockroom.call("PUT", PATH, json={"buffer": 2}, headers=tag)
    assert (second.status_code, second.json()["code"]) == (409, "stock_settings_changed_meanwhile")
    assert (await stockroom.get(PATH))["settings"]["buffer"] == 1
    again = await stockroom.call("PUT", PATH, json={"buffer": 2}, headers={"If-Match": first.headers["etag"]})
    assert again.status_code == 200
    broken = await stockroom.call("PUT", PATH, json={"buffer": 2}, headers={"If-Match": '"latest"'})
    assert (broken.status_code, broken.json()["field"]) == (422, "If-Match")


async def test_a_limit_of_the_guard_that_changes_is_named_in_the_journal(stockroom: Stockroom) -> None:
    await set_to(stockroom, guard={"zero_share": 35})
    (entry,) = await stockroom.journalled("stock_settings_changed")
    assert entry.params["changes"] == "guard.zero_share 20 → 35"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"guard": {"zero_shares": 5}}, "guard.zero_shares"),
        ({"guard": {"zero_share": 101}}, "guard.zero_share"),
        ({"guard": {"confirm_after_minutes": 0}}, "guard.confirm_after_minutes"),
        ({"minimum": -1}, "minimum"),
        ({"minimum": 5, "maximum": 4}, "body"),
    ],
)
async def test_a_setting_that_makes_no_sense_is_refused_by_name(
    stockroom: Stockroom, settings: dict[str, Any], field: str
) -> None:
    reply = await stockroom.call("PUT", PATH, json=settings)
    assert (reply.status_code, reply.json()["field"]) == (422, field)


@pytest.mark.proves("stock-correction")
async def test_a_correction_value_counts_where_the_settings_ask_for_it(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    assert (await adjust(stockroom, {"article_number": "A-1", "correction": -3}))["accepted"] == 1
    assert await stockroom.told("L1") == 10
    await set_to(stockroom, correction=True)
    assert await stockroom.told("L1") == 7
    assert "stock_step_correction" in await words(stockroom)
    await adjust(stockroom, {"article_number": "A-1", "correction": 2})
    assert await stockroom.told("L1") == 12


@pytest.mark.proves("stock-pretended")
async def test_pseudo_stock_stands_for_the_counted_stock_of_articles_that_have_one(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    await set_to(stockroom, pseudo_stock=True)
    assert await stockroom.told("L1") == 8
    assert "stock_step_no_pseudo" in await words(stockroom)
    await adjust(stockroom, {"article_number": "A-1", "pseudo_stock": 99})
    assert await stockroom.told("L1") == 99
    assert "stock_step_pseudo" in await words(stockroom)
    await adjust(stockroom, {"article_number": "A-1", "pseudo_stock": 0})
    assert await stockroom.told("L1") == 0


async def test_an_adjustment_sent_twice_changes_nothing_and_a_bad_row_spoils_no_other(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2", "A-3")
    good = {"article_number": "A-1", "correction": 1, "pseudo_stock": 4}
    assert (await adjust(stockroom, good))["accepted"] == 1
    answer = await adjust(
        stockroom, good, {"article_number": "A-2", "pseudo_stock": -1}, {"article_number": "ghost"},
        {"article_number": "A-3"}, {"article_number": "A-2", "correkt": 1},
    )  # fmt: skip
    assert [(row["outcome"], row["code"]) for row in answer["rows"]] == [
        ("unchanged", ""),
        ("refused", "adjustment_pseudo_stock_invalid"),
        ("refused", "adjustment_article_unknown"),
        ("unchanged", ""),
        ("refused", "row_field_unknown"),
    ]
    assert [one.params["pseudo"] for one in await stockroom.journalled("article_stock_adjusted")] == ["4"]
    (stored,) = (await stockroom.get("/adjustments"))["items"]
    assert (stored["version"], stored["correction"], stored["changed_by"]) == (1, "1", "anna (operate)")


async def test_where_the_erp_takes_its_own_orders_off_only_those_it_cannot_know_are_taken_off_here(
    stockroom: Stockroom,
) -> None:
    await stockroom.shelf(quantity=10)
    await stockroom.take(
        stockroom.order("1", 1, [("A-1", 4)], acknowledged_at=at(5)), stockroom.order("2", 1, [("A-1", 1)])
    )
    assert await stockroom.told("L1") == 5
    await set_to(stockroom, reservations=False, open_orders=True)
    assert await stockroom.told("L1") == 5
    await stockroom.count("A-1", 6, when=at(10))
    assert await stockroom.told("L1") == 5
    assert "stock_step_only_open" in await words(stockroom)


async def test_fewer_pieces_than_the_minimum_are_told_as_none(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await set_to(stockroom, minimum=4)
    assert await stockroom.told("L1") == 5
    await stockroom.take(stockroom.order("1", 1, [("A-1", 2)]))
    assert await stockroom.told("L1") == 0
    assert "stock_step_minimum" in await words(stockroom)
