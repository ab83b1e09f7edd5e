"""What an article is called in one shop: kept per connection, and used for matching where the settings say so."""

from typing import Any

import pytest

from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom, listing_id
from tests.integration.inventory.test_articles_and_listings import unmatched

PATH = f"/external-numbers/{SHOP}"


def row(article: str, number: str, label: str = "shop", **more: Any) -> dict[str, Any]:
    return {"article_number": article, "number": number, "label": label, **more}


async def call_it(stockroom: Stockroom, *rows: dict[str, Any], path: str = PATH) -> list[tuple[str, str]]:
    """What became of each row, and the code of its refusal."""
    reply = await stockroom.call("PUT", path, json={"numbers": list(rows)})
    assert reply.status_code == 200, reply.text
    return [(one["outcome"], one["code"]) for one in reply.json()["rows"]]


async def use_label(stockroom: Stockroom, label: str | None, connection: Any = SHOP) -> None:
    reply = await stockroom.call("PUT", f"/settings/{connection}", json={"number_label": label})
    assert reply.status_code == 200, reply.text


async def article_of(stockroom: Stockroom, external_id: str, connection: Any = SHOP) -> str | None:
    found: str | None = (await stockroom.get(f"/listings/{listing_id(external_id, connection)}"))["article_number"]
    return found


