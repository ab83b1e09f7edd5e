"""The pretend merchant: the same history every time, every awkward case in it, and the hand that moves it."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx2
from fastapi import FastAPI

from services.sandbox import seeds
from services.sandbox.main import create_sandbox
from services.sandbox.seeds.catalogue import ean
from tests.wired.sandbox.callers import Caller

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_the_history_repeats_itself() -> None:
    assert seeds.baskets(NOW) == seeds.baskets(NOW)
    later = seeds.baskets(NOW + timedelta(days=1))
    assert [basket.items for basket in later] == [basket.items for basket in seeds.baskets(NOW)]


def test_the_history_ends_a_few_minutes_ago_and_reaches_back_twenty_days() -> None:
    moments = [basket.placed_at for basket in seeds.baskets(NOW)]
    assert timedelta(minutes=4) < NOW - max(moments) < timedelta(minutes=10)
    assert timedelta(days=19) < NOW - min(moments) < timedelta(days=21)
    assert len(moments) >= 210


def test_every_case_is_in_the_history_once() -> None:
    counted = Counter(basket.case for basket in seeds.baskets(NOW))
    assert all(counted[case] == 1 for case in seeds.CASES)


def test_article_numbers_have_valid_check_digits() -> None:
    def valid(code: str) -> bool:
        return sum(int(digit) * (1, 3)[index % 2] for index, digit in enumerate(code)) % 10 == 0

    codes = [variant.ean for product in seeds.products() for variant in product.variants if variant.ean]
    assert len(set(codes)) == len(codes) > 50
    assert all(len(code) == 13 and valid(code) for code in codes)
    assert ean(33393)[:12] == "400638133393", "the digits of a code printed in every example"
    assert ean(33393) == "4006381333931"


def test_the_merchants_own_list_is_unique_and_lacks_what_only_the_shops_know() -> None:
    numbers = [variant.sku for variant in seeds.articles()]
    assert len(set(numbers)) == len(numbers)
    assert "NEU-9001" not in numbers
    assert all(number == number.strip() and number for number in numbers)


def test_expectations_follow_from_the_baskets_themselves() -> None:
    """What a basket is expected to be parked for is visible in the basket: no expectation without its cause."""
    known = {variant.sku for variant in seeds.articles()}
    for basket in seeds.baskets(NOW):
        goods = [item for item in basket.items if item.kind not in ("tip", "deposit")]
        causes = set()
        if any(item.sku and item.sku not in known for item in goods):
            causes.add("article_unknown")
        if any(not item.sku for item in goods):
            causes.add("article_number_missing")
        if basket.billing is None and not basket.pos:
            causes.add("billing_address_missing")
        defects = {
            "unknown_status": "unknown_word",
            "wrong_type": "wrong_type",
            "absurd_total": "absurd_value",
            "total_wrong": "totals_mismatch",
        }
        causes |= {defects[basket.defect]} if basket.defect in defects else set()
        assert causes == set(basket.expect), basket.case


async def test_the_census_publishes_what_must_be_parked(reader: Caller) -> None:
    rows = {row["case"]: row for row in (await reader.control("GET", "/census")).json()}
    assert rows["sku unknown to the ERP"]["expect"] == ["article_unknown"]
    assert rows["product deleted since"]["expect"] == ["article_number_missing"]
    assert rows["two reasons at once"]["expect"] == ["article_unknown", "billing_address_missing"]
    assert rows["gift card redeemed"]["expect"] == []
    assert Decimal(rows["gift card redeemed"]["total"]) == Decimal("49.85")


async def test_a_deleted_product_leaves_a_line_without_a_number(reader: Caller) -> None:
    row = next(row for row in reader.opened.shop.census() if row.case == "product deleted since")
    line = (await reader.order(int(row.external_id)))["line_items"][1]
    assert (line["product_id"], line["variation_id"], line["sku"]) == (0, 0, None)


async def test_only_the_demo_shop_carries_the_huge_note(history: FastAPI, reader: Caller) -> None:
    cases = {
        name: {row.case for row in history.state.sandbox.shops["woocommerce", name].shop.census()}
        for name in ("demo", "plain")
    }
    assert cases["demo"] - cases["plain"] == {"note of ten megabytes"}
    row = next(row for row in reader.opened.shop.census() if row.case == "note of ten megabytes")
    order = await reader.order(int(row.external_id))
    assert len(order["customer_note"]) == 10 * 1024 * 1024


async def test_more_shops_can_be_opened_while_running(client: httpx2.AsyncClient) -> None:
    made = await client.post("/_control/shops", json={"platform": "woocommerce", "name": "bench-7", "seed": False})
    assert made.status_code == 201
    keys = made.json()["credentials"]
    path = "/woocommerce/bench-7/wp-json/wc/v3/orders"
    answer = await client.get(path, auth=(keys["consumer_key"], keys["consumer_secret"]))
    assert (answer.status_code, answer.json()) == (200, [])
    again = await client.post("/_control/shops", json={"platform": "woocommerce", "name": "bench-7"})
    assert again.status_code == 409
    unknown = await client.post("/_control/shops", json={"platform": "oscommerce", "name": "old"})
    assert unknown.status_code == 422


async def test_orders_can_arrive_at_a_steady_pace(shop: Caller) -> None:
    await shop.control("POST", "/orders", json={"count": 40, "per_second": 200})
    async with asyncio.timeout(5):
        await asyncio.gather(*shop.opened.pacing)
    assert len((await shop.get("/orders", per_page=100)).json()) == 40


async def test_the_requests_of_a_shop_are_counted_without_its_secrets(shop: Caller) -> None:
    key, secret = shop.auth
    await shop.get("/orders")
    await shop.call("GET", "/orders", params={"consumer_key": key, "consumer_secret": secret, "page": "1"}, auth=None)
    log = (await shop.control("GET", "/requests")).json()
    assert (log["requests"], log["by_status"]) == (2, {"200": 2})
    assert log["latest"][1]["query"] == "page=1"


async def test_a_reset_brings_the_first_day_back(shop: Caller) -> None:
    await shop.place("guest")
    await shop.control("POST", "/faults", json={"kind": "error_500"})
    assert (await shop.control("POST", "/reset")).status_code == 200
    assert (await shop.get("/orders")).json() == []


async def test_what_a_shop_cannot_do_to_an_order_is_refused_with_a_sentence(shop: Caller) -> None:
    order_id = await shop.place("guest")
    for given, status in (
        ({"kind": "remove_line", "line": 9}, 422),
        ({"kind": "refund_amount", "amount": "1000"}, 422),
        ({"kind": "explode"}, 422),
    ):
        assert (await shop.control("POST", f"/orders/{order_id}/changes", json=given)).status_code == status
    assert (await shop.control("POST", "/orders/999999/changes", json={"kind": "touch"})).status_code == 404


async def test_the_articles_of_the_merchants_own_system_are_published(client: httpx2.AsyncClient) -> None:
    articles = {row["number"]: row for row in (await client.get("/_control/articles")).json()}
    assert articles["KR-1001"]["price"] == "9.90"
    assert len(articles) == len(seeds.articles())


def test_two_sandboxes_have_the_same_keys_and_the_same_orders() -> None:
    first_shop = (("woocommerce", "plain", {}),)
    shops = [create_sandbox(shops=first_shop).state.sandbox.shops["woocommerce", "plain"].shop for _ in range(2)]
    assert shops[0].credentials() == shops[1].credentials()
    first, second = [[(row.external_id, row.total, row.case) for row in shop.census()] for shop in shops]
    assert first == second
