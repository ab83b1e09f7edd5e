"""Returns that buyers opened: decided in the order book, told to the shop, and what it said to every piece."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import stamina
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from services.connectors.otto.connector import OTTO
from services.connectors.shopify.connector import SHOPIFY
from services.order_import.erasure import erase
from services.sandbox.faults import Rule
from shared.chassis import problems
from shared.chassis.access import key_hash
from shared.chassis.peers import Peers
from shared.chassis.settings import Settings
from shared.connector_kit.declaration import Connector
from shared.connector_kit.routes import connector_routes
from shared.contracts.order import Order
from shared.persistence import leases
from tests.integration.conftest import OpenAs
from tests.integration.order_import.book import Book, order_id, received
from tests.integration.order_import.test_returned import Desk
from tests.pure.order_import.samples import SHOP, observed
from tests.wired.contract.shops import otto
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, settled
from tests.wired.contract.test_returns_answered import answering

KEY = "kontor_order_book_of_the_test"


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(answering(otto.VARIETIES[0]), OTTO)
    with stamina.set_testing(True, attempts=10, cap=True):
        yield opened
    await opened.close()


@pytest.fixture
async def desk(open_as: OpenAs, stand: Stand) -> Desk:
    database = open_as("connectors")
    async with database.transaction() as tx:
        for table in ("work", "told", "outbox", "leases"):
            await tx.execute(f"DELETE FROM {table}")
        (lease,) = await leases.acquire(tx, [str(SHOP)], f"test-{uuid4()}", limit=1, seconds=300)
    return Desk(database, stand, lease)


async def neighbour(book: Book, connector: Connector) -> None:
    """The connector answers what its platform takes, as it does beside the order book."""
    app = FastAPI()
    problems.install(app)
    app.state.service = book.service
    app.include_router(connector_routes(connector)(book.service), prefix="/connectors/shop")
    async with book.admin.transaction() as tx:
        await tx.execute(
            """INSERT INTO access.api_keys (id, name, role, hash) VALUES (gen_random_uuid(), 'book', 'service', :hash)
               ON CONFLICT DO NOTHING""",
            hash=key_hash(KEY),
        )
    book.service.peers = Peers(Settings(service_key=KEY), transport=ASGITransport(app=app))


async def coming(book: Book, stand: Stand, *places: int) -> tuple[AsyncClient, Order, str, dict[str, Any]]:
    """An order that we shipped and of which pieces are on their way back; answers a client, the order, its address and
    the case."""
    order = await order_of(stand, "reduced rate only")
    await book.know(*(one.sku for one in order.line_items if one.sku))
    await book.take(received(order, observed(0)))
    client, url = await book.client(), f"/orders/{order_id(order.external_id)}"
    parcel = {"reference": "LS-1", "carrier": "DHL", "tracking_number": "00340"}
    assert (await client.post(f"{url}/shipments", json=parcel)).status_code == 201
    for push in await book.sent("fulfilment.push"):
        assert (await settled(stand, "fulfilment", push.data)).outcome == "done"
    await book.take(received(await reread(stand, order), observed(1, content_hash="shipped")))
    stand.shop.announce(order.external_id, {order.line_items[place].external_id: 1 for place in places})
    await book.take(received(await reread(stand, order), observed(2, content_hash="announced")))
    (case,) = (await client.get(url)).json()["returns"]
    assert case["state"] == "open"
    await neighbour(book, stand.connector)
    return client, order, url, case


def yes(line: str, **differing: Any) -> dict[str, Any]:
    return {"line_external_id": line, "quantity": "1", "condition": "A"} | differing


def no(line: str, **differing: Any) -> dict[str, Any]:
    return {"line_external_id": line, "quantity": "1", "accepted": False, "reason": "ITEM_DAMAGED"} | differing


async def test_pieces_are_accepted_and_refused_once_although_the_answer_is_lost(
    book: Book, stand: Stand, desk: Desk
) -> None:
    client, order, url, case = await coming(book, stand, 0, 1)
    one, two = (order.line_items[place].external_id for place in (0, 1))
    wish = {"reference": "RET-1", "lines": [yes(one, restocked=True), no(two)]}
    answers = [await client.post(f"/orders/returns/{case['id']}/answer", json=wish) for _ in range(2)]
    assert [reply.status_code for reply in answers] == [201, 200], answers[0].text
    shown = answers[0].json()
    assert (shown["state"], shown["return_id"]) == ("pending", case["id"])
    assert len(await book.sent("return.push")) == 1
    (changed,) = [event for event in await book.sent("order.changed") if event.data.returned]
    assert [(line.line_external_id, line.quantity) for line in changed.data.returned] == [(one, Decimal(1))]
    await desk.carry(book)
    await desk.push(on=False, rounds=2)
    assert await desk.back(book) == ["blocked"]
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=stand.variety.return_writes, method="POST"))
    await desk.push()
    assert stand.opened.faults.struck["answer_lost"] == 1
    outcomes = await desk.back(book)
    assert outcomes[-1] in ("done", "unchanged")
    assert sorted(stand.shop.decided()) == sorted(
        [(order.external_id, one, 1, True), (order.external_id, two, 1, False)]
    )
    (shown,) = (await client.get(f"{url}/returned")).json()
    assert [(line["accepted"], line["outcome"]) for line in shown["lines"]] in (
        [[(True, a), (False, b)] for a in ("done", "unchanged") for b in ("done", "unchanged")]
    )
    assert (shown["state"], shown["explanation"]) == ("reported", "")
    told = [entry.data.code for entry in await desk.written("journal.recorded")]
    assert told == [f"return_answer_push_{outcome}" for outcome in outcomes]
    mine = [code for code in await book.told(order.external_id) if code.startswith("return_answer")]
    assert mine == ["return_answer_recorded", "return_answer_reported"]
    # The shop shows what it was told, and nothing is expected a second time.
    for minute in (5, 6):
        await book.take(received(await reread(stand, order), observed(minute, content_hash=f"decided {minute}")))
    (kept,) = (await client.get(url)).json()["returns"]
    assert (kept["id"], kept["state"]) == (case["id"], "received")


async def test_what_the_shop_refuses_is_told_piece_by_piece_and_sent_again_by_hand(
    book: Book, stand: Stand, desk: Desk
) -> None:
    client, order, url, case = await coming(book, stand, 0, 1)
    one, two = (order.line_items[place].external_id for place in (0, 1))
    # Somebody accepted the second piece at the platform meanwhile.
    stored = stand.shop.store.book.orders[order.external_id]
    stand.shop.store.returns.tell(stored, [row for row in stored.items if row["positionItemId"] == two], "ACCEPTED")
    wish = {"reference": "RET-1", "lines": [yes(one), no(two)]}
    assert (await client.post(f"/orders/returns/{case['id']}/answer", json=wish)).status_code == 201
    await desk.carry(book)
    await desk.push()
    assert await desk.back(book) == ["failed"]
    german = {"Accept-Language": "de"}
    (shown,) = (await client.get(f"{url}/returned", headers=german)).json()
    assert [line["outcome"] for line in shown["lines"]] == ["done", "failed"]
    assert "accepted already" in shown["lines"][1]["detail"]
    assert (shown["code"], "1 von 2" in shown["explanation"]) == ("return_answered_in_part", True)
    assert (await client.post(f"/orders/returned/{shown['id']}/retry")).status_code == 202
    await desk.carry(book)
    await desk.push()
    assert await desk.back(book) == ["failed", "failed"]
    (shown,) = (await client.get(f"{url}/returned")).json()
    assert [line["outcome"] for line in shown["lines"]] == ["unchanged", "failed"]
    assert [row[1:] for row in stand.shop.decided()] == [(one, 1, True)]


async def test_a_case_is_answered_in_parts_and_every_piece_once(book: Book, stand: Stand) -> None:
    client, order, url, case = await coming(book, stand, 0, 1)
    one, two = (order.line_items[place].external_id for place in (0, 1))
    address = f"/orders/returns/{case['id']}/answer"
    for reference, lines, status, code in (
        ("RET-1", [yes(one, restocked=True)], 201, None),
        ("RET-2", [yes(one)], 409, "return_answered_already"),
        ("RET-1", [yes(one, condition="B")], 409, "returned_reference_used"),
        ("RET-3", [yes("no")], 422, "return_line_unknown"),
        ("RET-3", [yes(two, quantity="2")], 409, "return_answered_already"),
        ("RET-3", [no(two, restocked=True)], 422, "return_refused_restocked"),
        ("RET-3", [yes(two, restocked=True)], 201, None),
    ):
        reply = await client.post(address, json={"reference": reference, "lines": lines})
        assert (reply.status_code, reply.json().get("code") or None) == (status, code), reply.text
    (kept,) = (await client.get(url)).json()["returns"]
    assert {line["line_external_id"]: Decimal(line["restocked"]) for line in kept["lines"]} == {one: 1, two: 1}
    assert len(await book.sent("return.push")) == 2
    assert (await client.post(f"/orders/returns/{case['id']}/close", json={})).status_code == 200
    closed = await client.post(address, json={"reference": "RET-9", "lines": [yes(one)]})
    assert (closed.status_code, closed.json()["code"]) == (409, "return_closed")


async def test_goods_that_were_received_before_are_answered_without_counting_them_again(
    book: Book, stand: Stand
) -> None:
    client, _order, url, case = await coming(book, stand, 0)
    (one,) = (line["line_external_id"] for line in case["lines"])
    assert (await client.post(f"/orders/returns/{case['id']}/receive", json={"restock": True})).status_code == 200
    address = f"/orders/returns/{case['id']}/answer"
    twice = await client.post(address, json={"reference": "RET-1", "lines": [yes(one, restocked=True)]})
    assert (twice.status_code, twice.json()["code"]) == (409, "return_received_otherwise")
    assert (await client.post(address, json={"reference": "RET-1", "lines": [yes(one)]})).status_code == 201
    (kept,) = (await client.get(url)).json()["returns"]
    assert [Decimal(line["restocked"]) for line in kept["lines"]] == [1]
    assert len([event for event in await book.sent("order.changed") if event.data.returned]) == 1


async def test_words_that_the_shop_does_not_know_are_refused_with_those_it_does(book: Book, stand: Stand) -> None:
    client, _order, url, case = await coming(book, stand, 0)
    one = case["lines"][0]["line_external_id"]
    terms = (await client.get(f"/orders/returns/{case['id']}/terms")).json()
    assert terms["offered"] is True
    assert (terms["conditions"], "ITEM_DAMAGED" in terms["refused_for"]) == (["A", "B", "C", "D", "E"], True)
    for line, field, code, allowed in (
        (yes(one, condition="F"), "lines.0.condition", "return_word_unknown", "A, B, C, D, E"),
        (yes(one, reason="ITEM_DAMAGED"), "lines.0.reason", "return_word_unknown", "RETURN_RECEIVED"),
        (no(one, reason="RETURN_RECEIVED"), "lines.0.reason", "return_word_unknown", "ITEM_DAMAGED"),
        (no(one, reason=""), "lines.0.reason", "return_word_missing", "ITEM_DAMAGED"),
    ):
        reply = await client.post(f"/orders/returns/{case['id']}/answer", json={"reference": "RET-1", "lines": [line]})
        said = reply.json()
        assert (reply.status_code, said["code"], said["field"]) == (422, code, field), reply.text
        assert allowed in said["detail"]
    assert await book.sent("return.push") == []
    assert (await client.get(f"{url}/returned")).json() == []


async def test_a_shop_that_takes_no_answers_says_so_and_a_silent_connector_is_waited_for(
    book: Book, stand: Stand
) -> None:
    client, _order, _url, case = await coming(book, stand, 0)
    wish = {"reference": "RET-1", "lines": [yes(case["lines"][0]["line_external_id"])]}
    await neighbour(book, SHOPIFY)
    assert (await client.get(f"/orders/returns/{case['id']}/terms")).json()["offered"] is False
    reply = await client.post(f"/orders/returns/{case['id']}/answer", json=wish)
    assert (reply.status_code, reply.json()["code"]) == (422, "return_answer_not_offered")
    assert "Shopify" in reply.json()["detail"]
    book.service.peers = Peers(Settings(connector_url="http://127.0.0.1:9/connectors/{platform}", service_key=KEY))
    book.service.settings = book.service.settings.model_copy(
        update={"connector_url": "http://127.0.0.1:9/c/{platform}"}
    )
    reply = await client.post(f"/orders/returns/{case['id']}/answer", json=wish)
    assert (reply.status_code, reply.json()["code"]) == (503, "peer_unreachable")
    assert await book.sent("return.push") == []


async def test_goods_that_nobody_announced_are_told_and_not_expected_again(
    book: Book, stand: Stand, desk: Desk
) -> None:
    client, order, url, _ = await coming(book, stand, 0)
    three = order.line_items[2].external_id
    wish = {"reference": "RET-1", "lines": [{"line_external_id": three, "quantity": "1", "restocked": True}]}
    assert (await client.post(f"{url}/returned", json=wish)).status_code == 201
    await desk.carry(book)
    await desk.push()
    assert await desk.back(book) == ["done"]
    for minute in (5, 6):
        await book.take(received(await reread(stand, order), observed(minute, content_hash=f"returned {minute}")))
    cases = (await client.get(url)).json()["returns"]
    lines = [line["line_external_id"] for case in cases for line in case["lines"]]
    assert sorted(lines) == sorted([order.line_items[0].external_id, three])


async def test_erasing_a_person_takes_the_words_of_a_refusal(book: Book, stand: Stand) -> None:
    client, order, url, case = await coming(book, stand, 0)
    line = no(case["lines"][0]["line_external_id"], note="Frau Musters Deckel")
    wish = {"reference": "RET-1", "lines": [line]}
    assert (await client.post(f"/orders/returns/{case['id']}/answer", json=wish)).status_code == 201
    async with book.service.database.transaction() as tx:
        await erase(book.service, tx, [order_id(order.external_id)])
    (shown,) = (await client.get(f"{url}/returned")).json()
    assert [(one["note"], one["accepted"]) for one in shown["lines"]] == [("", False)]
