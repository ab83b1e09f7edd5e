"""Goods came back: from the ERP's call to shelf and shop, with switches, lost answers, and processes that die."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import stamina

from services.connectors.shopify.connector import SHOPIFY
from services.order_import.erasure import erase
from services.sandbox.faults import Rule
from shared.chassis.clock import utc_now
from shared.chassis.journal import Journal
from shared.connector_kit.commands import store_as
from shared.connector_kit.pushing import Pusher
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import decode, event
from shared.contracts.fulfilment import PushReported
from shared.contracts.order import Order
from shared.persistence import leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import import samples
from tests.pure.order_import.samples import SHOP, observed
from tests.wired.contract.shops import shopify
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, settled


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(shopify.VARIETIES[0], SHOPIFY)
    with stamina.set_testing(True, attempts=10, cap=True):
        yield opened
    await opened.close()


class Desk:
    """The connector's side: its work table, its lease, and a switch."""

    def __init__(self, database: Database, stand: Stand, lease: leases.Lease) -> None:
        self.database, self.stand, self.lease = database, stand, lease

    async def carry(self, book: Book) -> None:
        """What the order book commands goes into the work table; a second delivery changes nothing."""
        commands = await book.sent("return.push")
        for _ in range(2):
            async with self.database.transaction() as tx:
                await store_as("return")(tx, commands)

    async def push(self, *, on: bool = True, rounds: int = 3) -> None:
        connection = Connection(
            id=SHOP, version=1, platform="shop", name="Shop", productive=True, integration={"returns": on}
        )
        pusher = Pusher(connection, self.stand.client, self.lease, self.database, Journal("shop"), utc_now, 5)
        for _ in range(rounds):
            async with self.database.transaction() as tx:
                await tx.execute("UPDATE work SET due_at = now() WHERE connection = :id", id=SHOP)
            await pusher.step(self.stand.push("return"))

    async def written(self, type: str) -> list[Any]:
        async with self.database.transaction() as tx:
            rows = await tx.rows("SELECT body FROM outbox WHERE type = :type ORDER BY id", type=type)
        return [one for row in rows for one in decode(row["body"], MESSAGES[type])]

    async def back(self, book: Book) -> list[str]:
        """What the connector reports goes to the order book, twice; answers the outcomes."""
        events = await self.written("push.reported")
        for _ in range(2):
            await book.take_reports(*events)
        return [one.data.outcome for one in events]


@pytest.fixture
async def desk(open_as: OpenAs, stand: Stand) -> Desk:
    database = open_as("connectors")
    async with database.transaction() as tx:
        for table in ("work", "told", "outbox", "leases"):
            await tx.execute(f"DELETE FROM {table}")
        (lease,) = await leases.acquire(tx, [str(SHOP)], f"test-{uuid4()}", limit=1, seconds=300)
    return Desk(database, stand, lease)


async def sold(book: Book, stand: Stand) -> tuple[Any, Order, str]:
    """An order of the sandbox shop that was shipped by us; answers a client, the order and its address."""
    order = await order_of(stand, "reduced rate only")
    await book.know(*(one.sku for one in order.line_items if one.sku))
    await book.take(received(order, observed(0)))
    client, url = await book.client(), f"/orders/{order_id(order.external_id)}"
    parcel = {"reference": "LS-1", "carrier": "DHL", "tracking_number": "00340"}
    assert (await client.post(f"{url}/shipments", json=parcel)).status_code == 201
    for push in await book.sent("fulfilment.push"):
        assert (await settled(stand, "fulfilment", push.data)).outcome == "done"
    return client, order, url


def wish(line: str, quantity: str = "1", **differing: Any) -> dict[str, Any]:
    facts = {"line_external_id": line, "quantity": quantity, "reason": "defective", "note": "Delle"} | differing
    return {"reference": "RET-1", "lines": [facts]}


