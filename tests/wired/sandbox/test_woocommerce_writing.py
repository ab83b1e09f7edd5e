"""Writing to a WooCommerce shop: stock and prices in batches, status, refunds, shipments, notes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.wired.sandbox.callers import Caller


async def product(shop: Caller, sku: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = (await shop.get("/products", sku=sku)).json()
    return found[0]


async def test_stock_and_prices_are_set_in_one_batch_and_each_item_answers_for_itself(shop: Caller) -> None:
    cup, apron = await product(shop, "KR-1001"), await product(shop, "KR-7001")
    answer = await shop.call(
        "POST",
        "/products/batch",
        json={
            "update": [
                {"id": cup["id"], "manage_stock": True, "stock_quantity": 7, "regular_price": "11.90"},
                {"id": apron["id"], "stock_quantity": 5},
                {"id": 999_999, "stock_quantity": 5},
                {"id": cup["id"], "stock_quantity": 7.5},
                {"id": cup["id"], "regular_price": 11.9},
            ]
        },
    )
    assert answer.status_code == 200
    results = answer.json()["update"]
    assert (results[0]["stock_quantity"], results[0]["price"]) == (7, "11.90")
    codes = [result["error"]["code"] for result in results[1:]]
    assert codes == [
        "woocommerce_rest_invalid_product_id",
        "woocommerce_rest_product_invalid_id",
        "rest_invalid_param",
        "rest_invalid_param",
    ]
    assert shop.opened.shop.stock()["KR-1001"] == 7


async def test_variations_are_written_under_their_parent(shop: Caller) -> None:
    apron = await product(shop, "KR-7001")
    assert (apron["type"], apron["sku"]) == ("variation", "KR-7001")
    answer = await shop.call(
        "POST",
        f"/products/{apron['parent_id']}/variations/batch",
        json={"update": [{"id": apron["id"], "stock_quantity": -2}, {"id": 1, "stock_quantity": 1}]},
    )
    first, second = answer.json()["update"]
    assert (first["stock_quantity"], first["stock_status"]) == (-2, "outofstock")
    assert second["error"]["code"] == "woocommerce_rest_product_variation_invalid_id"


async def test_a_batch_of_more_than_a_hundred_is_refused_whole(shop: Caller) -> None:
    cup = await product(shop, "KR-1001")
    answer = await shop.call("POST", "/products/batch", json={"update": [{"id": cup["id"], "stock_quantity": 1}] * 101})
    assert (answer.status_code, answer.json()["code"]) == (413, "woocommerce_rest_request_entity_too_large")
    assert (await product(shop, "KR-1001"))["stock_quantity"] != 1


async def test_a_broken_quantity_is_refused_outside_a_batch_too(shop: Caller) -> None:
    cup = await product(shop, "KR-1001")
    answer = await shop.call("PUT", f"/products/{cup['id']}", json={"stock_quantity": 1.5})
    assert (answer.status_code, list(answer.json()["data"]["params"])) == (400, ["stock_quantity"])


async def test_variations_without_a_number_of_their_own_report_their_parents(shop: Caller) -> None:
    parent = await product(shop, "KR-4001")
    variations = (await shop.get(f"/products/{parent['id']}/variations")).json()
    assert [row["sku"] for row in variations] == ["KR-4001", "KR-4001"]
    assert {row["manage_stock"] for row in variations} == {"parent"}
    assert {row["stock_quantity"] for row in variations} == {parent["stock_quantity"]}


async def test_a_second_product_with_the_same_number_is_refused(shop: Caller) -> None:
    answer = await shop.call("POST", "/products", json={"name": "Becher", "sku": "KR-1001", "regular_price": "1.00"})
    assert (answer.status_code, answer.json()["code"]) == (400, "product_invalid_sku")
    assert answer.json()["data"]["resource_id"] == (await product(shop, "KR-1001"))["id"]


async def test_a_product_with_variations_can_be_created(shop: Caller) -> None:
    attributes = [{"name": "Farbe", "variation": True, "options": ["Rot", "Gelb"]}]
    parent = await shop.call(
        "POST", "/products", json={"name": "Mütze", "type": "variable", "sku": "MUETZE", "attributes": attributes}
    )
    assert parent.status_code == 201
    answer = await shop.call(
        "POST",
        f"/products/{parent.json()['id']}/variations/batch",
        json={
            "create": [
                {
                    "sku": f"MUETZE-{colour}",
                    "regular_price": "19.00",
                    "manage_stock": True,
                    "stock_quantity": 3,
                    "attributes": [{"name": "Farbe", "option": colour}],
                }
                for colour in ("Rot", "Gelb")
            ]
        },
    )
    assert [row["name"] for row in answer.json()["create"]] == ["Rot", "Gelb"]
    assert (await shop.get(f"/products/{parent.json()['id']}")).json()["price"] == "19.00"
    assert shop.opened.shop.stock()["MUETZE-Rot"] == 3


async def test_selling_lowers_stock_and_moves_the_products_stamp(shop: Caller) -> None:
    before = await product(shop, "KR-1001")
    shop.sandbox.clock.shift(timedelta(hours=1))
    await shop.place("guest")
    after = await product(shop, "KR-1001")
    assert before["stock_quantity"] - after["stock_quantity"] == 2
    changed = await shop.get("/products", modified_after=f"{before['date_modified_gmt']}Z", dates_are_gmt="true")
    assert after["id"] in [row["id"] for row in changed.json()]
    assert len(changed.json()) == 1


async def test_cancelling_an_order_puts_its_goods_back(shop: Caller) -> None:
    before = shop.opened.shop.stock()["KR-1001"]
    order_id = await shop.place("guest")
    answer = await shop.call("PUT", f"/orders/{order_id}", json={"status": "cancelled"})
    assert answer.json()["status"] == "cancelled"
    assert shop.opened.shop.stock()["KR-1001"] == before


async def test_completing_an_order_dates_it_and_leaves_a_note(shop: Caller) -> None:
    order_id = await shop.place("bank transfer, unpaid")
    assert (await shop.order(order_id))["date_paid"] is None
    answer = await shop.call("PUT", f"/orders/{order_id}", json={"status": "completed"})
    assert answer.json()["date_completed_gmt"]
    assert answer.json()["date_paid_gmt"]
    notes = (await shop.get(f"/orders/{order_id}/notes")).json()
    assert "Abgeschlossen" in notes[0]["note"]


async def test_an_unregistered_status_is_refused_and_a_registered_own_one_works(shop: Caller) -> None:
    order_id = await shop.place("guest")
    refused = await shop.call("PUT", f"/orders/{order_id}", json={"status": "verschickt"})
    assert (refused.status_code, list(refused.json()["data"]["params"])) == (400, ["status"])
    assert (await shop.call("PUT", f"/orders/{order_id}", json={"status": "packing"})).json()["status"] == "packing"


async def test_meta_data_is_merged_by_key(shop: Caller) -> None:
    order_id = await shop.place("guest")
    for value in ("first", "second"):
        await shop.call("PUT", f"/orders/{order_id}", json={"meta_data": [{"key": "_erp_order", "value": value}]})
    meta = [row for row in (await shop.order(order_id))["meta_data"] if row["key"] == "_erp_order"]
    assert [row["value"] for row in meta] == ["second"]


async def test_a_note_to_the_customer_does_not_move_the_order(shop: Caller) -> None:
    order_id = await shop.place("guest")
    before = await shop.order(order_id)
    answer = await shop.call(
        "POST", f"/orders/{order_id}/notes", json={"note": "Unterwegs: 123", "customer_note": True}
    )
    assert answer.status_code == 201
    assert await shop.order(order_id) == before
    assert shop.opened.shop.parcels()[0].tracking_number == "Unterwegs: 123"


async def test_a_shipment_is_recorded_per_line_and_piece(shop: Caller) -> None:
    order_id = await shop.place("guest")
    order = await shop.order(order_id)
    line = order["line_items"][0]["id"]

    def shipment(quantity: int) -> dict[str, Any]:
        return {
            "status": "fulfilled",
            "is_fulfilled": True,
            "meta_data": [
                {"key": "_items", "value": [{"item_id": line, "qty": quantity}]},
                {"key": "_tracking_number", "value": "00340434161094021501"},
                {"key": "_shipment_provider", "value": "dhl"},
            ],
        }

    first = await shop.call("POST", f"/orders/{order_id}/fulfillments", json=shipment(1))
    assert (first.status_code, first.json()["is_fulfilled"]) == (201, True)
    assert _meta(await shop.order(order_id), "_fulfillment_status") == "partially_fulfilled"
    too_much = await shop.call("POST", f"/orders/{order_id}/fulfillments", json=shipment(2))
    assert too_much.status_code == 400
    await shop.call("POST", f"/orders/{order_id}/fulfillments", json=shipment(1))
    assert _meta(await shop.order(order_id), "_fulfillment_status") == "fulfilled"
    listed = (await shop.get(f"/orders/{order_id}/fulfillments")).json()
    assert [row["is_fulfilled"] for row in listed] == ["1", "1"]
    parcel = shop.opened.shop.parcels()[0]
    assert (parcel.carrier, parcel.items) == ("dhl", ((str(line), 1),))


async def test_a_shop_without_the_feature_has_no_fulfilments(old_shop: Caller) -> None:
    order_id = await old_shop.place("guest")
    answer = await old_shop.get(f"/orders/{order_id}/fulfillments")
    assert (answer.status_code, answer.json()["code"]) == (404, "rest_no_route")
    assert (await old_shop.order(order_id))["number"] == f"2026-{order_id:06d}"
    assert (await old_shop.get("/system_status")).json()["environment"]["version"] == "10.0.2"


async def test_a_refund_has_negative_lines_and_the_order_keeps_its_own(shop: Caller) -> None:
    order_id = await shop.place("guest")
    order = await shop.order(order_id)
    line = order["line_items"][0]
    refund = await shop.call(
        "POST",
        f"/orders/{order_id}/refunds",
        json={
            "amount": "9.90",
            "api_refund": False,
            "line_items": [
                {
                    "id": line["id"],
                    "quantity": 1,
                    "refund_total": "8.32",
                    "refund_tax": [{"id": 1, "refund_total": "1.58"}],
                }
            ],
        },
    )
    assert refund.status_code == 201
    negative = refund.json()["line_items"][0]
    assert (negative["quantity"], negative["total"], negative["total_tax"]) == (-1, "-8.32", "-1.58")
    assert _meta(negative, "_refunded_item_id") == str(line["id"])
    after = await shop.order(order_id)
    assert after["total"] == order["total"]
    assert after["line_items"][0]["quantity"] == 2
    assert after["refunds"] == [{"id": refund.json()["id"], "reason": "", "total": "-9.90", "total_tax": "-1.58"}]
    assert [row["id"] for row in (await shop.get("/refunds")).json()] == [refund.json()["id"]]


async def test_giving_everything_back_makes_the_order_refunded_and_more_is_refused(shop: Caller) -> None:
    order_id = await shop.place("guest")
    total = (await shop.order(order_id))["total"]
    whole = {"amount": total, "api_refund": False}
    assert (await shop.call("POST", f"/orders/{order_id}/refunds", json=whole)).status_code == 201
    assert (await shop.order(order_id))["status"] == "refunded"
    again = await shop.call("POST", f"/orders/{order_id}/refunds", json=whole)
    assert (again.status_code, again.json()["data"]) == (500, 500)


@pytest.mark.parametrize(("kind", "expected"), [("remove_line", 1), ("lower_quantity", 2)])
async def test_an_order_edited_by_staff_is_counted_anew(shop: Caller, kind: str, expected: int) -> None:
    order_id = await shop.place("sku unknown to the ERP")
    before = await shop.order(order_id)
    await shop.control("POST", f"/orders/{order_id}/changes", json={"kind": kind, "line": 0, "quantity": 0})
    after = await shop.order(order_id)
    assert len(after["line_items"]) == expected
    if kind == "remove_line":
        assert Decimal(before["total"]) - Decimal(after["total"]) == Decimal("12.50")


def _meta(holder: dict[str, Any], key: str) -> Any:
    return next((row["value"] for row in holder["meta_data"] if row["key"] == key), None)
