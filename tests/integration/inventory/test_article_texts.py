"""Texts made for one shop stand before an article's own, there and nowhere else."""

from typing import Any
from uuid import uuid4

import pytest

from services.inventory.content_rows import TEXT_CODES
from services.inventory.shop_texts import ShopTexts
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom
from tests.integration.inventory.test_article_contents import WRONG
from tests.integration.inventory.test_mapping import map_rows, read, say
from tests.integration.inventory.test_mapping import send as send_mapped
from tests.integration.inventory.test_products import contents, live, mug, pushes, send, settings, shown

PATH = f"/article-texts/{SHOP}"
OWN: dict[str, Any] = {"title": "Tasse nur hier", "meta_title": "Hier", "texts": {"fr": {"title": "Tasse d'ici"}}}


async def put(room: Stockroom, *rows: dict[str, Any], language: str = "en") -> dict[str, Any]:
    reply = await room.call("PUT", PATH, json={"rows": list(rows)}, language=language)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def sold(room: Stockroom) -> None:
    """An article with texts of its own that the shop lists."""
    await live(room)
    await mug(room)
    await settings(room, parts=["texts", "meta", "translations"])
    texts = {"fr": {"title": "Tasse", "description": "Longue"}, "en": {"title": "Mug"}}
    await contents(room, {"article_number": "A-1", "description": "Lang", "meta_title": "Tassen", "texts": texts})
    await shown(room)
    await send(room, "A-1")


async def test_what_is_made_for_a_shop_is_told_before_the_articles_own_field_by_field(stockroom: Stockroom) -> None:
    room = stockroom
    await sold(room)
    (first,) = await pushes(room)
    assert (first.title, first.content.meta_title) == ("Tasse", "Tassen")
    assert (await put(room, {"article_number": "A-1"} | OWN))["accepted"] == 1
    assert (await put(room, {"article_number": "A-1"} | OWN))["unchanged"] == 1
    (told,) = await pushes(room)
    assert (told.title, told.content.meta_title, told.content.description) == ("Tasse nur hier", "Hier", "Lang")
    french, english = told.content.texts["fr"], told.content.texts["en"]
    assert (french.title, french.description, english.title) == ("Tasse d'ici", "Longue", "Mug")
    (entry,) = await room.journalled("article_texts_changed")
    assert (entry.params["article"], entry.params["fields"], entry.connection) == (
        "A-1",
        "title, meta_title, texts",
        SHOP,
    )
    assert (await room.get("/article-contents/A-1"))["content"]["meta_title"] == "Tassen"


async def test_a_row_without_any_text_gives_the_article_its_own_texts_back(stockroom: Stockroom) -> None:
    room = stockroom
    await sold(room)
    await put(room, {"article_number": "A-1"} | OWN)
    assert (await put(room, {"article_number": "A-1"}))["accepted"] == 1
    assert (await put(room, {"article_number": "A-1"}))["unchanged"] == 1
    assert (await room.get(PATH))["items"] == []
    assert (await pushes(room))[-1].title == "Tasse"


async def test_a_shop_that_judges_products_gets_its_own_texts_and_another_shop_does_not(stockroom: Stockroom) -> None:
    room = stockroom
    await read(room)
    await room.connect(OTHER)
    await room.articles("A-1", title="Becher", description="kurz")
    await say(room, "A-1", category="Tassen", Farbe="rot", Menge="0.3")
    await map_rows(room, ("category", "", "Tassen", "MUGS"), ("attribute", "", "volume", "@title"))
    await put(room, {"article_number": "A-1", "title": "0.5", "description": "nur hier"})
    assert await send_mapped(room, "A-1") == {"A-1": []}
    (told,) = await room.sent("mapped_product.push")
    assert told.values["volume"] == "0.5"
    assert (told.article.title, told.article.content.description) == ("0.5", "nur hier")
    reply = await room.call("POST", f"/mapped-products/{OTHER}", json={"article_numbers": ["A-1"], "format": "own"})
    assert reply.status_code == 200, reply.text
    other = (await room.sent("mapped_product.push"))[-1]
    assert (other.article.title, other.values["title"]) == ("Becher", "Becher")


@pytest.mark.parametrize("field", [name for name in ShopTexts.model_fields if name != "title"])
async def test_a_bad_value_is_refused_by_the_name_of_its_field_and_spoils_no_neighbour(
    stockroom: Stockroom, field: str
) -> None:
    await stockroom.articles("A-1", "A-2")
    await stockroom.connect()
    answer = await put(stockroom, {"article_number": "A-1", field: WRONG[field]}, {"article_number": "A-2"} | OWN)
    bad, good = answer["rows"]
    assert (bad["outcome"], bad["field"], bad["code"]) == ("refused", field, TEXT_CODES[field])
    assert bad["advice"]
    assert good["outcome"] == "accepted"
    assert [one["article_number"] for one in (await stockroom.get(PATH))["items"]] == ["A-2"]


async def test_rows_that_contradict_themselves_or_name_nothing_are_refused(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    await stockroom.connect()
    answer = await put(
        stockroom,
        {"article_number": "A-1", "title": "x" * 501},
        {"article_number": "NONE", "title": "x"},
        {"article_number": "A-1", "unit": "kg"},
        {"article_number": "A-1", "title": "x"},
        {"article_number": "A-1", "title": "y"},
    )
    assert [one["code"] for one in answer["rows"]] == [
        "content_title_invalid", "content_article_unknown", "row_field_unknown", "article_twice", "article_twice",
    ]  # fmt: skip


async def test_the_texts_of_a_connection_are_paged_and_those_of_nobodys_are_not_found(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2", "A-3")
    await stockroom.connect()
    await put(stockroom, *({"article_number": number} | OWN for number in ("A-3", "A-1", "A-2")))
    first = await stockroom.get(PATH, limit=2)
    second = await stockroom.get(PATH, limit=2, after=first["next"])
    numbers = [one["article_number"] for page in (first, second) for one in page["items"]]
    assert (numbers, second["next"]) == (["A-1", "A-2", "A-3"], None)
    assert first["items"][0]["texts"]["texts"]["fr"]["title"] == "Tasse d'ici"
    nobody = await stockroom.call("PUT", f"/article-texts/{uuid4()}", json={"rows": []})
    assert nobody.status_code == 404
    token = await stockroom.key("operate", [OTHER])
    assert (await stockroom.call("PUT", PATH, json={"rows": []}, token=token)).status_code == 404
