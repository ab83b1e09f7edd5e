"""A merchant maps his words to a channel's, sends articles, and hears about each of them."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.inventory import taxonomy_book
from services.inventory.article_book import article_id
from shared.contracts.article import ArticleHead
from shared.contracts.fulfilment import PushReported
from shared.contracts.taxonomy import Taxonomy, TaxonomyAttribute, TaxonomyCategory, TaxonomyValue
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom
from tests.integration.inventory.test_article_contents import put as contents

OPERATORS = Taxonomy(
    categories=(
        TaxonomyCategory(code="HOME", label="Haus"),
        TaxonomyCategory(code="MUGS", label="Becher", parent_code="HOME"),
        TaxonomyCategory(code="PLATES", label="Teller", parent_code="HOME"),
    ),
    attributes=(
        TaxonomyAttribute(code="category", label="Kategorie", requirement="required", role="category"),
        TaxonomyAttribute(code="sku", label="Nummer", requirement="required", role="number"),
        TaxonomyAttribute(code="colour", label="Farbe", category_code="HOME", requirement="required",
                          list_code="COLOURS"),
        TaxonomyAttribute(code="volume", label="Inhalt", category_code="MUGS", requirement="required"),
        TaxonomyAttribute(code="depth", label="Tiefe", category_code="PLATES"),
    ),
    values=(
        TaxonomyValue(list_code="COLOURS", code="C-1", label="Rot"),
        TaxonomyValue(list_code="COLOURS", code="C-2", label="Blau"),
    ),
    leaves_only=True,
)  # fmt: skip


async def read(room: Stockroom, taxonomy: Taxonomy = OPERATORS) -> None:
    async with room.service.database.transaction() as tx:
        await taxonomy_book.keep(tx, SHOP, taxonomy, 3600, room.now)


async def say(room: Stockroom, number: str, **attributes: str | None) -> list[dict[str, Any]]:
    rows = [{"article_number": number, "name": name, "value": value} for name, value in attributes.items()]
    reply = await room.call("PUT", "/article-attributes", json={"rows": rows})
    assert reply.status_code == 200, reply.text
    answers: list[dict[str, Any]] = reply.json()["rows"]
    return answers


async def map_rows(room: Stockroom, *rows: tuple[str, str, str, str | None]) -> dict[str, Any]:
    body = {"rows": [{"kind": kind, "scope": scope, "key": key, "target": target} for kind, scope, key, target in rows]}
    reply = await room.call("PUT", f"/mappings/{SHOP}", json=body)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def send(room: Stockroom, *numbers: str, format: str = "operator") -> dict[str, list[str]]:
    """What stands in each article's way."""
    body = {"article_numbers": numbers, "format": format}
    reply = await room.call("POST", f"/mapped-products/{SHOP}", json=body)
    assert reply.status_code == 200, reply.text
    return {one["article_number"]: [problem["code"] for problem in one["problems"]] for one in reply.json()["items"]}


async def report(room: Stockroom, number: str, version: int, outcome: str, **more: Any) -> None:
    room.now += timedelta(seconds=1)
    facts = {"noun": "mapped_product", "subject": str(article_id(number)), "version": version, "outcome": outcome}
    await room.take(room.says(PushReported.model_validate(facts | {"reported_at": room.now} | more)))


async def state(room: Stockroom, number: str) -> dict[str, Any]:
    found = await room.get(f"/mapped-products/{SHOP}")
    return next(one for one in found["items"] if one["article_number"] == number)


async def rows(room: Stockroom, **wanted: str) -> list[tuple[str, str, str, str | None]]:
    found = await room.get(f"/mappings/{SHOP}", **wanted)
    return [(one["kind"], one["scope"], one["key"], one["target"]) for one in found["items"]]


async def mug(room: Stockroom) -> None:
    """An article that only its category keeps from being sent."""
    await read(room)
    await room.articles("A-1", title="Becher")
    await say(room, "A-1", category="Tassen", Farbe="rot", Menge="0.3")
    await map_rows(room, ("attribute", "", "volume", "Menge"))


