"""Returns lie beside orders: each is found although its order never changed, and is answered piece by piece."""

from datetime import timedelta

import pytest

from services.connectors.kaufland.connector import KAUFLAND
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, parcel, settled
from tests.wired.contract.test_returns_answered import announced, answer, decided, line

WORDS = {"accepted": False, "note": "Der Deckel ist zerbrochen"}


def lists(stand: Stand) -> list[str]:
    latest = stand.opened.requests.report(500)["latest"]
    return [one["path"].rpartition("/")[2] for one in latest if one["path"].endswith(("/returns", "/return-units"))]


async def test_a_return_is_met_by_the_next_run_and_says_how_far_it_is(stand: Stand) -> None:
    order, (one, two) = await announced(stand, 0, 1)
    assert {(row.state, row.lines[0].line_external_id) for row in order.returns} == {("open", one), ("open", two)}
    await settled(stand, "return", answer(order, line(one), line(two, **WORDS)))
    stand.sandbox.clock.shift(timedelta(hours=1))
    items = await stand.items(window=Window(stand.sandbox.clock() - timedelta(hours=2)))
    after = read(stand.stream("order"), items[order.external_id]).contract
    assert isinstance(after, Order)
    assert {row.lines[0].line_external_id: row.state for row in after.returns} == {one: "closed", two: "ended"}
    assert [refund.lines[0].line_external_id for refund in after.refunds] == [one]
    assert after.refunds[0].return_external_id in {row.external_id for row in after.returns if row.state == "closed"}


async def test_a_worker_that_begins_lists_all_returned_pieces_once(stand: Stand) -> None:
    order, (id,) = await announced(stand, 0)
    stand.client = KAUFLAND.client(stand.client.merchant, stand.outside)
    stand.opened.requests.clear()
    for _ in range(2):
        assert [row.lines[0].line_external_id for row in (await reread(stand, order)).returns] == [id]
    assert lists(stand) == ["return-units"]


async def test_whoever_is_refused_reads_why_in_a_ticket(stand: Stand) -> None:
    order, (id,) = await announced(stand, 0)
    await settled(stand, "return", answer(order, line(id, **WORDS)))
    (ticket,) = stand.shop.store.tickets.held.values()
    assert (ticket.units, ticket.messages[-1]["text"]) == ((int(id),), "Der Deckel ist zerbrochen")


async def test_what_was_decided_otherwise_is_refused_with_its_state(stand: Stand) -> None:
    order, (id,) = await announced(stand, 0)
    await settled(stand, "return", answer(order, line(id, **WORDS)))
    result = await settled(stand, "return", answer(order, line(id)))
    assert (result.outcome, "return_rejected" in result.params["detail"]) == ("failed", True)
    assert decided(stand, order) == [(id, 1, False)]


async def test_a_piece_whose_return_nobody_opened_is_named(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    id = order.line_items[0].external_id
    result = await settled(stand, "return", answer(order, line(id)))
    assert (result.outcome, f"no return of the order unit {id}" in result.params["detail"]) == ("failed", True)


@pytest.mark.parametrize("word", ["return_lost", ""])
async def test_a_word_about_a_return_that_nobody_knows_parks_that_order(stand: Stand, word: str) -> None:
    order, (id,) = await announced(stand, 0)
    stored = stand.shop.store.book.orders[order.external_id]
    stored.returns[int(id)]["status"] = word
    (item,) = await stand.stream("order").fetch_one(stand.client, order.external_id)
    unread = read(stand.stream("order"), item).unreadable
    assert unread is not None
    assert (unread.code, unread.field, unread.value) == ("unknown_word", "order_units.0.return_unit.status", word)
