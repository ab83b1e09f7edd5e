"""What of an account is read, in how many calls, and what a merchant is told to mend."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.connectors.ebay.vocabulary import NEEDED, SCOPES
from services.sandbox import seeds
from services.sandbox.ebay.checkout import Way
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.errors import Misconfigured
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand

Account = Callable[..., Stand]
OSS = Way(collected=("VAT", Decimal("0.21"), "OSS", "EU 123 4567 89"))


def placed(stand: Stand, case: str, way: Way = Way()) -> str:
    id: str = stand.shop.place_in(way, seeds.case(case, stand.sandbox.clock()))
    return id


async def order(stand: Stand, id: str) -> Order:
    stream = stand.stream("order")
    found = read(stream, (await stream.fetch_one(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


def asked(stand: Stand, path: str = "/v1/order") -> list[dict[str, Any]]:
    return [row for row in stand.opened.requests.report()["latest"] if row["path"].endswith(path)]


async def test_a_usual_poll_is_one_call_however_long_ago_the_last_one_was(stand: Stand) -> None:
    stand.shop.place_many(120, stand.sandbox.plain_baskets, timedelta(days=300))
    assert len(await stand.items()) == 120
    assert len(asked(stand)) == 1


async def test_a_long_history_is_read_in_slices_without_an_offset_the_oldest_first(stand: Stand) -> None:
    ids = stand.shop.place_many(700, stand.sandbox.plain_baskets, timedelta(days=600))
    pages = await stand.pages()
    assert {item.external_id for page in pages for item in page.items} == set(ids)
    watermarks = [page.watermark for page in pages if page.watermark]
    assert watermarks == sorted(watermarks)
    for place, watermark in enumerate(watermarks):
        later = [item.stamp for page in pages[place + 1 :] for item in page.items]
        assert all(stamp > watermark for stamp in later)
    assert not [row for row in asked(stand) if "offset=0" not in row["query"]]
    assert len(asked(stand)) < 25


async def test_a_backlog_that_has_settled_is_passed_through_page_by_page(stand: Stand) -> None:
    ids = stand.shop.place_many(2_100, stand.sandbox.plain_baskets, timedelta(days=20))
    pages = await stand.pages()
    met = [item.external_id for page in pages for item in page.items]
    assert sorted(met) == sorted(ids)
    # A look at how many there are, eleven pages, and what changed meanwhile.
    assert len(asked(stand)) == 1 + 11 + 1
    assert [page.watermark for page in pages if page.watermark] != []


async def test_an_order_that_moves_during_a_pass_costs_none_of_the_others(stand: Stand) -> None:
    ids = stand.shop.place_many(2_001, stand.sandbox.plain_baskets, timedelta(days=20))
    stand.opened.faults.add(Rule("row_moves", times=3))
    met: dict[str, Any] = {}
    unproven = 0
    for page in await stand.pages():
        met |= {item.external_id: item for item in page.items}
        unproven = 0 if page.watermark else unproven + 1
    assert set(met) == set(ids)
    assert unproven == 0
    moved = {one.id: one.stamp for one in stand.shop.store.book.orders.values()}
    assert {id: item.stamp for id, item in met.items()} == moved
    assert stand.opened.faults.struck["row_moves"] == 3


async def test_more_orders_with_one_stamp_than_a_page_holds_are_all_read(stand: Stand) -> None:
    before = stand.shop.place_many(50, stand.sandbox.plain_baskets, timedelta(days=1))
    stand.sandbox.clock.shift(timedelta(seconds=2))
    moment = stand.sandbox.clock().replace(microsecond=0)
    same = [stand.shop.place(seeds.case("guest", moment)) for _ in range(450)]
    assert set(await stand.items()) == {*before, *same}


async def test_who_wants_to_cancel_is_asked_for_and_holds_the_goods_back(stand: Stand) -> None:
    id = placed(stand, "reduced rate only")
    placed(stand, "guest")
    stand.shop.ask_to_cancel(id)
    stand.sandbox.clock.shift(timedelta(seconds=5))
    items = await stand.items()
    found: Any = read(stand.stream("order"), items[id]).contract
    assert {one.name: one.value for one in found.properties}["cancelReason"] == "BUYER_ASKED_CANCEL"
    assert all(line.held for line in found.line_items)
    # Only that one was asked for by itself.
    assert len(asked(stand, f"/order/{id}")) == 1
    assert len([row for row in stand.opened.requests.report()["latest"] if "/v1/order/" in row["path"]]) == 1


async def test_tax_that_ebay_collects_is_told_and_no_part_of_the_total_whether_it_is_inside_or_not(
    stand: Stand,
) -> None:
    id = placed(stand, "reduced rate only", OSS)
    found = await order(stand, id)
    kept = stand.shop.store.book.orders[id].placed
    assert found.total.amount == kept.total
    assert found.tax_exempt
    words = {one.name: one.value for one in found.properties}["ebayCollectAndRemitTaxes.VAT"]
    assert words == f"{kept.collected:f} EUR OSS EU 123 4567 89"


async def test_goods_for_abroad_go_to_the_hub_with_the_reference_on_the_label(stand: Stand) -> None:
    found = await order(stand, placed(stand, "different delivery address", Way(hub=True)))
    assert found.shipping_address is not None
    assert (found.shipping_address.company, found.shipping_address.addition) == ("International Hub", "ABC1234567890")
    assert {one.name: one.value for one in found.properties}["finalDestinationAddress"].startswith("Werkstraße 5")


async def test_a_line_without_a_number_is_known_by_its_listing(stand: Stand) -> None:
    found = await order(stand, placed(stand, "engraving", Way(without_sku=True)))
    (line,) = found.line_items
    assert line.sku == stand.shop.store.goods.listing_of("KR-7301", line.title)


async def test_addresses_that_are_taken_away_do_not_make_an_order_wait_that_is_over(stand: Stand) -> None:
    gone, over = placed(stand, "engraving"), placed(stand, "engraving")
    for id in (gone, over):
        stand.shop.forget_buyer(id)
    stand.shop.store.book.orders[over].placed.body["orderFulfillmentStatus"] = "FULFILLED"
    assert (await order(stand, gone)).withheld == ("billing_address", "shipping_address")
    assert (await order(stand, over)).withheld == ()


async def test_an_item_on_two_marketplaces_is_two_listings_with_one_quantity(account: Account) -> None:
    stand = account(marketplaces="EBAY_DE EBAY_AT")
    stream = stand.stream("article")
    found: list[Any] = [read(stream, item).contract for item in (await stand.items("article")).values()]
    mine = [one for one in found if one.sku == "KR-1001"]
    assert len(mine) == 2
    assert len({one.quantity for one in mine}) == 1
    assert {one.stock_external_id for one in mine} == {"KR-1001"}


async def test_an_offer_on_a_marketplace_the_merchant_did_not_name_is_no_listing(account: Account) -> None:
    stand = account({"marketplaces": "EBAY_AT"}, marketplaces="EBAY_DE EBAY_AT")
    offers = {offer.id for offer in stand.shop.store.goods.offers.values() if offer.marketplace == "EBAY_AT"}
    assert set(await stand.items("article")) == offers


async def test_an_item_that_was_never_offered_costs_no_other(stand: Stand) -> None:
    offers = stand.shop.store.goods.offers
    gone = next(id for id, offer in offers.items() if offer.sku == "KR-1002")
    del offers[gone]
    assert set(await stand.items("article")) == set(offers)


@pytest.mark.parametrize("scope", SCOPES)
async def test_the_live_test_names_the_right_that_is_missing(account: Account, scope: str) -> None:
    stand = account(lacking=scope)
    result = await stand.connector.probe(stand.client)
    assert [one.field for one in result.findings if one.code == "scope_missing"] == [scope]
    assert result.ok is (scope not in NEEDED)
    if result.ok:
        placed(stand, "guest")
        assert len(await stand.items()) == 1


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"refresh_token": "v^1.1#another"}, "refresh_token"),
        ({"client_secret": "PRD-another"}, "client_secret"),
        ({"signing_private_key": "no key at all"}, "signing_private_key"),
    ],
)
async def test_the_live_test_names_the_field_that_is_wrong(
    account: Account, entered: dict[str, str], field: str
) -> None:
    stand = account(entered)
    with pytest.raises(Misconfigured) as caught:
        await stand.connector.probe(stand.client)
    assert caught.value.field == field


async def test_a_seller_without_a_signature_is_told_so_and_may_connect(account: Account) -> None:
    stand = account({"signing_key": "", "signing_private_key": ""})
    result = await stand.connector.probe(stand.client)
    assert result.ok
    assert [one.code for one in result.findings] == ["signature_missing"]


async def test_a_token_is_used_for_two_hours_and_then_renewed_once(stand: Stand) -> None:
    placed(stand, "guest")
    for _ in range(3):
        await stand.items()
    login = stand.shop.store.login
    assert login.granted == 1
    login.tokens.clear()
    assert len(await stand.items()) == 1
    assert login.granted == 2


async def test_a_window_of_the_past_asks_for_both_ends_with_milliseconds(stand: Stand) -> None:
    now = stand.sandbox.clock()
    await stand.items(window=Window(now - timedelta(hours=2), now - timedelta(hours=1)))
    (row,) = asked(stand)
    assert row["query"].count("000Z") + row["query"].count("Z") >= 2
    assert "lastmodifieddate" in row["query"]
