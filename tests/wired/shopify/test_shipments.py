"""Shipments follow the shop's own fulfilment orders: by location, held back, or to be fetched."""

from collections import Counter
from decimal import Decimal

import pytest

from services.sandbox.faults import Rule
from shared.contracts.fulfilment import ShippedLine
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import order_of, parcel, settled


async def test_a_parcel_packed_at_two_locations_is_one_shipment_each(stand: Stand) -> None:
    stand.shop.catalogue.move("KR-2003", stand.shop.catalogue.places[1])
    order = await order_of(stand, "several tax rates, shipping split")
    result = await settled(stand, "fulfilment", parcel(order))
    assert result.outcome == "done"
    shown = stand.shop.parcels()
    assert len(shown) == 2
    assert {one.tracking_number for one in shown} == {"00340434161094000001"}
    assert sum(quantity for one in shown for _, quantity in one.items) == 4
    assert (await settled(stand, "fulfilment", parcel(order))).outcome == "unchanged"


async def test_the_second_location_is_made_up_for_when_only_the_first_arrived(stand: Stand) -> None:
    stand.shop.catalogue.move("KR-2003", stand.shop.catalogue.places[1])
    order = await order_of(stand, "several tax rates, shipping split")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="mutation:fulfillmentCreate"))
    result = await settled(stand, "fulfilment", parcel(order))
    assert result.outcome == "done"
    assert sum(quantity for one in stand.shop.parcels() for _, quantity in one.items) == 4


async def test_the_carrier_is_spelt_as_the_shop_knows_it(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    await settled(stand, "fulfilment", parcel(order, carrier="deutsche post", tracking_url="https://track.test/1"))
    record = stand.shop.orders.open(order.external_id)
    (info,) = record["fulfillments"][0]["trackingInfo"]
    assert (info["company"], info["url"]) == ("Deutsche Post (DE)", "https://track.test/1")


async def test_an_order_on_hold_is_not_reported_as_sent_and_the_sentence_says_so(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    stand.shop.put_on_hold(order.external_id)
    result = await settled(stand, "fulfilment", parcel(order))
    assert (result.outcome, result.code) == ("failed", "fulfilment_on_hold")
    assert result.params["quantity"] == "1"
    assert stand.shop.parcels() == []


async def test_what_was_sent_by_hand_is_not_sent_again(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    await settled(stand, "fulfilment", parcel(order, "BY-HAND"))
    result = await settled(stand, "fulfilment", parcel(order, "OURS"))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")
    assert "not open for shipping" in result.params["detail"]


async def test_goods_that_lie_ready_are_told_once_and_fetched_later(stand: Stand) -> None:
    order = await order_of(stand, "pickup")
    push = parcel(order, "", ready_for_pickup=True)
    outcomes = [(await settled(stand, "fulfilment", push)).outcome for _ in range(2)]
    assert outcomes == ["done", "unchanged"]
    assert stand.shop.ready_for_pickup() == [order.external_id]
    assert stand.shop.parcels() == []
    assert (await settled(stand, "fulfilment", parcel(order, ""))).outcome == "done"


async def test_goods_that_are_shipped_cannot_lie_ready(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    result = await settled(stand, "fulfilment", parcel(order, "", ready_for_pickup=True))
    assert (result.outcome, result.code) == ("failed", "fulfilment_refused")


async def test_a_parcel_without_a_number_is_found_by_its_pieces_when_its_answer_was_lost(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="mutation:fulfillmentCreate"))
    lines = (ShippedLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(1)),)
    result = await settled(stand, "fulfilment", parcel(order, "", lines=lines))
    assert result.outcome == "unchanged"
    assert len(stand.shop.parcels()) == 1


async def test_two_like_parcels_without_numbers_are_two_parcels(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    lines = (ShippedLine(line_external_id=order.line_items[0].external_id, quantity=Decimal(1)),)
    for _ in range(2):
        assert (await settled(stand, "fulfilment", parcel(order, "", lines=lines))).outcome == "done"
    counted = Counter(line for one in stand.shop.parcels() for line, _ in one.items)
    assert counted == {order.line_items[0].external_id: 2}


async def test_three_hundred_lines_fit_into_one_parcel(stand: Stand) -> None:
    order = await order_of(stand, "three hundred lines")
    assert (await settled(stand, "fulfilment", parcel(order))).outcome == "done"
    assert len(stand.shop.parcels()[0].items) == 300


async def test_a_fraction_of_a_piece_cannot_be_shipped(stand: Stand) -> None:
    order = await order_of(stand, "engraving")
    lines = (ShippedLine(line_external_id=order.line_items[0].external_id, quantity=Decimal("0.5")),)
    assert (await settled(stand, "fulfilment", parcel(order, lines=lines))).code == "fulfilment_refused"


@pytest.mark.proves("shipping-status", "shopify")
async def test_the_shop_counts_an_order_as_shipped_once_all_its_pieces_are(stand: Stand) -> None:
    order = await order_of(stand, "reduced rate only")
    record = stand.shop.orders.open(order.external_id)
    seen = []
    for number, line in enumerate(order.line_items):
        whole = (ShippedLine(line_external_id=line.external_id, quantity=line.quantity),)
        await settled(stand, "fulfilment", parcel(order, f"TRACK-{number}", lines=whole))
        seen.append(record["displayFulfillmentStatus"])
    assert seen == ["PARTIALLY_FULFILLED", "FULFILLED"]