async def test_words_that_come_up_stand_open_are_mapped_once_and_then_the_article_goes(stockroom: Stockroom) -> None:
    room = stockroom
    await read(room)
    await room.articles("A-1", title="Becher")
    await say(room, "A-1", category="Tassen", Farbe="petrol", Menge="0.3")
    assert await send(room, "A-1") == {"A-1": ["product_category_unmapped"]}
    assert await rows(room, state="open") == [("category", "", "Tassen", None)]
    await map_rows(room, ("category", "", "Tassen", "MUGS"))
    assert await send(room, "A-1") == {"A-1": ["product_value_unmapped", "product_attribute_unmapped"]}
    assert await rows(room, state="open") == [
        ("attribute", "MUGS", "volume", None), ("value", "COLOURS", "petrol", None),
    ]  # fmt: skip
    assert await room.sent("mapped_product.push") == []
    await map_rows(room, ("attribute", "MUGS", "volume", "Menge"), ("value", "COLOURS", "petrol", "C-2"))
    assert await send(room, "A-1") == {"A-1": []}
    (push,) = await room.sent("mapped_product.push")
    assert push.values == {"category": "MUGS", "sku": "A-1", "colour": "C-2", "volume": "0.3"}
    assert (push.article_number, push.version, push.format, push.asked_by) == ("A-1", 1, "operator", "anna (operate)")
    assert await rows(room, state="open") == []


async def test_the_channels_sentence_about_each_article_is_shown_and_an_older_one_is_not(stockroom: Stockroom) -> None:
    room = stockroom
    await mug(room)
    await map_rows(room, ("category", "", "Tassen", "MUGS"))
    await send(room, "A-1")
    await report(room, "A-1", 1, "waiting", code="product_waits", params={"detail": "import 7"}, external_id="7")
    waiting = await state(room, "A-1")
    assert (waiting["state"], waiting["ticket"]) == ("waiting", "7")
    await report(room, "A-1", 1, "failed", code="product_refused", params={"detail": "Zu klein"})
    refused = await state(room, "A-1")
    assert refused["state"] == "refused"
    assert refused["said"]["sentence"] == "The channel refused the product: Zu klein"
    await send(room, "A-1")
    await report(room, "A-1", 1, "done")
    assert (await state(room, "A-1"))["state"] == "sent"
    await report(room, "A-1", 2, "done")
    await report(room, "A-1", 2, "done")
    assert (await state(room, "A-1"))["state"] == "accepted"


async def test_the_same_article_goes_to_two_channels_as_two_messages(stockroom: Stockroom) -> None:
    room = stockroom
    await room.connect(OTHER)
    await room.articles("A-1", title="Becher")
    await say(room, "A-1", category="Tassen")
    for connection in (SHOP, OTHER):
        body = {"article_numbers": ["A-1"], "format": "own"}
        reply = await room.call("POST", f"/mapped-products/{connection}", json=body)
        assert reply.json()["sent"] == 1, reply.text
    async with room.service.database.transaction() as tx:
        rows = await tx.rows("SELECT event_ids FROM outbox WHERE type = 'mapped_product.push'")
    assert len({row["event_ids"] for row in rows}) == 2


async def test_a_report_about_the_same_article_in_another_shop_changes_nothing_here(stockroom: Stockroom) -> None:
    room = stockroom
    await mug(room)
    await map_rows(room, ("category", "", "Tassen", "MUGS"))
    await send(room, "A-1")
    facts = {"noun": "mapped_product", "subject": str(article_id("A-1")), "version": 1, "outcome": "failed"}
    told = PushReported.model_validate(facts | {"reported_at": room.now + timedelta(hours=1)})
    await room.take(room.says(told, connection=OTHER))
    assert (await state(room, "A-1"))["state"] == "sent"


