"""What the pretend shop refuses of those who write its price lists, and in which words."""

from typing import Any

import pytest

from tests.wired.sandbox_shopify.admin import Admin

LIST = "gid://shopify/PriceList/2"
SET = """mutation Set($list: ID!, $input: QuantityPricingByVariantUpdateInput!) {
  quantityPricingByVariantUpdate(priceListId: $list, input: $input) { userErrors { code field } }
}"""
PARTS = (
    "pricesToAdd", "pricesToDeleteByVariantId", "quantityPriceBreaksToAdd", "quantityPriceBreaksToDelete",
    "quantityPriceBreaksToDeleteByVariantId", "quantityRulesToAdd", "quantityRulesToDeleteByVariantId",
)  # fmt: skip


def money(amount: str, currency: str = "EUR") -> dict[str, str]:
    return {"amount": amount, "currencyCode": currency}


def mug(admin: Admin, sku: str = "KR-1001") -> str:
    variant = admin.shop.catalogue.variant(sku, "")
    assert variant is not None
    return str(variant["id"])


async def told(admin: Admin, *, on: str = LIST, **parts: Any) -> list[tuple[str, list[str]]]:
    data = await admin.data(SET, list=on, input={name: [] for name in PARTS} | parts)
    return [(one["code"], one["field"]) for one in data["quantityPricingByVariantUpdate"]["userErrors"]]


async def test_a_price_with_its_breaks_is_written_and_deleted_once(admin: Admin) -> None:
    id = mug(admin)
    price = {"variantId": id, "price": money("9")}
    breaks = [{"variantId": id, "minimumQuantity": 10, "price": money("8")}]
    assert await told(admin, pricesToAdd=[price], quantityPriceBreaksToAdd=breaks) == []
    assert [admin.shop.price_of("KR-1001", LIST, count) for count in (9, 10)] == [9, 8]
    again = [
        ("QUANTITY_PRICE_BREAK_ADD_DUPLICATE_INPUT_FOR_VARIANT_AND_MIN", ["input", "quantityPriceBreaksToAdd", "0"])
    ]
    assert await told(admin, pricesToAdd=[price], quantityPriceBreaksToAdd=breaks) == again
    assert await told(admin, pricesToDeleteByVariantId=[id]) == []
    gone = [("PRICE_DELETE_PRICE_NOT_FIXED", ["input", "pricesToDeleteByVariantId", "0"])]
    assert await told(admin, pricesToDeleteByVariantId=[id]) == gone


@pytest.mark.parametrize(
    ("name", "differing", "code"),
    [
        ("pricesToAdd", {"variantId": "gid://shopify/ProductVariant/1"}, "PRICE_ADD_VARIANT_NOT_FOUND"),
        ("pricesToAdd", {"price": money("9", "CHF")}, "PRICE_ADD_CURRENCY_MISMATCH"),
        ("quantityPriceBreaksToAdd", {"minimumQuantity": 2}, "QUANTITY_PRICE_BREAK_ADD_PRICE_LIST_PRICE_NOT_FOUND"),
    ],
)
async def test_one_bad_row_and_nothing_is_written(
    admin: Admin, name: str, differing: dict[str, Any], code: str
) -> None:
    id = mug(admin)
    rows = [{"variantId": id, "price": money("9")} | differing]
    good = {"pricesToAdd": [{"variantId": mug(admin, "KR-1002"), "price": money("7")}]} if name == "pricesToAdd" else {}
    parts = {name: [*good.get(name, []), *rows]}
    assert await told(admin, **parts) == [(code, ["input", name, str(len(parts[name]) - 1)])]
    assert admin.shop.price_lists.fixed[LIST] == {}


async def test_a_list_that_is_gone_and_more_than_ten_breaks_are_refused(admin: Admin) -> None:
    id = mug(admin)
    assert await told(admin, on="gid://shopify/PriceList/99") == [("PRICE_LIST_NOT_FOUND", ["priceListId"])]
    many = [{"variantId": id, "minimumQuantity": count, "price": money("8")} for count in range(2, 13)]
    parts = {"pricesToAdd": [{"variantId": id, "price": money("9")}], "quantityPriceBreaksToAdd": many}
    (error,) = await told(admin, **parts)
    assert error == ("QUANTITY_PRICE_BREAK_ADD_LIMIT_EXCEEDED", ["input", "quantityPriceBreaksToAdd", "10"])


async def test_a_shop_without_b2b_denies_it(admin: Admin) -> None:
    admin.shop.price_lists.b2b = False
    body = await admin.body(SET, list=LIST, input={name: [] for name in PARTS})
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
