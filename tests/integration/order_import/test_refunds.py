"""The ERP pays back: from its call to the shop and back, with switches, lost answers, and processes that die."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import stamina

from services.connectors.shopify.connector import SHOPIFY
from services.connectors.woocommerce.connector import WOOCOMMERCE
from services.sandbox.faults import Rule
from shared.chassis.clock import utc_now
from shared.chassis.journal import Journal
from shared.connector_kit.commands import store_as
from shared.connector_kit.declaration import Push, PushResult
from shared.connector_kit.pushing import Pusher
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import decode
from shared.contracts.order import Order
from shared.persistence import leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.order_import.book import Book, order_id, received
from tests.pure.order_import import samples
from tests.pure.order_import.samples import SHOP, observed
from tests.wired.contract.shops import shopify, woocommerce
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, settled

WISH: dict[str, Any] = {"reference": "GS-1", "currency": "EUR", "goodwill": "2.50"}


@pytest.fixture(params=["shopify", "woocommerce"])
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    variety, connector = {
        "shopify": (shopify.VARIETIES[0], SHOPIFY),
        "woocommerce": (woocommerce.VARIETIES[0], WOOCOMMERCE),
    }[request.param]
    opened = open_stand(variety, connector)
    with stamina.set_testing(True, attempts=10, cap=True):
        yield opened
    await opened.close()


class Till:
    """The connector's side: its work table, its lease, and a switch."""

    def __init__(self, database: Database, stand: Stand, lease: leases.Lease) -> None:
        self.database, self.stand, self.lease = database, stand, lease

    async def carry(self, book: Book) -> None:
        """What the order book commands goes into the work table; a second delivery changes nothing."""
        commands = await book.sent("refund.push")
        for _ in range(2):
            async with self.database.transaction() as tx:
                await store_as("refund")(tx, commands)

    async def push(self, *, on: bool = True, rounds: int = 3, through: Push | None = None) -> None:
        connection = Connection(
            id=SHOP, version=1, platform="shop", name="Shop", productive=True, integration={"refunds": on}
        )
        pusher = Pusher(connection, self.stand.client, self.lease, self.database, Journal("shop"), utc_now, 5)
        for _ in range(rounds):
            async with self.database.transaction() as tx:
                await tx.execute("UPDATE work SET due_at = now() WHERE connection = :id", id=SHOP)
            await pusher.step(through or self.stand.push("refund"))

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
async def till(open_as: OpenAs, stand: Stand) -> Till:
    database = open_as("connectors")
    async with database.transaction() as tx:
        for table in ("work", "told", "outbox", "leases"):
            await tx.execute(f"DELETE FROM {table}")
        (lease,) = await leases.acquire(tx, [str(SHOP)], f"test-{uuid4()}", limit=1, seconds=300)
    return Till(database, stand, lease)


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


async def test_a_refund_flows_once_although_it_is_said_twice_and_the_answer_is_lost(
    book: Book, stand: Stand, till: Till
) -> None:
    client, order, url = await sold(book, stand)
    line = order.line_items[0].external_id
    wish = WISH | {"lines": [{"line_external_id": line, "quantity": 1, "amount": "4.00"}], "reason": "Delle im Deckel"}
    answers = [await client.post(f"{url}/refunds", json=wish) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 200]
    assert (answers[0].json()["total"], answers[0].json()["state"]) == ("6.50", "pending")
    assert len(await book.sent("refund.push")) == 1
    await till.carry(book)
    await till.push(on=False, rounds=2)
    assert await till.back(book) == ["blocked"]
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=stand.variety.refund_writes, method="POST"))
    await till.push()
    assert stand.opened.faults.struck["answer_lost"] == 1
    outcomes = await till.back(book)
    assert outcomes[-1] in ("done", "unchanged")
    (shown,) = (await client.get(f"{url}/refunds")).json()
    seen = await reread(stand, order)
    assert [(one.external_id, one.total.amount) for one in seen.refunds] == [(shown["external_id"], Decimal("6.50"))]
    assert (shown["state"], shown["explanation"]) == ("reported", "")
    told = [one.data for one in await till.written("journal.recorded")]
    assert [entry.code for entry in told] == [f"refund_push_{outcome}" for outcome in outcomes]
    assert {entry.params["amount"] for entry in told} == {"6.50 EUR"}
    assert [one for one in await book.told(order.external_id) if one.startswith("refund")] == [
        "refund_recorded", "refund_reported",
    ]  # fmt: skip
    (again,) = [await client.post(f"{url}/refunds", json=wish)]
    assert (again.status_code, again.json()["state"]) == (200, "reported")


