"""Articles reach shops that list what they are told: by hand, by themselves, and never more than is wanted."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.inventory import product_guarding, product_loop
from services.inventory.article_book import article_id
from shared.contracts.fulfilment import PushReported
from shared.contracts.money import Money
from shared.contracts.product import ProductPush
from tests.integration.inventory.stockroom import OTHER, SHOP, Stockroom

ON = {"productive": True, "integration": {"products": True}}
PATH = f"/products/{SHOP}"


async def live(room: Stockroom, version: int = 2, **switches: Any) -> None:
    await room.connect(version=version, **(ON | switches))


async def contents(room: Stockroom, *rows: dict[str, Any]) -> None:
    reply = await room.call("PUT", "/article-contents", json={"rows": list(rows)})
    assert reply.status_code == 200, reply.text
    assert reply.json()["refused"] == 0, reply.text


async def settings(room: Stockroom, **wanted: Any) -> None:
    reply = await room.call("PUT", f"/product-settings/{SHOP}", json=wanted)
    assert reply.status_code == 200, reply.text


async def filtered(room: Stockroom, *numbers: str) -> None:
    body = {"conditions": [{"field": "number", "operator": "IN", "value": list(numbers)}] if numbers else []}
    reply = await room.call("PUT", f"/participation/{SHOP}", json=body)
    assert reply.status_code == 200, reply.text


async def pushes(room: Stockroom) -> list[ProductPush]:
    """Works off all marks of products and answers what is sent."""
    while await product_loop.step(room.service):
        pass
    found: list[ProductPush] = await room.sent("product.push")
    return sorted(found, key=lambda one: one.number)


async def send(room: Stockroom, *numbers: str, dry_run: bool = False) -> dict[str, Any]:
    reply = await room.call("POST", PATH, json={"article_numbers": numbers, "dry_run": dry_run})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def report(room: Stockroom, number: str, version: int, outcome: str = "done", **more: Any) -> None:
    room.now += timedelta(seconds=1)
    facts = {"noun": "product", "subject": str(article_id(number)), "version": version, "outcome": outcome}
    await room.take(room.says(PushReported.model_validate(facts | {"reported_at": room.now} | more)))


async def state(room: Stockroom, number: str) -> str:
    found: str = (await room.get(f"{PATH}/{number}"))["state"]
    return found


def codes(problems: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["article"], one["field"], one["said"]["code"]) for one in problems]


async def mug(room: Stockroom, number: str = "A-1") -> None:
    """A plain article with everything it needs; it is in no shop yet."""
    await room.articles(number, title="Tasse", description="kurz", ean="4006381333931")
    await room.priced({"article_number": number, "amount": "11.90", "tax": "reduced"})
    await room.call("PUT", f"/price-settings/{SHOP}", json={"currency": "EUR"})


async def shirt(room: Stockroom) -> None:
    """A parent with two variants."""
    await room.articles("H", title="Hemd")
    await room.articles("H-R", "H-B", title="Hemd", parent_number="H")
    await room.priced(*({"article_number": number, "amount": "20"} for number in ("H-R", "H-B")))
    await room.call("PUT", f"/price-settings/{SHOP}", json={"currency": "EUR"})
    await contents(
        room,
        {"article_number": "H", "description": "<p>Leinen</p>", "media": ["https://img.example/h.jpg"]},
        {"article_number": "H-R", "options": {"Größe": "L", "Farbe": "rot"}, "weight_grams": "200"},
        {"article_number": "H-B", "options": {"Größe": "L", "Farbe": "blau"}, "weight_grams": "210"},
    )


async def shown(room: Stockroom, number: str = "A-1", external_id: str = "L1", **more: Any) -> None:
    """The shop lists an article."""
    price = Money(amount=Decimal("11.90"), currency="EUR")
    await room.take(room.listed(external_id, number, price=price, **more))


async def known(room: Stockroom, *numbers: str) -> None:
    """Plain articles that the shop lists and was told."""
    for number in numbers:
        await mug(room, number)
        await shown(room, number, f"L-{number}")
    await send(room, *numbers)
    await pushes(room)


async def test_a_dry_run_shows_what_would_be_sent_and_writes_nothing(stockroom: Stockroom) -> None:
    await shirt(stockroom)
    before = await stockroom.sent("journal.recorded")
    assert before
    (item,) = (await send(stockroom, "H-R", "H-B", "H", dry_run=True))["items"]
    assert (item["number"], item["article_numbers"], item["action"]) == ("H", ["H-R", "H-B", "H"], "create")
    assert (item["sent"], item["problems"], item["version"]) == (False, [], None)
    command = item["command"]
    assert [one["number"] for one in command["variants"]] == ["H-B", "H-R"]
    assert command["options"] == ["Größe", "Farbe"]
    assert list(command["variants"][1]["content"]["options"].items()) == [("Größe", "L"), ("Farbe", "rot")]
    assert (command["title"], command["content"]["description"]) == ("Hemd", "<p>Leinen</p>")
    assert command["variants"][0]["price"] == {"amount": "20.00", "currency": "EUR"}
    assert await stockroom.sent("product.push") == []
    assert await stockroom.sent("journal.recorded") == []
    assert (await stockroom.get(PATH))["items"] == []
    assert (await stockroom.call("GET", f"{PATH}/H", role="read")).status_code == 404


async def test_what_is_sent_is_what_the_dry_run_showed_also_before_productive_mode(stockroom: Stockroom) -> None:
    await mug(stockroom)
    (foreseen,) = (await send(stockroom, "A-1", dry_run=True))["items"]
    (item,) = (await send(stockroom, "A-1"))["items"]
    assert (item["sent"], item["version"], item["command"]) == (True, 1, None)
    (push,) = await stockroom.sent("product.push")
    assert push.model_dump(mode="json") | {"version": 0, "asked_by": ""} == foreseen["command"]
    assert (push.version, push.asked_by) == (1, "anna (operate)")
    (piece,) = push.variants
    assert (piece.number, piece.ean, piece.external_id) == ("A-1", "4006381333931", None)
    assert (piece.price, piece.tax, piece.tax_rate) == (
        Money(amount=Decimal("11.90"), currency="EUR"), "reduced", Decimal(7),
    )  # fmt: skip
    assert await state(stockroom, "A-1") == "sent"


async def test_what_cannot_be_sent_names_article_and_field_and_goes_by_itself_once_it_is_mended(
    stockroom: Stockroom,
) -> None:
    room = stockroom
    await live(room)
    await room.articles("H")
    await room.articles("H-1", "H-2", "H-3", "H-4", parent_number="H")
    await room.priced(*({"article_number": number, "amount": "20"} for number in ("H-1", "H-2", "H-3")))
    await room.call("PUT", f"/price-settings/{SHOP}", json={"currency": "EUR"})
    await contents(
        room,
        {"article_number": "H-1", "options": {"Farbe": "rot"}},
        {"article_number": "H-2", "options": {"Farbe": "rot"}},
        {"article_number": "H-3", "options": {"farbe": "blau"}},
    )
    answer = await send(room, "H-1", "NONE")
    assert (answer["sent"], answer["incomplete"]) == (0, 2)
    assert codes(answer["items"][0]["problems"]) == [
        ("H-2", "options", "product_options_twice"), ("H-3", "options", "product_options_differ"),
        ("H-4", "options", "product_variant_without_options"), ("H", "title", "product_title_missing"),
        ("H-4", "price", "product_price_missing"),
    ]  # fmt: skip
    assert codes(answer["items"][1]["problems"]) == [("NONE", "article_numbers", "product_article_unknown")]
    assert await room.sent("product.push") == []
    kept = await room.get(f"{PATH}/H-2")
    assert (kept["number"], kept["state"], len(kept["problems"])) == ("H", "incomplete", 5)
    entries = await room.journalled("product_incomplete")
    assert {key.value for key in entries[-1].keys} == {"H", "H-1", "H-2", "H-3", "H-4"}
    assert "“" not in kept["problems"][0]["said"]["sentence"]
    await room.articles("H", title="Hemd")
    await room.priced({"article_number": "H-4", "amount": "20"})
    assert await pushes(room) == []
    await contents(
        room,
        {"article_number": "H-2", "options": {"Farbe": "gelb"}},
        {"article_number": "H-3", "options": {"Farbe": "blau"}},
        {"article_number": "H-4", "options": {"Farbe": "grün"}},
    )
    (push,) = await pushes(room)
    assert (push.number, push.asked_by, len(push.variants)) == ("H", "", 4)
    assert await pushes(room) == []


async def test_the_ids_of_what_the_shop_lists_are_sent_along_and_make_it_a_change(stockroom: Stockroom) -> None:
    await shirt(stockroom)
    await shown(stockroom, "H-R", "V-1", parent_external_id="P-1")
    (item,) = (await send(stockroom, "H"))["items"]
    assert (item["action"], item["problems"]) == ("update", [])
    (push,) = await stockroom.sent("product.push")
    assert push.external_id == "P-1"
    assert {one.number: (one.external_id, one.price is None) for one in push.variants} == {
        "H-R": ("V-1", True), "H-B": (None, False),
    }  # fmt: skip


async def test_a_product_that_stands_otherwise_in_the_shop_is_not_sent(stockroom: Stockroom) -> None:
    await shirt(stockroom)
    await shown(stockroom, "H-R", "V-1", parent_external_id="P-1")
    await shown(stockroom, "H-B", "V-2", parent_external_id="P-2")
    (item,) = (await send(stockroom, "H"))["items"]
    assert codes(item["problems"]) == [("H", "parent_number", "product_split_there")]
    await shown(stockroom, "H-B", "V-2", minute=1)
    (item,) = (await send(stockroom, "H"))["items"]
    assert codes(item["problems"]) == [("H-B", "parent_number", "product_variant_apart")]
    await mug(stockroom)
    await shown(stockroom, "A-1", "V-3", parent_external_id="P-1")
    (item,) = (await send(stockroom, "A-1"))["items"]
    assert codes(item["problems"]) == [("A-1", "parent_number", "product_variant_there")]


async def test_a_change_goes_to_the_shop_by_itself_once_and_a_price_alone_does_not(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await mug(room)
    await shown(room)
    (first,) = await pushes(room)
    assert (first.external_id, first.version, first.creates, first.updates) == ("L1", 1, True, True)
    assert await pushes(room) == []
    await room.priced({"article_number": "A-1", "amount": "9.90", "tax": "reduced"})
    assert await pushes(room) == []
    await room.articles("A-1", title="Tasse", description="kurz", ean="4006381333931")
    assert await pushes(room) == []
    await room.call("PUT", "/article-attributes", json={
        "rows": [{"article_number": "A-1", "name": "Farbe", "value": "rot"}]})  # fmt: skip
    (second,) = await pushes(room)
    assert (second.version, [(one.name, one.value) for one in second.attributes]) == (2, [("Farbe", "rot")])
    await contents(room, {"article_number": "A-1", "weight_grams": "350"})
    (third,) = await pushes(room)
    assert third.variants[0].content.weight_grams == Decimal(350)
    await room.priced({"article_number": "A-1", "amount": "9.90", "tax": "standard"})
    (fourth,) = await pushes(room)
    assert fourth.variants[0].tax == "standard"
    body = await room.get(f"{PATH}/A-1")
    assert {one["field"]: (one["before"], one["now"]) for one in body["differences"]} == {
        "variants[A-1].tax": ("reduced", "standard"), "variants[A-1].tax_rate": ("7", "19"),
    }  # fmt: skip


async def test_a_variant_that_comes_or_changes_its_parent_sends_both_products(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await shirt(room)
    await room.articles("J", title="Jacke")
    await room.articles("J-1", title="Jacke", parent_number="J")
    await room.priced({"article_number": "J-1", "amount": "50"})
    await contents(room, {"article_number": "J-1", "options": {"Größe": "S", "Farbe": "grau"}})
    await send(room, "H", "J")
    await pushes(room)
    await room.articles("J-1", title="Jacke", parent_number="H")
    moved = await pushes(room)
    assert [(one.number, [v.number for v in one.variants]) for one in moved] == [("H", ["H-B", "H-R", "J-1"])]
    assert (await send(room, "J", dry_run=True))["items"][0]["problems"] != []


async def test_new_products_are_made_by_themselves_only_with_a_filter(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await mug(room)
    await mug(room, "A-2")
    assert await pushes(room) == []
    await filtered(room, "A-2")
    (push,) = await pushes(room)
    assert (push.number, push.external_id) == ("A-2", None)
    await room.articles("A-1", title="Anders")
    assert await pushes(room) == []
    (item,) = (await send(room, "A-1"))["items"]
    assert codes(item["problems"]) == [("A-1", "number", "article_takes_no_part")]


async def test_an_article_outside_the_filter_is_no_variant_and_what_left_is_told_no_more(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await shirt(room)
    await filtered(room, "H", "H-R")
    (push,) = await pushes(room)
    assert [one.number for one in push.variants] == ["H-R"]
    await report(room, "H", 1, external_id="P-1")
    await filtered(room, "X")
    assert await pushes(room) == []
    left = await room.get(f"{PATH}/H")
    assert (left["state"], left["said"]["code"]) == ("blocked", "article_takes_no_part")
    await filtered(room)
    (push,) = await pushes(room)
    assert [one.number for one in push.variants] == ["H-B", "H-R"]
    assert push.external_id == "P-1"


async def test_settings_say_what_is_told_and_are_versions(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await mug(room)
    await contents(
        room,
        {"article_number": "A-1", "meta_title": "T", "texts": {"en": {"title": "Mug"}}, "tags": ["neu"],
         "media": ["https://img.example/1.jpg"]},
    )  # fmt: skip
    await room.call("PUT", "/article-attributes", json={"rows": [
        {"article_number": "A-1", "name": "Farbe", "value": "rot"},
        {"article_number": "A-1", "name": "Stoff", "value": "Ton"},
        {"article_number": "A-1", "name": "category", "value": "Tassen"}]})  # fmt: skip
    await shown(room)
    (push,) = await pushes(room)
    assert (push.content.meta_title, push.content.texts, push.content.tags) == ("", {}, ("neu",))
    assert (push.content.categories, push.content.description) == (("Tassen",), "kurz")
    assert [(one.name, one.target) for one in push.attributes] == [("Farbe", ""), ("Stoff", "")]
    wanted = {"parts": ["meta", "translations", "custom_fields"], "custom_fields": {"Farbe": "colour"},
              "images": "create_and_delete", "channels": ["pos"], "deletes": True}  # fmt: skip
    await settings(room, **wanted)
    (push,) = await pushes(room)
    assert (push.content.meta_title, push.content.texts["en"].title, push.content.tags) == ("T", "Mug", ())
    assert (push.content.description, push.content.media, push.channels) == ("", (), ("pos",))
    assert [(one.name, one.target) for one in push.attributes] == [("Farbe", "colour"), ("Stoff", "")]
    assert (push.removes_images, push.deletes, push.withdrawn) == (True, True, False)
    await settings(room, **wanted)
    assert await pushes(room) == []
    view = await room.get(f"/product-settings/{SHOP}")
    assert (view["version"], len(view["history"]), view["settings"]["strategy"]) == (1, 1, "both")
    stale = await room.call(
        "PUT", f"/product-settings/{SHOP}", json={"strategy": "create"}, headers={"If-Match": '"0"'}
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "product_settings_changed_meanwhile")
    (entry,) = await room.journalled("product_settings_changed")
    assert "custom_fields – → Farbe = colour" in entry.params["changes"]


@pytest.mark.parametrize(("strategy", "code"), [("create", "product_only_creates"), ("update", "product_only_updates")])
async def test_a_strategy_is_a_wish_by_itself_and_a_problem_by_hand(
    stockroom: Stockroom, strategy: str, code: str
) -> None:
    room = stockroom
    await live(room)
    await settings(room, strategy=strategy)
    await mug(room)
    if strategy == "create":
        await shown(room)
        await room.articles("A-1", title="Anders")
    else:
        await filtered(room, "A-1")
    assert await pushes(room) == []
    assert (await room.get(PATH))["items"] == []
    (item,) = (await send(room, "A-1"))["items"]
    assert codes(item["problems"]) == [("A-1", "strategy", code)]


async def test_reports_say_how_a_product_stands_and_older_ones_do_not(stockroom: Stockroom) -> None:
    room = stockroom
    await mug(room)
    await send(room, "A-1")
    await report(room, "A-1", 1, "waiting", external_id="ticket-7")
    assert await state(room, "A-1") == "waiting"
    await report(room, "A-1", 1, "failed", code="product_refused", params={"detail": "Zu kurz"})
    refused = await room.get(f"{PATH}/A-1")
    assert (refused["state"], refused["said"]["sentence"]) == ("refused", "The channel refused the product: Zu kurz")
    await send(room, "A-1")
    await report(room, "A-1", 1, "done")
    assert await state(room, "A-1") == "sent"
    for _ in range(2):
        await report(room, "A-1", 2, "done", external_id="P-9")
        assert await state(room, "A-1") == "accepted"
    (listed,) = (await room.get(PATH, state="accepted"))["items"]
    assert (listed["number"], listed["external_id"], listed["version"]) == ("A-1", "P-9", 2)
    assert (await room.get(PATH, state="refused"))["items"] == []


async def test_the_id_a_shop_answers_with_makes_the_next_push_a_change_before_its_listing_is_read(
    stockroom: Stockroom,
) -> None:
    room = stockroom
    await live(room)
    await mug(room)
    await send(room, "A-1")
    await pushes(room)
    await room.articles("A-1", title="Neu")
    (second,) = await pushes(room)
    assert (second.version, second.external_id) == (2, None)
    await report(room, "A-1", 1, "done", external_id="P-9")
    await room.articles("A-1", title="Neuer")
    (third,) = await pushes(room)
    assert (third.version, third.external_id) == (3, "P-9")
    await mug(room, "A-2")
    await send(room, "A-2")
    await report(room, "A-2", 1, "failed", code="product_refused", params={"detail": "ein Bild"}, external_id="P-8")
    assert (await send(room, "A-2", dry_run=True))["items"][0]["action"] == "update"
    assert await state(room, "A-1") == "sent"


async def test_what_the_shop_deleted_is_made_anew_only_where_a_filter_wants_it(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await known(room, "A-1")
    await shown(room, "A-1", "L-A-1", minute=5, state="deleted")
    await room.articles("A-1", title="Neu")
    assert await pushes(room) == []
    await filtered(room, "A-1")
    (push,) = await pushes(room)
    assert (push.external_id, push.title) == (None, "Neu")
    await room.articles("A-1", title="Neuer")
    assert len(await pushes(room)) == 1


async def test_switches_that_are_off_keep_a_product_waiting_and_it_goes_when_they_are_on(stockroom: Stockroom) -> None:
    room = stockroom
    await mug(room)
    await shown(room)
    await room.articles("A-1", title="Neu")
    assert await pushes(room) == []
    assert (await room.get(PATH))["items"] == []
    await live(room, productive=False)
    await room.articles("A-1", title="Neuer")
    assert await pushes(room) == []
    waiting = await room.get(f"{PATH}/A-1")
    assert (waiting["state"], waiting["said"]["code"]) == ("blocked", "productive_mode_off")
    await live(room, 3)
    (push,) = await pushes(room)
    assert push.title == "Neuer"
    await live(room, 4, paused_because="credentials_refused")
    (item,) = (await send(room, "A-1"))["items"]
    assert codes(item["problems"]) == [("A-1", "connection", "connection_paused")]


async def test_what_was_sent_by_hand_is_accepted_although_automatic_exchange_is_off_and_waits_once_it_differs(
    stockroom: Stockroom,
) -> None:
    room = stockroom
    await mug(room)
    await shown(room)
    await live(room, integration={"products": False})
    await send(room, "A-1")
    assert len(await pushes(room)) == 1
    await report(room, "A-1", 1)
    for _ in range(2):
        await room.articles("A-1", title="Neu")
        assert await pushes(room) == []
        waiting = await room.get(f"{PATH}/A-1")
        assert (waiting["state"], waiting["said"]["code"]) == ("blocked", "integration_mode_off")
        await mug(room)
        assert await pushes(room) == []
        assert (await room.get(f"{PATH}/A-1"))["state"] == "accepted"


async def test_a_connector_that_takes_no_products_is_asked_once_and_not_by_itself_again(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await mug(room)
    await shown(room)
    (first,) = await pushes(room)
    await report(room, "A-1", first.version, "failed", code="product_not_offered", params={"detail": "so"})
    await room.articles("A-1", title="Neu")
    assert await pushes(room) == []
    (item,) = (await send(room, "A-1"))["items"]
    assert item["sent"]
    await report(room, "A-1", 2, "done")
    await room.articles("A-1", title="Neuer")
    assert len(await pushes(room)) == 2


@pytest.mark.parametrize("deletes", [False, True])
async def test_an_article_that_is_inactive_or_deleted_leaves_the_shop(stockroom: Stockroom, deletes: bool) -> None:
    room = stockroom
    await live(room)
    await settings(room, deletes=deletes)
    await known(room, "A-1")
    await room.articles("A-1", title="Tasse", active=False)
    (push,) = await pushes(room)
    assert (push.active, push.withdrawn, push.variants[0].active) == (False, False, False)
    for _ in range(2):
        await room.call("DELETE", "/articles/A-1")
    (push,) = await pushes(room)
    assert (push.active, push.withdrawn, push.deletes, push.external_id) == (False, True, deletes, "L-A-1")
    assert push.variants[0].external_id == "L-A-1"
    await report(room, "A-1", push.version, "done")
    assert (await room.get(f"{PATH}/A-1"))["external_id"] == (None if deletes else "L-A-1")
    assert await pushes(room) == []
    await room.articles("A-1", title="Tasse")
    (again,) = await pushes(room)
    assert (again.active, again.withdrawn) == (True, False)


async def test_a_deleted_variant_is_named_once_more_and_not_active(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    await shirt(room)
    await shown(room, "H-R", "V-1", parent_external_id="P-1")
    await shown(room, "H-B", "V-2", parent_external_id="P-1")
    await pushes(room)
    await send(room, "H")
    await pushes(room)
    await room.call("DELETE", "/articles/H-B")
    (push,) = await pushes(room)
    assert [(one.number, one.external_id, one.active) for one in push.variants] == [
        ("H-B", "V-2", False), ("H-R", "V-1", True),
    ]  # fmt: skip
    assert (push.active, push.withdrawn) == (True, False)
    await room.call("DELETE", "/articles/H")
    (push,) = await pushes(room)
    assert (push.active, push.withdrawn, push.external_id) == (False, True, "P-1")


async def test_many_that_leave_at_once_wait_for_a_person(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    numbers = [f"A-{n}" for n in range(20)]
    await known(room, *numbers)
    await room.articles(*numbers[:4], title="Tasse", active=False)
    assert len(await pushes(room)) == 4
    await room.articles(*numbers[4:8], title="Tasse", active=False)
    assert await pushes(room) == []
    (hold,) = await room.get("/product-holds", state="open")
    assert (hold["leaving"], hold["known"], hold["waiting"], hold["connection"]) == (4, 20, 4, str(SHOP))
    (alert,) = await room.journalled("product_hold_raised")
    assert (alert.noun, alert.subject, alert.outcome) == ("hold", hold["id"], "error")
    held = await room.get(f"{PATH}/A-4")
    assert (held["state"], held["said"]["code"]) == ("blocked", "product_withdrawal_held")
    # What comes back is held no more, and what a person sends goes.
    await room.articles("A-4", title="Tasse", ean="4006381333931", description="kurz")
    assert await pushes(room) == []
    assert (await send(room, "A-5"))["sent"] == 1
    assert [one.number for one in await pushes(room)] == ["A-5"]
    for _ in range(2):
        done = await room.call("POST", f"/product-holds/{hold['id']}/confirm")
        assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    assert [one.number for one in await pushes(room)] == ["A-6", "A-7"]
    assert await pushes(room) == []
    late = await room.call("POST", f"/product-holds/{hold['id']}/discard")
    assert (late.status_code, late.json()["code"]) == (409, "product_hold_decided")


async def test_what_is_discarded_stays_in_the_shop_and_a_hold_with_nothing_left_is_over(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    numbers = [f"A-{n}" for n in range(10)]
    await known(room, *numbers)
    await room.articles(*numbers[:5], title="Tasse", active=False)
    assert await pushes(room) == []
    (hold,) = await room.get("/product-holds")
    await room.call("POST", f"/product-holds/{hold['id']}/discard")
    assert await pushes(room) == []
    assert (await room.get(f"{PATH}/A-0"))["said"]["code"] == "product_withdrawal_discarded"
    await mug(room, "A-0")
    assert await pushes(room) == []
    room.now += timedelta(minutes=1)
    await room.articles(*numbers[5:], title="Tasse", active=False)
    assert await pushes(room) == []
    for number in numbers[5:]:
        await mug(room, number)
    await pushes(room)
    assert [one["state"] for one in await room.get("/product-holds")] == ["over", "discarded"]
    await product_guarding.look_after(room.service)


async def test_the_same_article_goes_to_two_shops_as_two_messages(stockroom: Stockroom) -> None:
    room = stockroom
    await room.connect(OTHER)
    await mug(room)
    await send(room, "A-1")
    await room.call("PUT", f"/price-settings/{OTHER}", json={"currency": "EUR"})
    reply = await room.call("POST", f"/products/{OTHER}", json={"article_numbers": ["A-1"]})
    assert reply.json()["sent"] == 1
    async with room.service.database.transaction() as tx:
        rows = await tx.rows("SELECT event_ids FROM outbox WHERE type = 'product.push'")
    assert len(rows) == 2
    assert rows[0]["event_ids"] != rows[1]["event_ids"]


async def test_several_workers_and_a_person_at_once_send_every_product_and_no_ve(stockroom: Stockroom) -> None:
    room = stockroom
    await live(room)
    numbers = [f"A-{n}" for n in range(40)]
    await known(room, *numbers)
    await room.articles(*numbers, title="Neu")
    await asyncio.gather(*(product_loop.step(room.service) for _ in range(3)), send(room, *numbers[:10]))
    sent = await pushes(room)
    assert {one.number for one in sent} == set(numbers)
    assert len({(one.number, one.version) for one in sent}) == len(sent)
    assert {one.title for one in sent} == {"Neu"}
    assert len(sent) <= len(numbers) + 10


async def test_a_key_for_another_shop_sees_and_sends_nothing(stockroom: Stockroom) -> None:
    room = stockroom
    await known(room, "A-1")
    token = await room.key("operate", [OTHER])
    for method, path, how in (
        ("GET", PATH, {}),
        ("GET", f"{PATH}/A-1", {}),
        ("POST", PATH, {"json": {"article_numbers": ["A-1"]}}),
        ("GET", f"/product-settings/{SHOP}", {}),
        ("PUT", f"/product-settings/{SHOP}", {"json": {}}),
    ):
        assert (await room.call(method, path, token=token, **how)).status_code == 404, path
    unknown = await room.call("POST", f"/products/{uuid4()}", json={"article_numbers": ["A-1"]})
    assert unknown.status_code == 404
