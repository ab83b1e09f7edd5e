"""In which order a connection's listings find their articles: the platform's, or the merchant's own; and the reason."""

from typing import Any

import pytest

from services.connectors.ebay.connector import EBAY
from services.inventory.matching import declared
from shared.contracts.article import ArticleContent, ArticleHead, Matching
from tests.integration.inventory.stockroom import SHOP, Stockroom, listing_id
from tests.integration.inventory.test_external_numbers import call_it, row

SETTINGS = f"/settings/{SHOP}"


async def usual(room: Stockroom, matching: Matching = EBAY.matching) -> None:
    """The connector has said how its platform matches."""
    await room.connect()
    async with room.service.database.transaction() as tx:
        await declared(tx, room.service.journal, SHOP, matching)


async def decide(room: Stockroom, **settings: Any) -> dict[str, Any]:
    reply = await room.call("PUT", SETTINGS, json=settings)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def variants(room: Stockroom, head: str, options: dict[str, dict[str, str]]) -> None:
    """Articles below a main one, with what each of them is."""
    rows = [{"number": number, "parent_number": head} for number in options]
    assert (await room.call("PUT", "/articles", json={"articles": rows})).status_code == 200
    contents = [{"article_number": number, "options": told} for number, told in options.items()]
    reply = await room.call("PUT", "/article-contents", json={"rows": contents})
    assert reply.json()["refused"] == 0, reply.text


async def found(room: Stockroom, external_id: str = "L1") -> tuple[str | None, str]:
    """A listing's article, and by which criterion."""
    shown = await room.get(f"/listings/{listing_id(external_id)}")
    by = shown["matched_by"]
    assert (by is None) == (shown["article_number"] is None)
    return shown["article_number"], "" if by is None else by["code"].removeprefix("matched_by_")


@pytest.mark.proves("match-external-number", "ebay")
async def test_the_number_of_a_listing_that_the_merchant_keeps_comes_before_its_sku(stockroom: Stockroom) -> None:
    await usual(stockroom)
    await stockroom.articles("A-1", "A-2")
    await stockroom.take(stockroom.listed("L1", "A-2", listing_number="110022"))
    assert await found(stockroom) == ("A-2", "number")
    await call_it(stockroom, row("A-1", "110022", "eBayListing"))
    assert await found(stockroom) == ("A-1", "listing_number")
    await call_it(stockroom, row("A-1", "110022", "eBayListing", active=False))
    assert await found(stockroom) == ("A-2", "number")
    await call_it(stockroom, row("A-1", "110022", "another label"))
    assert await found(stockroom) == ("A-2", "number")
    sentence = (await stockroom.get(f"/listings/{listing_id('L1')}"))["matched_by"]["sentence"]
    assert "SKU" in sentence


async def test_an_id_of_the_platform_that_nobody_keeps_decides_nothing(stockroom: Stockroom) -> None:
    await usual(stockroom)
    await stockroom.articles("110022", "L1")
    await stockroom.take(stockroom.listed("L1", "unknown", listing_number="110022"))
    assert await found(stockroom) == (None, "")


async def test_of_a_variant_the_sku_decides_then_another_number_then_what_it_is(stockroom: Stockroom) -> None:
    await usual(stockroom)
    await stockroom.articles("hemd", "A-9")
    await variants(stockroom, "hemd", {"H-R": {"Farbe": "Rot"}, "H-B": {"Farbe": "Blau"}})
    red = {"listing_number": "5", "attributes": {"Farbe": "Rot", "Marke": "Kramladen"}}
    await stockroom.take(stockroom.listed("L1", "H-R", **red), stockroom.listed("L2", "shop-2", **red | {
        "attributes": {"Farbe": "Blau"}}))  # fmt: skip
    assert await found(stockroom) == ("H-R", "number")
    assert await found(stockroom, "L2") == (None, "")
    await call_it(stockroom, row("hemd", "5", "eBayListing"))
    assert await found(stockroom, "L2") == ("H-B", "attributes")
    await decide(stockroom, number_label="shop")
    await call_it(stockroom, row("A-9", "shop-2"))
    assert await found(stockroom, "L2") == ("A-9", "external_number")
    assert await found(stockroom) == ("H-R", "number")


