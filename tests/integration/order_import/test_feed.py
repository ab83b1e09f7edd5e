"""The feed to the internal systems: at least once, nothing skipped, answered item by item."""

import asyncio
from datetime import timedelta
from typing import Any

from services.order_import.receiving import receive
from tests.integration.order_import.book import SETTINGS, Book, order_id, received
from tests.pure.order_import.samples import OTHER_SHOP, line, observed, order


async def feed(client: Any, consumer: str = "erp", limit: int = 50) -> list[dict[str, Any]]:
    answer = await client.get(f"/orders/feed/{consumer}", params={"limit": limit})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]  # type: ignore[no-any-return]


def keys(items: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    return [(one["order"]["external_id"], one["version"], one["kind"]) for one in items]


async def acknowledge(client: Any, items: list[dict[str, Any]], consumer: str = "erp") -> list[str]:
    body = [
        {"order_id": one["order_id"], "version": one["version"], "erp_number": f"A{one['order']['external_id']}"}
        for one in items
    ]
    answer = await client.post(f"/orders/feed/{consumer}/acknowledge", json=body)
    assert answer.status_code == 200, answer.text
    return [one["outcome"] for one in answer.json()]


async def test_an_order_comes_again_until_it_is_acknowledged(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    assert await feed(client) == []
    await book.take(received(order("1001"), observed(0)), received(order("1002"), observed(0)))
    await book.number_feed()
    items = await feed(client)
    assert [key[1:] for key in keys(items)] == [(1, "imported")] * 2
    assert items[0]["order"]["line_items"][0]["sku"] == "KR-1"
    assert items[0]["lines"][0]["article_number"] == "KR-1"
    assert keys(await feed(client)) == keys(items)
    assert await acknowledge(client, items[:1]) == ["accepted"]
    assert keys(await feed(client)) == keys(items[1:])
    assert await acknowledge(client, items) == ["accepted", "accepted"]
    assert await feed(client) == []
    told = await book.told(items[0]["order"]["external_id"])
    assert told.count("order_acknowledged") == 1


async def test_an_acknowledged_order_is_found_by_the_number_it_got(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    await acknowledge(client, await feed(client))
    (found,) = (await client.get("/orders", params={"erp_number": "A1001"})).json()["items"]
    assert found["number"] == "#1001"
    entry = (await book.sent("journal.recorded"))[-1].data
    assert ("erp_number", "A1001") in {(key.kind, key.value) for key in entry.keys}
    detail = (await client.get(f"/orders/{order_id('1001')}")).json()
    assert detail["acknowledgements"][0]["erp_number"] == "A1001"


async def test_a_new_consumer_gets_every_order_so_far(book: Book) -> None:
    await book.know("KR-1")
    for n in range(7):
        await book.take(received(order(str(n)), observed(0)))
    client = await book.client()
    assert len(await feed(client)) == 7
    await book.number_feed()
    assert len(await feed(client)) == 7


async def test_changes_and_cancellations_are_fed_with_the_whole_new_state(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)), received(order("1002"), observed(0)))
    await book.number_feed()
    await acknowledge(client, await feed(client))
    await book.take(received(order("1001", note="gift"), observed(1)))
    await book.take(received(order("1002", state="cancelled"), observed(1)))
    await book.number_feed()
    items = await feed(client)
    assert sorted(keys(items)) == [("1001", 2, "changed"), ("1002", 2, "changed")]
    assert {one["order"]["note"] for one in items} == {"gift", ""}
    (asked,) = next(one["cancellations"] for one in items if one["order"]["external_id"] == "1002")
    await client.post(f"/orders/{order_id('1002')}/cancellations/{asked['id']}/accept")
    await acknowledge(client, items)
    await book.number_feed()
    assert keys(await feed(client)) == [("1002", 3, "cancelled")]


async def test_a_change_before_the_acknowledgement_is_one_item_and_the_late_answer_says_so(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    first = await feed(client)
    await book.take(received(order("1001", note="gift"), observed(1)))
    assert await acknowledge(client, first) == ["newer_waits"]
    await book.number_feed()
    assert keys(await feed(client)) == [("1001", 2, "changed")]
    assert (await book.row("1001"))["erp_number"] == "A1001"


async def test_parked_waiting_test_and_never_imported_orders_are_not_fed(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(
        received(order("parked", line("NEW")), observed(0)),
        received(order("waiting", withheld=("name",)), observed(0)),
        received(order("test", test=True), observed(0)),
        received(order("cancelled", state="cancelled"), observed(0)),
    )
    await book.number_feed()
    assert await feed(client) == []
    assert (await book.row("test"))["status"] == "imported"
    await book.know("NEW")
    await book.sweep()
    await book.number_feed()
    assert keys(await feed(client)) == [("parked", 2, "imported")]


async def test_a_rejected_order_is_parked_until_a_person_releases_it(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    (item,) = await feed(client)
    wish = {"order_id": item["order_id"], "version": 1, "code": "CUSTOMER_LOCKED", "reason": "Erika owes us money"}
    answer = await client.post("/orders/feed/erp/reject", json=wish)
    assert answer.json()["outcome"] == "accepted"
    assert (await client.post("/orders/feed/erp/reject", json=wish)).json()["outcome"] == "accepted"
    assert await feed(client) == []
    await book.sweep()
    (parked,) = (await client.get("/orders/parked")).json()["items"]
    (reason,) = parked["reasons"]
    assert (reason["code"], reason["params"]["text"]) == ("rejected_by_erp", "Erika owes us money")
    told = [one.data for one in await book.sent("journal.recorded")]
    assert "owes" not in "".join(one.model_dump_json() for one in told)
    assert told[-1].code == "order_rejected"
    assert (await book.sent())[-1].data.demand
    await client.post(f"/orders/{item['order_id']}/rejudge")
    await book.number_feed()
    assert keys(await feed(client)) == [("1001", 3, "imported")]


async def test_a_rejected_order_goes_on_by_itself_when_the_shop_changes_it(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    await client.post("/orders/feed/erp/reject", json={"order_id": str(order_id("1001")), "version": 1, "code": "X"})
    await book.take(received(order("1001", note="mended"), observed(1)))
    await book.number_feed()
    assert keys(await feed(client)) == [("1001", 3, "imported")]


async def test_rejecting_a_state_that_is_no_longer_the_newest_parks_nothing(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    await feed(client)
    await book.take(received(order("1001", note="mended"), observed(1)))
    answer = await client.post("/orders/feed/erp/reject", json={"order_id": str(order_id("1001")), "version": 1})
    assert answer.json()["outcome"] == "newer_waits"
    assert (await book.row("1001"))["status"] == "imported"


async def test_answers_about_orders_and_versions_that_do_not_exist_are_refused_one_by_one(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    body = [
        {"order_id": str(order_id("none")), "version": 1},
        {"order_id": str(order_id("1001")), "version": 7},
        {"order_id": str(order_id("1001")), "version": 1},
    ]
    answer = (await client.post("/orders/feed/erp/acknowledge", json=body)).json()
    assert [one["outcome"] for one in answer] == ["refused", "refused", "accepted"]
    assert [one["code"] for one in answer] == ["not_found", "feed_version_unknown", ""]
    await book.number_feed()
    assert (await client.post("/orders/feed/nobody/acknowledge", json=body[2:])).json()[0]["code"] == "not_found"
    extra = await client.post("/orders/feed/erp/acknowledge", json=[body[2] | {"status": "done"}])
    assert (extra.status_code, extra.json()["field"]) == (422, "0.status")


async def test_two_consumers_do_not_disturb_each_other(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client, "erp")
    await feed(client, "warehouse")
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    await acknowledge(client, await feed(client, "erp"), "erp")
    assert await feed(client, "erp") == []
    assert len(await feed(client, "warehouse")) == 1
    assert (await client.delete("/orders/feed/warehouse")).status_code == 204
    assert [one["name"] for one in (await client.get("/orders/feed")).json()] == ["erp"]


async def test_a_key_limited_to_one_shop_is_fed_that_shop_only(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1"), observed(0)), received(order("2"), observed(0), OTHER_SHOP))
    limited = await book.client("operate", [OTHER_SHOP])
    assert keys(await feed(limited)) == [("2", 1, "imported")]
    body = [{"order_id": str(order_id("1")), "version": 1}]
    assert (await limited.post("/orders/feed/erp/acknowledge", json=body)).json()[0]["code"] == "not_found"


async def test_what_was_taken_and_not_answered_in_time_is_shown_as_overdue(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    await feed(client)
    assert (await client.get("/orders/feed/erp/overdue")).json()["items"] == []
    now = book.service.clock
    book.service.clock = lambda: now() + timedelta(hours=2)
    (late,) = (await client.get("/orders/feed/erp/overdue")).json()["items"]
    assert (late["number"], late["version"]) == ("#1001", 1)
    (consumer,) = (await client.get("/orders/feed")).json()
    assert (consumer["waiting"], consumer["overdue"]) == (1, 1)


async def test_a_transaction_that_commits_late_is_not_passed_over(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    async with book.elsewhere() as tx:
        await receive(book.service, SETTINGS, tx, [received(order("early"), observed(0))])
        await book.take(received(order("late"), observed(0)))
        await book.number_feed()
        items = await feed(client)
        assert keys(items) == [("late", 1, "imported")]
        await acknowledge(client, items)
    await book.number_feed()
    assert keys(await feed(client)) == [("early", 1, "imported")]


async def test_positions_are_unique_and_grow_however_many_loops_number(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    for start in range(0, 60, 10):
        await book.take(*(received(order(str(n)), observed(0)) for n in range(start, start + 10)))
        await asyncio.gather(*(book.number_feed() for _ in range(4)))
    positions = [one["position"] for one in await feed(client, limit=500)]
    assert positions == sorted(set(positions))
    assert len(positions) == 60


async def test_the_stock_keeper_hears_when_an_order_was_acknowledged_and_that_an_edit_was_not(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    items = await feed(client)
    await acknowledge(client, items)
    await acknowledge(client, items)
    (told,) = await book.sent("order.changed")
    assert told.data.version == items[0]["version"]
    assert told.data.acknowledged_at is not None
    body = {"reference": "p1", "tracking_number": "T1", "carrier": "DHL"}
    assert (await client.post(f"/orders/{items[0]['order_id']}/shipments", json=body)).status_code == 201
    shipped = (await book.sent("order.changed"))[-1].data
    assert shipped.acknowledged_at == told.data.acknowledged_at
    assert [(one.article_number, one.quantity > 0) for one in shipped.shipped] == [("KR-1", True)]
    assert shipped.shipped_at is not None
    assert not shipped.demand
    await book.take(received(order("1001", line(quantity=5)), observed(1)))
    edited = (await book.sent("order.changed"))[-1].data
    assert edited.acknowledged_at is None
