"""Parcels, quantities and cancellations, piece by piece."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.contracts.cancellation import CancelledLine
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import ShippedLine
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_cancellations import cancellation, reread
from tests.wired.contract.test_pushes import articles, level, order_of, parcel, settled


def lines(*ids: str) -> tuple[ShippedLine, ...]:
    return tuple(ShippedLine(line_external_id=id, quantity=Decimal(1)) for id in ids)


@pytest.mark.proves("shipping-status", "otto")
async def test_a_reported_parcel_makes_its_pieces_sent_and_no_others(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    first = order.line_items[0].external_id
    await settled(stand, "fulfilment", parcel(order, lines=lines(first)))
    after = await reread(stand, order)
    assert [line.fulfilled_quantity for line in after.line_items] == [1, *[0] * 9]
    assert after.state == "open"


async def test_a_parcel_tells_the_number_it_comes_back_with_where_the_seller_says_it_is_the_same(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    await settled(stand, "fulfilment", parcel(order, "00340434161094000042"))
    (row,) = stand.shop.store.shipments.rows.values()
    assert row["positionItems"][0]["returnTrackingKey"] == {
        "carrier": "DHL", "trackingNumber": "00340434161094000042",
    }  # fmt: skip
    assert row["shipFromAddress"] == {"city": "Rostock", "countryCode": "DEU", "zipCode": "18055"}


async def test_a_parcel_that_brings_a_number_for_the_way_back_is_told_with_that_one(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    push = parcel(order, "00340434161094000042", return_tracking_number="563102430313")
    assert [(await settled(stand, "fulfilment", push)).outcome for _ in range(2)] == ["done", "unchanged"]
    (row,) = stand.shop.store.shipments.rows.values()
    back = {
        (one["returnTrackingKey"]["carrier"], one["returnTrackingKey"]["trackingNumber"])
        for one in row["positionItems"]
    }
    assert back == {("DHL", "563102430313")}


async def test_a_parcel_without_a_return_number_is_refused_by_name_and_a_forwarders_is_taken(
    without_returns: Stand,
) -> None:
    order = await order_of(without_returns, "engraving")
    result = await settled(without_returns, "fulfilment", parcel(order))
    assert (result.outcome, result.code) == ("failed", "return_number_missing")
    assert "positionItems[0].returnTrackingKey" in result.params["detail"]
    forwarder = parcel(order, "", carrier="other forwarder")
    outcomes = [(await settled(without_returns, "fulfilment", forwarder)).outcome for _ in range(2)]
    assert outcomes == ["done", "unchanged"]


async def test_a_forwarders_shipment_without_a_number_whose_answer_was_lost_is_found_by_its_pieces(
    stand: Stand,
) -> None:
    order = await order_of(stand, "reduced rate only")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/v1/shipments", method="POST"))
    assert (await settled(stand, "fulfilment", parcel(order, "", carrier="DACHSER"))).outcome == "unchanged"
    assert len(stand.shop.parcels()) == 1


async def test_a_piece_that_left_in_another_parcel_is_not_called_a_success(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    await settled(stand, "fulfilment", parcel(order, "FIRST"))
    result = await settled(stand, "fulfilment", parcel(order, "SECOND"))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "POSITION_ITEM_INCLUDED_IN_OTHER_SHIPMENT" in result.params["detail"]
    assert [shown.tracking_number for shown in stand.shop.parcels()] == ["FIRST"]


async def test_pieces_of_two_orders_may_leave_in_one_parcel(stand: Stand) -> None:
    one, two = await order_of(stand, "engraving"), await order_of(stand, "reduced rate only")
    for order in (one, two, one, two):
        result = await settled(stand, "fulfilment", parcel(order, "SHARED"))
        assert result.outcome in ("done", "unchanged")
    assert len(stand.shop.store.shipments.rows) == 1
    assert {shown.order_id: len(shown.items) for shown in stand.shop.parcels()} == {
        one.external_id: 1, two.external_id: 10,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("differing", "code"),
    [({"carrier": "Brieftaube"}, "carrier_unknown"), ({"ready_for_pickup": True}, "fulfilment_refused")],
)
async def test_what_cannot_be_told_is_refused_before_it_is_sent(
    stand: Stand, differing: dict[str, object], code: str
) -> None:
    order = await order_of(stand, "engraving")
    result = await settled(stand, "fulfilment", parcel(order, **differing))
    assert (result.outcome, result.code) == ("failed", code)
    assert not stand.shop.store.shipments.rows


async def test_an_announced_piece_is_not_shipped(stand: Stand) -> None:
    order = await order_of(stand, "bank transfer, unpaid")
    result = await settled(stand, "fulfilment", parcel(order))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "ANNOUNCED" in result.params["detail"]


async def test_a_mixed_answer_to_quantities_is_judged_row_by_row(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-1002", "KR-1003")
    results = await stand.send(
        "stock", [level(found[0], 1), level(found[1], 2, external_id="GONE-1"), level(found[2], 3)]
    )
    assert [result.outcome for result in results] == ["done", "failed", "done"]
    assert [result.actual for result in results] == [1, None, 3]
    assert "GONE-1" in results[1].params["detail"]


async def test_a_refused_number_is_told_its_own_reason_although_another_begins_like_it(stand: Stand) -> None:
    (found,) = await articles(stand, "KR-1001")
    results = await stand.send("stock", [level(found, 1, external_id=id) for id in ("GONE-10", "GONE-1")])
    assert [result.outcome for result in results] == ["failed", "failed"]
    assert "GONE-10" not in results[1].params["detail"]


async def test_two_hundred_quantities_go_in_one_call_and_one_more_is_too_many(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    assert stand.push("stock").batch == 200
    stand.opened.requests.clear()
    results = await stand.send("stock", [level(article, 4)] * 200)
    assert {result.outcome for result in results} == {"done"}
    assert stand.opened.requests.requests == 1
    with pytest.raises(Rejected, match="PAYLOAD_TOO_LARGE"):
        await stand.send("stock", [level(article, 4)] * 201)


async def test_a_quantity_beyond_the_platforms_limit_is_refused_alone(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    (result,) = await stand.send("stock", [level(article, 1_000_000_000)])
    assert (result.outcome, result.code) == ("failed", "stock_refused")


async def test_named_pieces_are_cancelled_all_or_none(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    first, second, third = (line.external_id for line in order.line_items[:3])
    await settled(stand, "fulfilment", parcel(order, lines=lines(first)))
    refused = await settled(stand, "cancellation", cancellation(order, (second, 1), (first, 1)))
    assert (refused.outcome, refused.code) == ("failed", "cancellation_refused_by_shop")
    assert f"{first} is SENT" in refused.params["detail"]
    done = [(await settled(stand, "cancellation", cancellation(order, (second, 1), (third, 1)))) for _ in range(2)]
    assert [one.outcome for one in done] == ["done", "unchanged"]
    after = await reread(stand, order)
    assert [line.cancelled_quantity for line in after.line_items] == [0, 1, 1, *[0] * 7]


async def test_a_piece_that_the_platform_cancelled_itself_does_not_keep_its_neighbour(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    first, last = order.line_items[0].external_id, order.line_items[-1].external_id
    stand.shop.change(order.external_id, Change("lower_quantity", line=0, quantity=1))
    result = await settled(stand, "cancellation", cancellation(order, (first, 1), (last, 1)))
    assert result.outcome == "done"
    after = await reread(stand, order)
    assert [line.cancelled_quantity for line in after.line_items] == [1, *[0] * 8, 1]


async def test_an_order_shipped_in_part_is_not_cancelled_in_part_without_a_word(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order, lines=lines(order.line_items[0].external_id)))
    shipped = await reread(stand, order)
    result = await settled(stand, "cancellation", cancellation(order))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert await reread(stand, order) == shipped


async def test_several_pieces_of_a_piece_cannot_be_cancelled(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    push = cancellation(order)
    several = (CancelledLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(2)),)
    wanted = push.cancellation.model_copy(update={"lines": several})
    result = await settled(stand, "cancellation", push.model_copy(update={"cancellation": wanted}))
    assert "is one piece, not 2" in result.params["detail"]


async def test_a_cancelled_order_gives_the_platforms_stock_back_once(stand: Stand) -> None:
    before = stand.shop.stock()
    order = await order_of(stand, "reduced rate only")
    for _ in range(2):
        await settled(stand, "cancellation", cancellation(order))
    assert stand.shop.stock() == before


def test_the_declared_limit_stays_within_twenty_calls_of_any_second(stand: Stand) -> None:
    limit = stand.connector.limit
    assert limit.burst + limit.rate <= 20


async def test_what_leaves_while_its_order_is_cancelled_is_told_and_not_passed_over(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await order_of(stand, "reduced rate only")
    cancel = stand.client.cancel

    async def too_late(id: str, items: Sequence[str] = ()) -> None:
        await settled(stand, "fulfilment", parcel(order, lines=lines(order.line_items[0].external_id)))
        await cancel(id, items)

    monkeypatch.setattr(stand.client, "cancel", too_late)
    result = await settled(stand, "cancellation", cancellation(order))
    assert (result.outcome, result.code) == ("failed", "cancellation_refused_by_shop")
    assert f"{order.line_items[0].external_id} is SENT" in result.params["detail"]


async def test_a_cancellation_that_the_platform_refuses_because_it_happened_is_no_failure(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = await order_of(stand, "engraving")
    cancel = stand.client.cancel

    async def twice(id: str, items: Sequence[str] = ()) -> None:
        for _ in range(2):
            await cancel(id, items)

    monkeypatch.setattr(stand.client, "cancel", twice)
    assert (await settled(stand, "cancellation", cancellation(order))).outcome == "unchanged"
    assert (await reread(stand, order)).state == "cancelled"
