"""A return is received and judged as a whole, in Mirakl's own words for what is wrong with it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.connectors.mirakl.connector import MIRAKL
from services.sandbox.mirakl import returning
from shared.contracts.order import Order
from tests.wired.contract.shops.mirakl import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_pushes import order_of, parcel, settled
from tests.wired.contract.test_returns_answered import announced, answer, answering, decided, line
from tests.wired.mirakl.test_sending import asked

OTHER: dict[str, Any] = {"accepted": False, "decision_reason": "RETURN_NON_COMPLIANT_OTHER"}


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    opened = open_stand(answering(VARIETIES[0]), MIRAKL)
    yield opened
    await opened.close()


async def test_a_return_is_received_and_each_line_judged_with_its_fault(stand: Stand) -> None:
    order, (one, two) = await announced(stand, 0, 1)
    push = answer(order, line(one), line(two, **OTHER, note="Der Deckel fehlt"))
    outcomes = [(await settled(stand, "return", push)).outcome for _ in range(2)]
    assert outcomes == ["done", "unchanged"]
    (row,) = stand.shop.store.returns
    assert row["state"] == "RECEIVED"
    assert [part["compliance"] for part in row["return_lines"]] == [
        [{"compliant": True}],
        [{
            "compliant": False, "non_compliance_reason_code": "RETURN_NON_COMPLIANT_OTHER",
            "non_compliance_additional_info": "Der Deckel fehlt",
        }],
    ]  # fmt: skip
    assert len(asked(stand, "/returns/compliance", "PUT")) == 1


async def test_a_part_of_a_return_is_refused_before_anything_is_said(stand: Stand) -> None:
    order, (one, two) = await announced(stand, 0, 1)
    result = await settled(stand, "return", answer(order, line(one)))
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert two in result.params["detail"]
    assert (stand.shop.store.returns[0]["state"], decided(stand, order)) == ("IN_PROGRESS", [])


async def several(stand: Stand, pieces: int) -> tuple[Order, str]:
    """A return of several pieces of one line."""
    order = await order_of(stand, "three hundred lines")
    await settled(stand, "fulfilment", parcel(order))
    many = next(one for one in order.line_items if one.quantity >= pieces)
    stand.sandbox.clock.shift(timedelta(hours=1))
    stand.shop.announce(order.external_id, {many.external_id: pieces})
    return order, many.external_id


async def test_pieces_of_a_line_are_judged_alike_or_not_at_all(stand: Stand) -> None:
    order, id = await several(stand, 2)
    mixed = await settled(stand, "return", answer(order, line(id), line(id, **OTHER)))
    assert (mixed.outcome, decided(stand, order)) == ("failed", [])
    alike = await settled(stand, "return", answer(order, line(id), line(id)))
    assert (alike.outcome, decided(stand, order)) == ("done", [(id, 2, True)])


async def test_what_was_judged_at_the_operator_is_found_there(stand: Stand) -> None:
    order, (id,) = await announced(stand, 0)
    (row,) = stand.shop.store.returns
    returning.receive(stand.shop.store, {"returns": [{"id": row["id"]}]})
    judged = {"order_line_id": id, "compliant": True}
    returning.judge(stand.shop.store, {"returns": [{"id": row["id"], "return_lines": [judged]}]})
    assert (await settled(stand, "return", answer(order, line(id)))).outcome == "unchanged"
    other = await settled(stand, "return", answer(order, line(id, **OTHER)))
    assert (other.outcome, "judged otherwise" in other.params["detail"]) == ("failed", True)


async def test_a_second_return_of_a_line_is_answered_after_the_first(stand: Stand) -> None:
    order, id = await several(stand, 1)
    stand.shop.announce(order.external_id, {id: 1})
    accepted: dict[str, Any] = {}
    for words in (accepted, OTHER):
        assert (await settled(stand, "return", answer(order, line(id, **words)))).outcome == "done"
    assert [yes for _, _, yes in decided(stand, order)] == [True, False]


async def test_a_return_that_is_only_asked_for_or_over_is_not_answered(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    id = order.line_items[0].external_id
    for state in ("WAITING_ACCEPTANCE", "REFUSED", "CANCELED"):
        stand.sandbox.clock.shift(timedelta(minutes=20))
        made = returning.send_back(stand.shop.store, stand.shop.store.order(order.external_id), {id: 1})
        returning.move(stand.shop.store, made, state)
        result = await settled(stand, "return", answer(order, line(id)))
        assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert decided(stand, order) == []
