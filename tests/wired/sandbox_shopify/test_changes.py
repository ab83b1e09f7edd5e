"""What happens to an order later: cancellations, edits, refunds, payments, tags."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.sandbox.merchant import Change
from tests.wired.sandbox_shopify.admin import SENDING, SHIP, Admin

FULL = (Path(__file__).parent / "order_full.graphql").read_text()
CANCEL = """mutation C($id: ID!, $money: Boolean!, $restock: Boolean!) {
  orderCancel(orderId: $id, reason: INVENTORY, restock: $restock, notifyCustomer: false,
    refundMethod: {originalPaymentMethodsRefund: $money}, staffNote: "ausverkauft") {
    job { id done } orderCancelUserErrors { code field message }
  }
}"""


def shop(bag: Any) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"])


async def read(admin: Admin, order_id: str) -> Any:
    return (await admin.data(FULL, id=order_id))["order"]


async def test_a_cancelled_order_keeps_its_lines_and_its_total_from_before(admin: Admin, place: Any) -> None:
    order_id = place("coupon over all lines")
    before = await read(admin, order_id)
    job = (await admin.data(CANCEL, id=order_id, money=True, restock=True))["orderCancel"]
    assert (job["job"]["done"], job["orderCancelUserErrors"]) == (False, [])
    assert (await admin.data("query J($id: ID!) { job(id: $id) { done } }", id=job["job"]["id"]))["job"]["done"]
    order = await read(admin, order_id)
    assert order["cancelledAt"]
    assert (order["cancelReason"], order["displayFinancialStatus"], order["closed"]) == ("INVENTORY", "REFUNDED", True)
    assert [line["currentQuantity"] for line in order["lineItems"]["nodes"]] == [0, 0, 0]
    assert [line["quantity"] for line in order["lineItems"]["nodes"]] == [3, 5, 1]
    assert order["totalPriceSet"] == before["totalPriceSet"]
    assert shop(order["currentTotalPriceSet"]) == 0
    assert shop(order["totalRefundedSet"]) == shop(before["totalPriceSet"])
    assert [edge["node"]["status"] for edge in order["fulfillmentOrders"]["edges"]] == ["CLOSED"]
    again = (await admin.data(CANCEL, id=order_id, money=True, restock=True))["orderCancel"]
    assert (again["job"], again["orderCancelUserErrors"][0]["code"]) == (None, "INVALID")


async def test_an_unpaid_order_is_voided_by_cancelling(admin: Admin, place: Any) -> None:
    order_id = place("bank transfer, unpaid")
    admin.shop.change(order_id, Change("cancel"))
    order = await read(admin, order_id)
    assert (order["displayFinancialStatus"], shop(order["totalRefundedSet"])) == ("VOIDED", 0)


async def test_what_was_sent_can_no_longer_be_cancelled(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    (row,) = (await admin.data(SENDING, id=order_id))["order"]["fulfillmentOrders"]["nodes"]
    given = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": row["id"]}]}
    await admin.data(SHIP, fulfillment=given)
    done = (await admin.data(CANCEL, id=order_id, money=True, restock=True))["orderCancel"]
    assert done["orderCancelUserErrors"][0]["code"] == "INVALID"


async def test_a_removed_line_stays_with_nothing_left_of_it(admin: Admin, basket: Any) -> None:
    order_id = admin.opened.place(basket("line removed after ordering"))
    order = await read(admin, order_id)
    kept, removed = order["lineItems"]["nodes"]
    assert (kept["currentQuantity"], removed["quantity"], removed["currentQuantity"]) == (1, 2, 0)
    assert order["edited"] is True
    assert shop(order["totalPriceSet"]) - shop(order["currentTotalPriceSet"]) == Decimal("23.80")
    assert shop(order["totalOutstandingSet"]) == Decimal("-23.80")
    refund = order["refunds"][0]
    assert (refund["transactions"]["nodes"], refund["orderAdjustments"]["nodes"]) == ([], [])
    assert refund["refundLineItems"]["nodes"][0]["restockType"] == "CANCEL"
    parts = order["fulfillmentOrders"]["edges"][0]["node"]["lineItems"]["nodes"]
    assert [part["remainingQuantity"] for part in parts] == [1, 0]


async def test_a_lowered_quantity_leaves_the_rest_to_be_sent(admin: Admin, basket: Any) -> None:
    order = await read(admin, admin.opened.place(basket("quantity lowered after ordering")))
    line = order["lineItems"]["nodes"][0]
    assert (line["quantity"], line["currentQuantity"], line["unfulfilledQuantity"]) == (4, 2, 2)


async def test_a_full_refund_pays_everything_back(admin: Admin, basket: Any) -> None:
    order = await read(admin, admin.opened.place(basket("refunded in full")))
    assert order["displayFinancialStatus"] == "REFUNDED"
    assert shop(order["totalRefundedSet"]) == shop(order["totalPriceSet"])
    assert shop(order["refunds"][0]["refundShippingLines"]["nodes"][0]["subtotalAmountSet"]) == Decimal("4.9")
    assert order["cancelledAt"] is None


async def test_one_unit_is_refunded(admin: Admin, basket: Any) -> None:
    order = await read(admin, admin.opened.place(basket("refunded in part")))
    assert order["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    row = order["refunds"][0]["refundLineItems"]["nodes"][0]
    assert (row["quantity"], shop(row["subtotalSet"])) == (1, Decimal("34.9"))
    assert row["lineItem"]["id"] == order["lineItems"]["nodes"][0]["id"]
    assert shop(row["totalTaxSet"]) == Decimal("5.57")


async def test_a_goodwill_refund_has_no_lines_but_an_adjustment(admin: Admin, basket: Any) -> None:
    order = await read(admin, admin.opened.place(basket("goodwill refund without lines")))
    refund = order["refunds"][0]
    assert refund["refundLineItems"]["nodes"] == []
    assert shop(refund["orderAdjustments"]["nodes"][0]["amountSet"]) == -5
    assert (shop(refund["totalRefundedSet"]), order["currentTotalPriceSet"]) == (5, order["totalPriceSet"])


async def test_a_refund_by_the_api_goes_back_over_the_payments_it_names(admin: Admin, place: Any) -> None:
    order_id = place("gift card redeemed")
    order = await read(admin, order_id)
    line = order["lineItems"]["nodes"][0]
    mutation = """mutation R($input: RefundInput!) {
      refundCreate(input: $input) @idempotent(key: "k1") { refund { id } userErrors { message } } }"""
    paid = {row["gateway"]: row["id"] for row in order["transactions"]}
    paying = [
        {"orderId": order_id, "kind": "REFUND", "gateway": way, "amount": amount, "parentId": paid[way]}
        for way, amount in (("paypal", "49.85"), ("gift_card", "15.10"))
    ]
    given = {
        "orderId": order_id,
        "refundLineItems": [{"lineItemId": line["id"], "quantity": 1, "restockType": "NO_RESTOCK"}],
        "transactions": paying,
    }
    done = (await admin.data(mutation, input=given))["refundCreate"]
    assert done["userErrors"] == []
    back = {
        row["gateway"]: shop(row["amountSet"])
        for row in (await read(admin, order_id))["transactions"]
        if row["kind"] == "REFUND"
    }
    assert back == {"paypal": Decimal("49.85"), "gift_card": Decimal("15.1")}
    assert (await admin.data(mutation, input=given))["refundCreate"] == done
    other = (await admin.data(mutation.replace("k1", "k2"), input=given))["refundCreate"]
    assert other["userErrors"]
    assert (
        "@idempotent"
        in (await admin.body(mutation.replace('@idempotent(key: "k1")', ""), input=given))["errors"][0]["message"]
    )


async def test_an_expected_payment_arrives(admin: Admin, place: Any) -> None:
    order_id = place("bank transfer, unpaid")
    mutation = "mutation M($input: OrderMarkAsPaidInput!) { orderMarkAsPaid(input: $input) { userErrors { message } } }"
    assert (await admin.data(mutation, input={"id": order_id}))["orderMarkAsPaid"]["userErrors"] == []
    assert (await read(admin, order_id))["displayFinancialStatus"] == "PAID"
    assert (await admin.data(mutation, input={"id": order_id}))["orderMarkAsPaid"]["userErrors"]


async def test_a_tag_is_added_once_and_moves_the_stamp(admin: Admin, place: Any) -> None:
    order_id = place("engraving")
    before = (await read(admin, order_id))["updatedAt"]
    admin.sandbox.clock.shift(timedelta(minutes=1))
    mutation = "mutation T($id: ID!, $tags: [String!]!) { tagsAdd(id: $id, tags: $tags) { userErrors { message } } }"
    for _ in range(2):
        await admin.data(mutation, id=order_id, tags=["exported", "b"])
    order = await read(admin, order_id)
    assert order["tags"] == ["b", "exported"]
    assert order["updatedAt"] > before


async def test_the_census_counts_what_the_shop_shows(admin: Admin, basket: Any) -> None:
    wanted = basket("sku unknown to the ERP")
    order_id = admin.shop.place(wanted)
    (row,) = admin.shop.census()
    order = await read(admin, order_id)
    assert (row.external_id, row.number, row.case) == (order_id, "#1001", wanted.case)
    assert (row.total, row.currency, row.expect) == (shop(order["totalPriceSet"]), "EUR", ("article_unknown",))