async def test_goods_count_once_although_they_are_said_twice_and_the_answer_is_lost(
    book: Book, stand: Stand, desk: Desk
) -> None:
    client, order, url = await sold(book, stand)
    line = order.line_items[0].external_id
    answers = [await client.post(f"{url}/returned", json=wish(line)) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert answers[0].json()["state"] == "pending"
    assert len(await book.sent("return.push")) == 1
    await desk.carry(book)
    await desk.push(on=False, rounds=2)
    assert await desk.back(book) == ["blocked"]
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=stand.variety.return_writes, method="POST"))
    await desk.push()
    assert stand.opened.faults.struck["answer_lost"] == 1
    outcomes = await desk.back(book)
    assert outcomes[-1] in ("done", "unchanged")
    (shown,) = (await client.get(f"{url}/returned")).json()
    (seen,) = (await reread(stand, order)).returns
    assert (seen.external_id, seen.state, seen.ours) == (shown["external_id"], "closed", True)
    assert (shown["state"], shown["explanation"]) == ("reported", "")
    told = [one.data for one in await desk.written("journal.recorded")]
    assert [entry.code for entry in told] == [f"return_push_{outcome}" for outcome in outcomes]
    assert [one for one in await book.told(order.external_id) if one.startswith("returned")] == [
        "returned_recorded", "returned_reported",
    ]  # fmt: skip


