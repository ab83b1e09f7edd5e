"""Accepting orders by itself: only for a merchant who wants it, only what was read in live exchange, every line."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.connectors.mirakl.connector import MIRAKL
from services.sandbox import seeds
from services.sandbox.faults import Rule
from services.sandbox.mirakl.accepting import decide
from services.sandbox.mirakl.errors import Refusal
from shared.connector_kit.declaration import PushResult, Window
from tests.wired.contract.shops.mirakl import VARIETIES, credentials
from tests.wired.contract.stand import Stand, open_stand

Opening = Callable[..., Stand]


@pytest.fixture
async def opening() -> AsyncIterator[Opening]:
    """Opens an operator who wants orders accepted, for a merchant who wants that done by itself, or not."""
    opened: list[Stand] = []

    def open_one(wanted: str, **options: Any) -> Stand:
        def given(shop: Any, url: str) -> dict[str, Any]:
            return credentials(shop, url) | {"accept_orders": wanted}

        decided = {"acceptance": "NOT_AUTOMATIC"} | options
        opened.append(open_stand(replace(VARIETIES[0], credentials=given, options=decided), MIRAKL))
        return opened[-1]

    yield open_one
    for stand in opened:
        await stand.close()


def placed(stand: Stand, case: str = "reduced rate only") -> str:
    return stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))


async def live(stand: Stand) -> dict[str, PushResult]:
    """What the kit does with live reading: publish, remember, acknowledge what could be read."""
    decided: dict[str, PushResult] = {}
    async for page in stand.stream("order").fetch(stand.client, Window(stand.sandbox.clock() - timedelta(hours=1))):
        if page.acknowledge is not None:
            decided |= dict(await page.acknowledge([item.external_id for item in page.items]) or {})
    return decided


def state(stand: Stand, id: str) -> str:
    return str(stand.shop.store.order(id).body["order_state"])


async def test_every_line_of_an_order_is_accepted_for_a_merchant_who_wants_it(opening: Opening) -> None:
    stand = opening("yes")
    id = placed(stand)
    assert await live(stand) == {id: PushResult("done", external_id=id)}
    lines = stand.shop.store.order(id).body["order_lines"]
    assert {line["order_line_state"] for line in lines} == {"WAITING_DEBIT"}
    assert await live(stand) == {}
    assert (await MIRAKL.probe(stand.client)).findings == []


async def test_nothing_is_accepted_as_long_as_nobody_said_so(opening: Opening) -> None:
    stand = opening("no")
    id = placed(stand)
    assert await live(stand) == {}
    assert state(stand, id) == "WAITING_ACCEPTANCE"
    assert not [row for row in stand.opened.requests.report()["latest"] if row["method"] != "GET"]


async def test_a_backfill_and_a_record_read_by_hand_accept_nothing(opening: Opening) -> None:
    stand = opening("yes")
    id = placed(stand)
    now = stand.sandbox.clock()
    pages = await stand.pages("order", Window(now - timedelta(hours=1), now + timedelta(hours=1)))
    assert [page.acknowledge for page in pages] == [None] * len(pages)
    assert await stand.stream("order").fetch_one(stand.client, id)
    assert state(stand, id) == "WAITING_ACCEPTANCE"


async def test_an_order_that_waits_for_long_is_accepted_although_nothing_about_it_changed(opening: Opening) -> None:
    stand = opening("yes")
    ids = {placed(stand) for _ in range(3)}
    stand.sandbox.clock.shift(timedelta(days=3))
    assert set(await live(stand)) == ids


async def test_what_the_operator_refuses_stops_no_other_and_is_tried_again(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = opening("yes")
    first, second = placed(stand), placed(stand)

    def picky(store: Any, order: Any, given: Any) -> None:
        if order.id == first:
            raise Refusal(400, "The order is on hold", "ORDER_INVALID_STATE")
        decide(store, order, given)

    with monkeypatch.context() as patched:
        patched.setattr("services.sandbox.mirakl.accepting.decide", picky)
        decided = await live(stand)
    assert (decided[first].outcome, decided[first].code) == ("failed", "acceptance_refused_by_shop")
    assert decided[first].params["detail"]
    assert decided[second].outcome == "done"
    assert (await live(stand))[first].outcome == "done"


async def test_an_acceptance_whose_answer_was_lost_is_not_repeated(opening: Opening) -> None:
    stand = opening("yes")
    id = placed(stand)
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/accept", method="PUT"))
    assert (await live(stand))[id].outcome == "done"
    assert state(stand, id) == "WAITING_DEBIT"
    assert await live(stand) == {}
    writes = [row for row in stand.opened.requests.report()["latest"] if row["method"] == "PUT"]
    assert len(writes) == 1


async def test_while_the_operator_does_not_answer_the_rest_waits_and_comes_later(opening: Opening) -> None:
    stand = opening("yes")
    ids = {placed(stand) for _ in range(3)}
    stand.opened.faults.add(Rule("error_500", times=1, path_contains="/accept", method="PUT"))
    assert [one.outcome for one in (await live(stand)).values()] == ["retrying"]
    later = await live(stand)
    assert {id for id, one in later.items() if one.outcome == "done"} == ids


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (lambda lines: lines[:1], "ORDER_LINE_ACCEPTANCE_DECISION_MISSING"),
        (lambda lines: [*lines, lines[0]], "ORDER_LINE_DUPLICATE_ID"),
        (lambda lines: [*lines, {"id": "X-1", "accepted": True}], "ORDER_LINE_NOT_FOUND"),
        (lambda lines: [lines[0] | {"accepted": False}, *lines[1:]], "ORDER_PARTIAL_ACCEPTANCE_DISABLED"),
    ],
)
def test_the_pretend_operator_wants_a_decision_about_every_line(opening: Opening, rows: Any, code: str) -> None:
    stand = opening("yes", partial_acceptance=False)
    order = stand.shop.store.order(placed(stand))
    lines = [{"id": line["order_line_id"], "accepted": True} for line in order.body["order_lines"]]
    with pytest.raises(Refusal) as refused:
        decide(stand.shop.store, order, {"order_lines": rows(lines)})
    assert refused.value.code == code
    decide(stand.shop.store, order, {"order_lines": lines})
    with pytest.raises(Refusal) as again:
        decide(stand.shop.store, order, {"order_lines": lines})
    assert again.value.code == "ORDER_INVALID_STATE"
