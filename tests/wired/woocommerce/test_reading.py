"""What WooCommerce says only elsewhere: refunds in full, what is not shipped, whose variations they are."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.connectors.woocommerce.connector import WOOCOMMERCE
from services.order_import.rules.knowledge import ChargeArticle
from services.order_import.rules.model_charges import ChargeRules
from services.sandbox import seeds
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Window
from shared.connector_kit.outside import recorded
from shared.connector_kit.translation import read
from shared.contracts.errors import KontorError, Misconfigured
from shared.contracts.order import Order
from tests.pure.order_import.rules.asked import Rules, decided, why_not, worth
from tests.wired.contract.shops.woocommerce import VARIETIES
from tests.wired.contract.stand import Stand, new_sandbox, open_stand


def placed(stand: Stand, case: str) -> str:
    return stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))


async def order(stand: Stand, id: str) -> Order:
    stream = stand.stream("order")
    found = read(stream, (await stream.fetch_one(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


def asked(stand: Stand, path: str) -> int:
    return sum(1 for row in stand.opened.requests.report(2000)["latest"] if path in row["path"])


async def test_a_refund_names_the_lines_it_is_about(stand: Stand) -> None:
    found = await order(stand, placed(stand, "refunded in part"))
    (refund,) = found.refunds
    assert refund.lines[0].line_external_id == found.line_items[0].external_id
    assert found.line_items[0].cancelled_quantity == 1


async def test_what_is_downloaded_is_not_shipped(stand: Stand) -> None:
    mixed = await order(stand, placed(stand, "goods and digital"))
    assert [(line.kind, line.requires_shipping) for line in mixed.line_items] == [("goods", True), ("digital", False)]
    assert mixed.delivery == "ship"
    assert (await order(stand, placed(stand, "digital only"))).delivery == "none"


async def test_products_are_asked_about_once_for_many_orders(stand: Stand) -> None:
    stand.shop.place_many(100, stand.sandbox.plain_baskets)
    await stand.items()
    first = asked(stand, "/products")
    await stand.items()
    assert asked(stand, "/products") == first
    assert first < 30


async def test_a_single_order_asks_once_about_its_products_and_never_about_those_that_were_read(stand: Stand) -> None:
    await order(stand, placed(stand, "goods and digital"))
    assert asked(stand, "/products") == 1
    await stand.items("article")
    before = asked(stand, "/products")
    stand.shop.place_many(20, stand.sandbox.plain_baskets)
    for id in list(stand.shop.store.book.orders):
        await order(stand, str(id))
    assert asked(stand, "/products") == before


async def test_orders_read_at_once_all_know_what_is_downloaded(stand: Stand) -> None:
    ids = [placed(stand, "goods and digital") for _ in range(5)]
    found = await asyncio.gather(*(order(stand, id) for id in ids))
    assert {tuple(line.kind for line in one.line_items) for one in found} == {("goods", "digital")}


async def test_a_question_about_a_product_that_failed_is_asked_again(stand: Stand) -> None:
    id = placed(stand, "digital only")
    stand.opened.faults.add(Rule("html_200", times=1, path_contains="/products"))
    with pytest.raises(KontorError):
        await order(stand, id)
    assert (await order(stand, id)).delivery == "none"


async def test_an_order_deleted_for_good_is_gone_and_one_in_the_bin_is_cancelled(stand: Stand) -> None:
    id = placed(stand, "engraving")
    store = stand.shop.store
    store.trash(store.book.orders[int(id)])
    assert (await order(stand, id)).state == "cancelled"
    store.delete(store.book.orders[int(id)])
    assert await stand.stream("order").fetch_one(stand.client, id) == []


async def test_a_variable_product_stands_for_its_variations(stand: Stand) -> None:
    articles: list[Any] = [
        read(stand.stream("article"), item).contract for item in (await stand.items("article")).values()
    ]
    families = {article.parent_external_id for article in articles if article.parent_external_id}
    assert len(families) == 5
    parent = families.pop()
    found = await stand.stream("article").fetch_one(stand.client, parent)
    assert {raw.external_id for raw in found} == {
        article.external_id for article in articles if article.parent_external_id == parent
    }


async def test_the_order_number_of_a_plugin_is_kept_beside_the_id(old_stand: Stand) -> None:
    found = await order(old_stand, placed(old_stand, "guest"))
    assert found.number == f"2026-{int(found.external_id):06d}"


async def test_a_note_of_ten_megabytes_is_shortened_and_said_to_be(stand: Stand) -> None:
    found = await order(stand, placed(stand, "note of ten megabytes"))
    assert (len(found.note), found.note_shortened) == (10_000, True)


async def test_a_payment_that_arrives_later_is_a_change(stand: Stand) -> None:
    id = placed(stand, "bank transfer, unpaid")
    before = await order(stand, id)
    store = stand.shop.store
    store.set_status(store.book.orders[int(id)], "processing")
    store.changed(store.book.orders[int(id)])
    after = await order(stand, id)
    assert (before.payment_state, after.payment_state) == ("unpaid", "paid")


async def test_lines_taken_off_are_gone_from_the_order(stand: Stand) -> None:
    id = placed(stand, "coupon over all lines")
    before = await order(stand, id)
    stand.shop.change(id, Change("remove_line", line=1))
    after = await order(stand, id)
    assert len(after.line_items) == len(before.line_items) - 1


async def test_a_read_only_key_imports_and_is_said_to_be_one(stand: Stand) -> None:
    reading = replace(VARIETIES[0], credentials=lambda shop, url: {"url": url, **shop.read_only_credentials()})
    opened = open_stand(reading, WOOCOMMERCE)
    result = await WOOCOMMERCE.probe(opened.client)
    assert [(finding.code, finding.fatal) for finding in result.findings] == [("key_read_only", False)]
    assert result.facts["writes"] == "false"
    await opened.close()


@pytest.mark.parametrize(("version", "ok"), [("4.9.2", False), ("5.8.0", True), ("11.0.1", True)])
async def test_a_shop_that_cannot_list_changes_is_not_connected(version: str, ok: bool) -> None:
    variety = replace(VARIETIES[0], options={"version": version})
    opened = open_stand(variety, WOOCOMMERCE, app=new_sandbox(variety))
    result = await WOOCOMMERCE.probe(opened.client)
    assert result.ok is ok
    assert [finding.code for finding in result.findings] == ([] if ok else ["version_too_old"])
    await opened.close()


async def test_without_tls_the_keys_never_leave_in_the_clear(old_stand: Stand) -> None:
    placed(old_stand, "guest")
    with recorded() as calls:
        await old_stand.items()
    secret = old_stand.shop.credentials()["consumer_secret"]
    shown = "".join(str(vars(exchange)) for exchange in calls)
    assert shown
    assert secret not in shown


async def test_a_wrong_address_is_the_merchants_to_mend(stand: Stand) -> None:
    given = {**VARIETIES[0].credentials(stand.shop, "https://127.0.0.2/shop")}
    with pytest.raises(Misconfigured):
        WOOCOMMERCE.client(WOOCOMMERCE.credentials.model_validate(given), stand.outside)


@pytest.mark.parametrize(
    ("options", "scheme", "expected"),
    [
        ({}, "https", []),
        ({}, "http", [("not_encrypted", False)]),
        ({"manage_stock": False}, "https", [("stock_management_off", False)]),
        ({"fulfilments": False}, "https", [("shipment_records_missing", False)]),
        ({"permalinks": False}, "https", [("permalinks_plain", True)]),
    ],
)
async def test_the_live_test_says_how_the_shop_is_set_up(
    options: dict[str, Any], scheme: str, expected: list[tuple[str, bool]]
) -> None:
    stand = open_stand(replace(VARIETIES[0], options=options, scheme=scheme), WOOCOMMERCE)
    result = await WOOCOMMERCE.probe(stand.client)
    assert [(finding.code, finding.fatal) for finding in result.findings] == expected
    assert result.ok is not any(fatal for _, fatal in expected)
    await stand.close()


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize(("field", "value"), [("consumer_key", "ck_wrong"), ("consumer_secret", "cs_wrong")])
async def test_the_wrong_half_of_a_key_is_named(scheme: str, field: str, value: str) -> None:
    variety = replace(VARIETIES[0], scheme=scheme)
    wrong = replace(variety, wrong_credentials=lambda shop, url: variety.credentials(shop, url) | {field: value})
    stand = open_stand(wrong, WOOCOMMERCE, wrong=True)
    with pytest.raises(Misconfigured) as caught:
        await WOOCOMMERCE.probe(stand.client)
    assert (caught.value.code, caught.value.field) == ("credentials_refused", field)
    await stand.close()


async def test_a_window_that_ends_within_a_second_holds_what_changed_in_that_second(stand: Stand) -> None:
    id = placed(stand, "guest")
    (row,) = [row for row in stand.shop.census() if row.external_id == id]
    hour, half = timedelta(hours=1), timedelta(milliseconds=500)
    assert id in await stand.items(window=Window(row.stamp - hour, row.stamp + half))
    assert id not in await stand.items(window=Window(row.stamp - hour, row.stamp))


@pytest.mark.proves("order-discount", "woocommerce")
async def test_a_discount_on_the_whole_order_is_booked_on_the_article_for_discounts(stand: Stand) -> None:
    bought = await order(stand, placed(stand, "negative fee as discount"))
    articles = dict.fromkeys([*(line.sku or "" for line in bought.line_items), "PORTO", "RABATT"], "")
    places = {"shipping": ChargeArticle("PORTO"), "discount": ChargeArticle("RABATT")}
    rules = Rules(charges=ChargeRules(as_lines=True))
    contents, ruling = decided(bought, rules, articles=articles, charge_articles=places)
    (discount,) = (one for one in contents.charges if one.kind == "discount")
    assert (discount.article_number, discount.gross.amount) == ("RABATT", Decimal("-5.00"))
    assert why_not(ruling) == []
    assert worth(contents) == bought.total.amount
