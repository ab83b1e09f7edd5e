"""Fulfilments: made from fulfilment orders, per location, with parcels."""

from typing import Any

from services.sandbox.merchant import Parcel
from tests.wired.sandbox_shopify.admin import SENDING, SHIP, Admin


async def routes(admin: Admin, order_id: str) -> list[Any]:
    return list((await admin.data(SENDING, id=order_id))["order"]["fulfillmentOrders"]["nodes"])


async def ship(admin: Admin, *rows: Any, tracking: Any = None, lines: Any = None) -> Any:
    wanted = [{"fulfillmentOrderId": row["id"]} for row in rows]
    if lines is not None:
        wanted[0]["fulfillmentOrderLineItems"] = lines
    given = {"lineItemsByFulfillmentOrder": wanted, "notifyCustomer": False, "trackingInfo": tracking or {}}
    return (await admin.data(SHIP, fulfillment=given))["fulfillmentCreate"]


async def test_a_whole_order_is_sent_with_a_parcel_that_gets_a_link(admin: Admin, place: Any) -> None:
    order_id = place("coupon over all lines")
    done = await ship(admin, *await routes(admin, order_id), tracking={"company": "DHL Germany", "number": "JJD 00 1"})
    assert done["userErrors"] == []
    assert done["fulfillment"]["trackingInfo"][0]["url"].endswith("piececode=JJD%2000%201")
    order = (await admin.data(SENDING, id=order_id))["order"]
    assert order["displayFulfillmentStatus"] == "FULFILLED"
    assert [row["status"] for row in order["fulfillmentOrders"]["nodes"]] == ["CLOSED"]
    record = admin.shop.orders.open(order_id)
    assert record is not None
    items = tuple((line["id"], line["quantity"]) for line in record["lineItems"])
    assert admin.shop.parcels() == [Parcel(order_id, "JJD 00 1", "DHL Germany", items)]


async def test_an_order_is_sent_in_parts_until_nothing_remains(admin: Admin, place: Any) -> None:
    order_id = place("coupon over all lines")
    (row,) = await routes(admin, order_id)
    part = row["lineItems"]["nodes"][0]
    assert part["remainingQuantity"] == 3
    await ship(admin, row, lines=[{"id": part["id"], "quantity": 2}])
    order = (await admin.data(SENDING, id=order_id))["order"]
    (row,) = order["fulfillmentOrders"]["nodes"]
    assert (order["displayFulfillmentStatus"], row["status"]) == ("PARTIALLY_FULFILLED", "IN_PROGRESS")
    assert row["lineItems"]["nodes"][0]["remainingQuantity"] == 1
    too_many = await ship(admin, row, lines=[{"id": part["id"], "quantity": 2}])
    assert too_many["userErrors"][0]["message"] == "Invalid fulfillment order line item quantity requested."
    assert (await ship(admin, row))["userErrors"] == []
    closed = await ship(admin, row)
    assert "unfulfillable status= closed" in closed["userErrors"][0]["message"]


async def test_goods_of_two_locations_need_two_calls(admin: Admin, place: Any) -> None:
    admin.shop.catalogue.move("KR-1010", admin.shop.catalogue.places[1])
    order_id = place("coupon over all lines")
    rows = await routes(admin, order_id)
    assert sorted(row["assignedLocation"]["name"] for row in rows) == ["Hauptlager", "Ladengeschäft"]
    both = await ship(admin, *rows)
    assert both["userErrors"][0]["message"] == "All fulfillment orders must be assigned to the same location."
    for row in rows:
        assert (await ship(admin, row))["userErrors"] == []
    assert (await admin.data(SENDING, id=order_id))["order"]["displayFulfillmentStatus"] == "FULFILLED"


async def test_a_preorder_waits_until_it_is_opened(admin: Admin, place: Any) -> None:
    order_id = place("preorder")
    (row,) = await routes(admin, order_id)
    assert (row["status"], row["supportedActions"]) == ("SCHEDULED", [{"action": "MARK_AS_OPEN"}])
    assert "status= scheduled" in (await ship(admin, row))["userErrors"][0]["message"]
    opened = (
        "mutation O($id: ID!) { fulfillmentOrderOpen(id: $id) { fulfillmentOrder { status } userErrors { message } } }"
    )
    assert (await admin.data(opened, id=row["id"]))["fulfillmentOrderOpen"]["fulfillmentOrder"]["status"] == "OPEN"
    assert (await ship(admin, row))["userErrors"] == []


