"""The merchant's order rules over REST: changed by one at a time, and at work on orders that come and that wait."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import AsyncClient, Response

from services.order_import import connection_replica
from services.order_import.erasure import erase
from services.order_import.receiving import receive
from shared.contracts.connection import Connection
from tests.integration.order_import.book import SETTINGS, Book, order_id, received
from tests.pure.order_import.samples import ADDRESS, OTHER_SHOP, SHOP, line, observed, order

RULES = f"/orders/rules/{SHOP}"


@pytest.fixture(autouse=True)
async def shops(book: Book) -> None:
    async with book.service.database.transaction() as tx:
        for id in (SHOP, OTHER_SHOP):
            await connection_replica.put(tx, Connection(id=id, version=1, platform="shop", name="S", project="own"))
    await book.know("KR-1")


async def put(client: AsyncClient, version: int, **parts: Any) -> Response:
    return await client.put(RULES, json=parts, headers={"If-Match": f'"{version}"'})


async def test_without_rules_there_are_the_defaults(book: Book) -> None:
    answer = await (await book.client("read")).get(RULES)
    shown = answer.json()
    assert (answer.headers["etag"], shown["version"], shown["changed_at"]) == ('"0"', 0, None)
    assert shown["rules"]["mode"] == "automatic"
    assert shown["rules"]["payments"] == {
        "standard": "", "use_standard_if_unmapped": False, "rows": {}, "countries": {}, "stop_auto_shipping": [],
    }  # fmt: skip


async def test_each_change_is_a_version_and_each_field_a_journal_entry(book: Book) -> None:
    client = await book.client()
    first = await put(client, 0, payments={"rows": {"paypal": "PayPal"}}, editor="Eva")
    assert (first.status_code, first.headers["etag"], first.json()["changed_by"]) == (200, '"1"', "operate")
    await put(client, 1, payments={"rows": {"paypal": "PayPal Plus"}}, editor="Eva")
    entries = [one.data for one in await book.sent("journal.recorded")]
    told = [(e.params["field"], e.params["before"], e.params["after"], e.params["version"]) for e in entries]
    assert told == [
        ("payments.rows.paypal", "–", "PayPal", "1"),
        ("editor", "–", "Eva", "1"),
        ("payments.rows.paypal", "PayPal", "PayPal Plus", "2"),
    ]
    assert {(e.code, e.actor, e.connection) for e in entries} == {("order_rule_changed", "operate", SHOP)}
    page = (await client.get(f"{RULES}/versions?limit=1")).json()
    (newest,) = page["items"]
    assert (newest["version"], newest["rules"]["payments"]["rows"]) == (2, {"paypal": "PayPal Plus"})
    assert newest["changes"] == [{"field": "payments.rows.paypal", "before": "PayPal", "after": "PayPal Plus"}]
    older = (await client.get(f"{RULES}/versions?limit=1&after={page['next']}")).json()
    assert (older["items"][0]["version"], older["next"]) == (1, None)
    assert [one["field"] for one in older["items"][0]["changes"]] == ["payments.rows.paypal", "editor"]


async def test_the_slower_of_two_gets_both_versions_and_changes_nothing(book: Book) -> None:
    client = await book.client()
    await put(client, 0, editor="Eva")
    refused = await put(client, 0, editor="Otto")
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (409, "order_rules_changed_meanwhile")
    assert (problem["yours"], problem["current"], problem["rules"]["editor"]) == (0, 1, "Eva")
    assert (await client.get(RULES)).json()["rules"]["editor"] == "Eva"


async def test_the_same_change_sent_twice_is_one_version(book: Book) -> None:
    client = await book.client()
    for _ in range(2):
        answer = await put(client, 0, editor="Eva")
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert await book.told() == ["order_rule_changed"]


async def test_of_many_changes_at_once_one_wins(book: Book) -> None:
    client = await book.client()
    answers = await asyncio.gather(*(put(client, 0, editor=f"Editor {n}") for n in range(8)))
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    assert await book.value("SELECT count(*) FROM rules") == 1


async def test_wrong_rules_are_refused_by_the_name_of_the_field(book: Book) -> None:
    client = await book.client()
    unknown = await put(client, 0, payments={"rowz": {}})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "payments.rowz")
    assert (await put(client, 0, triggers={"payment_states": ["bezahlt"]})).json()["field"].startswith("triggers.")
    blind = await client.put(RULES, json={})
    assert (blind.status_code, blind.json()["code"], blind.json()["field"]) == (428, "if_match_missing", "If-Match")
    odd = await client.put(RULES, json={}, headers={"If-Match": "x"})
    assert (odd.status_code, odd.json()["code"]) == (422, "if_match_invalid")
    assert await book.value("SELECT count(*) FROM rules") == 0


async def test_rules_are_for_those_who_may_see_the_connection_and_operate(book: Book) -> None:
    assert (await put(await book.client("read"), 0, editor="x")).status_code == 403
    limited = await book.client("operate", [OTHER_SHOP])
    await book.take(received(order("1001"), observed(0)))
    for answer in (
        await limited.get(RULES),
        await put(limited, 0, editor="x"),
        await limited.get(f"{RULES}/versions"),
        await limited.get(f"/orders/{order_id('1001')}/decisions"),
        await limited.post(f"{RULES}/preview", json={"order_id": str(order_id("1001"))}),
        await (await book.client()).get(f"/orders/rules/{uuid4()}"),
    ):
        assert answer.status_code == 404


@pytest.mark.proves("channel-to-project")
@pytest.mark.proves("hold-by-payment-method")
@pytest.mark.proves("order-editor")
@pytest.mark.proves("order-delivery-terms")
async def test_an_imported_order_tells_the_erp_how_to_handle_it_and_which_rules_decided(book: Book) -> None:
    client = await book.client()
    await put(
        client,
        0,
        payments={"rows": {"paypal": "PayPal"}, "stop_auto_shipping": ["PayPal"]},
        shipping={"rows": {"DHL": "Paket"}, "fast_lane": ["Paket"], "documents": "invoice"},
        projects={"sales_channels": {"web": "Onlineshop"}},
        comments={"placement": "internal"},
        countries={"rows": {"DE": "Deutschland"}},
        terms_of_delivery="frei Haus",
        editor="Eva",
    )
    await book.take(received(order("1001", channel="web", note="Bitte klingeln"), observed(0)))
    await book.number_feed()
    await client.get("/orders/feed/erp")
    await book.number_feed()
    (item,) = (await client.get("/orders/feed/erp")).json()["items"]
    expected = {
        "project": "Onlineshop", "payment_method": "PayPal", "shipping_method": "Paket", "auto_shipping": False,
        "fast_lane": True, "documents": "invoice", "terms_of_delivery": "frei Haus", "language": "de",
        "billing_country": "Deutschland", "shipping_country": "Deutschland", "editor": "Eva", "free_text": "",
        "internal_text": "Bitte klingeln",
    }  # fmt: skip
    assert (item["project"], item["handling"]) == ("Onlineshop", expected)
    detail = (await client.get(f"/orders/{order_id('1001')}")).json()
    assert (detail["handling"], detail["rules_version"]) == (expected, 1)
    entry = (await book.sent("journal.recorded"))[-1].data
    assert (entry.code, entry.params["rules_version"]) == ("order_imported", "1")
    assert "klingeln" not in await book.value("SELECT decisions FROM order_versions")


async def test_an_erased_comment_is_gone_from_the_handling_too(book: Book) -> None:
    client = await book.client()
    await put(client, 0, comments={"placement": "internal"})
    await book.take(received(order("1001", note="Bitte klingeln"), observed(0)))
    address = f"/orders/{order_id('1001')}"
    assert (await client.get(address)).json()["handling"]["internal_text"] == "Bitte klingeln"
    async with book.service.database.transaction() as tx:
        await erase(book.service, tx, [order_id("1001")])
    for answer in (await client.get(address), await client.get(f"{address}/decisions")):
        assert "klingeln" not in answer.text
        assert answer.json()["handling"]["internal_text"] == ""


async def test_an_order_from_before_there_were_rules_is_handled_by_the_defaults(book: Book) -> None:
    client = await book.client()
    await book.take(received(order("1001"), observed(0)))
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE order_versions SET decisions = NULL, rules_version = NULL")
    await put(client, 0, payments={"rows": {"paypal": "PayPal"}})
    shown = (await client.get(f"/orders/{order_id('1001')}/decisions")).json()
    assert (shown["decisions"], shown["rules_version"]) == ([], 0)
    assert (shown["handling"]["project"], shown["handling"]["payment_method"]) == ("own", "")


async def test_what_was_decided_about_an_order_stays_when_the_rules_change(book: Book) -> None:
    client = await book.client()
    await put(client, 0, payments={"rows": {"paypal": "PayPal"}})
    await book.take(received(order("1001"), observed(0)))
    await put(client, 1, payments={"rows": {"paypal": "Other"}})
    await book.sweep()
    answer = await client.get(f"/orders/{order_id('1001')}/decisions", headers={"Accept-Language": "de"})
    shown = answer.json()
    (payment,) = [one for one in shown["decisions"] if one["field"] == "payment_method"]
    assert payment == {
        "field": "payment_method", "value": "PayPal", "rule": "payments.rows.paypal", "code": "payment_method_by_row",
        "sentence": "Die Zahlungsart „paypal“ des Shops ist als „PayPal“ zugeordnet.",
    }  # fmt: skip
    assert (shown["status"], shown["rules_version"], shown["handling"]["payment_method"]) == ("imported", 1, "PayPal")
    await book.take(received(order("1001", note="more"), observed(1)))
    assert (await client.get(f"/orders/{order_id('1001')}/decisions")).json()["handling"]["payment_method"] == "Other"


async def test_an_excluded_order_waits_with_the_reason_and_goes_on_when_it_changes_in_the_shop(book: Book) -> None:
    client = await book.client()
    await put(client, 0, triggers={"payment_states": ["paid"]})
    await book.take(received(order("1001", payment_state="unpaid"), observed(0)))
    (waiting,) = (await client.get("/orders/waiting")).json()["items"]
    assert ([one["code"] for one in waiting["reasons"]], waiting["withheld"]) == (["payment_state_not_imported"], [])
    assert (await client.get("/orders/parked/causes")).json() == []
    entry = (await book.sent("journal.recorded"))[-1].data
    assert (entry.code, entry.action, entry.reasons[0].code) == (
        "order_kept_back", "waiting", "payment_state_not_imported",
    )  # fmt: skip
    (told,) = await book.sent()
    assert (told.type, told.data.status, len(told.data.demand)) == ("order.changed", "waiting", 1)
    refused = await client.post(f"/orders/{order_id('1001')}/shipments", json={"reference": "p"})
    assert (refused.status_code, refused.json()["code"]) == (409, "shipment_order_kept_back")
    await book.take(received(order("1001", payment_state="unpaid", note="x"), observed(1)))
    assert await book.told("1001") == ["order_kept_back", "order_kept_back"]
    await book.take(received(order("1001"), observed(2)))
    assert (await book.row("1001"))["status"] == "imported"
    assert [one.type for one in await book.sent()][-1] == "order.imported"
    assert await book.value("SELECT count(*) FROM parked_reasons") == 0
    await book.take(received(order("1001", payment_state="refunded"), observed(3)))
    assert (await book.row("1001"))["status"] == "imported"


async def test_what_a_platform_withholds_is_shown_beside_what_the_rules_want(book: Book) -> None:
    await book.take(received(order("1001", withheld=("shipping_address",)), observed(0)))
    (waiting,) = (await (await book.client("read")).get("/orders/waiting")).json()["items"]
    assert (waiting["withheld"], waiting["reasons"]) == (["shipping_address"], [])


async def test_orders_kept_back_by_a_rule_go_on_when_the_rule_goes(book: Book) -> None:
    client = await book.client()
    await put(client, 0, triggers={"placed_from": "2026-04-01T00:00:00Z"})
    await book.take(*(received(order(str(n)), observed(0)) for n in range(5)))
    await book.take(received(order("9"), observed(0), OTHER_SHOP))
    await book.sweep()
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'waiting'") == 5
    versions = await book.value("SELECT count(*) FROM order_versions")
    await put(client, 1, triggers={"placed_from": "2026-04-01T00:00:00Z"}, editor="Eva")
    await book.sweep()
    assert await book.value("SELECT count(*) FROM order_versions") == versions
    assert await book.value("SELECT min(rules_version) FROM orders WHERE status = 'waiting'") == 2
    await put(client, 2, editor="Eva")
    await book.sweep()
    await book.sweep()
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'imported'") == 6
    assert await book.told("3") == ["order_kept_back", "order_set_free"]


async def test_an_order_judged_by_rules_that_change_in_this_very_moment_is_judged_again(book: Book) -> None:
    client = await book.client()
    await put(client, 0, triggers={"payment_states": ["voided"]})
    async with book.elsewhere() as tx:
        await receive(book.service, SETTINGS, tx, [received(order("1001"), observed(0))])
        await put(client, 1)
        await book.sweep()
    assert (await book.row("1001"))["status"] == "waiting"
    await book.sweep()
    assert (await book.row("1001"))["status"] == "imported"


async def test_unknown_words_are_learned_with_their_orders_and_a_proposal(book: Book) -> None:
    client = await book.client()
    orders = [received(order(str(n), payment_method="PAYPAL"), observed(0)) for n in range(20)]
    await book.take(*orders)
    await book.take(*orders)
    await book.take(received(order("0", payment_method="PAYPAL", note="changed"), observed(1)))
    await book.take(received(order("0", payment_method="klarna"), observed(2)))
    await book.take(received(order("x", payment_method="elsewhere"), observed(0), OTHER_SHOP))
    await book.learn()
    shown = (await client.get(RULES)).json()
    assert shown["open_words_total"] == 4
    assert [(one["kind"], one["word"], one["orders"], one["proposal"]) for one in shown["open_words"]] == [
        ("country", "DE", 20, "DE"),
        ("payment", "PAYPAL", 20, ""),
        ("shipping", "DHL", 20, ""),
        ("payment", "klarna", 1, ""),
    ]
    answer = await put(client, 0, payments={"rows": {"PayPal": "PayPal", "klarna": "Klarna"}})
    payments = [one for one in answer.json()["open_words"] if one["kind"] == "payment"]
    assert [(one["word"], one["proposal"]) for one in payments] == [("PAYPAL", "PayPal")]
    assert await book.value("SELECT count(*) FROM heard_words") == 0


async def test_two_batches_of_one_shop_do_not_wait_for_each_others_words(book: Book) -> None:
    async with book.elsewhere() as tx:
        await receive(book.service, SETTINGS, tx, [received(order("1"), observed(0))])
        await asyncio.wait_for(book.take(received(order("2"), observed(0))), 5)
    await asyncio.gather(book.learn(), book.learn())
    assert await book.value("SELECT orders FROM learned_words WHERE kind = 'payment'") == 2


async def test_a_row_for_a_word_releases_every_order_that_was_parked_for_it(book: Book) -> None:
    client = await book.client()
    await put(client, 0, payments={"rows": {"other": "Other"}})
    await book.take(*(received(order(str(n)), observed(0)) for n in range(5)))
    await book.take(received(order("both", line("NEW")), observed(0)))
    await book.take(received(order("else", payment_method="klarna"), observed(0)))
    causes = {(one["code"], one["key"]): one["orders"] for one in (await client.get("/orders/parked/causes")).json()}
    assert causes == {
        ("payment_method_unmapped", "paypal"): 6,
        ("payment_method_unmapped", "klarna"): 1,
        ("article_unknown", "NEW"): 1,
    }
    await put(client, 1, payments={"rows": {"other": "Other", "paypal": "PayPal"}})
    await book.sweep()
    await book.sweep()
    assert await book.value("SELECT count(*) FROM orders WHERE status = 'imported'") == 5
    assert (await book.value("SELECT array_agg(code ORDER BY code) FROM parked_reasons")) == [
        "article_unknown",
        "payment_method_unmapped",
    ]
    handled = (await client.get(f"/orders/{order_id('3')}")).json()["handling"]
    assert (handled["payment_method"], handled["project"]) == ("PayPal", "own")


async def test_a_preview_shows_what_changed_rules_would_do_and_writes_nothing(book: Book) -> None:
    client = await book.client()
    await book.take(received(order("1001", shipping_address=ADDRESS.model_copy(update={"country": "AT"})), observed(0)))
    before = await book.value("SELECT row_to_json(o)::text FROM orders o")
    sent = len(await book.sent()) + len(await book.told())
    wish: dict[str, Any] = {"order_id": str(order_id("1001"))}
    plain = (await client.post(f"{RULES}/preview", json=wish)).json()
    assert (plain["status"], plain["rules_version"], plain["reasons"]) == ("imported", 0, [])
    wish["rules"] = {"payments": {"rows": {"x": "X"}}, "countries": {"required": True, "rows": {"DE": "D"}}}
    tried = (await client.post(f"{RULES}/preview", json=wish)).json()
    assert (tried["status"], tried["rules_version"]) == ("parked", None)
    assert [one["code"] for one in tried["reasons"]] == ["payment_method_unmapped", "country_unmapped"]
    assert tried["handling"]["billing_country"] == "D"
    assert await book.value("SELECT row_to_json(o)::text FROM orders o") == before
    assert len(await book.sent()) + len(await book.told()) == sent
    assert await book.value("SELECT count(*) FROM rules") == 0
    wish["rules"] = {"payment": {}}
    refused = await client.post(f"{RULES}/preview", json=wish)
    assert (refused.status_code, refused.json()["field"]) == (422, "rules.payment")


async def test_rules_that_nobody_has_changed_have_no_versions(book: Book) -> None:
    client = await book.client()
    answer = await client.get(f"{RULES}/versions")
    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_a_country_that_is_added_to_a_method_lets_its_orders_go(book: Book) -> None:
    client = await book.client()
    limited = {"rows": {"paypal": "PayPal"}, "countries": {"PayPal": ["AT"]}}
    await put(client, 0, payments=limited)
    await book.take(received(order("1001"), observed(0)))
    shown = (await client.get(f"/orders/{order_id('1001')}/decisions")).json()
    assert (shown["status"], [one["code"] for one in shown["reasons"]]) == (
        "parked", ["payment_method_not_for_country"],
    )  # fmt: skip
    assert {one["field"]: (one["value"], one["rule"]) for one in shown["decisions"]}["payment_method_country"] == (
        "no", "payments.countries.PayPal",
    )  # fmt: skip
    wish = {"order_id": str(order_id("1001")), "rules": {"payments": limited | {"countries": {"PayPal": ["AT", "DE"]}}}}
    assert (await client.post(f"{RULES}/preview", json=wish)).json()["status"] == "imported"
    await put(client, 1, **wish["rules"])
    await book.sweep()
    assert (await book.row("1001"))["status"] == "imported"
    history = (await client.get(f"{RULES}/versions")).json()
    assert "payments.countries.PayPal" in str(history)