async def test_a_mapping_whose_target_the_channel_gave_up_says_so_and_stops_the_article(stockroom: Stockroom) -> None:
    room = stockroom
    await mug(room)
    await map_rows(room, ("category", "", "Tassen", "MUGS"), ("value", "COLOURS", "rot", "C-1"))
    fewer = OPERATORS.model_copy(update={"categories": OPERATORS.categories[:1], "values": OPERATORS.values[1:]})
    await read(room, fewer)
    gone = [("category", "", "Tassen", "MUGS"), ("value", "COLOURS", "rot", "C-1")]
    assert await rows(room, state="gone") == gone
    assert await send(room, "A-1") == {"A-1": ["product_category_gone"]}
    await read(room)
    assert await rows(room, state="gone") == []
    assert await send(room, "A-1") == {"A-1": []}


async def test_the_same_rows_twice_change_nothing_and_a_null_opens_a_row_again(stockroom: Stockroom) -> None:
    room = stockroom
    await read(room)
    assert await map_rows(room, ("category", "", "Tassen", "MUGS")) == {"changed": 1, "unchanged": 0, "unread": []}
    assert await map_rows(room, ("category", "", "Tassen", "MUGS")) == {"changed": 0, "unchanged": 1, "unread": []}
    await map_rows(room, ("category", "", "Tassen", None))
    assert await rows(room, state="open") == [("category", "", "Tassen", None)]


async def test_attributes_are_kept_by_name_and_language_and_a_bad_row_spoils_no_other(stockroom: Stockroom) -> None:
    room = stockroom
    first = await say(room, "A-1", Farbe="rot", category="Tassen")
    assert [one["outcome"] for one in first] == ["accepted", "accepted"]
    again = await say(room, "A-1", Farbe="rot", category="Becher", **{"=x": "1"})
    assert [one["outcome"] for one in again] == ["unchanged", "accepted", "refused"]
    assert again[2]["code"] == "attribute_name_invalid"
    gone = await say(room, "A-1", Farbe=None)
    assert [one["outcome"] for one in gone] == ["accepted"]
    found = await room.get("/article-attributes", article="A-1")
    assert [(one["name"], one["value"]) for one in found["items"]] == [("category", "Becher")]


async def test_an_article_nobody_uploaded_and_one_without_a_category_are_named(stockroom: Stockroom) -> None:
    room = stockroom
    await read(room)
    await room.articles("A-1")
    assert await send(room, "A-1", "NONE") == {"A-1": ["product_without_category"], "NONE": ["product_article_unknown"]}
    (entry,) = await room.journalled("mapped_product_incomplete")
    assert entry.params["first"] == "product_without_category"


async def test_in_our_own_columns_nothing_has_to_be_mapped_here(stockroom: Stockroom) -> None:
    room = stockroom
    await room.articles("A-1", title="Becher")
    await say(room, "A-1", category="Geschirr > Tassen", Farbe="petrol")
    assert await send(room, "A-1", format="own") == {"A-1": []}
    (push,) = await room.sent("mapped_product.push")
    assert push.format == "own"
    assert push.values["category"] == "Geschirr > Tassen"
    assert (push.values["number"], push.values["title"], push.values["Farbe"]) == ("A-1", "Becher", "petrol")


async def test_what_an_article_is_beyond_its_row_stands_in_columns_too(stockroom: Stockroom) -> None:
    room = stockroom
    await room.articles("A-1", description="Aus Ton")
    images = ["https://images.example/1.jpg", "https://images.example/2.jpg"]
    more = {"description": "<p>Lang</p>", "weight_grams": "350", "media": images, "options": {"Farbe": "rot"}}
    await contents(room, {"article_number": "A-1", **more})
    await say(room, "A-1", category="Tassen")
    assert await send(room, "A-1", format="own") == {"A-1": []}
    (push,) = await room.sent("mapped_product.push")
    told = {name: push.values[name] for name in ("description", "weight_grams", "image", "image_2", "Farbe")}
    assert list(told.values()) == ["Aus Ton", "350", *images, "rot"]