async def test_a_process_that_dies_in_the_call_leaves_one_refund_and_the_order_knows_it(
    book: Book, stand: Stand, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, order, url = await sold(book, stand)
    await client.post(f"{url}/refunds", json=WISH)
    await till.carry(book)
    name = "make_refund" if stand.connector is SHOPIFY else "create_refund"
    call = getattr(stand.client, name)

    async def die(*given: Any) -> None:
        await call(*given)
        raise asyncio.CancelledError

    with monkeypatch.context() as patch:
        patch.setattr(stand.client, name, die)
        with pytest.raises(asyncio.CancelledError):
            await till.push()
    await till.push()
    assert await till.back(book) == ["unchanged"]
    assert [one.total.amount for one in (await reread(stand, order)).refunds] == [Decimal("2.50")]
    assert [one["state"] for one in (await client.get(f"{url}/refunds")).json()] == ["reported"]


async def test_a_refund_the_shop_refused_is_sent_again_by_hand_and_still_flows_once(
    book: Book, stand: Stand, till: Till
) -> None:
    client, order, url = await sold(book, stand)
    id = (await client.post(f"{url}/refunds", json=WISH)).json()["id"]
    assert (await client.post(f"/orders/refunds/{id}/retry")).json()["code"] == "refund_not_failed"

    async def refuse(commands: Any, found: Any) -> Any:
        return [PushResult("failed", "refund_refused_by_shop", {"detail": "the provider is down"})]

    await till.carry(book)
    await till.push(through=replace(stand.push("refund"), send=refuse))
    assert await till.back(book) == ["failed"]
    (shown,) = (await client.get(f"{url}/refunds")).json()
    assert "the provider is down" in shown["explanation"]
    for expected in (202, 409):
        assert (await client.post(f"/orders/refunds/{id}/retry")).status_code == expected
    await till.carry(book)
    await till.push()
    assert (await till.back(book))[-1] == "done"
    assert [one.total.amount for one in (await reread(stand, order)).refunds] == [Decimal("2.50")]


async def test_refunds_together_are_never_more_than_the_order(book: Book, stand: Stand, till: Till) -> None:
    client, order, url = await sold(book, stand)
    await client.post(f"{url}/refunds", json=WISH)
    rest = {"reference": "GS-2", "currency": "EUR", "goodwill": f"{order.total.amount - Decimal('2.50')}"}
    assert (await client.post(f"{url}/refunds", json=rest)).status_code == 201
    too_much = await client.post(f"{url}/refunds", json=WISH | {"reference": "GS-3", "goodwill": "0.01"})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "refund_exceeds_order")
    await till.carry(book)
    await till.push()
    assert await till.back(book) == ["done", "done"]
    assert sum(one.total.amount for one in (await reread(stand, order)).refunds) == order.total.amount


async def test_our_own_refund_announces_no_goods_that_come_back(book: Book, stand: Stand, till: Till) -> None:
    client, order, url = await sold(book, stand)
    await book.take(received(await reread(stand, order), observed(3, content_hash="shipped")))
    line = order.line_items[0].external_id
    wish = WISH | {"lines": [{"line_external_id": line, "quantity": 1, "amount": "4.00"}]}
    await client.post(f"{url}/refunds", json=wish)
    await till.carry(book)
    await till.push()
    for minute in (5, 6):
        seen = await reread(stand, order)
        await book.take(received(seen, observed(minute, content_hash=f"refunded {minute}")))
    assert len(seen.refunds) == 1
    shown = (await client.get(url)).json()
    assert shown["returns"] == []
    assert shown["cancellations"] == []
    assert [one["reference"] for one in shown["refunds"]] == ["GS-1"]


async def test_what_the_order_does_not_bear_is_refused_with_a_sentence_and_nothing_is_sent(book: Book) -> None:
    bought = samples.order("7001")
    await book.know("KR-1")
    await book.take(received(bought, observed(0)))
    client, url = await book.client(), f"/orders/{order_id('7001')}/refunds"
    for differing, status, code in (
        ({"currency": "CHF"}, 422, "refund_currency_other"),
        ({"goodwill": "0"}, 422, "refund_of_nothing"),
        ({"goodwill": "1.005"}, 422, "refund_amount_uneven"),
        ({"goodwill": "9999"}, 409, "refund_exceeds_order"),
        ({"lines": [{"line_external_id": "no", "amount": "1"}]}, 422, "refund_line_unknown"),
        ({"lines": [{"line_external_id": "KR-1", "quantity": 1, "amount": "1"}]}, 409, "refund_exceeds_line"),
    ):
        answer = await client.post(url, json=WISH | differing, headers={"Accept-Language": "de"})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        assert "{" not in answer.json()["detail"]
    assert (await client.post(url, json=WISH)).status_code == 201
    other = await client.post(url, json=WISH | {"goodwill": "3.00"})
    assert (other.status_code, other.json()["code"]) == (409, "refund_reference_used")
    same = await client.post(url, json=WISH | {"goodwill": "2.5"})
    assert same.status_code == 200
    assert len(await book.sent("refund.push")) == 1


async def test_many_refunds_are_answered_one_by_one(book: Book) -> None:
    await book.know("KR-1")
    for number in ("7001", "7002"):
        await book.take(received(samples.order(number), observed(0)))
    client = await book.client()
    wishes = [
        WISH | {"order": {"connection": str(SHOP), "external_id": "7001"}},
        WISH | {"order": {"connection": str(SHOP), "external_id": "7002"}, "goodwill": "9999"},
        WISH | {"order": {"connection": str(SHOP), "external_id": "7003"}},
        WISH | {"order": {"id": str(order_id("7001"))}},
    ]
    answers = (await client.post("/orders/refunds", json=wishes)).json()
    assert [(one["outcome"], one["code"]) for one in answers] == [
        ("accepted", ""), ("refused", "refund_exceeds_order"), ("refused", "not_found"), ("known", ""),
    ]  # fmt: skip
    assert all(one["detail"] for one in answers if one["outcome"] == "refused")
    listed = (await client.get("/orders/refunds")).json()["items"]
    assert [one["order_id"] for one in listed] == [str(order_id("7001"))]
    assert len(await book.sent("refund.push")) == 1


async def test_several_workers_with_the_same_refund_at_once_make_it_once(book: Book) -> None:
    await book.know("KR-1")
    await book.take(received(samples.order("7001"), observed(0)))
    client = await book.client()
    wish = WISH | {"goodwill": f"{samples.order('7001').total.amount}"}
    url = f"/orders/{order_id('7001')}/refunds"
    others = [client.post(url, json=wish | {"reference": f"GS-{number}"}) for number in range(4)]
    answers = await asyncio.gather(*(client.post(url, json=wish) for _ in range(4)), *others)
    assert [one.status_code for one in answers].count(201) == 1
    assert {one.status_code for one in answers} <= {200, 201, 409}
    assert len(await book.sent("refund.push")) == 1
