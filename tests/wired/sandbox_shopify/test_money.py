"""Orders are counted as Shopify counts them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.sandbox import seeds
from tests.wired.sandbox_shopify.admin import Admin

FULL = (Path(__file__).parent / "order_full.graphql").read_text()
BROKEN = {name for name, facts in seeds.CASES.items() if facts.get("defect")}
HUGE = "note of ten megabytes"


def shop(bag: Any) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"])


def shown(bag: Any) -> Decimal:
    return Decimal(bag["presentmentMoney"]["amount"])


def total_of_parts(order: Any) -> Decimal:
    """Lines less their allocations, shipping, taxes that are not included, fees, tip."""
    lines = order["lineItems"]["nodes"]
    goods = sum(shop(line["originalTotalSet"]) for line in lines)
    off = sum(shop(part["allocatedAmountSet"]) for line in lines for part in line["discountAllocations"])
    shipping = sum(shop(line["discountedPriceSet"]) for line in order["shippingLines"]["nodes"])
    tax = Decimal(0) if order["taxesIncluded"] else shop(order["totalTaxSet"])
    fees = sum(shop(fee["price"]) for fee in order["additionalFees"])
    return goods - off + shipping + tax + fees + shop(order["totalTipReceivedSet"])


def amounts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "amount" in value:
            yield value["amount"]
        for inner in value.values():
            yield from amounts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from amounts(inner)


async def read(admin: Admin, order_id: str) -> Any:
    """An order in full, its lines from as many pages as there are."""
    order = (await admin.data(FULL, id=order_id))["order"]
    lines = order["lineItems"]
    while lines["pageInfo"]["hasNextPage"]:
        query = FULL.replace(
            "lineItems(first: 250)", f'lineItems(first: 250, after: "{lines["pageInfo"]["endCursor"]}")'
        )
        more = (await admin.data(query, id=order_id))["order"]["lineItems"]
        lines = {"nodes": lines["nodes"] + more["nodes"], "pageInfo": more["pageInfo"]}
    return order | {"lineItems": lines}


async def test_the_parts_of_every_clean_order_add_up_to_its_total(admin: Admin, basket: Any) -> None:
    admin.shop.bucket.resize(1e6, 1e6)
    wrong = []
    for case in sorted(set(seeds.CASES) - BROKEN - {HUGE}):
        order = await read(admin, admin.opened.place(basket(case)))
        taxes = sum(shop(line["priceSet"]) for line in order["taxLines"])
        if total_of_parts(order) != shop(order["totalPriceSet"]) or taxes != shop(order["totalTaxSet"]):
            wrong.append(case)
        assert all(re.fullmatch(r"-?\d+\.(0|\d*[1-9])", text) for text in amounts(order)), case
    assert wrong == []


async def test_what_is_left_of_every_order_adds_up_too(admin: Admin, basket: Any) -> None:
    admin.shop.bucket.resize(1e6, 1e6)
    wrong = []
    for case in sorted(set(seeds.CASES) - BROKEN - {HUGE}):
        order = await read(admin, admin.opened.place(basket(case)))
        tax = Decimal(0) if order["taxesIncluded"] else shop(order["currentTotalTaxSet"])
        fees = sum(shop(fee["price"]) for fee in order["additionalFees"])
        parts = shop(order["currentSubtotalPriceSet"]) + shop(order["currentShippingPriceSet"]) + tax + fees
        left = Decimal(0) if order["cancelledAt"] else parts + shop(order["totalTipReceivedSet"])
        taxes = sum(shop(line["priceSet"]) for line in order["currentTaxLines"])
        if left != shop(order["currentTotalPriceSet"]) or taxes != shop(order["currentTotalTaxSet"]):
            wrong.append(case)
    assert wrong == []


async def test_a_coupon_is_shared_over_the_lines_to_the_cent(admin: Admin, place: Any) -> None:
    order = await read(admin, place("coupon that leaves cents over"))
    parts = [
        shop(part["allocatedAmountSet"]) for line in order["lineItems"]["nodes"] for part in line["discountAllocations"]
    ]
    assert sum(parts) == Decimal("1.00") == shop(order["totalDiscountsSet"])
    assert order["discountCodes"] == ["KLEIN"]
    assert order["discountApplications"]["nodes"][0]["code"] == "KLEIN"


async def test_net_prices_are_not_taxes_included(admin: Admin, place: Any) -> None:
    order = await read(admin, place("net prices"))
    assert order["taxesIncluded"] is False
    assert {line["rate"] for line in order["taxLines"]} == {0.19, 0.07}
    assert shop(order["totalPriceSet"]) > shop(order["subtotalPriceSet"]) + shop(order["totalShippingPriceSet"])
    assert order["displayFinancialStatus"] == "PENDING"


async def test_a_redeemed_gift_card_is_a_payment_and_lowers_nothing(admin: Admin, place: Any) -> None:
    order = await read(admin, place("gift card redeemed"))
    paid = {row["gateway"]: shop(row["amountSet"]) for row in order["transactions"]}
    assert paid == {"gift_card": Decimal(20), "paypal": shop(order["totalPriceSet"]) - 20}
    assert order["displayFinancialStatus"] == "PAID"
    assert shop(order["totalPriceSet"]) == Decimal("69.85")


async def test_a_sold_gift_card_is_untaxed_and_handed_over_at_once(admin: Admin, place: Any) -> None:
    order = await read(admin, place("gift card sold"))
    line = order["lineItems"]["nodes"][0]
    assert (line["isGiftCard"], line["taxable"], line["taxLines"]) == (True, False, [])
    assert order["displayFulfillmentStatus"] == "FULFILLED"


async def test_a_tip_is_not_a_line(admin: Admin, place: Any) -> None:
    order = await read(admin, place("tip"))
    assert shop(order["totalTipReceivedSet"]) == 3
    assert len(order["lineItems"]["nodes"]) == 1


async def test_the_buyer_sees_every_amount_in_his_own_currency(admin: Admin, place: Any) -> None:
    order = await read(admin, place("foreign presentment currency"))
    assert (order["currencyCode"], order["presentmentCurrencyCode"]) == ("EUR", "CHF")
    for line in order["lineItems"]["nodes"]:
        bag = line["originalUnitPriceSet"]
        assert shown(bag) == (shop(bag) * Decimal("0.9417")).quantize(Decimal("0.01"))


async def test_shipping_taxes_follow_the_rates_of_the_goods(admin: Admin, place: Any) -> None:
    order = await read(admin, place("several tax rates, shipping split"))
    shipping = order["shippingLines"]["nodes"][0]
    assert [line["rate"] for line in shipping["taxLines"]] == [0.19, 0.07]


async def test_a_tax_free_export_carries_no_taxes(admin: Admin, place: Any) -> None:
    order = await read(admin, place("tax-free export"))
    assert (order["taxExempt"], order["taxLines"], shop(order["totalTaxSet"])) == (True, [], 0)


async def test_a_fee_is_an_additional_fee_with_its_own_taxes(admin: Admin, place: Any) -> None:
    order = await read(admin, place("cash on delivery fee"))
    fee = order["additionalFees"][0]
    assert (fee["name"], shop(fee["price"])) == ("Nachnahmegebühr", Decimal("4.0"))
    assert shop(fee["taxLines"][0]["priceSet"]) == Decimal("0.64")


async def test_a_deleted_product_leaves_its_number_on_the_line(admin: Admin, place: Any) -> None:
    order = await read(admin, place("product deleted since"))
    line = order["lineItems"]["nodes"][1]
    assert (line["product"], line["variant"], line["sku"]) == (None, None, "KR-5001")


async def test_a_sale_at_the_till_has_no_address_and_is_fulfilled(admin: Admin, place: Any) -> None:
    order = await read(admin, place("point of sale"))
    assert (order["sourceName"], order["retailLocation"]["name"]) == ("pos", "Ladengeschäft")
    assert (order["billingAddress"], order["shippingAddress"], order["customer"]) == (None, None, None)
    assert (order["displayFulfillmentStatus"], order["shippingLine"]) == ("FULFILLED", None)


async def test_defects_break_the_payload_after_it_was_counted(admin: Admin, place: Any) -> None:
    assert (await read(admin, place("unknown status word")))["displayFinancialStatus"] == "UNDER_REVIEW"
    assert (await read(admin, place("wrong type")))["lineItems"]["nodes"][0]["quantity"] == "1 Stück"
    off = await read(admin, place("total one cent off"))
    assert shop(off["totalPriceSet"]) - total_of_parts(off) == Decimal("0.01")
    wrong = await read(admin, place("total wrong by five"))
    assert shop(wrong["totalPriceSet"]) - total_of_parts(wrong) == 5
    assert shop((await read(admin, place("absurd number")))["totalPriceSet"]) > 10**14
