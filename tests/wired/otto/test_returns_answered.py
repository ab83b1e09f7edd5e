"""Pieces that come back are accepted or rejected in OTTO's words, whether or not anybody announced them."""

from collections.abc import AsyncIterator

import pytest

from services.connectors.otto.connector import OTTO
from tests.wired.contract.shops.otto import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_cancellations import reread
from tests.wired.contract.test_pushes import order_of, parcel, settled
from tests.wired.contract.test_returns_answered import announced, answer, decided, line
from tests.wired.contract.test_returns_answered import answering as set_up
from tests.wired.contract.test_returns_sent import returned

FIRST = VARIETIES[0]


@pytest.fixture
async def answering() -> AsyncIterator[Stand]:
    """The seller reads returns."""
    opened = open_stand(set_up(FIRST), OTTO)
    yield opened
    await opened.close()


def calls(stand: Stand) -> list[str]:
    latest = stand.opened.requests.report(100)["latest"]
    return [one["path"].rpartition("/")[2] for one in latest if "/v3/returns/" in one["path"]]


async def test_what_is_said_of_a_piece_stands_there_with_its_condition_and_reason(answering: Stand) -> None:
    order, (one, two) = await announced(answering, 0, 1)
    wanted = (
        line(one, condition="C", decision_reason="COMPLAINT"),
        line(two, condition="D", accepted=False, decision_reason="DAMAGE_TO_THE_HYGIENE_SEAL"),
    )
    assert (await settled(answering, "return", answer(order, *wanted))).outcome == "done"
    details = {id: answering.shop.store.returns.rows[id]["details"] for id in (one, two)}
    assert [(details[id]["condition"], details[id]["reason"]) for id in (one, two)] == [
        ("C", "COMPLAINT"), ("D", "DAMAGE_TO_THE_HYGIENE_SEAL"),
    ]  # fmt: skip
    assert sorted(calls(answering)) == ["acceptance", "rejection"]
    assert {one.external_id: one.state for one in (await reread(answering, order)).returns} == {
        one: "closed", two: "ended",
    }  # fmt: skip


async def test_many_pieces_are_said_in_one_call_and_what_is_known_in_none(answering: Stand) -> None:
    order, ids = await announced(answering, *range(5))
    push = answer(order, *(line(id) for id in ids))
    for _ in range(2):
        await settled(answering, "return", push)
    assert calls(answering) == ["acceptance"]
    assert len(decided(answering, order)) == 5


async def test_a_rejected_piece_may_still_be_accepted(answering: Stand) -> None:
    order, (id,) = await announced(answering, 0)
    refused = line(id, accepted=False, decision_reason="WRONG_ITEM")
    for wanted in (refused, line(id)):
        assert (await settled(answering, "return", answer(order, wanted))).outcome == "done"
    assert [yes for _, _, yes in decided(answering, order)] == [False, True]
    after = await reread(answering, order)
    assert [part.line_external_id for refund in after.refunds for part in refund.lines] == [id]


async def test_pieces_that_nobody_announced_are_received_and_paid_back(answering: Stand) -> None:
    order = await order_of(answering, "reduced rate only")
    await settled(answering, "fulfilment", parcel(order))
    id = order.line_items[0].external_id
    outcomes = [(await settled(answering, "return", returned(order, (id, 1)))).outcome for _ in range(2)]
    assert outcomes == ["done", "unchanged"]
    assert answering.shop.store.returns.said == [(order.external_id, id, "ACCEPTED", "RETURN_RECEIVED")]


async def test_a_piece_that_never_left_is_refused_in_the_platforms_words(answering: Stand) -> None:
    order = await order_of(answering, "reduced rate only")
    id = order.line_items[0].external_id
    result = await settled(answering, "return", answer(order, line(id)))
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert "PROCESSABLE" in result.params["detail"]


async def test_one_wrong_word_holds_back_its_own_piece_only(answering: Stand) -> None:
    order, (one, two) = await announced(answering, 0, 1)
    result = await settled(answering, "return", answer(order, line(one, condition="Z"), line(two)))
    assert [part.outcome for part in result.parts] == ["failed", "done"]
    assert decided(answering, order) == [(two, 1, True)]


async def test_where_returns_are_not_read_nothing_is_said_and_the_sentence_names_the_switch(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    id = order.line_items[0].external_id
    stand.shop.announce(order.external_id, {id: 1})
    result = await settled(stand, "return", answer(order, line(id)))
    assert (result.outcome, result.code) == ("failed", "returns_not_read")
    assert (calls(stand), decided(stand, order)) == ([], [])
