"""Support's questions, one call each."""

from uuid import UUID

from shared.contracts.reason import Reason
from shared.persistence import archive
from tests.integration.journal.house import OTHER, SHOP, House, order_id

PARCEL = "f0f0f0f0-0000-0000-0000-000000000001"
NUMBER = [("number", "4711"), ("external_id", "9")]


def read(house: House, minute: float = 0, **more: object) -> object:
    words = {"number": "4711", "external_id": "9", "path": "poll"}
    return house.entry(minute, "received", "order_received", params=words, keys=NUMBER, **more)  # type: ignore[arg-type]


async def test_where_is_order_4711_and_what_happens_next(house: House) -> None:
    imported = house.entry(2, "imported", "order_imported", keys=NUMBER)
    await house.record(imported, read(house))  # type: ignore[arg-type]
    (record,) = (await house.get("/journal/timeline", number="#4711", language="de"))["records"]
    assert [step["action"] for step in record["steps"]] == ["received", "imported"]
    assert record["subject"] == order_id("9")
    assert record["label"] == "4711"
    assert record["next"]["code"] == "next_acknowledgement"
    assert "Warenwirtschaft" in record["next"]["sentence"]
    assert record["links"]["record"] == f"/orders/{order_id('9')}"


async def test_did_the_erp_take_it_and_under_which_number(house: House) -> None:
    words = {"number": "4711", "erp_number": "A-99", "consumer": "erp"}
    keys = [*NUMBER, ("erp_number", "A-99")]
    await house.record(
        house.entry(1, "imported", "order_imported", keys=NUMBER),
        house.entry(2, "acknowledged", "order_acknowledged", params=words, keys=keys),
    )
    (record,) = (await house.get("/journal/timeline", erp_number="a-99"))["records"]
    assert record["steps"][-1]["action"] == "acknowledged"
    assert record["next"]["code"] == "next_shipment"
    assert "A-99" in record["next"]["sentence"]


async def test_why_is_it_parked_and_who_must_act(house: House) -> None:
    cause = Reason(code="article_unknown", key="KESSEL-1", params={"sku": "KESSEL-1"})
    await house.record(house.entry(1, "parked", "order_parked", "warning", keys=NUMBER, reasons=[cause]))
    following = (await house.get("/journal/timeline", number="4711"))["records"][0]["next"]
    assert (following["code"], following["who"]) == ("next_parked", "merchant")
    assert [reason["code"] for reason in following["because"]] == ["article_unknown"]
    assert "KESSEL-1" in following["because"][0]["sentence"]


async def test_why_is_it_waiting(house: House) -> None:
    await house.record(house.entry(1, "waiting", "order_waiting", params={"withheld": "address"}, keys=NUMBER))
    assert (await house.get("/journal/timeline", number="4711"))["records"][0]["next"]["code"] == "next_waiting"


async def test_why_does_the_shop_show_this_quantity(house: House) -> None:
    words = {"sku": "KESSEL-1", "quantity": "3", "code": "", "attempts": "1", "connection": "Shop"}
    keys = [("sku", "KESSEL-1"), ("listing", "l-1")]
    await house.record(
        house.entry(1, "pushed", "stock_push_done", noun="listing", subject="l-1", params=words, keys=keys)
    )
    (line,) = (await house.get("/journal/entries", sku="kessel-1"))["items"]
    assert "KESSEL-1" in line["sentence"]
    assert line["links"]["quantity"] == "/inventory/listings/l-1/quantity"


async def test_what_was_sent_and_what_was_answered(house: House) -> None:
    body = b'[{"request_body": "{\\"x\\": 1}", "status": 200, "access_token": "abc123456"}]'
    async with house.service.database.transaction() as tx:
        (payload,) = await archive.store(tx, [archive.RawItem("order", SHOP, "9", body)])
    await house.record(house.entry(1, "pushed", "fulfilment_push_done", keys=[("parcel", PARCEL)], payload=payload))
    (step,) = (await house.get(f"/journal/timeline/order/{order_id('9')}"))["steps"]
    shown = await house.get(step["links"]["payload"])
    assert shown["body"] == [{"request_body": '{"x": 1}', "status": 200, "access_token": "[redacted]"}]


async def test_was_the_shop_told_about_the_shipment(house: House) -> None:
    words = {"tracking": "JJD01", "carrier": "dhl", "code": "", "attempts": "1", "connection": "Shop"}
    keys = [("parcel", PARCEL), ("tracking", "JJD01"), ("external_id", "9")]
    await house.record(
        house.entry(1, "imported", "order_imported", keys=NUMBER),
        house.entry(2, "pushed", "shipment_recorded", params=words | {"number": "4711"}, keys=keys),
    )
    assert (await house.get("/journal/timeline", tracking="jjd01"))["records"][0]["next"]["code"] == "next_report"
    await house.record(house.entry(3, "pushed", "fulfilment_push_done", params=words, keys=keys))
    (record,) = (await house.get("/journal/timeline", tracking="JJD01"))["records"]
    assert record["next"]["code"] == "next_reported"
    assert "JJD01" in record["steps"][-1]["sentence"]


