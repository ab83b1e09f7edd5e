"""The ERP's invoice: from its call to the shop and back, with switches, lost answers and erasure."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import stamina
from fastapi import FastAPI
from httpx2 import ASGITransport
from pydantic import SecretStr

from services.connectors.mirakl.connector import MIRAKL
from services.connectors.otto.connector import OTTO
from services.connectors.shopware6.connector import SHOPWARE6
from services.order_import.erasure import erase
from services.order_import.service import orders_routes
from services.sandbox.faults import Rule
from shared.chassis import problems
from shared.chassis.clock import utc_now
from shared.chassis.journal import Journal
from shared.chassis.peers import Peers
from shared.chassis.service import Service
from shared.connector_kit.commands import store_as
from shared.connector_kit.contents import Contents
from shared.connector_kit.pushing import Pusher
from shared.connector_kit.refusing import refuse, refused
from shared.contracts.catalogue import MESSAGES
from shared.contracts.connection import Connection
from shared.contracts.envelope import decode
from shared.contracts.identity import record_id
from shared.contracts.order import Order
from shared.persistence import archive, leases
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.order_import.book import Book, order_id, received
from tests.integration.order_import.test_documents import PDF, wish
from tests.pure.order_import.samples import SHOP, observed, order
from tests.wired.contract.shops import mirakl, shopware6
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_pushes import order_of


@pytest.fixture(params=["mirakl", "shopware6"])
async def stand(request: pytest.FixtureRequest) -> AsyncIterator[Stand]:
    variety, connector = {
        "mirakl": (mirakl.VARIETIES[0], MIRAKL),
        "shopware6": (shopware6.VARIETIES[0], SHOPWARE6),
    }[request.param]
    opened = open_stand(variety, connector)
    with stamina.set_testing(True, attempts=10, cap=True):
        yield opened
    await opened.close()


class Neighbour:
    """The connector beside the order book: its work table, its lease, a switch, and the way to the book's PDFs."""

    def __init__(self, book: Book, database: Database, lease: leases.Lease, peers: Peers) -> None:
        self.book, self.database, self.lease = book, database, lease
        settings = book.service.settings.model_copy(update={"orders_url": "http://kontor"})
        self.service = replace(book.service, name="shop", settings=settings, database=database, peers=peers)

    async def carry(self) -> None:
        """What the order book commands goes into the work table; a second delivery changes nothing."""
        for _ in range(2):
            async with self.database.transaction() as tx:
                await store_as("document")(tx, await self.book.sent("document.push"))

    async def push(self, stand: Stand, *, on: bool = True, rounds: int = 3) -> None:
        connection = Connection(
            id=SHOP, version=1, platform="shop", name="Shop", productive=True, integration={"documents": on}
        )
        contents, journal = Contents(self.service), Journal("shop")
        pusher = Pusher(connection, stand.client, self.lease, self.database, journal, utc_now, 5, contents)
        for _ in range(rounds):
            async with self.database.transaction() as tx:
                await tx.execute("UPDATE work SET due_at = now() WHERE connection = :id", id=SHOP)
            await pusher.step(stand.push("document"))

    async def back(self) -> list[tuple[str, str]]:
        """What the connector reports goes to the order book, twice."""
        events = await self.written("push.reported")
        for _ in range(2):
            await self.book.take_reports(*events)
        return [(one.data.outcome, one.data.code) for one in events]

    async def written(self, type: str) -> list[Any]:
        async with self.database.transaction() as tx:
            rows = await tx.rows("SELECT body FROM outbox WHERE type = :type ORDER BY id", type=type)
        return [one for row in rows for one in decode(row["body"], MESSAGES[type])]


@pytest.fixture
async def neighbour(book: Book, open_as: OpenAs) -> AsyncIterator[Neighbour]:
    database = open_as("connectors")
    async with database.transaction() as tx:
        for table in ("work", "told", "outbox", "leases"):
            await tx.execute(f"DELETE FROM {table}")
        (lease,) = await leases.acquire(tx, [str(SHOP)], f"test-{uuid4()}", limit=1, seconds=300)
    app = FastAPI()
    problems.install(app)
    app.state.service = book.service
    app.include_router(orders_routes(book.service), prefix="/orders")
    key = (await book.client("service")).headers["Authorization"].removeprefix("Bearer ")
    settings = book.service.settings.model_copy(update={"service_key": SecretStr(key)})
    peers = Peers(settings, transport=ASGITransport(app=app))
    yield Neighbour(book, database, lease, peers)
    await peers.close()


