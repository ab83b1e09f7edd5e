"""The ERP cancels: from its call to the shop and back, through the work table, with switches and lost answers."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import stamina

from services.connectors.shopify.connector import SHOPIFY
from services.connectors.woocommerce.connector import WOOCOMMERCE
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.chassis.clock import utc_now
from shared.chassis.journal import Journal
from shared.connector_kit.commands import store_as
from shared.connector_kit.pushing import Pusher
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import decode
from shared.contracts.order import Order
from shared.persistence import leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.order_import.book import Book, order_id, received
from tests.integration.order_import.test_feed import acknowledge, feed
from tests.pure.order_import.samples import SHOP, observed
from tests.wired.contract.shops import shopify, woocommerce
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, settled


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


class Line:
    """The connector's side: its work table, its lease, and a switch."""

    def __init__(self, database: Database, stand: Stand, lease: leases.Lease) -> None:
        self.database, self.stand, self.lease = database, stand, lease

    async def carry(self, book: Book) -> None:
        """What the order book commands goes into the work table; a second delivery changes nothing."""
        commands = await book.sent("cancellation.push")
        for _ in range(2):
            async with self.database.transaction() as tx:
                await store_as("cancellation")(tx, commands)

    async def push(self, *, on: bool = True, rounds: int = 3) -> None:
        connection = Connection(
            id=SHOP, version=1, platform="shop", name="Shop", productive=True, integration={"cancellations": on}
        )
        client = self.stand.client
        pusher = Pusher(connection, client, self.lease, self.database, Journal("shop"), utc_now, 5)
        for _ in range(rounds):
            async with self.database.transaction() as tx:
                await tx.execute("UPDATE work SET due_at = now() WHERE connection = :id", id=SHOP)
            await pusher.step(self.stand.push("cancellation"))

    async def back(self, book: Book) -> list[str]:
        """What the connector reports goes to the order book, twice; answers the outcomes."""
        async with self.database.transaction() as tx:
            rows = await tx.rows("SELECT body FROM outbox WHERE type = 'push.reported' ORDER BY id")
        events = [one for row in rows for one in decode(row["body"], MESSAGES["push.reported"])]
        for _ in range(2):
            await book.take_reports(*events)
        return [one.data.outcome for one in events]


@pytest.fixture
async def line(open_as: OpenAs, stand: Stand) -> Line:
    database = open_as("connectors")
    async with database.transaction() as tx:
        for table in ("work", "told", "outbox", "leases"):
            await tx.execute(f"DELETE FROM {table}")
        (lease,) = await leases.acquire(tx, [str(SHOP)], f"test-{uuid4()}", limit=1, seconds=300)
    return Line(database, stand, lease)


async def placed(book: Book, stand: Stand) -> tuple[Any, Order]:
    """An order of the sandbox shop that the ERP has taken over; answers a client and the order."""
    order = await order_of(stand, "reduced rate only")
    await book.know(*(one.sku for one in order.line_items if one.sku))
    client = await book.client()
    await feed(client)
    await book.take(received(order, observed(0)))
    await book.number_feed()
    await acknowledge(client, await feed(client))
    return client, order


async def test_a_whole_order_is_cancelled_once_although_the_answer_was_lost(
    book: Book, stand: Stand, line: Line
) -> None:
    client, order = await placed(book, stand)
    url = f"/orders/{order_id(order.external_id)}"
    assert (await client.post(f"{url}/cancel", json={"reference": "S-1", "reason": "customer"})).status_code == 201
    await line.carry(book)
    await line.push(on=False, rounds=2)
    assert (await line.back(book)) == ["blocked"]
    assert (await reread(stand, order)).state == "open"
    path = stand.variety.cancellation_writes
    stand.opened.faults.add(
        Rule("answer_lost", times=1, path_contains=path, method="PUT" if path[0] == "/" else "POST")
    )
    await line.push()
    assert stand.opened.faults.struck["answer_lost"] == 1
    # Setting a status may simply be said again; a job that cancels is looked for first.
    outcomes = ["done"] if stand.connector is WOOCOMMERCE else ["retrying", "unchanged"]
    assert (await line.back(book)) == ["blocked", *outcomes]
    (shown,) = (await client.get(f"{url}/call-offs")).json()
    assert (shown["state"], shown["external_id"]) == ("reported", order.external_id)
    row = await book.row(order.external_id)
    assert row["status"] == "cancelled"
    cancelled = await reread(stand, order)
    assert cancelled.state == "cancelled"
    await book.take(received(cancelled, observed(5)))
    assert (await client.get(f"{url}/cancellations")).json() == []
    assert len(await book.sent("order.cancelled")) == 1
    async with line.database.transaction() as tx:
        rows = await tx.rows("SELECT body FROM outbox WHERE type = 'journal.recorded' ORDER BY id")
    codes = [one.data.code for row in rows for one in decode(row["body"], MESSAGES["journal.recorded"])]
    assert codes == [f"cancellation_push_{outcome}" for outcome in ("blocked", *outcomes)]


async def test_a_line_is_cancelled_or_the_answer_names_the_line_that_cannot_be(
    book: Book, stand: Stand, line: Line
) -> None:
    client, order = await placed(book, stand)
    url = f"/orders/{order_id(order.external_id)}"
    first = order.line_items[0].external_id
    wish = {"reference": "S-1", "lines": [{"line_external_id": first, "quantity": 1}]}
    assert (await client.post(f"{url}/cancel", json=wish)).status_code == 201
    await line.carry(book)
    await line.push()
    (outcome,) = await line.back(book)
    (shown,) = (await client.get(f"{url}/call-offs")).json()
    pieces = {one["external_id"]: one["outstanding"] for one in (await client.get(url)).json()["lines"]}
    ordered = order.line_items[0].quantity
    if stand.connector is WOOCOMMERCE:
        assert (outcome, shown["state"], shown["code"]) == ("failed", "failed", "cancellation_of_lines_not_offered")
        assert first in shown["explanation"]
        assert pieces[first] == str(ordered)
    else:
        assert (outcome, shown["state"]) == ("done", "reported")
        assert pieces[first] == str(ordered - 1)
        await book.take(received(await reread(stand, order), observed(5)))
        pieces = {one["external_id"]: one["outstanding"] for one in (await client.get(url)).json()["lines"]}
        assert pieces[first] == str(ordered - 1)


async def test_what_is_refunded_in_the_shop_after_our_parcel_is_expected_back(book: Book, stand: Stand) -> None:
    client, order = await placed(book, stand)
    url = f"/orders/{order_id(order.external_id)}"
    parcel = {"reference": "LS-1", "carrier": "DHL", "tracking_number": "00340"}
    assert (await client.post(f"{url}/shipments", json=parcel)).status_code == 201
    for push in await book.sent("fulfilment.push"):
        assert (await settled(stand, "fulfilment", push.data)).outcome == "done"
    stand.shop.change(order.external_id, Change("refund_line", line=0, quantity=1))
    for minute in (5, 6):
        await book.take(received(await reread(stand, order), observed(minute, content_hash="refunded")))
    shown = (await client.get(url)).json()
    (case,) = shown["returns"]
    # A shop that does not know what was shipped calls it a cancellation: ours comes too late.
    expected = "cancelled_late" if stand.connector is WOOCOMMERCE else "returned"
    assert (case["cause"], case["lines"][0]["quantity"]) == (expected, "1")
    assert [one["state"] for one in shown["cancellations"]] == ["overtaken"] * (stand.connector is WOOCOMMERCE)
    assert all(one["outstanding"] == "0" for one in shown["lines"])
