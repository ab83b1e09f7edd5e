"""Returns lie beside orders: each is found although its order never changed, and says how far it is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from services.connectors.otto.connector import OTTO
from services.sandbox import seeds
from services.sandbox.merchant import Change
from shared.connector_kit.declaration import RawItem, Window
from shared.connector_kit.translation import read
from shared.contracts.order import Order
from tests.wired.contract.shops.otto import VARIETIES, credentials
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_pushes import parcel, settled

LATE = timedelta(minutes=10)


@pytest.fixture
async def returning() -> AsyncIterator[Stand]:
    """The seller wants returns read, and his app may."""
    variety = replace(VARIETIES[0], credentials=lambda shop, url: credentials(shop, url) | {"read_returns": "yes"})
    opened = open_stand(variety, OTTO)
    yield opened
    await opened.close()


def translated(stand: Stand, item: RawItem) -> Order:
    found = read(stand.stream("order"), item).contract
    assert isinstance(found, Order)
    return found


async def shipped(stand: Stand) -> Order:
    id = stand.opened.place(seeds.case("reduced rate only", stand.sandbox.clock().replace(microsecond=0)))
    (item,) = await stand.stream("order").fetch_one(stand.client, id)
    order = translated(stand, item)
    await settled(stand, "fulfilment", parcel(order))
    return order


def asked(stand: Stand) -> list[dict[str, str]]:
    return [one for one in stand.opened.requests.report(500)["latest"] if one["path"].endswith("/v3/returns")]


async def test_a_return_is_met_by_the_next_run_although_its_order_did_not_change(returning: Stand) -> None:
    order = await shipped(returning)
    returning.sandbox.clock.shift(timedelta(hours=5))
    since = returning.sandbox.clock() - LATE
    assert await returning.items(window=Window(since)) == {}
    stored = returning.shop.store.book.orders[order.external_id]
    returning.shop.store.returns.tell(stored, stored.items[:2], "ANNOUNCED")
    first = translated(returning, (await returning.items(window=Window(since)))[order.external_id])
    assert {one.state for one in first.returns} == {"open"}
    assert [[line.line_external_id for line in one.lines] for one in first.returns] == [
        [piece["positionItemId"]] for piece in sorted(stored.items[:2], key=lambda one: str(one["positionItemId"]))
    ]
    assert first.changed_at >= since
    for status, state in (("MISDIRECTED", "open"), ("REJECTED", "ended"), ("ACCEPTED", "closed")):
        returning.sandbox.clock.shift(timedelta(minutes=30))
        since = returning.sandbox.clock() - LATE
        returning.shop.store.returns.tell(stored, stored.items[:1], status)
        moved = translated(returning, (await returning.items(window=Window(since)))[order.external_id])
        piece = stored.items[0]["positionItemId"]
        assert {one.external_id: one.state for one in moved.returns}[piece] == state
        assert len(moved.returns) == 2


async def test_pieces_that_came_back_are_returned_and_refunded_once(returning: Stand) -> None:
    order = await shipped(returning)
    returning.shop.change(order.external_id, Change("refund_line", line=0, quantity=1))
    (item,) = await returning.stream("order").fetch_one(returning.client, order.external_id)
    after = translated(returning, item)
    assert ([one.state for one in after.returns], len(after.refunds)) == (["closed"], 1)
    assert item.stamp == after.changed_at


async def test_many_returns_come_in_pages_and_are_read_to_the_first_that_is_older(returning: Stand) -> None:
    orders = [await shipped(returning) for _ in range(12)]
    for order in orders:
        stored = returning.shop.store.book.orders[order.external_id]
        returning.shop.store.returns.tell(stored, stored.items, "ANNOUNCED")
    pieces = len(returning.shop.store.returns.rows)
    assert pieces > 100
    # A worker that begins knows none of them.
    returning.client = returning.connector.client(returning.client.merchant, returning.outside)
    returning.opened.requests.clear()
    found = await returning.items()
    assert sum(len(translated(returning, item).returns) for item in found.values()) == pieces
    assert len(asked(returning)) == -(-pieces // 50)
    for _ in range(2):
        returning.sandbox.clock.shift(timedelta(hours=1))
        returning.opened.requests.clear()
        await returning.items(window=Window(returning.sandbox.clock() - LATE))
    assert {one["query"] for one in asked(returning)} == {"limit=50"}


async def test_a_return_that_a_reading_by_hand_met_first_is_handed_out_by_the_next_run(returning: Stand) -> None:
    order, other = await shipped(returning), await shipped(returning)
    returning.sandbox.clock.shift(timedelta(hours=5))
    since = returning.sandbox.clock() - LATE
    stored = returning.shop.store.book.orders[order.external_id]
    returning.shop.store.returns.tell(stored, stored.items[:1], "ANNOUNCED")
    await returning.stream("order").fetch_one(returning.client, other.external_id)
    returning.sandbox.clock.shift(timedelta(hours=1))
    assert set(await returning.items(window=Window(since))) == {order.external_id}


async def test_a_word_about_a_return_that_nobody_knows_parks_that_order(returning: Stand) -> None:
    order = await shipped(returning)
    stored = returning.shop.store.book.orders[order.external_id]
    returning.shop.store.returns.tell(stored, stored.items[:1], "ANNOUNCED")
    returning.shop.store.returns.rows[stored.items[0]["positionItemId"]]["status"] = "LOST"
    unread = read(returning.stream("order"), (await returning.items())[order.external_id]).unreadable
    assert unread is not None
    assert (unread.code, unread.field, unread.value) == ("unknown_word", "returns.0.status", "LOST")


async def test_where_returns_are_not_wanted_none_is_asked_for_and_no_scope_is_needed(stand: Stand) -> None:
    stand.shop.store.access.granted.discard("returns")
    await shipped(stand)
    await stand.items()
    assert asked(stand) == []
    assert (await stand.connector.probe(stand.client)).ok


async def test_the_live_test_names_the_missing_scope_of_returns(returning: Stand) -> None:
    assert (await returning.connector.probe(returning.client)).ok
    returning.shop.store.access.granted.discard("returns")
    returning.client._outside.tokens.held = None
    probe = await returning.connector.probe(returning.client)
    assert [(one.code, one.field) for one in probe.findings if one.fatal] == [("scope_missing", "returns")]
