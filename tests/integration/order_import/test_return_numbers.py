"""Numbers for the way back: each goes with one parcel, whoever takes at the same time, and nobody is surprised."""

import asyncio
from typing import Any

import pytest

from services.order_import import connection_replica, return_numbers
from services.order_import.erasure import erase
from services.order_import.return_numbers import generated, with_check_digit
from services.order_import.watch_settings import WatchSettings
from services.order_import.watchmen import watch_return_numbers
from shared.contracts.connection import Connection
from tests.integration.order_import.book import Book, order_id, received
from tests.integration.order_import.test_watchmen import later, told
from tests.pure.order_import.samples import OTHER_SHOP, SHOP, observed, order

POOL = f"/orders/return-numbers/{SHOP}"


@pytest.fixture
async def client(book: Book) -> Any:
    """Ten orders of a shop, and an internal system that ships them."""
    async with book.service.database.transaction() as tx:
        await connection_replica.put(tx, Connection(id=SHOP, version=1, platform="shop", name="North"))
    await book.know("KR-1")
    await book.take(*(received(order(f"{1000 + place}"), observed(0)) for place in range(10)))
    return await book.client()


async def ship(client: Any, external_id: str, **differing: Any) -> Any:
    wish = {"reference": "P-1", "carrier": "DHL", "tracking_number": f"T-{external_id}"} | differing
    return await client.post(f"/orders/{order_id(external_id)}/shipments", json=wish)


async def test_each_parcel_takes_the_next_number_once_however_often_it_is_told(book: Book, client: Any) -> None:
    added = (await client.post(POOL, json={"numbers": "R1, R2;R3\nR1"})).json()
    assert (added["free"], added["taken"], added["added"]) == (3, 0, 3)
    assert (await client.post(POOL, json={"numbers": "R1 R2 R3"})).json()["added"] == 0
    for _ in range(2):
        assert (await ship(client, "1001")).json()["return_tracking_number"] == "R1"
    assert (await ship(client, "1002")).json()["return_tracking_number"] == "R2"
    commands = [one.data.fulfilment.return_tracking_number for one in await book.sent("fulfilment.push")]
    assert commands == ["R1", "R2"]
    assert (await client.get(POOL)).json() == {"connection": str(SHOP), "free": 1, "taken": 2, "added": 0}
    # A number that was taken never comes back by being uploaded again.
    assert (await client.post(POOL, json={"numbers": "R1"})).json()["added"] == 0


async def test_several_workers_at_once_take_different_numbers(book: Book, client: Any) -> None:
    await client.post(POOL, json={"numbers": " ".join(f"R{place}" for place in range(10))})
    answers = await asyncio.gather(*(ship(client, f"{1000 + place}") for place in range(10)))
    assert len({one.json()["return_tracking_number"] for one in answers}) == 10
    assert (await client.get(POOL)).json()["free"] == 0


async def test_a_number_of_the_caller_a_parcel_without_number_and_a_shop_without_pool_take_none(
    book: Book, client: Any
) -> None:
    assert (await ship(client, "1001")).json()["return_tracking_number"] == ""
    await client.post(POOL, json={"numbers": "R1"})
    assert (await ship(client, "1002", return_tracking_number="OWN1")).json()["return_tracking_number"] == "OWN1"
    assert (await ship(client, "1003", tracking_number="")).json()["return_tracking_number"] == ""
    assert (await client.get(POOL)).json()["free"] == 1


async def test_a_parcel_for_which_there_is_no_number_is_not_told_until_there_are_new_ones(
    book: Book, client: Any
) -> None:
    await client.post(POOL, json={"numbers": "R1"})
    await ship(client, "1001")
    late = (await ship(client, "1002")).json()
    assert (late["state"], late["code"]) == ("failed", "return_numbers_used_up")
    assert len(await book.sent("fulfilment.push")) == 1
    assert (await book.told("1002"))[-2:] == ["shipment_recorded", "shipment_failed"]
    retry = f"/orders/shipments/{late['id']}/retry"
    early = await client.post(retry)
    assert (early.status_code, early.json()["code"]) == (409, "return_numbers_used_up")
    await client.post(POOL, json={"numbers": "R2"})
    assert (await client.post(retry)).json()["return_tracking_number"] == "R2"
    assert [one.data.version for one in await book.sent("fulfilment.push")] == [1, 2]


async def test_a_pool_that_runs_dry_is_told_of_once_and_told_over(book: Book, client: Any) -> None:
    settings = WatchSettings(return_numbers_low=2)

    async def look() -> list[str]:
        for _ in range(2):
            await watch_return_numbers(book.service, settings)
            later(book, WatchSettings().reported_within)
        return [one.code for one in await told(book)]

    assert await look() == []
    await client.post(POOL, json={"numbers": "R1"})
    assert await look() == ["watch_returnnumbers_found"]
    await client.post(POOL, json={"numbers": "R2 R3"})
    assert await look() == ["watch_returnnumbers_found", "watch_returnnumbers_over"]


async def test_a_range_of_the_carrier_gets_its_check_digits(client: Any) -> None:
    made = await client.post(f"{POOL}/range", json={"first": "56310243031", "count": 20})
    assert made.json()["added"] == 20
    assert (await ship(client, "1001")).json()["return_tracking_number"] == "563102430313"
    over = await client.post(f"{POOL}/range", json={"first": "99999999999", "count": 2})
    assert (over.status_code, over.json()["field"]) == (422, "count")


async def test_an_erased_orders_number_stays_taken_and_leads_to_nobody(book: Book, client: Any) -> None:
    await client.post(POOL, json={"numbers": "R1"})
    await ship(client, "1001")
    async with book.service.database.transaction() as tx:
        await erase(book.service, tx, [order_id("1001")])
        assert (await return_numbers.pool(tx, SHOP)).taken == 1
    assert await book.value("SELECT count(*) FROM return_numbers WHERE parcel_id IS NOT NULL") == 0


async def test_a_pool_is_filled_by_who_may_and_for_connections_there_are(book: Book, client: Any) -> None:
    stranger = await book.client("operate", [OTHER_SHOP])
    assert (await stranger.post(POOL, json={"numbers": "R1"})).status_code == 404
    assert (await (await book.client("read")).post(POOL, json={"numbers": "R1"})).status_code == 403
    assert (await client.post(f"/orders/return-numbers/{OTHER_SHOP}", json={"numbers": "R1"})).status_code == 404
    refused = await client.post(POOL, json={"numbers": "R1 <script>"})
    assert (refused.status_code, refused.json()["field"]) == (422, "numbers")


def test_the_check_digit_is_what_is_missing_to_ten() -> None:
    assert with_check_digit("56310243031") == "563102430313"
    assert [len(number) for number in generated("00000000000", 3)] == [12, 12, 12]
    assert len(set(generated("00000000000", 1000))) == 1000
