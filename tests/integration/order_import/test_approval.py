"""Orders that wait for a person's word."""

import asyncio
from datetime import timedelta

import pytest

from services.order_import import connection_replica
from shared.contracts.connection import Connection
from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import.samples import OTHER_SHOP, SHOP, line, observed, order

RULES = f"/orders/rules/{SHOP}"
ONE = f"/orders/{order_id('1001')}"


@pytest.fixture(autouse=True)
async def approval_mode(book: Book) -> None:
    async with book.service.database.transaction() as tx:
        await connection_replica.put(tx, Connection(id=SHOP, version=1, platform="shop", name="S"))
    await book.know("KR-1")
    answer = await (await book.client()).put(RULES, json={"mode": "approval"}, headers={"If-Match": '"0"'})
    assert answer.status_code == 200
    await book.take(received(order("1001"), observed(0)))


async def reasons(book: Book) -> list[str]:
    detail = (await (await book.client("read")).get(ONE)).json()
    return [one["code"] for one in detail["reasons"]]


async def test_an_order_that_keeps_every_rule_waits_to_be_approved(book: Book) -> None:
    client = await book.client()
    (waiting,) = (await client.get("/orders/waiting?code=approval_wanted")).json()["items"]
    assert (waiting["id"], waiting["status"]) == (str(order_id("1001")), "waiting")
    await book.sweep()
    await book.number_feed()
    assert (await client.get("/orders/feed/erp")).json()["items"] == []


async def test_approving_twice_imports_once_and_is_told_once(book: Book) -> None:
    client = await book.client()
    for _ in range(2):
        answer = await client.post(f"{ONE}/approve")
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["version"]) == ("imported", 2)
    assert await book.told("1001") == ["order_kept_back", "order_approved", "order_set_free"]
    assert [one.type for one in await book.sent()] == ["order.changed", "order.imported"]
    entries = [one.data for one in await book.sent("journal.recorded") if one.data.code == "order_approved"]
    assert [one.actor for one in entries] == ["operate"]
    await book.take(received(order("1001", note="later"), observed(1)))
    assert (await book.row("1001"))["status"] == "imported"


async def test_of_several_people_who_decide_at_once_one_decides(book: Book) -> None:
    client = await book.client()
    words = ["approve", "refuse"] * 4
    answers = await asyncio.gather(*(client.post(f"{ONE}/{word}") for word in words))
    granted = {word for word, answer in zip(words, answers, strict=True) if answer.status_code == 200}
    assert len(granted) == 1
    assert [one.status_code for one in answers].count(409) == 4
    assert (await book.told("1001"))[1] == ("order_approved" if granted == {"approve"} else "order_refused")
    assert len(await book.told("1001")) == 3


async def test_a_refused_order_is_never_imported_and_wants_no_stock(book: Book) -> None:
    client = await book.client()
    for _ in range(2):
        assert (await client.post(f"{ONE}/refuse")).json()["status"] == "waiting"
    assert await book.told("1001") == ["order_kept_back", "order_refused", "order_kept_back"]
    assert await reasons(book) == ["approval_refused"]
    assert (await book.sent())[-1].data.demand == ()
    refused = await client.post(f"{ONE}/approve")
    assert (refused.status_code, refused.json()["code"]) == (409, "order_not_for_approval")
    await client.put(RULES, json={}, headers={"If-Match": '"1"'})
    await book.sweep()
    await book.take(received(order("1001", note="changed"), observed(1)))
    assert ((await book.row("1001"))["status"], (await book.sent())[-1].data.demand) == ("waiting", ())
    await book.take(received(order("1001", state="cancelled"), observed(2)))
    assert (await book.row("1001"))["status"] == "cancelled"


async def test_an_order_put_off_is_asked_about_again_when_the_time_has_come(book: Book) -> None:
    client = await book.client()
    now = book.service.clock()
    until = (now + timedelta(hours=1)).isoformat()
    for _ in range(2):
        assert (await client.post(f"{ONE}/later", json={"until": until})).status_code == 200
    await book.sweep()
    assert await reasons(book) == ["approval_later"]
    book.service.clock = lambda: now + timedelta(hours=2)
    await book.sweep()
    await book.sweep()
    assert await reasons(book) == ["approval_wanted"]
    assert await book.told("1001") == ["order_kept_back", "order_put_off", "order_kept_back", "order_kept_back"]
    assert (await client.post(f"{ONE}/approve")).json()["status"] == "imported"


async def test_an_order_put_off_may_be_approved_before(book: Book) -> None:
    client = await book.client()
    past = await client.post(f"{ONE}/later", json={"until": "2020-01-01T00:00:00Z"})
    assert (past.status_code, past.json()["field"]) == (422, "until")
    assert (await client.post(f"{ONE}/later", json={"until": "soon"})).json()["field"] == "until"
    await client.post(f"{ONE}/later", json={"until": "2999-01-01T00:00:00Z"})
    assert (await client.post(f"{ONE}/approve")).json()["status"] == "imported"


async def test_switching_approval_off_releases_what_waits_for_it(book: Book) -> None:
    await (await book.client()).put(RULES, json={}, headers={"If-Match": '"1"'})
    await book.sweep()
    assert (await book.row("1001"))["status"] == "imported"


async def test_only_who_may_operate_this_connection_decides_and_only_about_what_waits(book: Book) -> None:
    assert (await (await book.client("read")).post(f"{ONE}/approve")).status_code == 403
    assert (await (await book.client("operate", [OTHER_SHOP])).post(f"{ONE}/approve")).status_code == 404
    client = await book.client()
    await book.take(received(order("1002", line("NEW")), observed(0)))
    parked = await client.post(f"/orders/{order_id('1002')}/approve")
    assert (parked.status_code, parked.json()["code"]) == (409, "order_not_for_approval")
    await book.know("NEW")
    await book.sweep()
    assert (await book.row("1002"))["status"] == "waiting"
    assert await book.told("1002") == ["order_parked", "order_kept_back"]