async def test_what_is_on_hold_is_not_sent_before_it_is_released(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    admin.shop.put_on_hold(order_id)
    order = (await admin.data(SENDING, id=order_id))["order"]
    (row,) = order["fulfillmentOrders"]["nodes"]
    assert (order["displayFulfillmentStatus"], row["status"]) == ("ON_HOLD", "ON_HOLD")
    assert "status= on_hold" in (await ship(admin, row))["userErrors"][0]["message"]
    released = "mutation R($id: ID!) { fulfillmentOrderReleaseHold(id: $id) { userErrors { message } } }"
    assert (await admin.data(released, id=row["id"]))["fulfillmentOrderReleaseHold"]["userErrors"] == []
    assert (await ship(admin, row))["userErrors"] == []


async def test_goods_for_pickup_are_reported_as_ready(admin: Admin, place: Any) -> None:
    order_id = place("pickup")
    (row,) = await routes(admin, order_id)
    assert (row["deliveryMethod"]["methodType"], row["assignedLocation"]["name"]) == ("PICK_UP", "Ladengeschäft")
    mutation = """mutation P($input: FulfillmentOrderLineItemsPreparedForPickupInput!) {
      fulfillmentOrderLineItemsPreparedForPickup(input: $input) { userErrors { code message } } }"""
    wanted = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": row["id"]}]}
    done = (await admin.data(mutation, input=wanted))["fulfillmentOrderLineItemsPreparedForPickup"]
    assert done["userErrors"] == []
    assert admin.shop.ready_for_pickup() == [order_id]
    (other,) = await routes(admin, place("engraving"))
    wanted = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": other["id"]}]}
    done = (await admin.data(mutation, input=wanted))["fulfillmentOrderLineItemsPreparedForPickup"]
    assert done["userErrors"][0]["code"] == "FULFILLMENT_ORDER_INVALID"


async def test_digital_lines_are_a_fulfilment_order_of_their_own(admin: Admin, place: Any) -> None:
    rows = await routes(admin, place("goods and digital"))
    assert sorted(row["deliveryMethod"]["methodType"] for row in rows) == ["NONE", "SHIPPING"]


async def test_a_wrong_parcel_number_is_corrected(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    made = (await ship(admin, *await routes(admin, order_id), tracking={"company": "GLS", "number": "1"}))[
        "fulfillment"
    ]
    mutation = """mutation T($id: ID!, $info: FulfillmentTrackingInput!) {
      fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $info, notifyCustomer: false) {
        fulfillment { trackingInfo { company number url } } userErrors { message } } }"""
    info = {"company": "Eigener Bote", "numbers": ["2", "3"], "urls": ["https://bote.example/2"]}
    done = (await admin.data(mutation, id=made["id"], info=info))["fulfillmentTrackingInfoUpdate"]
    assert done["fulfillment"]["trackingInfo"] == [
        {"company": "Eigener Bote", "number": "2", "url": "https://bote.example/2"},
        {"company": "Eigener Bote", "number": "3", "url": None},
    ]
    assert [parcel.tracking_number for parcel in admin.shop.parcels()] == ["2", "3"]


async def test_a_cancelled_fulfilment_may_be_sent_again(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    made = (await ship(admin, *await routes(admin, order_id)))["fulfillment"]
    undo = "mutation C($id: ID!) { fulfillmentCancel(id: $id) { fulfillment { status } userErrors { message } } }"
    assert (await admin.data(undo, id=made["id"]))["fulfillmentCancel"]["fulfillment"]["status"] == "CANCELLED"
    (row,) = await routes(admin, order_id)
    assert (row["status"], row["lineItems"]["nodes"][0]["remainingQuantity"]) == ("OPEN", 1)
    assert (await ship(admin, row))["userErrors"] == []
    assert len(admin.shop.parcels()) == 1


async def test_an_order_of_a_load_test_is_sent_like_any_other(admin: Admin) -> None:
    order_id = admin.shop.place_many(10, admin.sandbox.plain_baskets)[7]
    (row,) = await routes(admin, order_id)
    assert (await ship(admin, row, tracking={"company": "UPS", "number": "1Z"}))["userErrors"] == []
    assert (await admin.data(SENDING, id=order_id))["order"]["displayFulfillmentStatus"] == "FULFILLED"
    assert [parcel.order_id for parcel in admin.shop.parcels()] == [order_id]
