"""What an operator asks of products is read, and what he says of them comes back article by article."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from services.connectors.mirakl import reading
from services.inventory.product_mapping import Article, Asked, map_product
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.taxonomy import Taxonomy
from tests.wired.contract.stand import Stand
from tests.wired.mirakl.test_sending import asked

Operator = Callable[..., Stand]
GOOD = {
    "category": "MUGS", "shop_sku": "A-1", "title": "Becher", "colour": "C-RED", "volume": "0.3",
    "material": "M-CLAY|M-WOOD",
}  # fmt: skip


def product(number: str, values: dict[str, str], format: str = "operator", ticket: str = "") -> Command:
    facts: dict[str, Any] = {
        "article_id": uuid4(), "version": 1, "article_number": number, "format": format, "values": values,
    }  # fmt: skip
    return Command(number, 1, uuid4(), MappedProductPush.model_validate(facts), ticket=ticket)


async def judged(stand: Stand, *commands: Command) -> list[PushResult]:
    """Sent once, and asked about until the operator has said everything."""
    push = stand.push("mapped_product")
    results = list(await push.send(stand.client, commands))
    for _ in range(20):
        open_ones = [place for place, one in enumerate(results) if one.outcome == "waiting"]
        if not open_ones:
            return results
        again = [product(commands[n].subject, {}, ticket=results[n].external_id) for n in open_ones]
        stand.sandbox.clock.shift(timedelta(minutes=5))
        for place, result in zip(open_ones, await push.verify(stand.client, again), strict=True):
            assert result is not None
            results[place] = result
    raise AssertionError("The operator never came to an end")


async def test_categories_attributes_and_lists_are_read_with_what_they_demand(stand: Stand) -> None:
    found = await reading.taxonomy(stand.client)
    assert {one.code: one.parent_code for one in found.categories}["MUGS"] == "KITCHEN"
    attributes = {one.code: one for one in found.attributes}
    assert "legacy" not in attributes
    assert (attributes["title"].role, attributes["title"].shortest, attributes["title"].longest) == ("title", 3, 40)
    assert (attributes["colour"].requirement, attributes["colour"].list_code) == ("required", "COLOURS")
    assert (attributes["material"].multiple, attributes["volume"].kind) == (True, "decimal")
    assert {one.label for one in found.values if one.list_code == "COLOURS"} == {"Rot", "Blau", "Grün"}
    assert (found.leaves_only, found.separator) == (True, "|")


async def test_each_product_has_the_sentence_that_the_operator_wrote_about_it(operator: Operator) -> None:
    stand = operator(refused_products=(("A-3", "Unser Sortiment hat keinen Platz dafür"),), delimiter="COMMA")
    results = await judged(
        stand,
        product("A-1", GOOD),
        product("A-2", GOOD | {"shop_sku": "A-2", "colour": "", "material": "M-PLASTIC"}),
        product("A-3", GOOD | {"shop_sku": "A-3"}),
    )
    assert [result.outcome for result in results] == ["done", "failed", "failed"]
    assert "Farbe" in results[1].params["detail"]
    assert "M-PLASTIC" in results[1].params["detail"]
    assert results[2].params["detail"] == "Unser Sortiment hat keinen Platz dafür"
    assert "429" not in stand.opened.requests.by_status


async def test_what_the_file_got_wrong_is_told_before_the_operator_has_judged_the_rest(operator: Operator) -> None:
    stand = operator(product_seconds=86_400)
    push = stand.push("mapped_product")
    sent = await push.send(
        stand.client, [product("A-1", GOOD), product("A-2", GOOD | {"shop_sku": "A-2", "volume": ""})]
    )
    stand.sandbox.clock.shift(timedelta(hours=12))
    ticket = sent[0].external_id
    results = await push.verify(stand.client, [product("A-1", {}, ticket=ticket), product("A-2", {}, ticket=ticket)])
    assert [result and result.outcome for result in results] == ["waiting", "failed"]


async def test_columns_of_the_shops_own_are_read_by_what_he_mapped_at_the_operator(operator: Operator) -> None:
    stand = operator(mapped_categories=("Geschirr > Becher",))
    own = {"number": "B-1", "title": "Becher", "category": "Geschirr > Becher", "Farbe": "rot"}
    results = await judged(
        stand, product("B-1", own, "own"), product("B-2", own | {"number": "B-2", "category": "Neu"}, "own")
    )
    assert [result.outcome for result in results] == ["done", "failed"]
    assert "'Neu' is not mapped" in results[1].params["detail"]


async def test_product_files_go_every_quarter_of_an_hour_and_are_asked_about_once_a_minute(stand: Stand) -> None:
    push = stand.push("mapped_product")
    for number in ("A-1", "A-2", "A-3"):
        (sent,) = await push.send(stand.client, [product(number, GOOD | {"shop_sku": number})])
        for _ in range(3):
            await push.verify(stand.client, [product(number, {}, ticket=sent.external_id)])
    moments = [row["at"] for row in asked(stand, "/products/imports")]
    assert all((after - before).total_seconds() >= 900 for before, after in pairwise(moments))
    assert len(moments) == 3
    assert "429" not in stand.opened.requests.by_status


async def test_an_import_that_nobody_knows_is_sent_again_and_so_is_one_whose_number_was_lost(stand: Stand) -> None:
    push = stand.push("mapped_product")
    assert await push.verify(stand.client, [product("A-1", {}, ticket="99999"), product("A-2", {})]) == [None, None]


@pytest.mark.proves("article-name", "mirakl")
@pytest.mark.proves("article-number", "mirakl")
@pytest.mark.proves("article-ean", "mirakl")
@pytest.mark.proves("article-properties", "mirakl")
@pytest.mark.proves("article-product-group", "mirakl")
async def test_an_article_that_passes_our_check_passes_the_operators(stand: Stand) -> None:
    taxonomy = await reading.taxonomy(stand.client)
    words = {("category", ""): "Tassen", ("Farbe", ""): "rot", ("Werkstoff", ""): "Ton|Holz", ("l", ""): "0.3"}
    article = Article("A-9", "4006381333931", "Becher, groß", "", "", words)
    found = map_product(article, "MUGS", mugs(taxonomy), {("attribute", "", "volume"): "l"})
    assert found.problems == []
    (result,) = await judged(stand, product("A-9", found.values))
    assert result.outcome == "done"
    (row,) = stand.shop.store.products[2000].rows
    assert row == {
        "category": "MUGS", "shop_sku": "A-9", "title": "Becher, groß", "ean": "4006381333931", "colour": "C-RED",
        "material": "M-CLAY|M-WOOD", "volume": "0.3",
    }  # fmt: skip


SOURCES = {
    "volume": "l", "teaser": "@short_description", "brand": "@manufacturer", "mpn": "@manufacturer_number",
    "unit": "@unit", "weight": "@weight_grams", "length": "@length_mm", "width": "@width_mm", "height": "@height_mm",
    "image": "@image", "image_2": "@image_2",
}  # fmt: skip
FACTS = {
    "short_description": "Ein Becher", "manufacturer": "Töpferei", "manufacturer_number": "T-9", "unit": "Stück",
    "weight_grams": "350.5", "length_mm": "90", "width_mm": "80", "height_mm": "100",
    "image": "https://images.example/1.jpg", "image_2": "https://images.example/2.jpg",
}  # fmt: skip


@pytest.mark.proves("article-description", "mirakl")
@pytest.mark.proves("article-short-text", "mirakl")
@pytest.mark.proves("article-manufacturer", "mirakl")
@pytest.mark.proves("article-manufacturer-number", "mirakl")
@pytest.mark.proves("article-unit", "mirakl")
@pytest.mark.proves("article-weight", "mirakl")
@pytest.mark.proves("article-length", "mirakl")
@pytest.mark.proves("article-width", "mirakl")
@pytest.mark.proves("article-height", "mirakl")
@pytest.mark.proves("article-images", "mirakl")
@pytest.mark.proves("article-free-fields", "mirakl")
@pytest.mark.proves("variants-created", "mirakl")
@pytest.mark.proves("variants-updated", "mirakl")
async def test_variants_with_all_that_is_known_of_them_share_their_group_and_are_changed_by_sending_again(
    stand: Stand,
) -> None:
    attributes = mugs(await reading.taxonomy(stand.client))
    targets = {("attribute", "", code): source for code, source in SOURCES.items()}
    files = []
    for description in ("Aus Ton", "Aus rotem Ton"):
        for number, colour in (("A-9-R", "rot"), ("A-9-B", "blau")):
            words = {("category", ""): "Tassen", ("Farbe", ""): colour, ("Werkstoff", ""): "Ton", ("l", ""): "0.3"}
            article = Article(number, "", "Becher", description, "A-9", words, FACTS)
            found = map_product(article, "MUGS", attributes, targets)
            assert found.problems == []
            (result,) = await judged(stand, product(number, found.values))
            assert result.outcome == "done"
        files.append([row for one in list(stand.shop.store.products.values())[-2:] for row in one.rows])
    for description, (red, blue) in zip(("Aus Ton", "Aus rotem Ton"), files, strict=True):
        assert (red["shop_sku"], red["colour"], red["group"]) == ("A-9-R", "C-RED", "A-9")
        assert (blue["shop_sku"], blue["colour"], blue["group"]) == ("A-9-B", "C-BLUE", "A-9")
        assert red["description"] == blue["description"] == description
        told = {code: FACTS[source.removeprefix("@")] for code, source in SOURCES.items() if source.startswith("@")}
        assert told.items() <= red.items()


def mugs(taxonomy: Taxonomy) -> Asked:
    lists: dict[str, dict[str, str]] = {}
    for one in taxonomy.values:
        lists.setdefault(one.list_code, {})[one.code] = one.label
    above = ("MUGS", "KITCHEN", "HOME")
    attributes = [one for one in taxonomy.attributes if one.category_code in ("", *above)]
    return Asked(True, True, above, attributes, lists, taxonomy.leaves_only, taxonomy.separator)
