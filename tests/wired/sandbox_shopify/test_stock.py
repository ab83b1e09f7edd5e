"""Stock is set absolutely, compared first, and never twice for one key."""

from typing import Any

from services.sandbox.merchant import Change
from tests.wired.sandbox_shopify.admin import Admin

SET = """mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id changes { name delta quantityAfterChange item { id } } }
    userErrors { code field message }
  }
}"""
LEVELS = """query Levels($id: ID!) { inventoryItem(id: $id) { inventoryLevels(first: 5) { nodes {
  location { name } quantities(names: ["available", "on_hand", "committed"]) { name quantity } } } } }"""


def pair(admin: Admin, sku: str, quantity: int, **more: Any) -> dict[str, Any]:
    variant = admin.shop.catalogue.variant(sku, "")
    assert variant is not None
    place = admin.shop.catalogue.places[0]["id"]
    return {"inventoryItemId": variant["inventoryItem"]["id"], "locationId": place, "quantity": quantity, **more}


async def put(
    admin: Admin, key: str, *pairs: dict[str, Any], name: str = "available", reason: str = "correction"
) -> Any:
    given = {"name": name, "reason": reason, "quantities": list(pairs)}
    return (await admin.data(SET, input=given, key=key))["inventorySetQuantities"]


async def held(admin: Admin, sku: str) -> dict[str, int]:
    levels = (await admin.data(LEVELS, id=pair(admin, sku, 0)["inventoryItemId"]))["inventoryItem"]["inventoryLevels"]
    return {row["name"]: row["quantity"] for row in levels["nodes"][0]["quantities"]}


async def test_a_quantity_is_set_when_the_caller_knows_the_present_one(admin: Admin) -> None:
    now = admin.shop.stock()["KR-1001"]
    done = await put(admin, "a", pair(admin, "KR-1001", 7, changeFromQuantity=now))
    assert done["userErrors"] == []
    assert done["inventoryAdjustmentGroup"]["changes"][0]["delta"] == 7 - now
    assert admin.shop.stock()["KR-1001"] == 7


async def test_a_stale_belief_changes_nothing_at_all(admin: Admin) -> None:
    before = admin.shop.stock()
    good = pair(admin, "KR-1001", 1, changeFromQuantity=before["KR-1001"])
    done = await put(admin, "a", good, pair(admin, "KR-1002", 1, changeFromQuantity=before["KR-1002"] + 1))
    assert [error["code"] for error in done["userErrors"]] == ["CHANGE_FROM_QUANTITY_STALE"]
    assert done["userErrors"][0]["field"] == ["input", "quantities", "1", "changeFromQuantity"]
    assert admin.shop.stock() == before
    again = await put(admin, "a", good, pair(admin, "KR-1002", 1, changeFromQuantity=before["KR-1002"] + 1))
    assert again["userErrors"][0]["code"] == "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"


async def test_null_skips_the_comparison_and_silence_is_an_error(admin: Admin) -> None:
    assert (await put(admin, "a", pair(admin, "KR-1001", 3, changeFromQuantity=None)))["userErrors"] == []
    given = {"name": "available", "reason": "correction", "quantities": [pair(admin, "KR-1001", 4)]}
    body = await admin.body(SET, input=given, key="b")
    assert "changeFromQuantity" in body["errors"][0]["message"]
    assert admin.shop.stock()["KR-1001"] == 3


async def test_the_same_key_answers_the_same_and_acts_once(admin: Admin) -> None:
    first = await put(admin, "key-1", pair(admin, "KR-1001", 9, changeFromQuantity=None))
    admin.shop.catalogue.move("KR-1001", admin.shop.catalogue.places[0])
    await put(admin, "key-2", pair(admin, "KR-1001", 5, changeFromQuantity=None))
    assert await put(admin, "key-1", pair(admin, "KR-1001", 9, changeFromQuantity=None)) == first
    assert admin.shop.stock()["KR-1001"] == 5
    other = await put(admin, "key-1", pair(admin, "KR-1001", 8, changeFromQuantity=None))
    assert other["userErrors"][0]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"


