"""Parked orders corrected by hand: they go on, what the channel said stays, and the channel's next word wins."""

from typing import Any

import pytest

from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import.samples import ADDRESS, OTHER_SHOP, line, observed, order

TYPO = line("KR-l", external_id="l-1")


async def correct(book: Book, external_id: str, why: str = "", **changes: str) -> Any:
    """Posts corrections; a path's dots are written as two underscores."""
    wished = [{"path": path.replace("__", "."), "value": value} for path, value in changes.items()]
    client = await book.client()
    return await client.post(f"/orders/{order_id(external_id)}/corrections", json={"changes": wished, "note": why})


async def shown(book: Book, external_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await (await book.client("read")).get(f"/orders/{order_id(external_id)}")).json()
    return found


async def test_a_corrected_order_goes_on_at_once_and_everybody_hears_of_it(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", TYPO, billing_address=None), observed(0)))
    answer = await correct(
        book, "1", line_items__0__sku="KR-1", billing_address__last_name="Mustermann",
        billing_address__street="Heidestraße 17", billing_address__city="Köln", billing_address__country="DE",
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    view = answer.json()
    assert (view["status"], view["version"], view["reasons"]) == ("imported", 2, [])
    assert view["content"]["billing_address"]["city"] == "Köln"
    assert [one["article_number"] for one in view["lines"]] == ["KR-1"]
    assert {one["path"]: (one["before"], one["after"]) for one in view["corrections"]}[
        "line_items[external_id=l-1].sku"
    ] == ("KR-l", "KR-1")
    (imported,) = await book.sent("order.imported")
    assert [one.article_number for one in imported.data.demand] == ["KR-1"]
    assert await book.told("1") == ["order_parked", "order_corrected", "order_set_free"]


async def test_the_state_the_channel_gave_stays_among_the_versions(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", TYPO), observed(0)))
    await correct(book, "1", line_items__0__sku="KR-1")
    client = await book.client("read")
    address = f"/orders/{order_id('1')}/versions"
    assert [(one["version"], one["cause"]) for one in (await client.get(address)).json()] == [
        (2, "corrected"),
        (1, "received"),
    ]
    assert (await client.get(f"{address}/1")).json()["line_items"][0]["sku"] == "KR-l"
    assert (await client.get(f"{address}/2")).json()["line_items"][0]["sku"] == "KR-1"
    (difference,) = (await client.get(f"{address}/1/difference/2")).json()
    assert difference == {"path": "line_items[external_id=l-1].sku", "before": "KR-l", "after": "KR-1"}


async def test_a_correction_holds_on_later_states_until_the_channel_changes_that_field(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", TYPO), observed(0)))
    await correct(book, "1", line_items__0__sku="KR-1")
    await book.take(received(order("1", TYPO, note="please ring"), observed(1)))
    view = await shown(book, "1")
    assert (view["status"], view["content"]["note"], view["content"]["line_items"][0]["sku"]) == (
        "imported", "please ring", "KR-1",
    )  # fmt: skip
    await book.take(received(order("1", line("OTHER", external_id="l-1")), observed(2)))
    view = await shown(book, "1")
    assert (view["status"], view["content"]["line_items"][0]["sku"], view["corrections"]) == ("parked", "OTHER", [])
    assert "correction_overtaken" in await book.told("1")
    (over,) = (await (await book.client("read")).get(f"/orders/{order_id('1')}/corrections")).json()
    assert over["state"] == "overtaken"


async def test_the_same_state_read_again_takes_nothing_of_a_correction_away(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", TYPO), observed(0)))
    await correct(book, "1", line_items__0__sku="KR-1")
    await book.take(received(order("1", TYPO), observed(1, content_hash="hash-0-0")))
    assert ((await book.row("1"))["version"], (await book.row("1"))["status"]) == (2, "imported")


async def test_the_same_correction_twice_is_one(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", TYPO), observed(0)))
    for _ in range(2):
        answer = await correct(book, "1", line_items__0__sku="KR-1")
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    assert await book.value("SELECT count(*) FROM corrections") == 1


async def test_taking_a_correction_back_gives_the_channels_word_back_once(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", TYPO), observed(0)))
    (made,) = (await correct(book, "1", line_items__0__sku="KR-1")).json()["corrections"]
    client = await book.client()
    for _ in range(2):
        view = (await client.delete(f"/orders/{order_id('1')}/corrections/{made['id']}")).json()
        assert (view["status"], view["version"], view["corrections"]) == ("parked", 3, [])
        assert view["content"]["line_items"][0]["sku"] == "KR-l"
    missing = await client.delete(f"/orders/{order_id('1')}/corrections/{order_id('none')}")
    assert missing.status_code == 404
    told = await book.told("1")
    assert told.count("correction_undone") == 1


async def test_a_correction_taken_back_from_an_order_that_goes_on_without_it_is_a_change(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", TYPO), observed(0)))
    made = (await correct(book, "1", line_items__0__sku="KR-1", note="mind the dog")).json()["corrections"]
    note = next(one["id"] for one in made if one["path"] == "note")
    client = await book.client()
    view = (await client.delete(f"/orders/{order_id('1')}/corrections/{note}")).json()
    assert (view["status"], view["version"], view["content"]["note"]) == ("imported", 3, "")
    assert (await book.told("1"))[-2:] == ["correction_undone", "order_changed"]


async def test_a_second_correction_of_a_field_replaces_the_first_and_keeps_the_channels_value(book: Book) -> None:
    await book.take(received(order("1", TYPO), observed(0)))
    await correct(book, "1", line_items__0__sku="WRONG")
    view = (await correct(book, "1", line_items__0__sku="NEW")).json()
    (one,) = view["corrections"]
    assert (one["before"], one["after"], view["status"]) == ("KR-l", "NEW", "parked")
    view = (await correct(book, "1", line_items__0__sku="KR-l")).json()
    assert view["corrections"] == []
    client = await book.client("read")
    states = [one["state"] for one in (await client.get(f"/orders/{order_id('1')}/corrections")).json()]
    assert sorted(states) == ["replaced", "undone"]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"note": "x", "total": "1"}, "changes.1.path", "correction_field_closed"),
        ({"line_items__0__quantity": "2"}, "changes.0.path", "correction_field_closed"),
        ({"customer__shoe": "44"}, "changes.0.path", "correction_path_unknown"),
        ({"line_items__7__sku": "X"}, "changes.0.path", "correction_line_unknown"),
        ({"billing_address__country": "Germany"}, "changes.0.value", "correction_country_invalid"),
        ({"line_items__0__sku": "X", "line_items[external_id=l-1]__sku": "Y"}, "changes.1.path",
         "correction_path_twice"),
    ],
)  # fmt: skip
async def test_what_cannot_be_corrected_is_named_and_nothing_is_changed(
    book: Book, changes: dict[str, str], field: str, code: str
) -> None:
    await book.take(received(order("1", TYPO), observed(0)))
    answer = await correct(book, "1", **changes)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert (await book.row("1"))["version"] == 1
    assert await book.value("SELECT count(*) FROM corrections") == 0


async def test_only_parked_orders_are_corrected_and_only_by_those_who_may(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1"), observed(0)))
    answer = await correct(book, "1", note="x")
    assert (answer.status_code, answer.json()["code"]) == (409, "order_not_parked")
    body = {"changes": [{"path": "note", "value": "x"}]}
    address = f"/orders/{order_id('1')}/corrections"
    assert (await (await book.client("support")).post(address, json=body)).status_code == 403
    assert (await (await book.client("operate", [OTHER_SHOP])).post(address, json=body)).status_code == 404
    unknown = await (await book.client()).post(address, json=body | {"reason": "x"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "reason")


async def test_an_order_the_internal_system_refused_goes_to_it_again_once_it_is_corrected(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await client.get("/orders/feed/erp")
    await book.take(received(order("1"), observed(0)))
    await book.number_feed()
    refusal = {"order_id": str(order_id("1")), "version": 1, "code": "STREET_UNKNOWN"}
    await client.post("/orders/feed/erp/reject", json=refusal)
    view = (await correct(book, "1", shipping_address__street="Heidestraße 18")).json()
    assert (view["status"], view["reasons"]) == ("imported", [])
    await book.number_feed()
    (item,) = (await client.get("/orders/feed/erp")).json()["items"]
    assert (item["version"], item["order"]["shipping_address"]["street"]) == (3, "Heidestraße 18")


async def test_an_order_corrected_to_another_customer_is_found_by_that_one(book: Book) -> None:
    await book.take(received(order("1", TYPO), observed(0)))
    await correct(book, "1", customer__email="max@example.net")
    client = await book.client("read")
    found = (await client.get("/orders", params={"customer": "max@example.net"})).json()["items"]
    assert [one["external_id"] for one in found] == ["1"]


async def test_after_an_erasure_nothing_of_the_persons_corrections_can_be_read(book: Book) -> None:
    await book.take(received(order("1", TYPO, shipping_address=None), observed(0)))
    await correct(book, "1", why="Frau Musterfrau rief an", shipping_address__last_name="Musterfrau")
    neighbour = await book.client("service")
    await neighbour.post("/orders/internal/erasures", json={"order_ids": [str(order_id("1"))]})
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE archive.keys SET key = NULL, destroyed_at = now()")
    for table in ("orders", "corrections", "order_versions"):
        text = f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%Musterfrau%'"
        assert await book.value(text) == 0, table
    client = await book.client("read")
    (one,) = (await client.get(f"/orders/{order_id('1')}/corrections")).json()
    assert (one["path"], one["before"], one["after"], one["note"]) == (
        "shipping_address.last_name", None, None, None,
    )  # fmt: skip
    answer = await correct(book, "1", shipping_address__last_name="Musterfrau")
    assert (answer.status_code, answer.json()["code"]) == (409, "correction_order_erased")
    await book.take(received(order("1", TYPO, shipping_address=ADDRESS), observed(1)))
    assert await book.value("SELECT count(*) FROM orders t WHERE t::text LIKE '%Muster%'") == 0


async def test_what_was_corrected_is_never_in_clear_beside_the_order_or_in_the_journal(book: Book) -> None:
    await book.take(received(order("1", TYPO, shipping_address=None), observed(0)))
    await correct(book, "1", why="Musterfrau", shipping_address__last_name="Musterfrau")
    assert await book.value("SELECT count(*) FROM corrections t WHERE t::text LIKE '%Musterfrau%'") == 0
    told = [one.model_dump_json() for one in await book.sent("journal.recorded")]
    assert told
    assert not [one for one in told if "Musterfrau" in one]


async def test_a_corrected_order_is_judged_by_the_rules_of_its_connection(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await book.rule(mode="approval", payments={"rows": {"paypal": "PayPal"}})
    await book.take(received(order("1", TYPO), observed(0)))
    assert [one["code"] for one in (await shown(book, "1"))["reasons"]] == ["article_unknown"]
    view = (await correct(book, "1", line_items__0__sku="KR-1")).json()
    assert (view["status"], [one["code"] for one in view["reasons"]]) == ("waiting", ["approval_wanted"])
    assert (await book.told("1"))[-1] == "order_kept_back"
    assert (await client.post(f"/orders/{order_id('1')}/approve")).json()["status"] == "imported"
    decided = (await client.get(f"/orders/{order_id('1')}/decisions")).json()
    assert (decided["rules_version"], decided["handling"]["payment_method"]) == (1, "PayPal")
