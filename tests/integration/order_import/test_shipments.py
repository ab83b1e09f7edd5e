"""Shipments: from the internal systems to the shop, and what the shop said."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts.envelope import Event, event
from shared.contracts.errors import ParentMissing
from shared.contracts.fulfilment import PushReported
from shared.contracts.identity import own_id
from shared.persistence import held
from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import.samples import NOON, OTHER_SHOP, SHOP, line, observed, order

URL = f"/orders/{order_id('1001')}/shipments"


async def two_lines(book: Book) -> Any:
    """An imported order of 2 and 3 pieces of one article and 1 of another; answers a client."""
    await book.know("KR-1", "KR-2")
    lines = [line("KR-1", 2, external_id="a"), line("KR-1", 3, external_id="b"), line("KR-2", external_id="c")]
    await book.take(received(order("1001", *lines), observed(0)))
    return await book.client()


def reported(parcel: str, outcome: str, *, version: int = 1, minute: int = 1, **differing: Any) -> Event[Any]:
    payload = PushReported(
        noun="fulfilment", subject=parcel, version=version, outcome=outcome,  # type: ignore[arg-type]
        reported_at=NOON + timedelta(minutes=minute), **differing,
    )  # fmt: skip
    return event(payload, id=uuid4(), source="shop", subject=parcel, time=NOON, platform="shop", connection=SHOP)


async def demand(book: Book) -> dict[str, Decimal]:
    last = max((one for one in await book.sent() if hasattr(one.data, "demand")), key=lambda one: one.data.version)
    found: dict[str, Decimal] = {}
    for one in last.data.demand:
        found[one.article_number] = found.get(one.article_number, Decimal(0)) + one.quantity
    return found


async def test_a_shipment_without_lines_ships_everything_and_ends_the_reservation(book: Book) -> None:
    client = await two_lines(book)
    wish = {"reference": "LS-1", "carrier": "dhl", "tracking_number": "00340", "notify_customer": True}
    answer = await client.post(URL, json=wish)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "pending"
    (command,) = await book.sent("fulfilment.push")
    parcel = command.data.fulfilment
    assert (command.subject, command.platform, command.connection) == (str(parcel.id), "shop", SHOP)
    assert (parcel.order_external_id, parcel.carrier, parcel.tracking_number) == ("1001", "dhl", "00340")
    assert {one.line_external_id: one.quantity for one in parcel.lines} == {"a": 2, "b": 3, "c": 1}
    assert await demand(book) == {}
    assert await book.told("1001") == ["order_imported", "shipment_recorded"]


async def test_the_same_reference_twice_is_one_parcel_and_the_same_answer(book: Book) -> None:
    client = await two_lines(book)
    wish = {"reference": "LS-1", "carrier": "dhl", "tracking_number": "00340"}
    first, second = await client.post(URL, json=wish), await client.post(URL, json=wish)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert len(await book.sent("fulfilment.push")) == 1
    other = await client.post(URL, json=wish | {"tracking_number": "00341"})
    assert (other.status_code, other.json()["code"]) == (409, "shipment_reference_used")


async def test_parcels_in_part_leave_the_rest_outstanding(book: Book) -> None:
    client = await two_lines(book)
    part = {"reference": "LS-1", "lines": [{"article_number": "KR-1", "quantity": "3"}]}
    assert (await client.post(URL, json=part)).status_code == 201
    assert await demand(book) == {"KR-1": 2, "KR-2": 1}
    detail = (await client.get(f"/orders/{order_id('1001')}")).json()
    assert [(one["external_id"], one["shipped_quantity"], one["outstanding"]) for one in detail["lines"]] == [
        ("a", "2", "0"), ("b", "1", "2"), ("c", "0", "1"),
    ]  # fmt: skip
    rest = await client.post(URL, json={"reference": "LS-2"})
    assert {one["line_external_id"]: one["quantity"] for one in rest.json()["lines"]} == {"b": "2", "c": "1"}
    nothing = await client.post(URL, json={"reference": "LS-3"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "shipment_nothing_outstanding")


async def test_more_than_outstanding_is_refused_naming_the_line_in_german_too(book: Book) -> None:
    client = await two_lines(book)
    wish = {"reference": "LS-1", "lines": [{"line_external_id": "c"}, {"line_external_id": "b", "quantity": 4}]}
    answer = await client.post(URL, json=wish, headers={"Accept-Language": "de"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "shipment_exceeds_outstanding")
    assert body["field"] == "lines.1.quantity"
    assert body["detail"] == "Von „b“ sind noch 3 Stück offen, gemeldet wurden 4."
    assert await book.value("SELECT count(*) FROM parcels") == 0


@pytest.mark.parametrize(("wish", "field"), [
    ({"reference": ""}, "reference"),
    ({"reference": "x", "lines": []}, "lines"),
    ({"reference": "x", "lines": [{"line_external_id": "a", "quantity": 0}]}, "lines.0.quantity"),
    ({"reference": "x", "lines": [{"line_external_id": "a", "article_number": "KR-1"}]}, "lines.0"),
    ({"reference": "x", "lines": [{"article_number": "KR-9"}]}, "lines.0.article_number"),
    ({"reference": "x", "shipped_at": "2026-03-04T12:00:00"}, "shipped_at"),
    ({"reference": "x", "tracking_url": "javascript:alert(1)"}, "tracking_url"),
    ({"reference": "x", "status": "reported"}, "status"),
])  # fmt: skip
async def test_a_wrong_request_names_its_field(book: Book, wish: dict[str, Any], field: str) -> None:
    client = await two_lines(book)
    answer = await client.post(URL, json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_cancelled_and_marketplace_fulfilled_orders_take_no_shipments(book: Book) -> None:
    await book.know("KR-1")
    await book.take(
        received(order("1", state="cancelled"), observed(0)),
        received(order("2", fulfilled_by_channel=True), observed(0)),
    )
    client = await book.client()
    answers = [await client.post(f"/orders/{order_id(id)}/shipments", json={"reference": "x"}) for id in ("1", "2")]
    assert [one.status_code for one in answers] == [409, 409]
    assert [one.json()["code"] for one in answers] == ["shipment_order_cancelled", "shipment_fulfilled_by_channel"]


async def test_what_the_shop_said_is_shown_at_the_parcel(book: Book) -> None:
    client = await two_lines(book)
    parcel = (await client.post(URL, json={"reference": "LS-1", "tracking_number": "00340"})).json()["id"]
    await book.take_reports(reported(parcel, "blocked", code="productive_mode_off"))
    (shown,) = (await client.get(URL)).json()
    assert (shown["state"], shown["reason"]) == ("blocked", "The connection's productive mode is off.")
    await book.take_reports(reported(parcel, "retrying", minute=2, code="transient"))
    assert (await client.get(URL)).json()[0]["state"] == "pending"
    await book.take_reports(reported(parcel, "done", minute=4, external_id="F-1"))
    await book.take_reports(reported(parcel, "failed", minute=3, code="late"))
    (shown,) = (await client.get(URL)).json()
    assert (shown["state"], shown["external_id"], shown["code"]) == ("reported", "F-1", "")
    assert (await book.told("1001"))[-1] == "shipment_reported"


async def test_a_failed_parcel_can_be_sent_again_and_old_news_of_it_are_ignored(book: Book) -> None:
    client = await two_lines(book)
    parcel = (await client.post(URL, json={"reference": "LS-1"})).json()["id"]
    early = await client.post(f"/orders/shipments/{parcel}/retry")
    assert (early.status_code, early.json()["code"]) == (409, "shipment_not_failed")
    await book.take_reports(reported(parcel, "failed", code="rejected", params={"detail": "no such order"}))
    assert (await client.get(URL)).json()[0]["state"] == "failed"
    again = await client.post(f"/orders/shipments/{parcel}/retry")
    assert (again.status_code, again.json()["version"], again.json()["state"]) == (202, 2, "pending")
    await book.take_reports(reported(parcel, "failed", minute=5, code="rejected"))
    assert (await client.get(URL)).json()[0]["state"] == "pending"
    await book.take_reports(reported(parcel, "done", version=2, minute=6))
    assert (await client.get(URL)).json()[0]["state"] == "reported"
    commands = await book.sent("fulfilment.push")
    assert [one.data.version for one in commands] == [1, 2]
    assert len({one.id for one in commands}) == 2


async def test_reports_about_stock_are_not_ours(book: Book) -> None:
    stock = PushReported(noun="stock", subject="KR-1", version=1, outcome="done", reported_at=NOON)
    await book.take_reports(event(stock, id=uuid4(), source="shop", subject="KR-1", time=NOON))
    assert await book.told() == []


async def test_a_report_about_a_parcel_that_is_not_here_waits_for_it_and_leaves_its_neighbours_alone(
    book: Book,
) -> None:
    client = await two_lines(book)
    parcel = (await client.post(URL, json={"reference": "LS-1"})).json()["id"]
    stranger = str(uuid4())
    with pytest.raises(ParentMissing) as missing:
        await book.take_reports(reported(parcel, "done"), reported(stranger, "done"))
    assert missing.value.waits_for == f"parcel:{stranger}"
    assert (await client.get(URL)).json()[0]["state"] == "pending"
    await book.take_reports(reported(parcel, "done"))
    assert (await client.get(URL)).json()[0]["state"] == "reported"


async def test_a_new_parcel_wakes_the_reports_that_wait_for_it(book: Book) -> None:
    client = await two_lines(book)
    id = own_id("order_import", "parcel", str(order_id("1001")), "LS-1")
    async with book.service.database.transaction() as tx:
        later = book.service.clock() + timedelta(hours=1)
        await held.hold(tx, [held.HeldEvent("order_import.push.reported", b"[]", later, f"parcel:{id}")])
    await client.post(URL, json={"reference": "LS-1"})
    assert await book.value("SELECT due_at <= now() FROM held")


async def test_a_shipment_the_shop_shows_later_is_not_subtracted_twice(book: Book) -> None:
    client = await two_lines(book)
    await client.post(URL, json={"reference": "LS-1", "lines": [{"line_external_id": "b", "quantity": 1}]})
    lines = [
        line("KR-1", 2, external_id="a"),
        line("KR-1", 3, external_id="b", fulfilled_quantity=Decimal(1)),
        line("KR-2", external_id="c"),
    ]
    await book.take(received(order("1001", *lines), observed(5)))
    assert await demand(book) == {"KR-1": 4, "KR-2": 1}


async def test_shipping_an_order_does_not_feed_it_again(book: Book) -> None:
    client = await two_lines(book)
    await client.get("/orders/feed/erp")
    await book.number_feed()
    (item,) = (await client.get("/orders/feed/erp")).json()["items"]
    await client.post(URL, json={"reference": "LS-1"})
    await book.number_feed()
    body = [{"order_id": item["order_id"], "version": item["version"], "erp_number": "A1"}]
    assert (await client.post("/orders/feed/erp/acknowledge", json=body)).json()[0]["outcome"] == "accepted"
    assert (await client.get("/orders/feed/erp")).json()["items"] == []


async def test_a_parked_order_stays_parked_when_it_is_shipped(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001", line("KR-1"), line("NEW")), observed(0)))
    client = await book.client()
    answer = await client.post(URL, json={"reference": "LS-1", "lines": [{"article_number": "KR-1"}]})
    assert answer.status_code == 201
    last = (await book.sent("order.parked"))[-1]
    assert (last.data.version, last.data.reasons, last.data.demand) == (2, ("article_unknown",), ())


async def test_many_shipments_in_one_call_are_answered_one_by_one(book: Book) -> None:
    await book.know("KR-1")
    await book.take(
        *(received(order(id), observed(0)) for id in ("1", "2", "3")), received(order("3"), observed(0), OTHER_SHOP)
    )
    client = await book.client()
    await client.get("/orders/feed/erp")
    body = [{"order_id": str(order_id("2")), "version": 1, "erp_number": "A2"}]
    await client.post("/orders/feed/erp/acknowledge", json=body)
    addresses: list[dict[str, Any]] = [
        {"id": str(order_id("1"))}, {"erp_number": "A2"}, {"connection": str(SHOP), "number": "#3"},
        {"erp_number": "A9"}, {"number": "#3"}, {"id": str(order_id("1"))},
    ]  # fmt: skip
    wishes = [{"reference": f"LS-{n}", "order": address} for n, address in enumerate(addresses)]
    answers = (await client.post("/orders/shipments", json=wishes)).json()
    assert [one["outcome"] for one in answers] == ["accepted"] * 3 + ["refused"] * 3
    assert [one["code"] for one in answers[3:]] == [
        "not_found", "order_address_incomplete", "shipment_nothing_outstanding",
    ]  # fmt: skip
    assert [one["reference"] for one in answers] == [f"LS-{n}" for n in range(6)]
    again = (await client.post("/orders/shipments", json=wishes)).json()
    assert [one["outcome"] for one in again] == ["known"] * 3 + ["refused"] * 3
    assert len(await book.sent("fulfilment.push")) == 3
    (found,) = (await client.get("/orders", params={"erp_number": "A2"})).json()["items"]
    assert UUID(found["id"]) == order_id("2")


async def test_a_key_of_another_shop_ships_nothing_here(book: Book) -> None:
    await two_lines(book)
    stranger = await book.client("operate", [OTHER_SHOP])
    assert (await stranger.post(URL, json={"reference": "x"})).status_code == 404
    wishes = [{"reference": "x", "order": {"id": str(order_id("1001"))}}]
    assert (await stranger.post("/orders/shipments", json=wishes)).json()[0]["code"] == "not_found"
    reader = await book.client("read")
    assert (await reader.post(URL, json={"reference": "x"})).status_code == 403
