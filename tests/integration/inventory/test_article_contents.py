"""Everything an article is beyond its row, uploaded row by row."""

from typing import Any
from uuid import uuid4

import pytest

from services.inventory.content_rows import CODES
from tests.integration.inventory.stockroom import OTHER, Stockroom

WHOLE: dict[str, Any] = {
    "article_number": "A-1", "description": "<p>Lang</p>", "short_description": "Kurz",
    "options": {"Größe": "L", "Farbe": "rot", "Art": "matt"}, "manufacturer": "Acme", "manufacturer_number": "X-7",
    "unit": "Stück", "weight_grams": "350.5", "length_mm": "100", "width_mm": "80", "height_mm": "95",
    "minimum_order": "2", "delivery_time": "3 Tage", "customs_number": "6912 00 23", "origin": "DE", "sell_off": True,
    "counted": False, "categories": ["Küche > Tassen", "Neu"], "tags": ["blau", "alt"], "related": ["A-2"],
    "media": ["https://img.example/2.jpg", "https://img.example/1.jpg"],
    "media_texts": {"https://img.example/1.jpg": {"title": "Von vorn", "description": "Foto"}}, "meta_title": "Tasse",
    "meta_description": "Eine Tasse", "meta_keywords": "tasse, becher",
    "texts": {
        "fr-CH": {"title": "Gobelet", "description": "Long", "short_description": "Court", "meta_title": "",
                  "meta_description": "", "meta_keywords": ""},
    },
}  # fmt: skip
WRONG: dict[str, Any] = {
    "description": 5, "short_description": "x" * 5001, "options": {"Farbe": "  "}, "manufacturer": "x" * 201,
    "manufacturer_number": ["x"], "unit": "a\0b", "weight_grams": "0", "length_mm": "-1", "width_mm": "breit",
    "height_mm": "1.00001", "minimum_order": "0", "delivery_time": 3, "customs_number": "12", "origin": "Germany",
    "sell_off": "vielleicht", "counted": "vielleicht", "categories": [""], "tags": ["a", "a"], "related": "A-2",
    "media": ["ftp://img.example/1.jpg"], "media_texts": {"https://img.example/1.jpg": {"name": "x"}},
    "meta_title": "x" * 501, "meta_description": None, "meta_keywords": 1, "texts": {"german": {"title": "x"}},
}  # fmt: skip


async def put(room: Stockroom, *rows: dict[str, Any], language: str = "en") -> dict[str, Any]:
    reply = await room.call("PUT", "/article-contents", json={"rows": list(rows)}, language=language)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def kept(room: Stockroom, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await room.get(f"/article-contents/{number}"))["content"]
    return found


async def test_a_whole_content_is_kept_as_it_was_sent_and_the_same_again_changes_nothing(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    assert (await put(stockroom, WHOLE))["accepted"] == 1
    assert (await put(stockroom, WHOLE))["unchanged"] == 1
    found = await kept(stockroom, "A-1")
    assert {name: found[name] for name in WHOLE if name != "article_number"} == {
        name: value for name, value in WHOLE.items() if name != "article_number"
    }
    assert list(found["options"]) == ["Größe", "Farbe", "Art"]
    (entry,) = await stockroom.journalled("article_content_changed")
    assert (entry.params["article"], entry.params["actor"]) == ("A-1", "anna (operate)")
    assert "weight_grams" in entry.params["fields"]


async def test_another_order_of_the_options_is_a_change_and_what_is_left_out_is_empty(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1")
    await put(stockroom, WHOLE)
    turned = {"article_number": "A-1", "options": dict(reversed(WHOLE["options"].items()))}
    assert (await put(stockroom, turned))["accepted"] == 1
    found = await kept(stockroom, "A-1")
    assert (list(found["options"]), found["manufacturer"], found["media"]) == (["Art", "Farbe", "Größe"], "", [])


@pytest.mark.parametrize("field", sorted(WRONG))
async def test_a_bad_value_is_refused_by_the_name_of_its_field_and_spoils_no_neighbour(
    stockroom: Stockroom, field: str
) -> None:
    await stockroom.articles("A-1", "A-2")
    answer = await put(stockroom, {"article_number": "A-1", field: WRONG[field]}, WHOLE | {"article_number": "A-2",
                                                                                        "related": []})  # fmt: skip
    bad, good = answer["rows"]
    assert (bad["outcome"], bad["field"], bad["code"], good["outcome"]) == ("refused", field, CODES[field], "accepted")
    assert bad["detail"]
    assert bad["advice"]
    assert (await stockroom.call("GET", "/article-contents/A-1")).status_code == 404


async def test_every_field_of_a_content_is_tried() -> None:
    assert set(WRONG) == set(WHOLE) - {"article_number"} == set(CODES) - {"article_number"}


async def test_rows_that_contradict_themselves_are_refused(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2", "A-3")
    answer = await put(
        stockroom,
        {"article_number": "A-1"},
        {"article_number": "A-1", "unit": "kg"},
        {"article_number": "A-2", "related": ["A-2"]},
        {"article_number": "A-3", "media_texts": {"https://img.example/9.jpg": {"title": "x"}}},
        {"article_number": "NONE"},
        {"article_number": "A-2", "head": {"number": "H"}},
    )
    assert [one["code"] for one in answer["rows"]] == [
        "article_twice", "article_twice", "content_related_to_itself", "content_media_text_stray",
        "content_article_unknown", "row_field_unknown",
    ]  # fmt: skip
    assert (await stockroom.get("/article-contents"))["items"] == []


async def test_contents_are_paged_by_number(stockroom: Stockroom) -> None:
    await stockroom.articles("A-1", "A-2", "A-3")
    await put(stockroom, *({"article_number": number, "unit": "kg"} for number in ("A-3", "A-1", "A-2")))
    first = await stockroom.get("/article-contents", limit=2)
    second = await stockroom.get("/article-contents", limit=2, after=first["next"])
    numbers = [one["article_number"] for page in (first, second) for one in page["items"]]
    assert (numbers, second["next"]) == (["A-1", "A-2", "A-3"], None)


async def test_a_key_for_one_shop_may_not_change_what_concerns_all(stockroom: Stockroom) -> None:
    token = await stockroom.key("operate", [OTHER, uuid4()])
    reply = await stockroom.call("PUT", "/article-contents", json={"rows": []}, token=token)
    assert (reply.status_code, reply.json()["code"]) == (403, "key_is_limited")
