"""Parcels, quantities and cancellations, piece by piece."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest

from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.contracts.cancellation import CancelledLine
from shared.contracts.errors import Transient
from shared.contracts.fulfilment import ShippedLine
from tests.wired.contract.stand import Stand, command
from tests.wired.contract.test_cancellations import cancellation, reread
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled

Account = Callable[..., Stand]


def lines(*ids: str) -> tuple[ShippedLine, ...]:
    return tuple(ShippedLine(line_external_id=id, quantity=Decimal(1)) for id in ids)


def writes(stand: Stand, method: str, part: str) -> int:
    rows = stand.opened.requests.report(2000)["latest"]
    return sum(1 for row in rows if row["method"] == method and part in row["path"])


@pytest.mark.proves("shipping-status", "kaufland")
async def test_a_reported_parcel_makes_its_pieces_sent_and_no_others(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    first = order.line_items[0].external_id
    await settled(stand, "fulfilment", parcel(order, lines=lines(first)))
    after = await reread(stand, order)
    assert [line.fulfilled_quantity for line in after.line_items] == [1, *[0] * 9]
    assert after.state == "open"


async def test_a_parcel_that_broke_off_in_the_middle_goes_on_with_the_pieces_left(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    push = parcel(order)
    third = order.line_items[2].external_id
    stand.opened.faults.add(Rule("error_500", times=1, path_contains=f"/{third}/send", method="PATCH"))
    with pytest.raises(Transient):
        await stand.push("fulfilment").send(stand.client, [command(push)])
    assert await stand.push("fulfilment").verify(stand.client, [command(push)]) == [None]
    assert (await settled(stand, "fulfilment", push)).outcome == "done"
    # Ten pieces, and the third a second time.
    assert writes(stand, "PATCH", "/send") == 11
    (shown,) = stand.shop.parcels()
    assert len(shown.items) == 10


async def test_a_piece_whose_answer_was_lost_is_not_told_twice(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/send"))
    assert (await settled(stand, "fulfilment", parcel(order))).outcome == "unchanged"
    assert writes(stand, "PATCH", "/send") == 1


async def test_a_piece_that_was_told_in_this_very_moment_is_a_success_and_no_failure(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await order_of(stand, "engraving")
    before = await stand.client.order(order.external_id)
    await settled(stand, "fulfilment", parcel(order))

    async def as_it_was(id: str) -> Any:
        return before

    monkeypatch.setattr(stand.client, "order", as_it_was)
    assert (await settled(stand, "fulfilment", parcel(order))).outcome == "done"
    assert len(stand.shop.parcels()) == 1


@pytest.mark.parametrize(
    ("name", "code"), [("dhl", "DHL"), ("DHL-Express", "DHL Express"), (" deutsche post ", "Deutsche Post")]
)
async def test_the_erps_carrier_is_told_in_the_platforms_spelling(stand: Stand, name: str, code: str) -> None:
    order = await order_of(stand, "engraving")
    assert (await settled(stand, "fulfilment", parcel(order, carrier=name))).outcome == "done"
    assert [shown.carrier for shown in stand.shop.parcels()] == [code]


async def test_only_a_carrier_without_a_name_needs_no_number(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    result = await settled(stand, "fulfilment", parcel(order, ""))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "tracking number" in result.params["detail"]
    assert (await settled(stand, "fulfilment", parcel(order, "", carrier="other hauler"))).outcome == "done"


@pytest.mark.parametrize(
    ("differing", "code"),
    [({"carrier": "Brieftaube"}, "carrier_unknown"), ({"ready_for_pickup": True}, "fulfilment_refused")],
)
async def test_what_cannot_be_told_is_refused_before_it_is_sent(
    stand: Stand, differing: dict[str, Any], code: str
) -> None:
    order = await order_of(stand, "engraving")
    result = await settled(stand, "fulfilment", parcel(order, **differing))
    assert (result.outcome, result.code) == ("failed", code)
    assert stand.shop.parcels() == []


async def test_a_parcel_with_a_piece_that_cannot_be_sent_is_refused_as_a_whole(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    push = parcel(order)
    stand.shop.change(order.external_id, Change("lower_quantity", line=1, quantity=1))
    result = await settled(stand, "fulfilment", push)
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "cancelled" in result.params["detail"]
    assert stand.shop.parcels() == []


async def test_an_order_that_is_not_confirmed_is_not_shipped(stand: Stand) -> None:
    order = await order_of(stand, "bank transfer, unpaid")
    result = await settled(stand, "fulfilment", parcel(order))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert result.params["detail"].endswith("is open")


async def test_a_mixed_answer_to_quantities_is_judged_offer_by_offer(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002", "KR-1003")
    gone, odd = {"external_id": "de:999999999999"}, {"external_id": "gift"}
    sent = [level(found[0], 1), level(found[1], 2, **gone), level(found[1], 2, **odd), level(found[2], 3)]
    results = await stand.send("stock", sent)
    assert [result.outcome for result in results] == ["done", "failed", "failed", "done"]
    assert [result.actual for result in results] == [1, None, None, 3]
    assert "999999999999" in results[1].params["detail"]


async def test_a_hundred_and_fifty_quantities_go_in_one_call(stand: Stand) -> None:
    assert stand.push("stock").batch % 150 == 0
    items = list((await stand.items("article")).values())
    (one,) = await articles(stand, "KR-1001")
    stand.opened.requests.clear()
    pushes = [level(one, 4, external_id=item.external_id) for item in items]
    pushes += [level(one, 4, external_id=f"de:{id}") for id in range(150 - len(pushes))]
    results = await stand.send("stock", pushes)
    assert sum(result.outcome == "done" for result in results) == len(items)
    assert stand.opened.requests.requests == 1


async def test_a_call_that_is_refused_as_a_whole_costs_no_offer_its_quantity(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002")
    pushes = [level(found[0], 4), level(found[1], 5)]
    # Two ways to write one number, which the platform reads as an offer that is named twice.
    pushes += [level(found[0], 1, external_id=id) for id in ("de:7", "de:07")]
    results = await stand.send("stock", pushes)
    assert [result.outcome for result in results[:2]] == ["done", "done"]
    assert {result.outcome for result in results[2:]} == {"failed"}
    assert writes(stand, "POST", "/units/bulk") == 1 + len(pushes)


async def test_of_two_quantities_of_one_offer_the_newer_is_sent_once(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    results = await stand.send("stock", [level(article, 9, version=2), level(article, 4, version=1)])
    assert [result.outcome for result in results] == ["done", "done"]
    assert stand.shop.stock()["KR-1001"] == 9
    assert writes(stand, "POST", "/units/bulk") == 1


async def test_quantities_of_two_storefronts_go_to_each_of_them(account: Account) -> None:
    stand = account(storefronts="de cz")
    mine = [item.external_id for item in (await stand.items("article")).values()]
    (one,) = await articles(stand, "KR-1001")
    number = int(one.external_id.partition(":")[2])
    both = [id for id in mine if int(id.partition(":")[2]) in (number, number - 1)]
    assert {id.partition(":")[0] for id in both} == {"de", "cz"}
    results = await stand.send("stock", [level(one, 6, external_id=id) for id in both])
    assert [result.outcome for result in results] == ["done", "done"]
    assert stand.shop.stock()["KR-1001"] == 6


@pytest.mark.parametrize(
    ("reason", "word"),
    [("customer", "BuyerCancelled"), ("out_of_stock", "NoInventory"), ("fraud", "GeneralAdjustment")],
)
async def test_a_cancellation_says_why_in_the_platforms_word(stand: Stand, reason: str, word: str) -> None:
    order = await order_of(stand, "engraving")
    assert (await settled(stand, "cancellation", cancellation(order, reason=reason))).outcome == "done"
    assert [unit["cancel_reason"] for unit in stand.shop.store.book.orders[order.external_id].units] == [word]


async def test_an_order_with_a_piece_on_its_way_is_not_cancelled_in_part(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order, lines=lines(order.line_items[0].external_id)))
    result = await settled(stand, "cancellation", cancellation(order))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert "sent" in result.params["detail"]
    assert not any(line.cancelled_quantity for line in (await reread(stand, order)).line_items)
    named = cancellation(order, (order.line_items[1].external_id, 1))
    assert (await settled(stand, "cancellation", named)).outcome == "done"


async def test_two_of_a_piece_cannot_be_cancelled(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    two = (CancelledLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(2)),)
    result = await settled(stand, "cancellation", cancellation(order, lines=two))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert "is one piece, not 2" in result.params["detail"]


async def test_an_offer_the_platform_could_not_answer_for_is_told_again_later(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await articles(stand, "KR-1001", "KR-1002", "KR-1003")
    listed = stand.client.set_units

    async def half(storefront: str, changes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        done, second, _ = await listed(storefront, changes)
        troubled = {"id_unit": second["id_unit"], "status_code": 500, "key": "internal", "message": "Internal error"}
        return [troubled, done]

    monkeypatch.setattr(stand.client, "set_units", half)
    results = await stand.send("stock", [level(article, 2) for article in found])
    assert [(result.outcome, result.code) for result in results] == [
        ("done", ""), ("retrying", "stock_unanswered"), ("retrying", "stock_unanswered"),
    ]  # fmt: skip
    assert results[1].params["detail"] == "Internal error"