async def test_which_switch_blocks_this(house: House) -> None:
    words = {"tracking": "JJD01", "carrier": "dhl", "code": "productive_mode_off", "connection": "Shop"}
    keys = [("parcel", PARCEL), ("external_id", "9")]
    await house.record(
        house.entry(1, "imported", "order_imported", keys=NUMBER),
        house.entry(3, "skipped", "fulfilment_push_blocked", "skipped", params=words, keys=keys),
    )
    following = (await house.get("/journal/timeline", external_id="9", language="de"))["records"][0]["next"]
    assert following["code"] == "next_blocked"
    assert [reason["sentence"] for reason in following["because"]] == ["Der Produktivmodus der Anbindung ist aus."]


async def test_who_changed_which_setting(house: House) -> None:
    change = {"field": "productive", "before": "False", "after": "True", "name": "Shop"}
    await house.record(
        house.entry(1, "updated", "setting_changed", noun="connection", subject=str(SHOP), params=change, actor="anna"),
        house.entry(2, "updated", "webhooks_subscribed", noun="connection", subject=str(SHOP)),
        house.entry(3, "created", "shipment_recorded", noun="fulfilment", subject="x", actor="erp"),
        house.entry(4, "created", "rule_created", noun="rule", subject="r", actor="berta"),
    )
    items = (await house.get("/journal/settings-changes"))["items"]
    assert [(item["actor"], item["code"]) for item in items] == [("berta", "rule_created"), ("anna", "setting_changed")]
    assert items[1]["params"] == change
    only = (await house.get("/journal/settings-changes", actor="anna"))["items"]
    assert [item["actor"] for item in only] == ["anna"]


async def test_what_happened_to_the_orders_of_a_customer_is_found_by_his_mail_in_any_spelling(house: House) -> None:
    hashed = house.service.hasher.customer("erika@example.org")
    await house.record(
        house.entry(1, "imported", "order_imported", keys=[*NUMBER, ("customer", hashed)]),
        house.entry(2, "imported", "order_imported", subject=order_id("10"), keys=[("number", "4712")]),
    )
    found = await house.get("/journal/entries", customer=" Erika@Example.org ")
    assert [item["subject"] for item in found["items"]] == [order_id("9")]
    assert len((await house.get("/journal/timeline", customer="erika@example.org"))["records"]) == 1


async def test_two_shops_with_the_same_number_are_two_timelines(house: House) -> None:
    await house.record(
        house.entry(1, "imported", "order_imported", keys=NUMBER),
        house.entry(2, "imported", "order_imported", subject=order_id("9", OTHER), connection=OTHER, keys=NUMBER),
    )
    records = (await house.get("/journal/timeline", number="4711"))["records"]
    assert {record["connection"] for record in records} == {str(SHOP), str(OTHER)}


async def test_a_number_nobody_wrote_about_is_a_sentence_and_not_an_empty_page(house: House) -> None:
    reply = await house.call("GET", "/journal/timeline", params={"number": "0815"}, language="de")
    assert reply.status_code == 404
    assert "0815" in reply.json()["detail"]


async def test_a_timeline_without_anything_to_look_for_says_what_to_give(house: House) -> None:
    reply = await house.call("GET", "/journal/timeline")
    assert (reply.status_code, reply.json()["code"]) == (422, "search_key_missing")
    assert "tracking" in reply.json()["advice"]


async def test_ten_equal_tries_are_told_as_one_step(house: House) -> None:
    words = {"sku": "K", "quantity": "3", "code": "transient", "connection": "Shop"}
    tries = [
        house.entry(n, "failed", "stock_push_retrying", "warning", noun="listing", subject="l-1",
                    params=words | {"attempts": str(n)})
        for n in range(10)
    ]  # fmt: skip
    await house.record(*tries)
    (step,) = (await house.get("/journal/timeline/listing/l-1"))["steps"]
    assert step["times"] == 10
    assert step["first_at"] < step["at"]


async def test_a_subject_with_a_colon_has_a_timeline_under_its_own_link(house: House) -> None:
    await house.record(
        house.entry(1, "finished", "stream_read", noun="stream", subject=f"{SHOP}:order", params={"stream": "order"})
    )
    (line,) = (await house.get("/journal/entries", noun="stream"))["items"]
    assert (await house.get(line["links"]["timeline"]))["subject"] == f"{SHOP}:order"


async def test_a_payload_nobody_stored_is_not_found(house: House) -> None:
    assert (await house.call("GET", f"/journal/payloads/{UUID(int=1)}")).status_code == 404


async def test_an_order_number_that_two_shops_use_is_told_for_the_shop_that_is_named(house: House) -> None:
    await house.record(
        house.entry(1, "imported", "order_imported", keys=NUMBER),
        house.entry(2, "imported", "order_imported", keys=NUMBER, connection=OTHER, subject=order_id("9", OTHER)),
    )
    both = (await house.get("/journal/timeline", number="4711"))["records"]
    assert {one["connection"] for one in both} == {str(SHOP), str(OTHER)}
    (mine,) = (await house.get("/journal/timeline", number="4711", connection=str(OTHER)))["records"]
    assert (mine["connection"], mine["subject"]) == (str(OTHER), order_id("9", OTHER))
