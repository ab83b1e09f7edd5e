"""Articles, and which of a channel's listings show them: by the exact number, or visibly not at all."""

from typing import Any

import pytest

from shared.contracts.article import ArticleChanged
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, at, listing_id, seen


async def unmatched(stockroom: Stockroom) -> dict[str, str]:
    page = await stockroom.get("/listings", matched="false")
    return {one["external_id"]: one["match"]["code"] for one in page["items"]}


async def test_an_article_is_announced_with_its_whole_state_and_a_growing_version(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", title="Pen", ean="4006381333931")
    await stockroom.articles("A-1", title="Pen", ean="4006381333931")
    await stockroom.articles("A-1", title="Blue pen")
    await stockroom.call("DELETE", "/articles/A-1")
    said = await stockroom.sent("article.changed")
    assert [(one.version, one.title, one.ean, one.deleted) for one in said] == [
        (1, "Pen", "4006381333931", False), (2, "Blue pen", None, False), (3, "", None, True)
    ]  # fmt: skip
    assert [one.code for one in await stockroom.journalled()] == [
        "article_created", "article_updated", "article_deleted"
    ]  # fmt: skip


async def test_an_article_may_be_described_and_that_is_told(stockroom: Stockroom) -> None:
    for text in ("Holds 0.3 l", "Holds 0.3 l", ""):
        body = {"articles": [{"number": "A-1", "title": "Mug", "description": text}]}
        assert (await stockroom.call("PUT", "/articles", json=body)).json()["refused"] == 0
    assert [(one.version, one.description) for one in await stockroom.sent("article.changed")] == [
        (1, "Holds 0.3 l"), (2, "")
    ]  # fmt: skip
    body = {"articles": [{"number": "A-1", "description": "x" * 5001}]}
    (refused,) = (await stockroom.call("PUT", "/articles", json=body)).json()["rows"]
    assert (refused["outcome"], refused["code"]) == ("refused", "article_description_invalid")
    assert (await stockroom.get("/articles/A-1"))["description"] == ""


async def test_each_article_of_an_upload_is_answered_by_itself(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    answer = await stockroom.articles("A-1", "A-2")
    assert [(one["key"], one["outcome"], one["version"]) for one in answer["rows"]] == [
        ("A-1", "unchanged", 1), ("A-2", "created", 1)
    ]  # fmt: skip
    reply = await stockroom.call(
        "PUT", "/articles", json={"articles": [{"number": "A-3", "ean": "1"}, {"number": "A-4"}]}
    )
    assert [one["outcome"] for one in reply.json()["rows"]] == ["refused", "created"]


async def test_a_deleted_article_stays_as_a_tombstone_and_comes_back_at_a_higher_version(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A/2 b")
    assert (await stockroom.call("DELETE", "/articles/A/2 b")).status_code == 204
    assert (await stockroom.call("DELETE", "/articles/A/2 b")).status_code == 404
    assert (await stockroom.get("/articles/A/2 b"))["deleted"]
    assert [one["number"] for one in (await stockroom.get("/articles"))["items"]] == ["A-1"]
    reply = await stockroom.call("GET", "/articles/snapshot", role="service")
    replica = [ArticleChanged.model_validate(one) for one in reply.json()["items"]]
    assert [(one.number, one.version, one.deleted) for one in replica] == [("A-1", 1, False), ("A/2 b", 2, True)]
    assert (await stockroom.articles("A/2 b"))["rows"][0] | {"row": 0} == (await _created("A/2 b", 3))


async def _created(number: str, version: int) -> dict[str, Any]:
    return {
        "row": 0, "key": number, "outcome": "created", "version": version, "level": None, "code": "", "field": "",
        "detail": "", "advice": "",
    }  # fmt: skip


async def test_the_snapshot_is_for_services_only_and_pages_through_everything(stockroom: Stockroom) -> None:
    await stockroom.articles(*[f"A-{n}" for n in range(7)])
    assert (await stockroom.call("GET", "/articles/snapshot", role="admin")).status_code == 403
    numbers, after = [], ""
    while True:
        params = {"limit": 3} | ({"after": after} if after else {})
        page = (await stockroom.call("GET", "/articles/snapshot", role="service", params=params)).json()
        numbers += [one["number"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert numbers == [f"A-{n}" for n in range(7)]


async def test_articles_are_found_by_the_beginning_of_their_number_a_word_or_their_ean(stockroom: Stockroom) -> None:
    await stockroom.articles("AB-1", title="Blue pen", ean="4006381333931")
    await stockroom.articles("AC-1", title="100% ink", parent_number="AB-1")
    found = {
        text: [one["number"] for one in (await stockroom.get("/articles", search=text))["items"]]
        for text in ("ab", "pen", "0%", "b-1", "_")
    }
    assert found == {"ab": ["AB-1"], "pen": ["AB-1"], "0%": ["AC-1"], "b-1": [], "_": []}
    assert len((await stockroom.get("/articles", ean="4006381333931"))["items"]) == 1
    assert [o["number"] for o in (await stockroom.get("/articles", parent_number="AB-1"))["items"]] == ["AC-1"]


@pytest.mark.proves("match-sku")
async def test_a_listing_matches_the_article_whose_number_is_exactly_its_sku(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "B 2")
    await stockroom.take(
        stockroom.listed("L1", "A-1"), stockroom.listed("L2", "a-1"), stockroom.listed("L3", "A-1 "),
        stockroom.listed("L4", "B2"), stockroom.listed("L5", None), stockroom.listed("L6", ""),
    )  # fmt: skip
    assert await unmatched(stockroom) == {
        "L2": "listing_article_unknown", "L3": "listing_article_unknown", "L4": "listing_article_unknown",
        "L5": "listing_sku_missing", "L6": "listing_sku_missing",
    }  # fmt: skip
    page = await stockroom.get("/listings", matched="false")
    proposed = {
        one["external_id"]: [(p["article_number"], p["reason"]["code"]) for p in one["proposals"]]
        for one in page["items"]
    }
    assert proposed == {
        "L2": [("A-1", "proposal_case")], "L3": [("A-1", "proposal_blanks")], "L4": [("B 2", "proposal_blanks")],
        "L5": [], "L6": [],
    }  # fmt: skip


async def test_an_equal_ean_is_proposed_and_said_in_german(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", ean="4006381333931")
    await stockroom.take(stockroom.listed("L1", "other", ean="4006381333931"))
    reply = await stockroom.call("GET", f"/listings/{listing_id('L1')}", language="de")
    proposal = reply.json()["proposals"][0]
    assert proposal["article_number"] == "A-1"
    assert "dieselbe EAN 4006381333931" in proposal["reason"]["sentence"]


async def test_listings_that_share_a_sku_are_told_nothing_until_it_is_mended(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.take(stockroom.listed("L2", "A-1"), stockroom.listed("M1", "A-1", connection=OTHER))
    assert await unmatched(stockroom) == {"L1": "listing_sku_shared", "L2": "listing_sku_shared"}
    await stockroom.take(stockroom.listed("L2", "A-2", minute=1))
    assert await unmatched(stockroom) == {"L2": "listing_article_unknown"}


async def test_a_deleted_listing_frees_its_sku_for_the_other(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    await stockroom.take(stockroom.listed("L1", "A-1"), stockroom.listed("L2", "A-1"))
    await stockroom.take(stockroom.listed("L1", "A-1", minute=1, state="deleted"))
    assert await unmatched(stockroom) == {"L1": "listing_deleted"}
    assert (await stockroom.get(f"/listings/{listing_id('L2')}"))["article_number"] == "A-1"


async def test_an_article_that_arrives_later_matches_the_waiting_listing_and_one_that_goes_unmatches_it(
    stockroom: Stockroom,
) -> None:
    await stockroom.take(stockroom.listed("L1", "A-1"))
    await stockroom.articles("A-1")
    assert await unmatched(stockroom) == {}
    await stockroom.call("DELETE", "/articles/A-1")
    assert await unmatched(stockroom) == {"L1": "listing_article_unknown"}
    codes = [one.code for one in await stockroom.journalled() if one.noun == "listing"]
    assert codes == ["listing_article_unknown", "listing_matched", "listing_article_unknown"]


async def test_a_match_is_journalled_once_and_not_with_every_reading(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    for minute in range(3):
        await stockroom.take(stockroom.listed("L1", "A-1", minute=minute, title=f"Pen {minute}"))
    entries = await stockroom.journalled("listing_matched")
    assert [{(key.kind, key.value) for key in one.keys} for one in entries] == [{("listing", "L1"), ("sku", "A-1")}]


async def test_an_older_reading_of_a_listing_does_not_undo_a_newer_one(stockroom: Stockroom) -> None:
    await stockroom.take(stockroom.listed("L1", "new", minute=5))
    await stockroom.take(stockroom.listed("L1", "old", minute=1))
    assert (await stockroom.get(f"/listings/{listing_id('L1')}"))["sku"] == "new"


async def test_two_readings_of_one_listing_in_one_batch_keep_the_newer(stockroom: Stockroom) -> None:
    await stockroom.take(stockroom.listed("L1", "new", minute=5), stockroom.listed("L1", "old", minute=1))
    assert (await stockroom.get(f"/listings/{listing_id('L1')}"))["sku"] == "new"


async def test_the_same_reading_twice_is_the_same(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    for _ in range(2):
        await stockroom.take(stockroom.listed("L1", "A-1", quantity=4))
    assert len((await stockroom.get("/listings"))["items"]) == 1
    assert len(await stockroom.journalled("listing_matched")) == 1


async def test_a_listing_that_cannot_be_read_is_visible_with_the_reason(stockroom: Stockroom) -> None:
    await stockroom.take(stockroom.garbled("L1"))
    page = await stockroom.get("/listings", matched="false")
    one = page["items"][0]
    assert (one["match"]["code"], one["unreadable"]["code"]) == ("listing_unreadable", "listing_read_failed")
    assert "price" in one["unreadable"]["sentence"]
    assert len(await stockroom.journalled("listing_read_failed")) == 1


async def test_a_known_listing_that_cannot_be_read_any_more_keeps_its_article(stockroom: Stockroom) -> None:
    await stockroom.shelf(quantity=5)
    await stockroom.take(stockroom.garbled("L1", minute=5))
    one = await stockroom.get(f"/listings/{listing_id('L1')}")
    assert (one["article_number"], one["unreadable"]["code"]) == ("A-1", "listing_read_failed")
    await stockroom.take(stockroom.listed("L1", "A-1", minute=6))
    assert (await stockroom.get(f"/listings/{listing_id('L1')}"))["unreadable"] is None


async def test_a_key_for_one_connection_sees_only_its_listings(stockroom: Stockroom) -> None:
    await stockroom.take(stockroom.listed("L1", "A-1"), stockroom.listed("M1", "A-1", connection=OTHER))
    token = await stockroom.key("read", [OTHER])
    page = (await stockroom.call("GET", "/listings", token=token)).json()
    assert [one["external_id"] for one in page["items"]] == ["M1"]
    for path in (
        f"/listings/{listing_id('L1')}",
        f"/listings/{listing_id('L1')}/quantity",
        f"/settings/{SHOP}",
        f"/summary/{SHOP}",
    ):
        assert (await stockroom.call("GET", path, token=token)).status_code == 404


async def test_the_listing_carries_what_addresses_it_in_the_shop(stockroom: Stockroom) -> None:
    await stockroom.take(
        stockroom.listed(
            "V7", "A-1", parent_external_id="P1", stock_external_id="I9", quantity=4, locations={"loc": 4},
            title="Pen, blue", price={"amount": "1.20", "currency": "EUR"},
        )
    )  # fmt: skip
    one = await stockroom.get(f"/listings/{listing_id('V7')}")
    assert (one["parent_external_id"], one["stock_external_id"], one["quantity"], one["locations"]) == (
        "P1", "I9", 4, {"loc": 4}
    )  # fmt: skip
    assert (one["price"], one["currency"]) == ("1.20", "EUR")
    assert seen(0).observed_at == at(0)