async def test_a_merchants_own_order_holds_at_once_and_goes_again(stockroom: Stockroom) -> None:
    await usual(stockroom, Matching())
    await stockroom.articles("A-1", "A-2")
    await stockroom.take(stockroom.listed("L1", "A-2"))
    await call_it(stockroom, row("A-1", "A-2"))
    shown = await decide(stockroom, number_label="shop")
    assert shown["matching"]["listings"] == ["external_number", "number"]
    assert await found(stockroom) == ("A-1", "external_number")
    shown = await decide(stockroom, number_label="shop", matching=["number", "external_number"])
    assert shown["matching"]["listings"] == ["number", "external_number"]
    assert await found(stockroom) == ("A-2", "number")
    await decide(stockroom, number_label="shop", matching=["external_number"])
    await call_it(stockroom, row("A-1", "A-2", active=False))
    assert await found(stockroom) == (None, "")
    await decide(stockroom, number_label="shop")
    assert await found(stockroom) == ("A-2", "number")


async def test_an_ean_decides_where_it_was_chosen_and_is_one_articles_alone(stockroom: Stockroom) -> None:
    await usual(stockroom, Matching())
    await stockroom.articles("A-1", "A-2")
    await stockroom.call("PUT", "/articles", json={"articles": [{"number": "A-1", "ean": "4006381333931"}]})
    await stockroom.take(stockroom.listed("L1", "theirs", ean="4006381333931"))
    assert await found(stockroom) == (None, "")
    await decide(stockroom, matching=["number", "ean"])
    assert await found(stockroom) == ("A-1", "ean")
    await stockroom.call("PUT", "/articles", json={"articles": [{"number": "A-2", "ean": "4006381333931"}]})
    assert await found(stockroom) == (None, "")
    await stockroom.call("PUT", "/articles", json={"articles": [{"number": "A-2", "ean": ""}]})
    assert await found(stockroom) == ("A-1", "ean")
    await stockroom.take(stockroom.listed("L2", "theirs too", ean="4006381333931"))
    assert await found(stockroom, "L2") == (None, "")


async def test_variants_with_a_head_are_told_apart_by_what_they_are(stockroom: Stockroom) -> None:
    await usual(stockroom, Matching())
    await stockroom.articles("hemd")
    await variants(stockroom, "hemd", {"H-R": {"Farbe": "Rot"}, "H-B": {"Farbe": "Blau"}})
    await decide(stockroom, variant_matching=["number", "attributes"])
    content = ArticleContent(head=ArticleHead(number="hemd", title="Hemd"), options={"Farbe": "Blau"})
    await stockroom.take(stockroom.listed("L1", "9", content=content))
    assert await found(stockroom) == ("H-B", "attributes")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"matching": ["number", "number"]}, "matching"),
        ({"matching": ["asin"]}, "matching"),
        ({"matching": []}, "matching"),
        ({"variant_matching": ["ean", "ean"]}, "variant_matching"),
        ({"matching": ["attributes"]}, ""),
        ({"variant_matching": ["listing_number"]}, ""),
    ],
)
async def test_an_order_that_cannot_be_meant_is_refused_and_the_old_one_holds(
    stockroom: Stockroom, wrong: dict[str, Any], field: str
) -> None:
    await decide(stockroom, matching=["number"])
    reply = await stockroom.call("PUT", SETTINGS, json=wrong)
    assert reply.status_code == 422
    assert field in reply.text
    assert (await stockroom.get(SETTINGS))["settings"]["matching"] == ["number"]


async def test_what_a_platform_declares_anew_is_judged_anew_once(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    await stockroom.connect()
    await stockroom.take(stockroom.listed("L1", "A-1"))
    for _ in range(2):
        await usual(stockroom, Matching(listings=("external_number",), variants=("external_number",)))
        assert await found(stockroom) == (None, "")
    assert len(await stockroom.journalled("listing_article_unknown")) == 1


async def test_an_import_makes_no_second_article_of_a_listing_that_was_found_otherwise(stockroom: Stockroom) -> None:
    await usual(stockroom)
    await stockroom.connect(version=2, productive=False)
    await stockroom.articles("A-1")
    await call_it(stockroom, row("A-1", "110022", "eBayListing"))
    await stockroom.take(stockroom.listed("L1", "theirs", listing_number="110022"))
    (shown,) = (await stockroom.get(f"/import-preview/{SHOP}"))["items"]
    assert (shown["action"], shown["article_number"]) == ("match", "A-1")
