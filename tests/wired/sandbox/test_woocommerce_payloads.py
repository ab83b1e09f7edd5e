"""The pretend shop's payloads have the keys of the published schemas and of real shops' answers, not one more."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.wired.sandbox.callers import Caller

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or ROOT.parent / "shared" / "specs") / "woocommerce"

pytestmark = pytest.mark.skipif(
    not SPECS.is_dir(),
    reason="The platforms' published documents are not on this machine; KONTOR_TEST_SPECS names them.",
)
PLUGINS = {"gift_cards"}


def schema(name: str) -> dict[str, Any]:
    properties: dict[str, Any] = json.loads((SPECS / "rest-schema" / name).read_text())["schema"]["properties"]
    return properties


def real(name: str) -> Any:
    return json.loads((SPECS / "real-shop" / name).read_text())


@pytest.fixture
async def orders(reader: Caller) -> list[dict[str, Any]]:
    pages = [await reader.get("/orders", per_page=100, page=page) for page in (1, 2, 3)]
    return [order for page in pages for order in page.json()]


async def test_orders_have_every_key_a_real_order_has(orders: list[dict[str, Any]]) -> None:
    expected = set(real("order_full.json"))
    for order in orders:
        assert set(order) - PLUGINS == expected


async def test_orders_have_every_readable_key_of_the_schema(orders: list[dict[str, Any]]) -> None:
    readable = {name for name, rule in schema("orders.json").items() if "view" in rule["context"]}
    assert readable <= set(orders[0])


@pytest.mark.parametrize(
    ("group", "source"),
    [
        ("line_items", "order_full.json"),
        ("tax_lines", "order_full.json"),
        ("shipping_lines", "order_full.json"),
        ("fee_lines", "order_full.json"),
        ("coupon_lines", "order_full.json"),
        ("refunds", "order_after_partial_refund.json"),
    ],
)
async def test_the_parts_of_an_order_have_a_real_ones_keys(
    orders: list[dict[str, Any]], group: str, source: str
) -> None:
    expected = set(real(source)[group][0])
    parts = [part for order in orders for part in order[group]]
    assert parts
    assert all(set(part) == expected for part in parts)


async def test_values_have_the_types_of_a_real_order(orders: list[dict[str, Any]]) -> None:
    sample = real("order_from_storefront_checkout.json")
    paid = next(order for order in orders if order["date_paid"] and order["coupon_lines"])
    for name, value in sample.items():
        if value is not None and name in paid:
            assert type(paid[name]) is type(value), name
    for name, value in sample["line_items"][0].items():
        assert type(paid["line_items"][0][name]) is type(value) or value is None, name


async def test_an_edited_plain_order_is_like_any_other(shop: Caller) -> None:
    made = (await shop.control("POST", "/orders", json={"count": 1})).json()
    before = await shop.order(int(made["first_id"]), dp=6)
    await shop.control("POST", f"/orders/{made['first_id']}/changes", json={"kind": "touch"})
    after = await shop.order(int(made["first_id"]), dp=6)
    stamps = {"date_modified", "date_modified_gmt"}
    assert {name: value for name, value in before.items() if name not in stamps} == {
        name: value for name, value in after.items() if name not in stamps
    }
    assert set(after) == set(real("order_full.json"))


async def test_products_and_variations_have_a_real_ones_keys(reader: Caller) -> None:
    products = (await reader.get("/products", per_page=100)).json()
    simple, variable = [set(real(f"product_{kind}.json")) for kind in ("simple", "variable")]
    editing_only = {"permalink_template", "generated_slug"}
    for product in products:
        assert set(product) == (simple if product["type"] == "simple" else variable) - editing_only
    parent = next(product for product in products if product["type"] == "variable")
    variations = (await reader.get(f"/products/{parent['id']}/variations")).json()
    expected = set(real("variation_parent_managed_stock.json"))
    assert all(set(row) == expected for row in variations)


async def test_refunds_webhooks_and_fulfilments_have_a_real_ones_keys(shop: Caller) -> None:
    order_id = await shop.place("refunded in part")
    refund = (await shop.get(f"/orders/{order_id}/refunds")).json()[0]
    assert set(refund) == set(real("refund.json"))
    assert set(refund["line_items"][0]) == set(real("refund.json")["line_items"][0])
    hook = await shop.call(
        "POST", "/webhooks", json={"topic": "order.created", "delivery_url": "http://127.0.0.1:9/hook"}
    )
    assert set(hook.json()) == set(real("webhook_created.json"))
    line = (await shop.order(order_id))["line_items"][0]["id"]
    made = await shop.call(
        "POST",
        f"/orders/{order_id}/fulfillments",
        json={"is_fulfilled": True, "meta_data": [{"key": "_items", "value": [{"item_id": line, "qty": 1}]}]},
    )
    assert set(made.json()) == set(real("fulfillment_created.json"))
