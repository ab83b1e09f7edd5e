"""What is particular about reading Shopware 5: baskets that are no orders, a database's clock, net prices, digest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import orjson
import pytest

from services.connectors.shopware5 import reading
from services.order_import.money_proof import prove
from services.sandbox import seeds
from services.sandbox.merchant import Change, Product, Variant
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from shared.contracts.errors import Misconfigured
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_streams import place

Shop = Callable[..., Stand]


def placed(stand: Stand, case: str, **differing: Any) -> str:
    basket = seeds.case(case, stand.sandbox.clock().replace(microsecond=0))
    return stand.opened.place(replace(basket, **differing))


async def order(stand: Stand, id: str) -> Order:
    found = read(stand.stream("order"), (await reading.order(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


async def article(stand: Stand, id: str) -> ListedArticle:
    found = read(stand.stream("article"), (await reading.article(stand.client, id))[0]).contract
    assert isinstance(found, ListedArticle)
    return found


async def test_a_basket_left_at_the_checkout_is_named_and_is_no_order(stand: Stand) -> None:
    ids = place(stand, 45)
    left = stand.shop.left_behind()
    assert len(left) == 3
    pages = await stand.pages()
    assert {item.external_id for page in pages for item in page.items} == set(ids)
    named = [(one.external_id, one.code) for page in pages for one in page.left_out]
    assert sorted(named) == sorted((id, "basket_abandoned") for id in left)


@pytest.mark.parametrize("which", [0, 1], ids=["without a number", "with the number 0"])
async def test_whoever_asks_for_such_a_basket_by_its_id_hears_why_it_is_none(stand: Stand, which: int) -> None:
    place(stand, 45)
    (raw,) = await reading.order(stand.client, stand.shop.left_behind()[which])
    why = read(stand.stream("order"), raw).unreadable
    assert why is not None
    assert (why.code, why.field) == ("basket_abandoned", "number")


async def test_only_what_changed_is_read_in_full_though_the_database_knows_no_zone(stand: Stand) -> None:
    ids = place(stand, 10, ago=7200)
    since = stand.sandbox.clock()
    stand.sandbox.clock.shift(timedelta(seconds=5))
    stand.shop.change(ids[3], Change("touch"))
    stand.opened.requests.clear()
    assert set(await stand.items(window=Window(since))) == {ids[3]}
    asked = [one["path"] for one in stand.opened.requests.report(50)["latest"]]
    assert [path for path in asked if "/orders/" in path] == [f"/shopware5/usual/api/orders/{ids[3]}"]


async def test_a_shop_that_tells_no_changes_is_read_as_a_whole(shop: Shop) -> None:
    stand = shop(version="5.2.27", changes=False, zoned=False)
    ids = place(stand, 10, ago=7200)
    assert set(await stand.items(window=Window(stand.sandbox.clock()))) == set(ids)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
async def test_a_time_without_a_zone_is_what_the_shops_clock_showed(shop: Shop, zone: str) -> None:
    stand = shop({"timezone": zone}, zoned=False)
    id = placed(stand, "guest")
    local = stand.shop.store.orders[int(id)].body["orderTime"]
    found = (await order(stand, id)).placed_at
    assert found.tzinfo is UTC
    offset = {"Europe/Berlin": (1, 2), "America/New_York": (-5, -4)}[zone]
    assert (datetime.fromisoformat(local).replace(tzinfo=UTC) - found) / timedelta(hours=1) in offset


async def test_dates_of_zero_are_no_dates(stand: Stand) -> None:
    id = placed(stand, "guest")
    body = stand.shop.store.orders[int(id)].body
    at = (await order(stand, id)).placed_at
    for never in ("-0001-11-30T00:00:00+0053", "0000-00-00 00:00:00", None):
        body["changed"], body["clearedDate"] = never, never
        found = await order(stand, id)
        assert (found.placed_at, found.changed_at) == (at, at)
    body["orderTime"] = "0000-00-00 00:00:00"
    why = read(stand.stream("order"), (await reading.order(stand.client, id))[0]).unreadable
    assert why is not None
    assert (why.code, why.field) == ("value_missing", "orderTime")


async def test_net_prices_with_tax_beside_them_come_to_the_total_of_the_shop(stand: Stand) -> None:
    found = await order(stand, placed(stand, "net prices"))
    assert not found.prices_include_tax
    assert prove(found).difference == 0
    assert sum(tax.amount.amount for line in found.line_items for tax in line.taxes) > 0


async def test_an_order_free_of_tax_has_none(stand: Stand) -> None:
    found = await order(stand, placed(stand, "tax-free export"))
    assert found.tax_exempt
    assert not [tax for one in (*found.line_items, *found.charges) for tax in one.taxes]
    assert prove(found).difference == 0


async def test_the_tax_of_shipping_is_told_though_an_old_shop_tells_no_rate(stand: Stand) -> None:
    id = placed(stand, "several tax rates, shipping split")
    with_rate = (await order(stand, id)).charges
    stand.shop.store.orders[int(id)].body["invoiceShippingTaxRate"] = None
    assert (await order(stand, id)).charges == with_rate
    (shipping,) = (one for one in with_rate if one.kind == "shipping")
    assert [(tax.rate, tax.amount.amount) for tax in shipping.taxes] == [(Decimal("0.19"), Decimal("0.78"))]


async def test_what_was_given_back_is_a_state_without_an_amount(stand: Stand) -> None:
    id = placed(stand, "refunded in part")
    found = await order(stand, id)
    assert (found.payment_state, found.refunds) == ("partially_refunded", ())
    stand.shop.change(id, Change("cancel"))
    assert (await order(stand, id)).payment_state == "refunded"


async def test_hashes_of_passwords_are_not_kept_with_an_order(stand: Stand) -> None:
    (raw,) = await reading.order(stand.client, placed(stand, "pickup"))
    shown = orjson.loads(raw.body)["customer"]
    assert "email" in shown
    assert not {"hashPassword", "sessionId", "encoderName"} & set(shown)
    assert b"$2y$" not in raw.body


async def test_a_price_is_that_of_the_group_the_merchant_named(shop: Shop) -> None:
    usual, resale, none = shop(), shop({"customer_group": "H"}), shop({"customer_group": "XX"})
    price = (await article(usual, "1")).price
    assert price is not None
    assert price.amount == seeds.products()[0].variants[0].price
    lower = (await article(resale, "1")).price
    assert lower is not None
    assert abs(lower.amount - price.amount * Decimal("0.8")) < Decimal("0.01")
    assert (await article(none, "1")).price is None


async def test_every_variant_of_an_article_is_one_and_the_main_one_too(stand: Stand) -> None:
    sizes = tuple(Variant(f"T-{size}", "Shirt", Decimal(20), options=(("Size", size),), stock=3) for size in "SML")
    stand.shop.stock_catalogue((Product("T", "Shirt", sizes),))
    id = max(stand.shop.store.catalogue.articles)
    items = await reading.article(stand.client, str(id))
    found: list[Any] = [read(stand.stream("article"), item).contract for item in items]
    assert [(one.sku, one.title, one.parent_external_id) for one in found] == [
        (f"T-{size}", f"Shirt - {size}", str(id)) for size in "SML"
    ]
    assert [item.external_id for item in await reading.article(stand.client, items[1].external_id)] == [
        items[1].external_id
    ]


async def test_a_number_of_a_basket_finds_nothing(stand: Stand) -> None:
    place(stand, 25)
    assert await reading.found(stand.client, ["0", "", " "]) == {}


async def test_the_live_test_names_the_key_that_is_wrong(shop: Shop) -> None:
    stand = shop({"api_key": "1" * 40})
    with pytest.raises(Misconfigured) as caught:
        await stand.connector.probe(stand.client)
    assert (caught.value.code, caught.value.field) == ("credentials_refused", "api_key")
    assert "1" * 40 not in str(caught.value)


async def test_the_live_test_names_a_version_that_is_too_old(shop: Shop) -> None:
    stand = shop(version="5.1.6")
    result = await stand.connector.probe(stand.client)
    assert not result.ok
    assert [one.code for one in result.findings] == ["version_too_old"]


class InFront(httpx2.AsyncBaseTransport):
    """A web server that answers in the shop's place."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.status, self.headers = status, headers

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(self.status, headers=self.headers | {"Content-Type": "text/html"}, text="<html></html>")


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [(401, {"WWW-Authenticate": 'Basic realm="Staging"'}, "login_in_front"), (404, {}, "api_missing")],
)
async def test_the_live_test_names_what_stands_in_front_of_the_shop(
    shop: Shop, status: int, headers: dict[str, str], code: str
) -> None:
    stand = shop()
    stand.outside.transport = InFront(status, headers)
    client = stand.connector.client(stand.client.merchant, stand.outside)
    with pytest.raises(Misconfigured) as caught:
        await stand.connector.probe(client)
    assert (caught.value.code, caught.value.field) == (code, "url")


async def test_a_challenge_that_has_ended_is_answered_anew_and_costs_no_order(stand: Stand) -> None:
    ids = place(stand, 5)
    await stand.pages()
    stand.sandbox.clock.shift(timedelta(minutes=11))
    stand.opened.requests.clear()
    assert set(await stand.items()) == set(ids)
    assert stand.opened.requests.by_status["401"] == 1
