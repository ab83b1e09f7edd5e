"""Rules about customers, lines, charges and taxes at work: what parks an order, and what the ERP gets of the others."""

from decimal import Decimal
from typing import Any
from uuid import uuid5

import pytest
from httpx2 import AsyncClient

from services.order_import import article_replica, connection_replica
from services.order_import.erasure import erase
from services.order_import.receiving import receive
from shared.contracts.article import ArticleChanged
from shared.contracts.connection import Connection
from shared.contracts.identity import KONTOR
from tests.integration.order_import.book import SETTINGS, Book, order_id, received
from tests.pure.order_import.samples import ADDRESS, OTHER_SHOP, SHOP, line, observed, order

RULES = f"/orders/rules/{SHOP}"
AT = "/orders/master-data"
AUSTRIA = {"normal_rate": "0.20", "reduced_rate": "0.10", "valid_from": "2021-07-01", "active": True}
THERE = ADDRESS.model_copy(update={"country": "AT"})
ABROAD: dict[str, Any] = {"billing_address": THERE, "shipping_address": THERE}


@pytest.fixture(autouse=True)
async def shops(book: Book) -> None:
    async with book.service.database.transaction() as tx:
        for id in (SHOP, OTHER_SHOP):
            await connection_replica.put(tx, Connection(id=id, version=1, platform="shop", name="S", project="North"))
    await book.know("KR-1", "SET", "A", "B", "PORTO")


