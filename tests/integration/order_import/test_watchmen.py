"""The order book's watch: what is overdue or unusual is told once, with its numbers, and told over when it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.order_import import connection_replica
from services.order_import.watch_settings import WatchSettings
from services.order_import.watchmen import watch_acknowledgements, watch_few_orders, watch_shipments
from shared.contracts.connection import Connection
from shared.contracts.envelope import Event, event
from shared.contracts.fulfilment import PushReported
from shared.contracts.identity import own_id
from shared.contracts.journal import JournalEntry
from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import.samples import OTHER_SHOP, SHOP, observed, order

SETTINGS = WatchSettings()


async def told(book: Book) -> list[JournalEntry]:
    """What the watchmen have told the journal."""
    return [one.data for one in await book.sent("journal.recorded") if one.data.code.startswith("watch_")]


def later(book: Book, by: timedelta) -> None:
    """The service's clock goes ahead of the database's."""
    ahead = book.service.clock() + by
    book.service.clock = lambda: ahead


async def look(book: Book, watchman: Any, times: int) -> None:
    """Some looks, a minute apart."""
    for _ in range(times):
        await watchman(book.service, SETTINGS)
        later(book, timedelta(minutes=1))


async def feed(client: Any, consumer: str = "erp") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await client.get(f"/orders/feed/{consumer}")).json()["items"]
    return items


async def test_an_order_nobody_acknowledges_within_a_day_is_overdue_until_somebody_does(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await feed(client, "wms")
    await book.take(received(order("1001"), observed(0)), received(order("1002"), observed(0)))
    await book.number_feed()
    await look(book, watch_acknowledgements, 1)
    later(book, timedelta(hours=25))
    await look(book, watch_acknowledgements, 3)
    entries = await told(book)
    assert sorted(entry.params["number"] for entry in entries) == ["#1001", "#1002"]
    assert {(entry.code, entry.outcome, entry.params["consumer"]) for entry in entries} == {
        ("watch_acknowledgement_found", "error", "erp, wms")
    }
    item = next(one for one in await feed(client) if one["order"]["external_id"] == "1001")
    body = [{"order_id": item["order_id"], "version": item["version"], "erp_number": "A1"}]
    assert (await client.post("/orders/feed/erp/acknowledge", json=body)).status_code == 200
    await look(book, watch_acknowledgements, 2)
    over = [entry for entry in await told(book) if entry.outcome == "ok"]
    assert [(entry.code, entry.subject) for entry in over] == [("watch_acknowledgement_over", str(order_id("1001")))]


async def test_without_a_registered_consumer_no_acknowledgement_is_overdue(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1001"), observed(0)))
    await book.number_feed()
    later(book, timedelta(hours=25))
    await look(book, watch_acknowledgements, 2)
    assert await told(book) == []


async def test_a_parked_or_test_order_owes_no_acknowledgement(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await feed(client)
    await book.take(received(order("1001"), observed(0)), received(order("1002", test=True), observed(0)))
    await book.number_feed()
    (item,) = await feed(client)
    refusal = {"order_id": item["order_id"], "version": item["version"], "code": "no_debtor", "reason": "unknown"}
    assert (await client.post("/orders/feed/erp/reject", json=refusal)).status_code == 200
    later(book, timedelta(hours=25))
    await look(book, watch_acknowledgements, 2)
    assert await told(book) == []


def reported(parcel: str, outcome: str) -> Event[Any]:
    payload = PushReported(
        noun="fulfilment", subject=parcel, version=1, outcome=outcome,
        reported_at=datetime.now(UTC),
    )  # fmt: skip
    return event(payload, id=own_id("shop", "push.reported", parcel, outcome), source="shop", subject=parcel,
                 time=datetime.now(UTC), platform="shop", connection=SHOP)  # fmt: skip


async def test_a_shipment_the_shop_does_not_know_after_an_hour_is_told_until_it_does(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    await book.take(received(order("1001"), observed(0)), received(order("1002"), observed(0)))
    parcels = {}
    for number in ("1001", "1002"):
        answer = await client.post(f"/orders/{order_id(number)}/shipments", json={"reference": f"LS-{number}"})
        parcels[number] = answer.json()["id"]
    await book.take_reports(reported(parcels["1002"], "failed"))
    await look(book, watch_shipments, 1)
    later(book, timedelta(minutes=61))
    await look(book, watch_shipments, 3)
    (entry,) = await told(book)
    assert (entry.code, entry.params["reference"], entry.params["number"]) == (
        "watch_shipment_found", "LS-1001", "#1001",
    )  # fmt: skip
    await book.take_reports(reported(parcels["1001"], "done"))
    await look(book, watch_shipments, 2)
    assert [one.code for one in await told(book)] == ["watch_shipment_found", "watch_shipment_over"]


NOW = datetime(2026, 3, 31, 12, 10, tzinfo=ZoneInfo("Europe/Berlin"))


async def placed(book: Book, days_ago: int, count: int, connection: Any = SHOP) -> None:
    """So many orders in the morning of that day."""
    at = NOW - timedelta(days=days_ago, hours=4)
    await book.take(
        *(
            received(order(f"{connection}-{days_ago}-{n}", placed_at=at, changed_at=at), observed(0), connection)
            for n in range(count)
        )
    )


async def shops(book: Book, **productive: bool) -> None:
    async with book.service.database.transaction() as tx:
        for id, name in ((SHOP, "kitchen"), (OTHER_SHOP, "garden")):
            connection = Connection(id=id, version=1, platform="shop", name=name, productive=productive[name])
            await connection_replica.put(tx, connection)


async def test_a_shop_with_far_fewer_orders_than_in_the_last_weeks_is_told_with_the_numbers(book: Book) -> None:
    await book.know("KR-1")
    await shops(book, kitchen=True, garden=True)
    for week, count in enumerate((2, 20, 22, 19, 21)):
        await placed(book, 7 * week, count)
        await placed(book, 7 * week, 4, OTHER_SHOP)
    book.service.clock = lambda: NOW
    await look(book, watch_few_orders, 3)
    (entry,) = await told(book)
    assert (entry.noun, entry.connection, entry.outcome) == ("connection", SHOP, "warning")
    assert (entry.params["count"], entry.params["past"]) == ("2", "20, 22, 19, 21")
    assert (entry.params["since"], entry.params["until"]) == ("2026-03-31 05:00", "2026-03-31 11:00")
    await placed(book, 0, 20)
    await look(book, watch_few_orders, 2)
    assert [one.code for one in await told(book)] == ["watch_orders_found", "watch_orders_over"]


async def test_a_young_or_switched_off_shop_raises_no_alarm(book: Book) -> None:
    await book.know("KR-1")
    await shops(book, kitchen=True, garden=False)
    for week in (1, 2):
        await placed(book, 7 * week, 25)
    for week in (1, 2, 3, 4):
        await placed(book, 7 * week, 25, OTHER_SHOP)
    book.service.clock = lambda: NOW
    await look(book, watch_few_orders, 2)
    assert await told(book) == []
