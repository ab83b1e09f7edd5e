"""Shipments: a list of numbers and one state for the whole delivery."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.sandbox.faults import Rule
from shared.contracts.fulfilment import ShippedLine
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand, command
from tests.wired.contract.test_pushes import order_of, parcel, settled


def deliveries(stand: Stand, order: Order) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stand.shop.store.orders[order.external_id].body["deliveries"]
    return found


def states(stand: Stand, order: Order) -> list[str]:
    return [row["stateMachineState"]["technicalName"] for row in deliveries(stand, order)]


def some(order: Order, line: int, count: int) -> tuple[ShippedLine, ...]:
    return (ShippedLine(line_external_id=order.line_items[line].external_id, quantity=Decimal(count)),)


@pytest.mark.proves("shipping-status", "shopware6")
async def test_a_delivery_is_sent_in_part_until_the_last_piece_has_left(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order, "T1", lines=some(order, 0, 3)))
    assert states(stand, order) == ["shipped_partially"]
    await settled(stand, "fulfilment", parcel(order, "T2", lines=some(order, 1, 6)))
    assert states(stand, order) == ["shipped_partially"]
    await settled(stand, "fulfilment", parcel(order, "T3", lines=some(order, 1, 1)))
    assert states(stand, order) == ["shipped"]
    assert deliveries(stand, order)[0]["trackingCodes"] == ["T1", "T2", "T3"]


async def test_numbers_that_the_shop_already_has_stay(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    deliveries(stand, order)[0]["trackingCodes"] = ["BY-HAND"]
    deliveries(stand, order)[0]["customFields"] = {"plugin": 1}
    await settled(stand, "fulfilment", parcel(order, "T1"))
    assert deliveries(stand, order)[0]["trackingCodes"] == ["BY-HAND", "T1"]
    assert deliveries(stand, order)[0]["customFields"]["plugin"] == 1


async def test_goods_leave_with_the_delivery_that_costs_something(any_version: Stand) -> None:
    order = await order_of(any_version, "free shipping")
    rows = deliveries(any_version, order)
    rows.reverse()
    await settled(any_version, "fulfilment", parcel(order, "T1"))
    assert [row["trackingCodes"] for row in rows] == [[], ["T1"]]
    assert states(any_version, order) == ["open", "shipped"]


@pytest.mark.proves("customer-mailed", "shopware6")
@pytest.mark.parametrize("wanted", [True, False])
async def test_the_shop_writes_to_the_customer_only_when_asked_to(stand: Stand, wanted: bool) -> None:
    order = await order_of(stand, "engraving")
    for _ in range(2):
        await settled(stand, "fulfilment", parcel(order, notify_customer=wanted, id=UUID(order.external_id)))
    mails = [(order.external_id, "state_enter.order_delivery.state.shipped")] if wanted else []
    assert stand.shop.store.mails == mails


async def test_a_state_that_did_not_get_through_is_set_when_the_parcel_is_sent_again(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stand.opened.faults.add(Rule("error_500", times=1, path_contains="/state/ship", method="POST"))
    assert (await settled(stand, "fulfilment", parcel(order, "T1"))).outcome == "done"
    assert states(stand, order) == ["shipped"]
    assert deliveries(stand, order)[0]["trackingCodes"] == ["T1"]


async def test_a_parcel_is_known_only_when_number_and_state_have_both_arrived(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    push = parcel(order, "T1")
    verify = stand.push("fulfilment").verify
    one = command(push)
    assert await verify(stand.client, [one]) == [None]
    await settled(stand, "fulfilment", push)
    (known,) = await verify(stand.client, [one])
    assert known is not None
    assert known.outcome == "unchanged"
    deliveries(stand, order)[0]["stateMachineState"] = {"id": "0" * 32, "technicalName": "open"}
    assert await verify(stand.client, [one]) == [None]


async def test_a_status_goes_without_a_number(stand: Stand) -> None:
    order = await order_of(stand, "pickup")
    push = parcel(order, "", ready_for_pickup=True)
    assert [(await settled(stand, "fulfilment", push)).outcome for _ in range(2)] == ["done", "unchanged"]
    assert (states(stand, order), stand.shop.parcels()) == (["shipped"], [])


async def test_what_was_sent_by_hand_gets_its_number_and_keeps_its_state(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    row = deliveries(stand, order)[0]
    stand.shop.store.move("order_delivery", stand.shop.store.orders[order.external_id].body, row, "ship", mail=False)
    assert (await settled(stand, "fulfilment", parcel(order, "T1"))).outcome == "done"
    assert (states(stand, order), row["trackingCodes"]) == (["shipped"], ["T1"])


@pytest.mark.parametrize("case", ["digital only", "engraving"])
async def test_what_cannot_be_shipped_is_refused_with_a_sentence(stand: Stand, case: str) -> None:
    order = await order_of(stand, case)
    for row in deliveries(stand, order):
        row["stateMachineState"] = {"id": "0" * 32, "technicalName": "cancelled"}
    result = await settled(stand, "fulfilment", parcel(order, "T1", lines=some(order, 0, 1)))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "delivery" in result.params["detail"]
    assert stand.shop.parcels() == []


async def test_the_same_pieces_are_not_sent_twice_in_two_parcels(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    await settled(stand, "fulfilment", parcel(order, "T1"))
    result = await settled(stand, "fulfilment", parcel(order, "T2"))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert [one.tracking_number for one in stand.shop.parcels()] == ["T1"]
