"""Finding orders, their versions and differences; the census; and what an erasure leaves."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.contracts.money import Money
from tests.integration.order_import.book import Book, order_id, received, unreadable
from tests.pure.order_import.samples import NOON, OTHER_SHOP, SHOP, line, observed, order


async def found(client: Any, **params: Any) -> list[str]:
    answer = await client.get("/orders", params=params)
    assert answer.status_code == 200, answer.text
    return [one["external_id"] for one in answer.json()["items"]]


async def test_orders_are_found_by_everything_a_supporter_is_told_on_the_phone(book: Book) -> None:
    await book.know("KR-1", "KR-2")
    other = order("2", line("KR-2"), customer=None, placed_at=NOON - timedelta(days=2))
    await book.take(
        received(order("1"), observed(0)),
        received(other, observed(0)),
        received(order("3", line("NEW"), test=True), observed(0), OTHER_SHOP),
    )
    client = await book.client()
    await client.post(f"/orders/{order_id('2')}/shipments", json={"reference": "x", "tracking_number": "00340"})
    assert await found(client, number="#1") == ["1"]
    assert await found(client, external_id="2") == ["2"]
    assert await found(client, article_number="KR-2") == ["2"]
    assert await found(client, tracking="00340") == ["2"]
    assert await found(client, status="parked") == ["3"]
    assert await found(client, test="true") == ["3"]
    assert sorted(await found(client, customer=" Erika@Example.org ")) == ["1", "3"]
    assert await found(client, connection=str(OTHER_SHOP)) == ["3"]
    assert await found(client, placed_to=NOON.isoformat()) == ["2"]
    assert await found(client, placed_from=NOON.isoformat(), platform="shop", test="false") == ["1"]
    assert await found(client, number="#9") == []


async def test_pages_follow_each_other_without_gap_or_repetition(book: Book) -> None:
    await book.know("KR-1")
    await book.take(*(received(order(str(n)), observed(0)) for n in range(23)))
    client = await book.client("read")
    seen, after = [], None
    while True:
        page = (await client.get("/orders", params={"limit": 5} | ({"after": after} if after else {}))).json()
        seen += [one["external_id"] for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen, key=int) == [str(n) for n in range(23)]
    broken = await client.get("/orders", params={"after": "nonsense"})
    assert (broken.status_code, broken.json()["field"]) == (422, "after")
    assert (await client.get("/orders", params={"limit": 501})).json()["field"] == "limit"


async def test_versions_show_what_made_them_and_what_differs(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", line("KR-1", 2, external_id="a")), observed(0)))
    await book.take(received(order("1", line("KR-1", 1, external_id="a")), observed(5)))
    client = await book.client()
    url = f"/orders/{order_id('1')}"
    await client.post(f"{url}/shipments", json={"reference": "x"})
    versions = (await client.get(f"{url}/versions")).json()
    assert [(one["version"], one["cause"], one["content_state"]) for one in versions] == [
        (3, "shipped", "same"), (2, "received", "readable"), (1, "received", "readable"),
    ]  # fmt: skip
    first = (await client.get(f"{url}/versions/1")).json()
    assert first["line_items"][0]["quantity"] == "2"
    changed = {one["path"]: (one["before"], one["after"]) for one in (
        await client.get(f"{url}/versions/1/difference/3")).json()}  # fmt: skip
    assert changed["line_items[external_id=a].quantity"] == ("2", "1")
    assert (await client.get(f"{url}/versions/4")).status_code == 404
    assert (await client.get(f"{url}/versions/0")).status_code == 404


async def test_versions_at_rest_do_not_show_what_they_say(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1"), observed(0)))
    sealed = bytes(await book.value("SELECT content FROM order_versions"))
    assert b"Mustermann" not in sealed
    assert len(sealed) > 100


async def test_the_census_counts_every_item_of_the_shop_with_its_status(book: Book) -> None:
    await book.know("KR-1")
    yen = Money(amount=Decimal(1490), currency="JPY")
    foreign = order("5", line("KR-1", total=yen, taxes=()), currency="JPY", charges=(), total=yen, payments=())
    await book.take(
        received(order("1"), observed(0)),
        received(order("2", line("NEW"), billing_address=None), observed(0)),
        received(order("3", state="cancelled"), observed(0)),
        received(order("4", withheld=("x",)), observed(0)),
        received(foreign, observed(0)),
        received(order("9"), observed(0), OTHER_SHOP),
    )
    await book.take_unreadable(unreadable("6", observed(0)))
    client = await book.client("read")
    summary = (await client.get(f"/orders/census/{SHOP}")).json()
    assert summary["orders"] == {"imported": 2, "parked": 1, "cancelled": 1, "waiting": 1}
    assert summary["unreadable"] == 1
    totals = {(one["status"], one["currency"]): one["total"] for one in summary["totals"]}
    assert totals["imported", "EUR"] == "14.90"
    assert totals["imported", "JPY"] == "1490"
    items, after = [], None
    while True:
        page = (await client.get(f"/orders/census/{SHOP}/items", params={"limit": 2} | (
            {"after": after} if after else {}))).json()  # fmt: skip
        items += [(one["external_id"], one["status"], one["reasons"]) for one in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert items == [
        ("1", "imported", []),
        ("2", "parked", ["article_unknown", "billing_address_missing"]),
        ("3", "cancelled", []),
        ("4", "waiting", []),
        ("5", "imported", []),
        ("6", "unreadable", ["unknown_word"]),
    ]
    stranger = await book.client("read", [OTHER_SHOP])
    assert (await stranger.get(f"/orders/census/{SHOP}")).status_code == 404


async def test_after_an_erasure_nothing_readable_of_the_person_is_left(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1", note="Erika Mustermann"), observed(0)))
    await book.take(received(order("1", note="Erika M."), observed(1)))
    await book.take(received(order("2"), observed(0)))
    client, neighbour = await book.client(), await book.client("service")
    await client.post(f"/orders/{order_id('1')}/shipments", json={"reference": "x", "tracking_number": "00340"})
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE parcels SET state = 'reported'")
    key = (await book.row("1"))["customer_key"]
    assert (await client.post("/orders/internal/erasures", json={"customer_key": key})).status_code == 403
    answer = await neighbour.post("/orders/internal/erasures", json={"customer_key": key})
    assert sorted(answer.json()["order_ids"]) == sorted([str(order_id("1")), str(order_id("2"))])
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE archive.keys SET key = NULL, destroyed_at = now()")
    await book.take(received(order("1", note="Erika again"), observed(2)))
    await book.take(received(order("1", note="Erika late"), observed(0, second=9)))
    assert (await book.row("1"))["version"] == 4
    for table in ("orders", "order_lines", "order_versions", "late_versions", "parcels", "parked_reasons"):
        for word in ("Erika", "Mustermann", "example.org", "Heidestraße", "00340", key):
            text = f"SELECT count(*) FROM {table} t WHERE t::text LIKE :word"
            assert await book.value(text, word=f"%{word}%") == 0, (table, word)
    assert (await book.row("1"))["status"] == "imported"
    shown = await client.get(f"/orders/{order_id('1')}/versions/1")
    assert (shown.status_code, shown.json()["code"]) == (410, "version_erased")
    assert await found(client, customer="erika@example.org") == []


async def test_a_second_erasure_changes_nothing_and_an_unknown_order_is_not_an_error(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(order("1"), observed(0)))
    neighbour = await book.client("service")
    body = {"order_ids": [str(order_id("1")), str(order_id("none"))]}
    first, second = [(await neighbour.post("/orders/internal/erasures", json=body)).json() for _ in range(2)]
    assert first == second == {"order_ids": [str(order_id("1"))], "customer_ids": []}


@pytest.mark.parametrize("path", ["/orders", f"/orders/{order_id('1')}", "/orders/parked", "/orders/feed/erp"])
async def test_nobody_reads_orders_without_a_key(book: Book, path: str) -> None:
    client = await book.client()
    answer = await client.get(path, headers={"Authorization": "Bearer wrong"})
    assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")


async def test_the_role_of_the_order_book_reads_no_neighbours_table(book: Book) -> None:
    async with book.service.database.transaction() as tx:
        allowed = await tx.value("SELECT has_schema_privilege('inventory', 'usage')")
    assert allowed is False