async def put(client: AsyncClient, version: int, **parts: Any) -> None:
    answer = await client.put(RULES, json=parts, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text


async def enter(client: AsyncClient, path: str, body: Any) -> None:
    answer = await client.put(f"{AT}/{path}", json=body, headers={"If-Match": "*"} if "*" in path else {})
    assert answer.status_code == 200, answer.text


async def bill(client: AsyncClient, *parts: tuple[str, int], head: str = "SET") -> None:
    components = [{"article_number": number, "quantity": quantity} for number, quantity in parts]
    await enter(client, "bills-of-material", {"bills": [{"head": head, "components": components}]})


async def fed(book: Book, client: AsyncClient, external_id: str = "1001") -> dict[str, Any]:
    """The order as the feed offers it now."""
    await book.number_feed()
    items = {item["order"]["external_id"]: item for item in (await client.get("/orders/feed/erp")).json()["items"]}
    found: dict[str, Any] = items[external_id]
    return found


async def reasons(book: Book) -> list[tuple[str, str]]:
    rows = await book.value(
        "SELECT coalesce(json_agg(json_build_array(code, key) ORDER BY order_id, position), '[]') FROM parked_reasons"
    )
    return [(code, key) for code, key in rows]


async def test_a_merchant_who_decides_nothing_sees_every_order_as_the_erp_is_to_have_it(book: Book) -> None:
    client = await book.client()
    await book.take(received(order("1001", line(taxes=()), **ABROAD), observed(0)))
    contents = (await fed(book, client))["contents"]
    assert contents == (await client.get(f"/orders/{order_id('1001')}")).json()["contents"]
    assert (contents["customer"]["action"], contents["total"]["amount"], contents["difference"]["amount"]) == (
        "create", "14.90", "0.00",
    )  # fmt: skip
    (only,) = contents["lines"]
    assert (only["article_number"], only["gross"]["amount"], only["net"]["amount"]) == ("KR-1", "10.00", "10.00")
    assert only["origins"] == [{"line_external_id": "KR-1", "quantity": "1", "cancelled_quantity": "0"}]
    assert (contents["tax"]["treatment"], contents["tax"]["country"]) == ("domestic", "DE")
    assert await book.value("SELECT count(*) FROM frozen_taxes") == 0


async def test_each_rule_about_contents_is_a_version_with_a_journal_entry_and_a_wrong_one_is_named(book: Book) -> None:
    client = await book.client()
    await put(client, 0, customers={"guests": {"unmatched": "refuse"}}, taxes={"normal_rate": "0.20"})
    told = {one.data.params["field"]: one.data.params["after"] for one in await book.sent("journal.recorded")}
    assert told == {"customers.guests.unmatched": "refuse", "taxes.normal_rate": "0.20"}
    await put(client, 0, customers={"guests": {"unmatched": "refuse"}}, taxes={"normal_rate": "0.20"})
    assert await book.value("SELECT count(*) FROM rules") == 1
    refused = await client.put(RULES, json={"lines": {"aggregat": True}}, headers={"If-Match": '"1"'})
    assert (refused.status_code, refused.json()["field"]) == (422, "lines.aggregat")


async def test_content_rules_decide_the_feed_and_stay_with_the_version_of_the_order(book: Book) -> None:
    client = await book.client()
    await enter(client, "charge-articles/shipping", {"article_number": "PORTO", "is_shipping": True})
    await put(
        client, 0, charges={"as_lines": True}, lines={"aggregate": True}, customers={"guests": {"mode": "create"}}
    )
    lines = [line(external_id="a"), line(external_id="b")]
    await book.take(received(order("1001", *lines), observed(0)))
    await put(client, 1)
    item = await fed(book, client)
    (charge,) = item["contents"]["charges"]
    (goods,) = item["contents"]["lines"]
    assert (charge["article_number"], charge["gross"]["amount"], charge["tax_rate"]) == ("PORTO", "4.90", "0.19")
    assert (goods["quantity"], [one["line_external_id"] for one in goods["origins"]]) == ("2", ["a", "b"])
    assert len(item["order"]["line_items"]) == 2
    shown = (await client.get(f"/orders/{order_id('1001')}/decisions", headers={"Accept-Language": "de"})).json()
    by_code = {one["code"]: one for one in shown["decisions"]}
    assert (by_code["lines_put_together"]["rule"], shown["rules_version"]) == ("lines.aggregate", 1)
    assert by_code["customer_created"]["sentence"]
    assert shown["contents"] == item["contents"]
    await book.take(received(order("1001", *lines, note="more"), observed(1)))
    assert len((await fed(book, client))["contents"]["lines"]) == 2


async def test_a_total_that_differs_too_much_stops_automatic_shipping(book: Book) -> None:
    client = await book.client()
    await put(client, 0, taxes={"maximum_difference": "0.01"})
    bought = order("1001")
    off = bought.total.model_copy(update={"amount": bought.total.amount + 3 * bought.total.amount / 1490})
    await book.take(received(bought.model_copy(update={"total": off}), observed(0)))
    item = await fed(book, client)
    assert (item["handling"]["auto_shipping"], item["contents"]["fixed"]) == (False, False)
    assert (item["contents"]["total"]["amount"], item["contents"]["difference"]["amount"]) == ("14.90", "0.03")


async def test_a_preview_shows_what_other_content_rules_would_give_the_erp(book: Book) -> None:
    client = await book.client()
    await book.take(received(order("1001"), observed(0)))
    wish: dict[str, Any] = {"order_id": str(order_id("1001"))}
    plain = (await client.post(f"{RULES}/preview", json=wish)).json()
    assert (plain["status"], plain["contents"]["charges"][0]["article_number"]) == ("imported", "")
    wish["rules"] = {"charges": {"as_lines": True}, "customers": {"accounts": {"mode": "default"}}}
    tried = (await client.post(f"{RULES}/preview", json=wish)).json()
    assert [one["code"] for one in tried["reasons"]] == ["default_customer_missing", "charge_article_missing"]
    assert (tried["status"], tried["contents"]["customer"]["action"]) == ("parked", "refused")
    assert await book.value("SELECT count(*) FROM frozen_taxes") == 0
    assert (await book.row("1001"))["status"] == "imported"


async def test_orders_parked_for_master_data_go_on_by_themselves_when_it_is_there(book: Book) -> None:
    client = await book.client()
    await put(
        client, 0, charges={"as_lines": True}, customers={"accounts": {"mode": "default"}, "pos_as_one_customer": True}
    )
    till = order("till", channel="pos", delivery="none", billing_address=None, shipping_address=None)
    await book.take(*(received(order(str(n)), observed(0)) for n in range(3)), received(till, observed(0)))
    assert set(await reasons(book)) == {
        ("default_customer_missing", "North"),
        ("charge_article_missing", "shipping"),
        ("pos_customer_missing", "North"),
    }
    await enter(client, "charge-articles/shipping", {"article_number": "PORTO", "is_shipping": True})
    await book.sweep()
    assert set(await reasons(book)) == {("default_customer_missing", "North"), ("pos_customer_missing", "North")}
    versions = await book.value("SELECT count(*) FROM order_versions")
    await enter(client, "lists/languages", {"names": ["de"]})
    await book.sweep()
    await book.sweep()
    assert await book.value("SELECT count(*) FROM order_versions") == versions
    await enter(client, "projects/North", {"default_customer": "10000", "pos_customer": "90000"})
    await book.sweep()
    await book.sweep()
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'imported'") == 4
    assert await book.told("2") == ["order_parked", "order_still_parked", "order_set_free"]
    assert (await fed(book, client, "till"))["contents"]["customer"]["number"] == "90000"


async def test_an_order_refused_for_an_unknown_customer_goes_on_when_the_erp_names_him(book: Book) -> None:
    client = await book.client()
    await put(client, 0, customers={"accounts": {"criteria": ["email"], "unmatched": "refuse"}})
    await book.take(received(order("1001"), observed(0)))
    assert await reasons(book) == [("customer_not_matched", "")]
    for number, email in (("7", "other@example.org"), ("8", "erika@example.org")):
        await enter(client, "customers", {"customers": [{"number": number, "email": email}]})
        await book.sweep()
    item = await fed(book, client)
    customer = item["contents"]["customer"]
    assert (customer["action"], customer["number"], customer["matched_by"]) == ("existing", "8", "email")
    async with book.service.database.transaction() as tx:
        await erase(book.service, tx, [order_id("1001")])
    erased = (await client.get(f"/orders/{order_id('1001')}")).json()["contents"]["customer"]
    assert (erased["action"], erased["number"], erased["billing_address"]["city"]) == ("anonymous", "", "")


async def test_a_buyer_whom_the_erp_learns_after_the_import_is_recognised_when_the_order_is_handed_over(
    book: Book,
) -> None:
    client = await book.client()
    await book.take(received(order("1001"), observed(0)))
    assert (await fed(book, client))["contents"]["customer"]["action"] == "create"
    await enter(client, "customers", {"customers": [{"number": "8", "email": "erika@example.org"}]})
    assert (await fed(book, client))["contents"]["customer"]["number"] == "8"
    assert "customer" not in await book.value("SELECT string_agg(decisions, '') FROM order_versions")
    codes = [one["code"] for one in (await client.get(f"/orders/{order_id('1001')}/decisions")).json()["decisions"]]
    assert ("customer_matched" in codes, "customer_created" in codes) == (True, False)


async def test_an_article_that_a_charge_or_a_bill_needs_parks_until_exactly_one_carries_it(book: Book) -> None:
    client = await book.client()
    await bill(client, ("A", 2), ("B", 1))
    await book.know("B", version=2, deleted=True)
    await book.take(received(order("1001", line("SET")), observed(0)))
    assert await reasons(book) == [("article_unknown", "B")]
    await bill(client, ("A", 2))
    await book.sweep()
    assert (await book.row("1001"))["status"] == "imported"
    await enter(client, "charge-articles/shipping", {"article_number": "PORTO", "is_shipping": True})
    async with book.admin.transaction() as tx:
        await tx.execute("INSERT INTO known_articles (id, version, number) VALUES (gen_random_uuid(), 1, 'PORTO')")
    await put(client, 0, charges={"as_lines": True})
    await book.take(received(order("1002"), observed(0)))
    assert await reasons(book) == [("article_ambiguous", "PORTO")]
    async with book.admin.transaction() as tx:
        await tx.execute("DELETE FROM known_articles WHERE number = 'PORTO' AND version = 1 AND title = ''")
    await book.know("PORTO", version=2)
    await book.sweep()
    assert (await book.row("1002"))["status"] == "imported"


async def test_an_order_keeps_the_taxes_it_was_imported_with(book: Book) -> None:
    client = await book.client()
    await book.take(received(order("early", **ABROAD), observed(0)))
    await enter(client, "delivery-thresholds/AT", AUSTRIA)
    await book.take(received(order("1001", **ABROAD), observed(0)))
    answer = await client.put(
        f"{AT}/delivery-thresholds/AT", json=AUSTRIA | {"normal_rate": "0.25"}, headers={"If-Match": "*"}
    )
    assert answer.status_code == 200
    for minute in (1, 2):
        for external_id in ("early", "1001"):
            await book.take(received(order(external_id, note=f"{minute}", **ABROAD), observed(minute)))
    taxes = {one: (await fed(book, client, one))["contents"] for one in ("early", "1001")}
    assert [(one["tax"]["treatment"], one["lines"][0]["tax_rate"]) for one in taxes.values()] == [
        ("domestic", "0.19"), ("oss", "0.20"),
    ]  # fmt: skip
    assert await book.value("SELECT count(*) FROM frozen_taxes") == 2
    codes = [one["code"] for one in (await client.get(f"/orders/{order_id('1001')}/decisions")).json()["decisions"]]
    assert "tax_frozen" in codes


async def test_a_missing_billing_address_is_no_reason_where_the_rule_copies_the_other_one(book: Book) -> None:
    client = await book.client()
    await book.take(received(order("1001", billing_address=None), observed(0)))
    assert await reasons(book) == [("billing_address_missing", "")]
    await put(client, 0, customers={"billing_from_shipping": True})
    await book.sweep()
    item = await fed(book, client)
    assert (item["contents"]["customer"]["billing_address"]["city"], item["order"]["billing_address"]) == ("Köln", None)
    nowhere = ADDRESS.model_copy(update={"city": ""})
    await book.take(received(order("1002", billing_address=None, shipping_address=nowhere), observed(0)))
    assert await reasons(book) == [("shipping_address_missing", "")]


async def test_content_rules_of_one_connection_leave_the_orders_of_another_alone(book: Book) -> None:
    client = await book.client()
    await put(client, 0, customers={"accounts": {"mode": "default"}}, taxes={"exempt_when_missing": False})
    bare = order("1001", line(taxes=()))
    await book.take(received(bare, observed(0)), received(bare, observed(0), OTHER_SHOP))
    assert {code for code, _ in await reasons(book)} == {"default_customer_missing", "tax_missing"}
    statuses = "SELECT json_object_agg(connection, status) FROM orders"
    assert await book.value(statuses) == {str(SHOP): "parked", str(OTHER_SHOP): "imported"}


async def wants(book: Book) -> dict[str, str]:
    """What the newest state of an order wants from stock, by article."""
    return await stated(book, "demand")


async def left(book: Book) -> dict[str, str]:
    return await stated(book, "shipped")


async def stated(book: Book, name: str) -> dict[str, str]:
    last = max((one for one in await book.sent() if hasattr(one.data, name)), key=lambda one: one.data.version)
    found: dict[str, Decimal] = {}
    for one in getattr(last.data, name):
        found[one.article_number] = found.get(one.article_number, Decimal(0)) + one.quantity
    return {number: f"{pieces.normalize():f}" for number, pieces in found.items()}


async def heard(book: Book) -> list[dict[str, str]]:
    """What the shops were told, parcel by parcel."""
    parcels = [one.data.fulfilment for one in await book.sent("fulfilment.push")]
    return [{one.line_external_id: f"{one.quantity.normalize():f}" for one in parcel.lines} for parcel in parcels]


async def test_rules_then_order_then_feed_then_shipment_then_what_the_shop_hears(book: Book) -> None:
    client = await book.client()
    await bill(client, ("A", 2), ("B", 1))
    await enter(client, "charge-articles/shipping", {"article_number": "PORTO", "is_shipping": True})
    await put(client, 0, charges={"as_lines": True}, lines={"aggregate": True, "name": "erp"})
    lines = [line("SET", 2, external_id="s"), line(external_id="x"), line(external_id="y")]
    await book.take(received(order("1001", *lines), observed(0)))
    assert await wants(book) == {"A": "4", "B": "2", "KR-1": "2"}
    contents = (await fed(book, client))["contents"]
    assert [(one["key"], one["quantity"], one["head"], one["exploded"]) for one in contents["lines"]] == [
        ("s", "2", "", True), ("s/A", "4", "s", False), ("s/B", "2", "s", False), ("x", "2", "", False),
    ]  # fmt: skip
    assert contents["charges"][0]["article_number"] == "PORTO"
    at = f"/orders/{order_id('1001')}/shipments"
    first = {"reference": "1", "lines": [{"line_external_id": "s/A"}, {"line_external_id": "x"}]}
    for status in (201, 200):
        answer = await client.post(at, json=first)
        assert answer.status_code == status, answer.text
    assert answer.json()["components"] == [{"line_external_id": "s", "article_number": "A", "quantity": "4"}]
    assert (await heard(book), await wants(book)) == ([{"x": "1", "y": "1"}], {"B": "2"})
    second = {"reference": "2", "lines": [{"article_number": "B", "quantity": 1}]}
    assert (await client.post(at, json=second)).status_code == 201
    assert (await client.post(at, json={"reference": "3"})).status_code == 201
    assert await heard(book) == [{"x": "1", "y": "1"}, {"s": "1"}, {"s": "1"}]
    assert (await wants(book), await left(book)) == ({}, {"A": "4", "B": "2", "KR-1": "2"})
    nothing = await client.post(at, json={"reference": "4"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "shipment_nothing_outstanding")


async def test_a_parcel_of_parts_only_is_kept_and_the_shop_hears_nothing_until_the_set_is_complete(book: Book) -> None:
    client = await book.client()
    await bill(client, ("A", 2), ("B", 1))
    await book.take(received(order("1001", line("SET", external_id="s")), observed(0)))
    at = f"/orders/{order_id('1001')}/shipments"
    for status in (201, 200):
        answer = await client.post(at, json={"reference": "1", "lines": [{"article_number": "A"}]})
        assert (answer.status_code, answer.json()["state"], answer.json()["lines"]) == (status, "held", [])
    assert "only parts" in answer.json()["reason"]
    assert (await book.told("1001"))[-1] == "shipment_held"
    assert (await heard(book), await wants(book), await left(book)) == ([], {"B": "1"}, {"A": "2"})
    too_many = await client.post(at, json={"reference": "2", "lines": [{"article_number": "B", "quantity": 2}]})
    assert too_many.json()["code"] == "shipment_exceeds_outstanding"
    await bill(client, ("A", 1))
    await book.take(received(order("1001", line("SET", external_id="s"), note="more"), observed(1)))
    assert await wants(book) == {"B": "1"}
    await client.post(at, json={"reference": "2", "lines": [{"article_number": "B"}]})
    assert (await heard(book), await wants(book)) == ([{"s": "1"}], {})
    (detail,) = (await client.get(f"/orders/{order_id('1001')}")).json()["lines"]
    assert (detail["shipped_quantity"], detail["outstanding"]) == ("1", "0")


async def test_without_the_rule_a_bill_of_material_is_shipped_and_reserved_as_the_shop_sells_it(book: Book) -> None:
    client = await book.client()
    await bill(client, ("A", 2))
    await put(client, 0, lines={"explode_bills": False})
    await book.take(received(order("1001", line("SET", external_id="s")), observed(0)))
    assert (await wants(book), len((await fed(book, client))["contents"]["lines"])) == ({"SET": "1"}, 1)
    at = f"/orders/{order_id('1001')}/shipments"
    refused = await client.post(at, json={"reference": "1", "lines": [{"article_number": "A"}]})
    assert refused.json()["code"] == "shipment_line_unknown"


async def test_a_bill_that_is_entered_later_changes_no_order_that_is_there(book: Book) -> None:
    client = await book.client()
    await book.take(received(order("1001", line("SET", external_id="s")), observed(0)))
    await bill(client, ("A", 2))
    assert len((await fed(book, client))["contents"]["lines"]) == 1
    await bill(client, ("B", 3), head="KR-1")
    for minute in (1, 2):
        added = line("KR-1", external_id="k", cancelled_quantity=Decimal(minute - 1))
        await book.take(received(order("1001", line("SET", external_id="s"), added), observed(minute)))
        keys = [one["key"] for one in (await fed(book, client))["contents"]["lines"]]
        assert keys == ["s", "k", "k/B"]
    await client.post(f"/orders/{order_id('1001')}/shipments", json={"reference": "1"})
    assert (await heard(book), await wants(book), await left(book)) == ([{"s": "1"}], {}, {"SET": "1"})


async def test_one_delivery_over_several_orders_tells_each_shop_its_own_part(book: Book) -> None:
    client = await book.client()
    await bill(client, ("A", 1), ("B", 1))
    await book.take(
        received(order("1", line("SET", external_id="s")), observed(0)),
        received(order("2", line("KR-1", 2, external_id="k")), observed(0), OTHER_SHOP),
    )
    wishes = [
        {
            "reference": "LS-1",
            "tracking_number": "00340",
            "order": {"id": str(order_id("1"))},
            "lines": [{"article_number": "A"}, {"article_number": "B"}],
        },
        {"reference": "LS-1", "tracking_number": "00340", "order": {"id": str(order_id("2", OTHER_SHOP))}},
    ]
    for outcome in ("accepted", "known"):
        answers = (await client.post("/orders/shipments", json=wishes)).json()
        assert [one["outcome"] for one in answers] == [outcome] * 2
    told = {one.connection: one.data.fulfilment for one in await book.sent("fulfilment.push")}
    assert {id: [(one.line_external_id, one.quantity) for one in parcel.lines] for id, parcel in told.items()} == {
        SHOP: [("s", 1)],
        OTHER_SHOP: [("k", 2)],
    }
    assert {parcel.tracking_number for parcel in told.values()} == {"00340"}


async def test_an_order_judged_by_master_data_that_change_in_this_very_moment_is_judged_again(book: Book) -> None:
    client = await book.client()
    await put(client, 0, customers={"accounts": {"mode": "default"}})
    async with book.elsewhere() as tx:
        await receive(book.service, SETTINGS, tx, [received(order("1001"), observed(0))])
        await enter(client, "projects/North", {"default_customer": "10000"})
        await book.sweep()
    assert (await book.row("1001"))["status"] == "parked"
    await book.sweep()
    assert (await book.row("1001"))["status"] == "imported"


async def test_a_line_is_described_as_the_merchants_article_is(book: Book) -> None:
    mug = ArticleChanged(id=uuid5(KONTOR, "KR-1"), version=2, number="KR-1", title="Mug", description="Holds 0.3 l")
    async with book.service.database.transaction() as tx:
        await article_replica.put(tx, [mug])
    await book.rule(lines={"description": "erp"})
    await book.take(received(order("1001"), observed(0)))
    client = await book.client("read")
    shown = (await client.get(f"/orders/{order_id('1001')}/decisions")).json()
    assert [one["description"] for one in shown["contents"]["lines"]] == ["Holds 0.3 l"]


async def test_a_set_that_is_kept_in_stock_is_not_taken_apart_and_the_inventory_hears_of_every_bill(book: Book) -> None:
    client = await book.client()
    parts = [{"article_number": "A", "quantity": 2}, {"article_number": "B", "quantity": 1}]
    for n, kept in enumerate((True, True, False)):
        bills = [{"head": "SET", "components": parts, "kept_in_stock": kept}]
        await enter(client, "bills-of-material", {"bills": bills})
        await book.take(received(order(str(n), line("SET", external_id="s")), observed(0)))
    found = {one.data.external_id: one.data.demand for one in await book.sent("order.imported")}
    assert [[(one.article_number, one.quantity) for one in found[n]] for n in "012"] == [
        [("SET", 1)], [("SET", 1)], [("A", 2), ("B", 1)],
    ]  # fmt: skip
    (listed,) = (await client.get(f"{AT}/bills-of-material")).json()["items"]
    assert (listed["head"], listed["kept_in_stock"], len(listed["components"])) == ("SET", False, 2)
    await enter(client, "bills-of-material", {"bills": [{"head": "SET", "components": []}]})
    assert (await client.get(f"{AT}/bills-of-material")).json()["items"] == []
    told = [one.data for one in await book.sent("bill.changed")]
    assert [(one.head, one.version, one.kept_in_stock, len(one.parts)) for one in told] == [
        ("SET", 1, True, 2), ("SET", 2, False, 2), ("SET", 3, False, 0),
    ]  # fmt: skip