async def test_without_a_key_the_mutation_is_refused(admin: Admin) -> None:
    given = {
        "name": "available",
        "reason": "correction",
        "quantities": [pair(admin, "KR-1001", 1, changeFromQuantity=None)],
    }
    bare = SET.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")
    assert "@idempotent" in (await admin.body(bare, input=given))["errors"][0]["message"]


async def test_pairs_are_checked_one_by_one(admin: Admin) -> None:
    right = pair(admin, "KR-1001", 1, changeFromQuantity=None)
    done = await put(
        admin,
        "a",
        right,
        right,
        right | {"inventoryItemId": "gid://shopify/InventoryItem/1"},
        pair(admin, "KR-1003", 1, changeFromQuantity=None) | {"locationId": admin.shop.catalogue.places[1]["id"]},
        pair(admin, "KR-1004", -1, changeFromQuantity=None),
    )
    assert [error["code"] for error in done["userErrors"]] == [
        "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
        "INVALID_INVENTORY_ITEM",
        "INVALID_LOCATION",
        "INVALID_QUANTITY_NEGATIVE",
    ]
    assert (await put(admin, "b", right, name="committed"))["userErrors"][0]["code"] == "INVALID_NAME"
    assert (await put(admin, "c", right, reason="because"))["userErrors"][0]["code"] == "INVALID_REASON"
    body = await admin.body(SET, input={"name": "available", "reason": "other", "quantities": [right] * 251}, key="d")
    assert body["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


async def test_an_order_commits_stock_and_a_cancellation_frees_it(admin: Admin, place: Any) -> None:
    before = await held(admin, "KR-7301")
    order_id = place("engraving")
    assert await held(admin, "KR-7301") == {
        "available": before["available"] - 1,
        "on_hand": before["on_hand"],
        "committed": 1,
    }
    admin.shop.change(order_id, Change("cancel"))
    assert await held(admin, "KR-7301") == before


async def test_physical_stock_is_set_without_touching_what_is_promised(admin: Admin, place: Any) -> None:
    place("engraving")
    await put(admin, "a", pair(admin, "KR-7301", 10, changeFromQuantity=None), name="on_hand")
    assert await held(admin, "KR-7301") == {"available": 9, "on_hand": 10, "committed": 1}


async def test_prices_change_for_the_variants_that_are_named(admin: Admin) -> None:
    variant = admin.shop.catalogue.variant("KR-7001", "")
    assert variant is not None
    mutation = """mutation P($product: ID!, $variants: [ProductVariantsBulkInput!]!, $partial: Boolean!) {
      productVariantsBulkUpdate(productId: $product, variants: $variants, allowPartialUpdates: $partial) {
        productVariants { id price compareAtPrice } userErrors { code field message } } }"""
    new = {"id": variant["id"], "price": "29.9", "compareAtPrice": "34.90"}
    wrong = {"id": "gid://shopify/ProductVariant/1", "price": "1"}
    product = variant["product"]["id"]
    done = (await admin.data(mutation, product=product, variants=[new, wrong], partial=False))[
        "productVariantsBulkUpdate"
    ]
    assert (done["productVariants"], done["userErrors"][0]["code"]) == ([], "PRODUCT_VARIANT_DOES_NOT_EXIST")
    done = (await admin.data(mutation, product=product, variants=[new, wrong], partial=True))[
        "productVariantsBulkUpdate"
    ]
    assert done["productVariants"] == [{"id": variant["id"], "price": "29.90", "compareAtPrice": "34.90"}]
    assert str(admin.shop.price("KR-7001")) == "29.90"


async def test_an_item_is_stocked_at_another_location_on_request(admin: Admin) -> None:
    store = admin.shop.catalogue.places[1]["id"]
    mutation = """mutation A($item: ID!, $place: ID!, $key: String!) {
      inventoryActivate(inventoryItemId: $item, locationId: $place, available: 4) @idempotent(key: $key) {
        inventoryLevel { id location { name } } userErrors { message } } }"""
    item = pair(admin, "KR-1001", 0)["inventoryItemId"]
    before = admin.shop.stock()["KR-1001"]
    for _ in range(2):
        done = (await admin.data(mutation, item=item, place=store, key="k"))["inventoryActivate"]
        assert done["inventoryLevel"]["location"]["name"] == "Ladengeschäft"
    assert admin.shop.stock()["KR-1001"] == before + 4
