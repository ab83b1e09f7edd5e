"""Which articles take part in a connection, and what that means for what its shop is told."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.inventory import participation_book
from shared.contracts.money import Money
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, listing_id

PATH = f"/participation/{SHOP}"


async def save(room: Stockroom, *conditions: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    body = {"conditions": [dict(zip(("field", "operator", "value"), one, strict=True)) for one in conditions], **more}
    reply = await room.call("PUT", PATH, json=body)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def by_hand(room: Stockroom, number: str, kind: str, **more: Any) -> None:
    reply = await room.call("PUT", f"{PATH}/articles/{number}", json={"kind": kind, **more})
    assert reply.status_code == 204, reply.text


async def taking_part(room: Stockroom) -> set[str]:
    return {one["article_number"] for one in (await room.get(f"{PATH}/articles", takes_part=True))["items"]}


async def because(room: Stockroom, number: str) -> str:
    (one,) = (await room.get(f"{PATH}/articles", article=number))["items"]
    code: str = one["because"]["code"]
    return code


async def blocked(room: Stockroom, external_id: str = "L1") -> str | None:
    why = (await room.get(f"/listings/{listing_id(external_id)}/quantity"))["blocked_by"]
    return None if why is None else str(why["code"])


async def test_without_a_filter_all_articles_take_part(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    assert await stockroom.get(PATH) | {"connection": ""} == {
        "connection": "", "version": 0, "filter": None, "articles": None, "added_by_hand": 0, "taken_out_by_hand": 0,
        "evaluated_at": None, "due_at": None, "changed_at": None, "changed_by": "",
    }  # fmt: skip
    assert await blocked(stockroom) is None


async def test_a_saved_filter_says_which_articles_take_part_and_how_many(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2", title="Becher")
    await stockroom.articles("B-1", title="Teller")
    count = await stockroom.call(
        "POST", f"{PATH}/count", json={"conditions": [{"field": "title", "operator": "==", "value": "Becher"}]}
    )
    assert count.json() == {"articles": 2, "first": ["A-1", "A-2"]}
    assert (await stockroom.get(PATH))["version"] == 0
    saved = await save(stockroom, ("title", "==", "Becher"))
    assert (saved["version"], saved["articles"]) == (1, 2)
    assert await taking_part(stockroom) == {"A-1", "A-2"}
    assert (await save(stockroom, ("title", "==", "Becher")))["version"] == 1
    (run,) = (await stockroom.get(f"{PATH}/runs"))["items"]
    assert (run["cause"], run["articles"], run["joined"], run["gone"]) == ("saved", 2, 2, 0)


async def test_an_article_that_leaves_the_filter_is_told_no_more_and_says_why(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await save(stockroom, ("number", "IN", ["A-1"]))
    assert await stockroom.pushes() == []
    await save(stockroom, ("number", "NOT IN", ["A-1"]))
    await stockroom.count("A-1", 3)
    assert await stockroom.pushes() == []
    assert await blocked(stockroom) == "article_takes_no_part"
    shown = (await stockroom.get(f"/listings/{listing_id('L1')}/quantity"))["places"][0]
    assert (shown["told"], shown["waits_because"]["code"]) == (5, "article_takes_no_part")
    hand = await stockroom.call("POST", "/push", json={"connection": str(SHOP), "skus": ["A-1"]})
    assert hand.json()["items"][0]["because"]["code"] == "article_takes_no_part"
    assert await because(stockroom, "A-1") == "participation_unfit"
    change = (await stockroom.get(f"{PATH}/changes", article="A-1"))["items"][0]
    assert (change["joined"], change["because"]["code"]) == (False, "participation_unfit")
    assert (await stockroom.get(f"/listings/{listing_id('L1')}"))["article_number"] == "A-1"
    await save(stockroom)
    assert [one.quantity for one in await stockroom.pushes()] == [3]
    assert await blocked(stockroom) is None


async def test_prices_stop_with_it_too(stockroom: Stockroom) -> None:
    await stockroom.connect(version=2, integration={"stock": True, "prices": True})
    price = Money(amount=Decimal("8.90"), currency="EUR")
    await stockroom.articles("A-1")
    await stockroom.take(stockroom.listed("L1", "A-1", price=price))
    await save(stockroom, ("number", "==", "other"))
    await stockroom.priced({"article_number": "A-1", "amount": "9.90"})
    assert await stockroom.price_pushes() == []
    await stockroom.call("DELETE", PATH)
    assert [str(one.price.amount) for one in await stockroom.price_pushes()] == ["9.90"]


async def test_an_article_that_leaves_may_be_shown_with_no_stock(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.call("PUT", f"/settings/{SHOP}", json={"guard": {"zero_share": 100}})
    await stockroom.sent("stock.push")
    await save(stockroom, ("number", "==", "A-2"), leaving="zero")
    assert [one.quantity for one in await stockroom.pushes()] == [0]
    view = await stockroom.get(f"/listings/{listing_id('L1')}/quantity")
    assert "stock_step_removed" in [one["code"] for one in view["places"][0]["explanation"]]


async def test_what_was_never_in_the_filter_is_not_set_to_zero(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await save(stockroom, ("number", "==", "A-1"), leaving="zero")
    await stockroom.articles("B-1")
    await stockroom.take(stockroom.listed("L2", "B-1", quantity=8))
    await stockroom.call("POST", f"{PATH}/evaluate")
    assert await stockroom.pushes() == []
    assert await blocked(stockroom, "L2") == "article_takes_no_part"


async def test_no_listing_is_ended_because_no_connector_offers_that(stockroom: Stockroom) -> None:
    for method, path, body in (
        ("PUT", PATH, {"leaving": "end"}),
        ("PUT", f"{PATH}/articles/A-1", {"kind": "exclude", "leaving": "end"}),
    ):
        reply = await stockroom.call(method, path, json=body)
        assert (reply.status_code, reply.json()["code"]) == (422, "participation_end_not_offered")


async def test_single_articles_are_added_and_taken_out_at_once(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2")
    refused = await stockroom.call("PUT", f"{PATH}/articles/A-1", json={"kind": "include"})
    assert (refused.status_code, refused.json()["code"]) == (409, "participation_no_filter")
    await save(stockroom, ("number", "==", "A-1"))
    for _ in range(2):
        await by_hand(stockroom, "A-2", "include")
    assert await taking_part(stockroom) == {"A-1", "A-2"}
    assert await because(stockroom, "A-2") == "participation_included"
    assert len((await stockroom.get(f"{PATH}/runs"))["items"]) == 2
    assert (await stockroom.get(PATH))["added_by_hand"] == 1
    await by_hand(stockroom, "A-1", "exclude")
    assert (await taking_part(stockroom), await because(stockroom, "A-1")) == ({"A-2"}, "participation_excluded")
    for _ in range(2):
        assert (await stockroom.call("DELETE", f"{PATH}/articles/A-1")).status_code == 204
    assert await taking_part(stockroom) == {"A-1", "A-2"}
    unknown = await stockroom.call("PUT", f"{PATH}/articles/nothing", json={"kind": "include"})
    assert unknown.status_code == 404


async def test_a_variant_takes_part_only_with_its_head(stockroom: Stockroom) -> None:
    await stockroom.articles("H")
    await stockroom.articles("H-1", "H-2", parent_number="H")
    await stockroom.articles("S-1", parent_number="unknown")
    await save(stockroom, ("number", "!=", "H"))
    assert await taking_part(stockroom) == {"S-1"}
    await by_hand(stockroom, "H", "include")
    assert await taking_part(stockroom) == {"H", "H-1", "H-2", "S-1"}
    await by_hand(stockroom, "H", "exclude")
    assert await because(stockroom, "H-1") == "participation_head_unfit"


async def test_the_filter_is_applied_anew_every_night_and_on_request(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", title="Becher")
    await save(stockroom, ("title", "==", "Becher"), night_hour=3)
    await stockroom.articles("A-2", title="Becher")
    assert await participation_book.night(stockroom.service) is False
    assert await taking_part(stockroom) == {"A-1"}
    stockroom.now += timedelta(days=1)
    assert await participation_book.night(stockroom.service) is True
    assert await participation_book.night(stockroom.service) is False
    assert await taking_part(stockroom) == {"A-1", "A-2"}
    assert [one["cause"] for one in (await stockroom.get(f"{PATH}/runs"))["items"]] == ["night", "saved"]
    await stockroom.articles("A-3", title="Becher")
    assert (await stockroom.call("POST", f"{PATH}/evaluate")).json()["articles"] == 3
    await stockroom.call("DELETE", "/articles/A-3")
    await stockroom.call("POST", f"{PATH}/evaluate")
    assert await because(stockroom, "A-3") == "participation_deleted"
    stockroom.now += timedelta(seconds=1)
    again = await stockroom.call("POST", f"{PATH}/evaluate")
    assert (again.json()["articles"], (await stockroom.get(f"{PATH}/runs"))["items"][0]["gone"]) == (2, 0)


async def test_an_order_counts_an_article_that_takes_no_part(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await save(stockroom, ("number", "==", "A-2"))
    await stockroom.take(stockroom.order("O1", 1, [("A-1", 2)]))
    assert await stockroom.sellable() == 3


async def test_the_filter_of_one_shop_is_no_other_shops(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.connect(OTHER)
    await stockroom.take(stockroom.listed("L9", "A-1", connection=OTHER))
    await save(stockroom, ("number", "==", "A-2"))
    assert [one.external_id for one in await stockroom.pushes()] == ["L9"]
    token = await stockroom.key("operate", connections=[OTHER])
    assert (await stockroom.call("GET", PATH, token=token)).status_code == 404


async def test_a_change_that_somebody_else_made_meanwhile_is_not_overwritten(stockroom: Stockroom) -> None:
    seen = (await stockroom.call("GET", PATH, role="read")).headers["ETag"]
    await save(stockroom, ("number", "==", "A-1"))
    reply = await stockroom.call("PUT", PATH, json={}, headers={"If-Match": seen})
    assert (reply.status_code, reply.json()["code"]) == (409, "participation_changed_meanwhile")
    for _ in range(2):
        assert (await stockroom.call("DELETE", PATH)).status_code == 204
    assert (await save(stockroom))["version"] == 3


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "colour", "operator": "==", "value": "red"},
        {"field": "title", "operator": ">", "value": "a"},
        {"field": "title", "operator": "IN", "value": "a"},
        {"field": "title", "operator": "==", "value": ["a"]},
        {"field": "title", "operator": "==", "value": 1},
        {"field": "weight_grams", "operator": ">", "value": "heavy"},
        {"field": "active", "operator": "==", "value": "yes"},
        {"field": "title", "operator": "IN", "value": []},
        {"field": "title", "operator": "; DROP", "value": "a"},
    ],
)
async def test_a_condition_that_makes_no_sense_is_refused(stockroom: Stockroom, condition: dict[str, Any]) -> None:
    reply = await stockroom.call("PUT", PATH, json={"conditions": [condition]})
    assert reply.status_code == 422
    assert (await stockroom.get(PATH))["version"] == 0