@pytest.mark.proves("match-external-number")
async def test_a_listing_is_matched_by_the_number_its_shop_gives_the_article(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2")
    await stockroom.take(stockroom.listed("L1", "shop-1"), stockroom.listed("L2", "A-2"))
    await call_it(stockroom, row("A-1", "shop-1"))
    assert await unmatched(stockroom) == {"L1": "listing_article_unknown"}
    await use_label(stockroom, "shop")
    assert (await article_of(stockroom, "L1"), await article_of(stockroom, "L2")) == ("A-1", "A-2")
    await use_label(stockroom, None)
    assert await unmatched(stockroom) == {"L1": "listing_article_unknown"}


@pytest.mark.parametrize("wrong", ["Shop", "shop ", "other"])
async def test_a_label_is_compared_exactly(stockroom: Stockroom, wrong: str) -> None:
    await stockroom.articles("A-1")
    await use_label(stockroom, "shop")
    await call_it(stockroom, row("A-1", "shop-1", wrong))
    await stockroom.take(stockroom.listed("L1", "shop-1"))
    assert await unmatched(stockroom) == {"L1": "listing_article_unknown"}


async def test_an_external_number_comes_before_an_article_that_happens_to_have_it(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2")
    await use_label(stockroom, "shop")
    await stockroom.take(stockroom.listed("L1", "A-2"))
    assert await article_of(stockroom, "L1") == "A-2"
    await call_it(stockroom, row("A-1", "A-2"))
    assert await article_of(stockroom, "L1") == "A-1"
    codes = [one.code for one in await stockroom.journalled() if one.noun == "listing"]
    assert codes == ["listing_matched", "listing_matched"]


async def test_no_stock_is_told_any_more_after_a_number_was_removed_or_switched_off(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    await use_label(stockroom, "shop")
    for gone in ("inactive", "deleted"):
        await call_it(stockroom, row("A-1", "shop-1"))
        await stockroom.take(stockroom.listed("L1", "shop-1"))
        assert await article_of(stockroom, "L1") == "A-1"
        await stockroom.pushes()
        if gone == "inactive":
            await call_it(stockroom, row("A-1", "shop-1", active=False))
        else:
            assert (await stockroom.call("DELETE", f"{PATH}/shop-1")).status_code == 204
            assert (await stockroom.call("DELETE", f"{PATH}/shop-1")).status_code == 404
        assert await unmatched(stockroom) == {"L1": "listing_article_unknown"}
        await stockroom.count("A-1", 7 if gone == "inactive" else 8)
        assert await stockroom.pushes() == []


async def test_a_number_kept_before_its_article_exists_matches_once_it_does(stockroom: Stockroom) -> None:
    await use_label(stockroom, "shop")
    await stockroom.take(stockroom.listed("L1", "shop-1"))
    await call_it(stockroom, row("A-1", "shop-1"))
    await stockroom.articles("A-1")
    assert await article_of(stockroom, "L1") == "A-1"
    await stockroom.call("DELETE", "/articles/A-1")
    assert await unmatched(stockroom) == {"L1": "listing_article_unknown"}


async def test_a_number_of_one_shop_means_nothing_in_another(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2")
    for connection, article in ((SHOP, "A-1"), (OTHER, "A-2")):
        await use_label(stockroom, "shop", connection)
        await call_it(stockroom, row(article, "same"), path=f"/external-numbers/{connection}")
        await stockroom.take(stockroom.listed("L1", "same", connection=connection))
    assert (await article_of(stockroom, "L1"), await article_of(stockroom, "L1", OTHER)) == ("A-1", "A-2")


async def test_an_article_has_one_number_per_label_and_a_number_one_article(stockroom: Stockroom) -> None:
    assert await call_it(stockroom, row("A-1", "one"), row("A-1", "two", "outlet")) == [("created", "")] * 2
    assert await call_it(stockroom, row("A-1", "one"), row("A-1", "three", "outlet")) == [
        ("unchanged", ""), ("updated", "")
    ]  # fmt: skip
    assert await call_it(stockroom, row("A-2", "one"), row("A-2", "four", "outlet"), row("A-2", "", "x")) == [
        ("refused", "external_number_taken"), ("created", ""), ("refused", "external_number_invalid")
    ]  # fmt: skip
    assert await call_it(stockroom, row("A-3", "five"), row("A-4", "five"), row("A-5", "6"), row("A-5", "7")) == [
        ("refused", "external_number_twice"), ("refused", "external_number_twice"),
        ("refused", "external_number_label_twice"), ("refused", "external_number_label_twice"),
    ]  # fmt: skip
    page = await stockroom.get(PATH, limit=2)
    assert [one["number"] for one in page["items"]] == ["four", "one"]
    page = await stockroom.get(PATH, limit=2, after=page["next"])
    assert [(one["number"], one["changed_by"]) for one in page["items"]] == [("three", "anna (operate)")]
    assert [one["number"] for one in (await stockroom.get(PATH, label="shop", article="A-1"))["items"]] == ["one"]


async def test_every_change_of_a_number_is_told_with_who_before_and_after(stockroom: Stockroom) -> None:
    await call_it(stockroom, row("A-1", "one"))
    await call_it(stockroom, row("A-1", "one"))
    await call_it(stockroom, row("A-1", "two", active=False))
    await stockroom.call("DELETE", f"{PATH}/two")
    told = [one for one in await stockroom.journalled() if one.code == "external_number_changed"]
    assert [(one.action, one.params["before"], one.params["after"]) for one in told] == [
        ("created", "–", "one"), ("updated", "one", "(two)"), ("deleted", "(two)", "–")
    ]  # fmt: skip
    assert {one.actor for one in told} == {"anna (operate)"}


async def test_a_key_for_another_shop_neither_sees_nor_changes_its_numbers(stockroom: Stockroom) -> None:
    await call_it(stockroom, row("A-1", "one"))
    token = await stockroom.key("operate", [OTHER])
    for method, path, body in (("GET", PATH, None), ("PUT", PATH, {"numbers": []}), ("DELETE", f"{PATH}/one", None)):
        assert (await stockroom.call(method, path, token=token, json=body)).status_code == 404
    assert len((await stockroom.get(PATH))["items"]) == 1


async def test_what_a_number_means_is_told_to_whoever_reads_orders(stockroom: Stockroom) -> None:
    await call_it(stockroom, row("A-1", "one"), row("A-2", "two", "outlet"))
    assert await stockroom.sent("external_number.changed") == []
    await use_label(stockroom, "shop")
    await call_it(stockroom, row("A-1", "one"))
    await call_it(stockroom, row("A-1", "uno"))
    await call_it(stockroom, row("A-1", "uno", active=False))
    await use_label(stockroom, "outlet")
    await stockroom.call("DELETE", f"{PATH}/two")
    told = [(one.number, one.version, one.article_number) for one in await stockroom.sent("external_number.changed")]
    assert told == [
        ("one", 1, "A-1"), ("one", 2, None), ("uno", 1, "A-1"), ("uno", 2, None), ("two", 1, "A-2"), ("two", 2, None)
    ]  # fmt: skip


async def test_a_replica_reads_every_meaning_with_those_that_are_over(stockroom: Stockroom) -> None:
    await use_label(stockroom, "shop")
    await use_label(stockroom, "shop", OTHER)
    await call_it(stockroom, row("A-1", "one"), row("A-2", "two"))
    await call_it(stockroom, row("A-3", "one"), path=f"/external-numbers/{OTHER}")
    await stockroom.call("DELETE", f"{PATH}/two")
    found: list[dict[str, Any]] = []
    after = None
    while True:
        params = {"limit": 1} | ({} if after is None else {"after": after})
        reply = await stockroom.call("GET", "/external-numbers/snapshot", role="service", params=params)
        page = reply.json()
        found += page["items"]
        if (after := page["next"]) is None:
            break
    assert {(one["connection"], one["number"]): (one["version"], one["article_number"]) for one in found} == {
        (str(SHOP), "one"): (1, "A-1"), (str(SHOP), "two"): (2, None), (str(OTHER), "one"): (1, "A-3")
    }  # fmt: skip
    assert (await stockroom.call("GET", "/external-numbers/snapshot")).status_code == 403