async def placed(book: Book, stand: Stand) -> tuple[Any, Order, str]:
    """An order of the sandbox shop; answers a client, the order and its address."""
    bought = await order_of(stand, "reduced rate only")
    await book.know(*(one.sku for one in bought.line_items if one.sku))
    await book.take(received(bought, observed(0)))
    return await book.client(), bought, f"/orders/{order_id(bought.external_id)}/documents"


async def test_an_invoice_whose_answer_was_lost_lies_in_the_shop_once_and_the_order_knows_it(
    book: Book, stand: Stand, neighbour: Neighbour
) -> None:
    client, _, url = await placed(book, stand)
    assert (await client.post(url, json=wish())).status_code == 201
    await neighbour.carry()
    await neighbour.push(stand, on=False, rounds=2)
    assert stand.shop.documents() == []
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=stand.variety.document_writes, method="POST"))
    await neighbour.push(stand)
    outcomes = [outcome for outcome, _ in await neighbour.back()]
    assert outcomes == ["blocked", "retrying", "unchanged"]
    assert [one.content for one in stand.shop.documents()] == [PDF]
    (shown,) = (await client.get(url)).json()
    assert (shown["state"], shown["explanation"]) == ("reported", "")
    codes = [one.data.code for one in await neighbour.written("journal.recorded")]
    assert codes == [f"document_push_{outcome}" for outcome in outcomes]
    again = await client.post(url, json=wish())
    assert (again.status_code, again.json()["state"]) == (200, "reported")


async def test_what_was_said_to_the_shop_holds_no_pdf_and_goes_with_the_order(
    book: Book, stand: Stand, neighbour: Neighbour
) -> None:
    client, bought, url = await placed(book, stand)
    await client.post(url, json=wish())
    await neighbour.carry()
    async with neighbour.database.transaction() as tx:
        assert "Mustermann" not in str(await tx.value("SELECT body FROM work"))
    await neighbour.push(stand)
    (entry,) = await neighbour.written("journal.recorded")
    async with book.admin.transaction() as tx:
        payload = (await archive.load(tx, [entry.data.payload]))[entry.data.payload]
        owner = await tx.value("SELECT key_id FROM archive.payloads WHERE id = :id", id=entry.data.payload)
    assert payload.body is not None
    assert b"Mustermann" not in payload.body
    assert owner == order_id(bought.external_id) == UUID(entry.data.subject)


async def test_an_invoice_of_an_erased_order_is_not_sent_and_the_order_says_why(
    book: Book, stand: Stand, neighbour: Neighbour
) -> None:
    client, bought, url = await placed(book, stand)
    await client.post(url, json=wish())
    await neighbour.carry()
    async with book.service.database.transaction() as tx:
        await erase(book.service, tx, [order_id(bought.external_id)])
    async with book.admin.transaction() as tx:
        await tx.execute("UPDATE archive.keys SET key = NULL")
    await neighbour.push(stand)
    assert await neighbour.back() == [("failed", "document_erased")]
    assert stand.shop.documents() == []
    (shown,) = (await client.get(url)).json()
    assert (shown["state"], shown["code"]) == ("failed", "document_erased")


async def test_while_the_order_book_does_not_answer_an_invoice_waits_and_goes_out_later(
    book: Book, stand: Stand, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _, url = await placed(book, stand)
    await client.post(url, json=wish())
    await neighbour.carry()
    nobody = FastAPI()
    nobody.add_api_route("/{path:path}", lambda: None, status_code=503)
    silent = Peers(book.service.settings, transport=ASGITransport(app=nobody))
    with monkeypatch.context() as patched:
        patched.setattr(neighbour.service, "peers", silent)
        await neighbour.push(stand, rounds=1)
    assert await neighbour.back() == [("retrying", "peer_unreachable")]
    await neighbour.push(stand)
    assert (await neighbour.back())[-1][0] == "done"
    assert len(stand.shop.documents()) == 1
    await silent.close()


async def test_a_platform_that_takes_no_documents_answers_why(book: Book, neighbour: Neighbour) -> None:
    noun, capability, _ = next(one for one in refused(OTTO) if one[0] == "document")
    assert "document" not in [one[0] for one in refused(MIRAKL)]
    await book.know("A-1")
    await book.take(received(order("1001"), observed(0)))
    client = await book.client()
    url = f"/orders/{record_id('order', SHOP, '1001')}/documents"
    await client.post(url, json=wish())
    service: Service = neighbour.service
    for _ in range(2):
        async with neighbour.database.transaction() as tx:
            await refuse(OTTO, service, noun, capability)(tx, await book.sent("document.push"))
    assert set(await neighbour.back()) == {("failed", "document_not_offered")}
    (shown,) = (await client.get(url)).json()
    assert "OTTO" in shown["explanation"]
    assert "receipts" in shown["explanation"]
    assert (await book.told("1001")).count("document_failed") == 1
