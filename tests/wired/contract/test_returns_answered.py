"""Returns that buyers opened are accepted or refused, piece by piece and once: whoever accepts pays back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.order import Order
from shared.contracts.returned import BroughtBack, GoodsBack, ReturnPush
from tests.wired.contract.stand import Stand, Variety, open_stand
from tests.wired.contract.test_pushes import ACCEPTED, order_of, parcel, settled


@pytest.fixture
async def shop(any_stand: Stand) -> AsyncIterator[Stand]:
    """Only those platforms whose returns are answered, set up for it."""
    connector, variety = any_stand.connector, any_stand.variety
    if connector.return_terms is None:
        pytest.skip(f"{connector.title} takes no answers to returns")
    opened = open_stand(answering(variety), connector)
    yield opened
    await opened.close()


def answering(variety: Variety) -> Variety:
    """Set up so that returns are read and answered."""
    return replace(
        variety,
        credentials=lambda shop, url: variety.credentials(shop, url) | variety.answering,
        options=variety.options | variety.returning,
    )


def line(id: str, pieces: int = 1, **differing: Any) -> BroughtBack:
    return BroughtBack(line_external_id=id, quantity=Decimal(pieces), **differing)


def answer(order: Order, *lines: BroughtBack) -> ReturnPush:
    goods = GoodsBack(
        id=uuid4(),
        order_external_id=order.external_id,
        lines=lines,
        received_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        announced=True,
    )
    return ReturnPush(order_id=uuid4(), goods=goods)


def refusing(stand: Stand) -> dict[str, Any]:
    """The words with which pieces are refused there."""
    terms = stand.connector.return_terms
    assert terms is not None
    if not terms.refuses:
        pytest.skip(f"{stand.connector.title} is told of goods that are accepted only")
    reason = terms.refused_for[0] if terms.refused_for else ""
    return {"accepted": False, "decision_reason": reason, "note": "Der Deckel ist zerbrochen"}


async def announced(stand: Stand, *places: int) -> tuple[Order, list[str]]:
    """An order that was shipped, of whose lines in these places one piece each is on its way back."""
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order))
    lines = [order.line_items[place].external_id for place in places]
    stand.sandbox.clock.shift(timedelta(hours=5))
    since = stand.sandbox.clock() - timedelta(minutes=10)
    stand.shop.announce(order.external_id, dict.fromkeys(lines, 1))
    found = read(stand.stream("order"), (await stand.items(window=Window(since)))[order.external_id]).contract
    assert isinstance(found, Order)
    return found, lines


def decided(stand: Stand, order: Order) -> list[tuple[str, int, bool]]:
    return [(line, pieces, yes) for id, line, pieces, yes in stand.shop.decided() if id == order.external_id]


async def test_a_return_that_the_buyer_opened_is_read_as_open(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    assert [(one.state, [part.line_external_id for part in one.lines]) for one in order.returns] == [("open", [id])]


@pytest.mark.proves("return-sent", "kaufland", "mirakl", "otto")
async def test_goods_are_accepted_once_however_often_it_is_said(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    push = answer(order, line(id))
    outcomes = [(await settled(shop, "return", push)).outcome for _ in range(3)]
    assert outcomes == ["done", "unchanged", "unchanged"]
    assert decided(shop, order) == [(id, 1, True)]


@pytest.mark.proves("return-sent", "kaufland", "mirakl", "otto")
async def test_goods_are_refused_once_with_a_reason_of_the_platforms(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    push = answer(order, line(id, **refusing(shop)))
    outcomes = [(await settled(shop, "return", push)).outcome for _ in range(2)]
    assert outcomes == ["done", "unchanged"]
    assert decided(shop, order) == [(id, 1, False)]


async def test_every_reason_and_condition_that_is_listed_is_taken(shop: Stand) -> None:
    terms = shop.connector.return_terms
    assert terms is not None
    words = [line("", condition=word) for word in terms.conditions]
    words += [line("", decision_reason=word) for word in terms.accepted_for]
    words += [line("", accepted=False, decision_reason=word, note="Kaputt") for word in terms.refused_for]
    for word in words:
        order, (id,) = await announced(shop, 0)
        result = await settled(shop, "return", answer(order, word.model_copy(update={"line_external_id": id})))
        assert (result.outcome, decided(shop, order)) == ("done", [(id, 1, word.accepted)]), word


async def test_an_answer_that_was_lost_is_found_and_not_given_again(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    method = shop.variety.return_method
    shop.opened.faults.add(Rule("answer_lost", times=1, path_contains=shop.variety.return_writes, method=method))
    result = await settled(shop, "return", answer(order, line(id)))
    assert shop.opened.faults.struck["answer_lost"] == 1
    assert result.outcome in ACCEPTED
    assert decided(shop, order) == [(id, 1, True)]


async def test_an_answer_that_never_arrived_is_given_once(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    method = shop.variety.return_method
    shop.opened.faults.add(Rule("error_500", times=1, path_contains=shop.variety.return_writes, method=method))
    assert (await settled(shop, "return", answer(order, line(id)))).outcome == "done"
    assert shop.opened.faults.struck["error_500"] == 1
    assert decided(shop, order) == [(id, 1, True)]


async def test_pieces_that_the_platform_does_not_know_are_named_and_hold_back_no_others(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    gone = id[:-3] + "997"
    result = await settled(shop, "return", answer(order, line(id), line(gone)))
    assert (result.outcome, result.code) == ("failed", "return_answered_in_part")
    assert [(part.place, part.outcome, bool(part.detail)) for part in result.parts] == [
        (0, "done", False), (1, "failed", True),
    ]  # fmt: skip
    assert gone in result.params["detail"]
    again = await settled(shop, "return", answer(order, line(id), line(gone)))
    assert [part.outcome for part in again.parts] == ["unchanged", "failed"]
    assert decided(shop, order) == [(id, 1, True)]


async def test_what_is_accepted_cannot_be_refused_afterwards(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    words = refusing(shop)
    await settled(shop, "return", answer(order, line(id)))
    result = await settled(shop, "return", answer(order, line(id, **words)))
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert result.params["detail"]
    assert decided(shop, order) == [(id, 1, True)]


async def test_parts_of_pieces_are_not_told(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    half = line(id).model_copy(update={"quantity": Decimal("0.5")})
    result = await settled(shop, "return", answer(order, half))
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert decided(shop, order) == []


async def test_an_order_that_the_platform_does_not_have_is_refused_with_a_sentence(shop: Stand) -> None:
    order, (id,) = await announced(shop, 0)
    gone = order.model_copy(update={"external_id": order.external_id[:-3] + "997"})
    result = await settled(shop, "return", answer(gone, line(id)))
    assert (result.outcome, result.code) == ("failed", "return_refused_by_shop")
    assert result.params["detail"]
    assert decided(shop, order) == []