async def test_a_process_that_dies_between_opening_and_closing_leaves_one_return_and_it_is_closed(
    book: Book, stand: Stand, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, order, url = await sold(book, stand)
    await client.post(f"{url}/returned", json=wish(order.line_items[0].external_id))
    await desk.carry(book)

    async def die(id: str) -> None:
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(stand.client.returning, "close", die)
        with pytest.raises(asyncio.CancelledError):
            await desk.push()
    assert [one.state for one in (await reread(stand, order)).returns] == ["open"]
    await desk.push()
    assert await desk.back(book) == ["done"]
    assert [one.state for one in (await reread(stand, order)).returns] == ["closed"]


async def test_what_may_be_sold_again_lies_on_the_shelf_once(book: Book, stand: Stand, desk: Desk) -> None:
    client, order, url = await sold(book, stand)
    line = order.line_items[0]
    both = wish(line.external_id, restocked=True)
    for _ in range(2):
        await client.post(f"{url}/returned", json=both)
    detail = (await client.get(url)).json()
    (case,) = detail["returns"]
    assert (case["state"], case["cause"]) == ("received", "returned")
    assert [(one["line_external_id"], Decimal(one["restocked"])) for one in case["lines"]] == [(line.external_id, 1)]
    assert [one["reference"] for one in detail["returned"]] == ["RET-1"]
    changed = [one for one in await book.sent("order.changed") if one.data.returned]
    assert [(one.data.returned[0].line_external_id, one.data.returned[0].quantity) for one in changed] == [
        (line.external_id, Decimal(1))
    ]
    # The shop shows what it was told: nothing is expected a second time.
    await desk.carry(book)
    await desk.push()
    for minute in (5, 6):
        await book.take(received(await reread(stand, order), observed(minute, content_hash=f"returned {minute}")))
    assert len((await client.get(url)).json()["returns"]) == 1


async def test_a_return_the_shop_refused_is_sent_again_by_hand(book: Book) -> None:
    bought = samples.order("7001")
    await book.know("KR-1")
    await book.take(received(bought, observed(0)))
    client, url = await book.client(), f"/orders/{order_id('7001')}"
    assert (await client.post(f"{url}/shipments", json={"reference": "LS-1"})).status_code == 201
    line = bought.line_items[0].external_id
    id = (await client.post(f"{url}/returned", json=wish(line))).json()["id"]
    assert (await client.post(f"/orders/returned/{id}/retry")).json()["code"] == "returned_not_failed"
    (push,) = await book.sent("return.push")
    said = PushReported(
        noun="return", subject=push.subject, version=1, outcome="failed", code="return_refused_by_shop",
        params={"detail": "the window has closed"}, reported_at=samples.NOON,
    )  # fmt: skip
    reported = event(
        said, id=uuid4(), source="shop", subject=push.subject, time=samples.NOON, platform="shop", connection=SHOP
    )
    await book.take_reports(reported, reported)
    (shown,) = (await client.get(f"{url}/returned")).json()
    assert (shown["state"], "the window has closed" in shown["explanation"]) == ("failed", True)
    for expected in (202, 409):
        assert (await client.post(f"/orders/returned/{id}/retry")).status_code == expected
    assert [one.data.version for one in await book.sent("return.push")] == [1, 2]


async def test_what_the_order_does_not_bear_is_refused_with_a_sentence_and_nothing_is_sent(book: Book) -> None:
    bought = samples.order("7001")
    await book.know("KR-1")
    await book.take(received(bought, observed(0)))
    client, url = await book.client(), f"/orders/{order_id('7001')}"
    line = bought.line_items[0].external_id
    answer = await client.post(f"{url}/returned", json=wish(line))
    assert (answer.status_code, answer.json()["code"]) == (409, "returned_exceeds_line")
    await client.post(f"{url}/shipments", json={"reference": "LS-1"})
    for asked, status, code in (
        (wish("no"), 422, "returned_line_unknown"),
        (wish(line, "1000"), 409, "returned_exceeds_line"),
        (wish(line, "0"), 422, "request_invalid"),
        (wish(line, reason="bored"), 422, "request_invalid"),
        ({"reference": "RET-1", "lines": []}, 422, "request_invalid"),
    ):
        answer = await client.post(f"{url}/returned", json=asked, headers={"Accept-Language": "de"})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert "{" not in answer.json()["detail"]
    assert await book.sent("return.push") == []
    assert (await client.post(f"{url}/returned", json=wish(line))).status_code == 201
    other = await client.post(f"{url}/returned", json=wish(line, note="anderes"))
    assert (other.status_code, other.json()["code"]) == (409, "returned_reference_used")
    same = await client.post(f"{url}/returned", json=wish(line, "1.0"))
    assert same.status_code == 200


async def test_erasing_a_person_takes_the_words_and_the_parcels_number_and_leaves_the_goods(book: Book) -> None:
    bought = samples.order("7001")
    await book.know("KR-1")
    await book.take(received(bought, observed(0)))
    client, url = await book.client(), f"/orders/{order_id('7001')}"
    await client.post(f"{url}/shipments", json={"reference": "LS-1"})
    asked = wish(bought.line_items[0].external_id) | {"tracking_number": "00340"}
    assert (await client.post(f"{url}/returned", json=asked)).status_code == 201
    for _ in range(2):
        async with book.service.database.transaction() as tx:
            await erase(book.service, tx, [order_id("7001")])
        (shown,) = (await client.get(f"{url}/returned")).json()
        (line,) = shown["lines"]
        assert (shown["tracking_number"], line["note"], line["reason"], Decimal(line["quantity"])) == (
            "", "", "defective", 1,
        )  # fmt: skip


async def test_many_returns_are_answered_one_by_one_and_listed(book: Book) -> None:
    await book.know("KR-1")
    client = await book.client()
    for number in ("7001", "7002"):
        await book.take(received(samples.order(number), observed(0)))
    await client.post(f"/orders/{order_id('7001')}/shipments", json={"reference": "LS-1"})
    line = samples.order("7001").line_items[0].external_id
    asked = [
        wish(line) | {"order": {"connection": str(SHOP), "external_id": number}} for number in ("7001", "7002", "7003")
    ]
    asked.append(wish(line) | {"order": {"id": str(order_id("7001"))}})
    answers = (await client.post("/orders/returned", json=asked)).json()
    assert [(one["outcome"], one["code"]) for one in answers] == [
        ("accepted", ""), ("refused", "returned_exceeds_line"), ("refused", "not_found"), ("known", ""),
    ]  # fmt: skip
    listed = (await client.get("/orders/returned")).json()["items"]
    assert [one["order_id"] for one in listed] == [str(order_id("7001"))]


async def test_several_workers_with_the_same_goods_at_once_count_them_once(book: Book) -> None:
    bought = samples.order("7001")
    await book.know("KR-1")
    await book.take(received(bought, observed(0)))
    client, url = await book.client(), f"/orders/{order_id('7001')}"
    await client.post(f"{url}/shipments", json={"reference": "LS-1"})
    line = bought.line_items[0]
    whole = wish(line.external_id, f"{line.quantity}", restocked=True)
    others = [client.post(f"{url}/returned", json=whole | {"reference": f"RET-{n}"}) for n in range(2, 6)]
    answers = await asyncio.gather(*(client.post(f"{url}/returned", json=whole) for _ in range(4)), *others)
    assert [one.status_code for one in answers].count(201) == 1
    assert {one.status_code for one in answers} <= {200, 201, 409}
    assert len(await book.sent("return.push")) == 1
    assert len((await client.get(url)).json()["returns"]) == 1