async def test_the_file_for_the_operators_wizard_shows_every_category_and_value_before_it_repeats_any(
    stockroom: Stockroom,
) -> None:
    room = stockroom
    numbers = [f"A-{n:03}" for n in range(120)]
    await room.articles(*numbers)
    for n, number in enumerate(numbers):
        # The rare ones come last by number.
        await say(room, number, category="Teller" if n == 119 else "Tassen", Farbe="lila" if n == 118 else "rot")
    await room.articles("B-1")
    reply = await room.call("GET", f"/mapped-products/{SHOP}/initial-file", role="read", params={"limit": "100"})
    assert reply.status_code == 200
    found = list(csv.DictReader(io.StringIO(reply.text), delimiter=";"))
    assert len(found) == 100
    assert {one["category"] for one in found} == {"Tassen", "Teller"}
    assert {one["Farbe"] for one in found} == {"rot", "lila"}
    assert {"number", "ean", "title", "description", "parent", "category", "Farbe"} == set(found[0])


async def test_a_channel_is_asked_for_its_categories_no_more_often_than_it_allows(
    stockroom: Stockroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, asked = stockroom, []

    async def get(base: str, path: str, **params: Any) -> Any:
        asked.append(path)
        return {"taxonomy": OPERATORS.model_dump(mode="json"), "every_seconds": 3600}

    monkeypatch.setattr(room.service.peers, "get", get)
    first = await room.call("POST", f"/taxonomies/{SHOP}/readings")
    assert first.status_code == 200, first.text
    assert (first.json()["categories"], first.json()["version"]) == (3, 1)
    second = await room.call("POST", f"/taxonomies/{SHOP}/readings")
    assert (second.status_code, second.json()["code"]) == (409, "taxonomy_too_soon")
    assert asked == [f"/connections/{SHOP}/taxonomy"]


async def test_what_the_channel_asks_can_be_looked_through(stockroom: Stockroom) -> None:
    room = stockroom
    unread = await room.get(f"/taxonomies/{SHOP}")
    assert (unread["version"], unread["read_at"], unread["categories"]) == (0, None, 0)
    await read(room)
    found = await room.get(f"/taxonomies/{SHOP}/categories", search="becher")
    assert found["items"] == [{"code": "MUGS", "label": "Becher", "parent_code": "HOME", "leaf": True, "read": True}]
    attributes = await room.get(f"/taxonomies/{SHOP}/attributes", category="MUGS")
    assert [one["code"] for one in attributes] == ["category", "sku", "colour", "volume"]
    values = await room.get(f"/taxonomies/{SHOP}/values", list_code="COLOURS")
    assert [one["code"] for one in values["items"]] == ["C-1", "C-2"]
    for word in ("bl", "C-2"):
        found = await room.get(f"/taxonomies/{SHOP}/values", list_code="COLOURS", search=word)
        assert found["items"] == [{"code": "C-2", "label": "Blau"}]


async def test_a_key_for_another_shop_sees_and_changes_nothing(stockroom: Stockroom) -> None:
    room = stockroom
    await mug(room)
    token = await room.key("operate", [OTHER])
    for method, path, how in (
        ("GET", f"/taxonomies/{SHOP}", {}),
        ("GET", f"/mappings/{SHOP}", {}),
        ("PUT", f"/mappings/{SHOP}", {"json": {"rows": []}}),
        ("POST", f"/mapped-products/{SHOP}", {"json": {"article_numbers": ["A-1"]}}),
        ("GET", f"/mapped-products/{SHOP}/initial-file", {}),
    ):
        reply: httpx2.Response = await room.call(method, path, token=token, **how)
        assert reply.status_code == 404, path
    missing = await room.call("GET", f"/taxonomies/{uuid4()}", role="read")
    assert missing.status_code == 404


async def test_a_product_says_its_category_and_what_the_article_is_by_itself(stockroom: Stockroom) -> None:
    room = stockroom
    await read(room)
    parent = {"number": "A", "title": "Becher in Farben"}
    article = {
        "number": "A-1", "title": "Becher rot", "ean": "4006381333931", "description": "Aus Ton", "parent_number": "A",
    }  # fmt: skip
    assert (await room.call("PUT", "/articles", json={"articles": [parent, article]})).status_code == 200
    content = {"manufacturer": "Töpferei", "weight_grams": "350", "media": ["https://images.example/1.jpg"]}
    await contents(room, {"article_number": "A-1", **content})
    prices = [
        {"article_number": "A-1", "currency": "EUR", "amount": "10", "basis": "net"},
        {"article_number": "A-1", "price_list": "otto", "currency": "EUR", "amount": "8", "basis": "net",
         "tax": "reduced"},
    ]  # fmt: skip
    assert (await room.call("PUT", "/prices", json={"rows": prices})).json()["accepted"] == 2
    await say(room, "A-1", category="Tassen", Farbe="rot", Menge="0.3")
    await map_rows(room, ("attribute", "", "volume", "Menge"), ("category", "", "Tassen", "MUGS"))
    await send(room, "A-1")
    await room.call("PUT", f"/price-settings/{SHOP}", json={"price_list": "otto"})
    await room.take(room.listed("L-1", "A-1", price={"amount": "3", "currency": "EUR"}))
    await send(room, "A-1")
    first, second = await room.sent("mapped_product.push")
    assert first.category == "MUGS"
    told = first.article
    assert told is not None
    assert (told.number, told.ean, told.title, told.external_id) == ("A-1", "4006381333931", "Becher rot", None)
    assert (told.content.description, told.content.manufacturer) == ("Aus Ton", "Töpferei")
    assert (told.content.weight_grams, told.content.media) == (350, ("https://images.example/1.jpg",))
    assert told.content.head == ArticleHead(number="A", title="Becher in Farben")
    assert (str(told.price), told.includes_tax, told.tax, told.tax_rate) == ("11.90 EUR", True, "standard", 19)
    assert {one.name: one.value for one in told.attributes}["Farbe"] == "rot"
    again = second.article
    assert again is not None
    assert (again.external_id, str(again.price), again.tax) == ("L-1", "8.56 EUR", "reduced")


async def test_what_an_article_says_of_itself_can_be_mapped_and_an_open_list_takes_other_words(
    stockroom: Stockroom,
) -> None:
    room = stockroom
    attributes = (
        TaxonomyAttribute(code="brand", label="Marke", requirement="required", role="brand", list_code="BRANDS"),
        TaxonomyAttribute(code="style", label="Stil", list_code="STYLES", multiple=True, suggested=True),
        TaxonomyAttribute(code="points", label="Stichworte", multiple=True),
        TaxonomyAttribute(code="weight", label="Gewicht", kind="decimal"),
    )
    values = (
        TaxonomyValue(list_code="BRANDS", code="B-7", label="Töpferei"),
        TaxonomyValue(list_code="STYLES", code="S-1", label="modern"),
    )
    categories = (TaxonomyCategory(code="MUGS", label="Becher"),)
    await read(room, Taxonomy(categories=categories, attributes=attributes, values=values, separator="\n"))
    await room.articles("A-1", "A-2")
    await contents(room, {"article_number": "A-1", "manufacturer": "Töpferei", "weight_grams": "350"})
    for number in ("A-1", "A-2"):
        await say(room, number, category="Tassen", Stil="Modern|handgemacht", Stichworte="fest | hart")
    await map_rows(room, ("category", "", "Tassen", "MUGS"), ("attribute", "", "weight", "@weight_grams"))
    assert await send(room, "A-1", "A-2") == {"A-1": [], "A-2": ["product_attribute_empty"]}
    # What the article does not say as its own, an attribute of that name says.
    await say(room, "A-2", Marke="töpferei")
    assert await send(room, "A-2") == {"A-2": []}
    push, other = await room.sent("mapped_product.push")
    assert other.values["brand"] == "B-7"
    assert push.values == {"brand": "B-7", "style": "S-1\nhandgemacht", "points": "fest\nhart", "weight": "350"}
