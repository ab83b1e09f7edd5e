"""Returns lie beside orders: each is found although its order never changed, and says how far it is."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

from services.sandbox import seeds
from services.sandbox.mirakl import returning
from shared.connector_kit.declaration import RawItem, Window
from shared.connector_kit.translation import read
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.mirakl.test_sending import asked

Operator = Callable[..., Stand]
LATE = timedelta(minutes=10)


def translated(stand: Stand, item: RawItem) -> Order:
    found = read(stand.stream("order"), item).contract
    assert isinstance(found, Order)
    return found


def placed(stand: Stand, count: int) -> list[str]:
    basket = seeds.case("guest", stand.sandbox.clock())
    found: list[str] = stand.shop.place_many(count, (basket,), spread=timedelta(hours=count))
    return found


async def test_a_return_is_met_by_the_next_run_although_its_order_did_not_change(operator: Operator) -> None:
    stand = operator(returns=True)
    (id,) = placed(stand, 1)
    first = translated(stand, (await stand.items())[id])
    assert first.returns == ()
    stand.sandbox.clock.shift(timedelta(hours=2))
    since = stand.sandbox.clock() - LATE
    line = first.line_items[0].external_id
    made = returning.send_back(stand.shop.store, stand.shop.store.order(id), {line: 1})
    found = translated(stand, (await stand.items(window=Window(since)))[id])
    (one,) = found.returns
    assert (one.external_id, one.state) == (made["id"], "requested")
    assert [(each.line_external_id, each.quantity) for each in one.lines] == [(line, 1)]
    assert found.changed_at > first.changed_at
    for word, state in (("IN_PROGRESS", "open"), ("RECEIVED", "open"), ("CLOSED", "closed")):
        stand.sandbox.clock.shift(timedelta(minutes=20))
        since = stand.sandbox.clock() - LATE
        returning.move(stand.shop.store, made, word)
        (moved,) = translated(stand, (await stand.items(window=Window(since)))[id]).returns
        assert moved.state == state


async def test_an_order_read_by_its_number_and_one_that_is_read_again_keep_their_returns(operator: Operator) -> None:
    stand = operator(returns=True)
    (id,) = placed(stand, 1)
    returning.send_back(stand.shop.store, stand.shop.store.order(id), {f"{id}-1": 1})
    (item,) = await stand.stream("order").fetch_one(stand.client, id)
    assert len(translated(stand, item).returns) == 1
    until = stand.sandbox.clock() + timedelta(days=1)
    again = await stand.items(window=Window(until - timedelta(days=9), until))
    assert len(translated(stand, again[id]).returns) == 1


async def test_many_returns_come_in_pages_and_are_asked_for_once_in_five_minutes(operator: Operator) -> None:
    stand = operator(returns=True)
    ids = placed(stand, 120)
    for id in ids:
        returning.send_back(stand.shop.store, stand.shop.store.order(id), {f"{id}-1": 1})
    for _ in range(3):
        found = await stand.items()
        assert {id for id, item in found.items() if translated(stand, item).returns} == set(ids)
    first_pages = [row["at"] for row in asked(stand, "/returns", "GET") if "page_token" not in row["query"]]
    assert len(first_pages) == 3
    assert all((after - before).total_seconds() >= 300 for before, after in pairwise(first_pages))
    assert stand.opened.requests.by_status["429"] == 0


async def test_an_operator_without_returns_is_not_asked_for_any(stand: Stand) -> None:
    placed(stand, 1)
    await stand.items()
    assert asked(stand, "/returns", "GET") == []


async def test_a_state_of_a_return_that_nobody_knows_parks_that_order(operator: Operator) -> None:
    stand = operator(returns=True)
    (id,) = placed(stand, 1)
    made = returning.send_back(stand.shop.store, stand.shop.store.order(id), {f"{id}-1": 1})
    returning.move(stand.shop.store, made, "LOST_AT_SEA")
    unread = read(stand.stream("order"), (await stand.items())[id]).unreadable
    assert unread is not None
    assert (unread.code, unread.field, unread.value) == ("unknown_word", "returns.0.state", "LOST_AT_SEA")
