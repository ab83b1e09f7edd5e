"""What is particular about reading Kaufland: pieces, lists that tell little, careless times, storefronts, keys."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from services.connectors.kaufland import client, reading
from services.connectors.kaufland.client import signature
from services.sandbox import seeds
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from shared.contracts.errors import Misconfigured
from shared.contracts.order import Order
from tests.wired.contract.stand import Stand

Account = Callable[..., Stand]


def placed(stand: Stand, case: str) -> str:
    return stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))


async def order(stand: Stand, id: str) -> Order:
    found = read(stand.stream("order"), (await reading.order(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


async def test_ten_pieces_of_two_articles_are_ten_lines_with_ids_of_their_own(stand: Stand) -> None:
    found = await order(stand, placed(stand, "reduced rate only"))
    assert len({line.external_id for line in found.line_items}) == 10
    assert {line.quantity for line in found.line_items} == {1}


async def test_an_order_that_is_not_confirmed_waits_and_goes_on_once_it_is(stand: Stand) -> None:
    id = placed(stand, "bank transfer, unpaid")
    before = await order(stand, id)
    assert (before.withheld, before.payment_state, before.state) == (("open",), "unconfirmed", "open")
    assert all(line.held for line in before.line_items)
    stand.sandbox.clock.shift(timedelta(minutes=35))
    stand.shop.release(id)
    assert set(await stand.items(window=Window(before.changed_at + timedelta(minutes=1)))) == {id}
    after = await order(stand, id)
    assert (after.withheld, after.payment_state) == ((), "paid")
    assert not any(line.held for line in after.line_items)


async def test_a_piece_that_is_cancelled_keeps_its_price_and_takes_its_shipping_along(stand: Stand) -> None:
    id = placed(stand, "quantity lowered after ordering")
    before = await order(stand, id)
    stand.shop.change(id, Change("lower_quantity", line=0, quantity=2))
    after = await order(stand, id)
    assert sum(line.cancelled_quantity for line in after.line_items) == 2 + sum(
        line.cancelled_quantity for line in before.line_items
    )
    (row,) = [row for row in stand.shop.census() if row.external_id == id]
    assert after.total.amount == row.total
    assert sum(line.total.amount for line in after.line_items) == sum(line.total.amount for line in before.line_items)


async def test_a_piece_that_came_back_says_why(stand: Stand) -> None:
    id = placed(stand, "refunded in part")
    found = await order(stand, id)
    (refund,) = found.refunds
    assert (refund.reason, refund.total) == ("wrong_size", found.line_items[0].total)
    assert refund.lines[0].line_external_id == refund.external_id == found.line_items[0].external_id


async def test_an_order_is_also_found_by_one_of_its_pieces(stand: Stand) -> None:
    id = placed(stand, "reduced rate only")
    piece = (await order(stand, id)).line_items[3].external_id
    assert [raw.external_id for raw in await reading.order(stand.client, f"unit:{piece}")] == [id]
    assert await reading.order(stand.client, "unit:1") == []


async def test_addresses_that_are_taken_away_when_an_order_is_over_do_not_make_it_wait(stand: Stand) -> None:
    id = placed(stand, "refunded in full")
    stand.shop.forget_addresses(id)
    found = await order(stand, id)
    assert (found.withheld, found.customer, found.shipping_address) == ((), None, None)


async def test_times_and_countries_written_carelessly_are_read_all_the_same(account: Account) -> None:
    stand = account(careless=True, signature="base64", entered={"signature": "base64"})
    ids = {placed(stand, case) for case in ("guest", "engraving", "coupon over all lines", "emoji and umlauts")}
    stamps = {row.external_id: row.stamp for row in stand.shop.census()}
    items = await stand.items()
    assert set(items) == ids
    assert {id: item.stamp for id, item in items.items()} == stamps
    for item in items.values():
        found = read(stand.stream("order"), item).contract
        assert isinstance(found, Order)
        assert found.shipping_address is not None
        assert len(found.shipping_address.country) == 2
        assert found.channel == "de"


async def test_a_total_of_nought_beside_rows_does_not_end_the_list(account: Account) -> None:
    stand = account(careless=True)
    placed_ids = stand.shop.place_many(130, stand.sandbox.plain_baskets, timedelta(hours=2))
    stand.sandbox.clock.shift(timedelta(seconds=10))
    assert set(await stand.items()) == set(placed_ids)


async def test_an_order_whose_stamp_nobody_can_read_is_handed_out_and_says_so(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = placed(stand, "guest"), placed(stand, "engraving")
    listed = client.Client.orders

    async def broken(self: client.Client, *given: Any) -> list[client.Row]:
        rows = await listed(self, *given)
        return [row | ({"ts_units_updated_iso": "gestern"} if row["id_order"] == bad else {}) for row in rows]

    monkeypatch.setattr(client.Client, "orders", broken)
    stand.shop.store.book.orders[bad].units[0]["ts_updated_iso"] = "gestern"
    stand.sandbox.clock.shift(timedelta(seconds=10))
    items = await stand.items()
    assert set(items) == {good, bad}
    why = read(stand.stream("order"), items[bad]).unreadable
    assert why is not None
    assert why.field == "order_units.0.ts_updated_iso"


async def test_orders_that_the_platform_sends_itself_are_read_if_the_merchant_wants_them(account: Account) -> None:
    for wanted in (False, True):
        stand = account(entered={"fulfilled_by_kaufland": wanted})
        id = placed(stand, "guest")
        stand.shop.store.book.orders[id].placed.body["fulfillment_type"] = "fulfilled_by_kaufland"
        stand.sandbox.clock.shift(timedelta(seconds=10))
        items = await stand.items()
        assert set(items) == ({id} if wanted else set())
        if wanted:
            found = read(stand.stream("order"), items[id]).contract
            assert isinstance(found, Order)
            assert found.fulfilled_by_channel


async def test_every_storefront_is_read_unless_the_merchant_names_some(account: Account) -> None:
    for entered, expected in (({}, {"de", "cz"}), ({"storefronts": "CZ"}, {"cz"})):
        stand = account(entered=entered, storefronts="de cz")
        now = stand.sandbox.clock().replace(microsecond=0)
        stand.shop.place_in("de", seeds.case("guest", now))
        stand.shop.place_in("cz", seeds.case("line discount", now))
        stand.sandbox.clock.shift(timedelta(seconds=10))
        found = {}
        for item in (await stand.items()).values():
            one = read(stand.stream("order"), item).contract
            assert isinstance(one, Order)
            found[one.channel] = one
        assert set(found) == expected
        totals = {row.external_id: (row.total, row.currency) for row in stand.shop.census()}
        assert all(totals[one.external_id] == (one.total.amount, one.currency) for one in found.values())
        assert found["cz"].currency == "CZK"


async def test_one_article_in_two_storefronts_is_two_listings_with_one_quantity(account: Account) -> None:
    stand = account(storefronts="de cz")
    listed = [read(stand.stream("article"), item).contract for item in (await stand.items("article")).values()]
    mine = [one for one in listed if isinstance(one, ListedArticle) and one.sku == "KR-1001"]
    assert sorted(one.external_id.partition(":")[0] for one in mine) == ["cz", "de"]
    assert len({one.external_id.partition(":")[2] for one in mine}) == 2
    assert len({one.quantity for one in mine}) == 1
    assert sorted(one.price.currency for one in mine if one.price) == ["CZK", "EUR"]


async def test_a_storefront_that_was_only_opened_costs_no_article_of_the_others(account: Account) -> None:
    stand = account(storefronts="de", unfinished="pl")
    assert len(await stand.items("article")) > 50
    result = await stand.connector.probe(stand.client)
    assert result.ok
    assert [(one.code, one.params["storefront"]) for one in result.findings] == [("storefront_not_selling", "pl")]


@pytest.mark.parametrize(
    ("entered", "code"),
    [
        ({"storefronts": "de, it"}, "storefront_not_opened"),
        ({"storefronts": "pl"}, "storefront_not_selling"),
    ],
)
async def test_the_live_test_names_a_storefront_that_cannot_be_read(
    account: Account, entered: dict[str, str], code: str
) -> None:
    stand = account(entered=entered, storefronts="de", unfinished="pl")
    result = await stand.connector.probe(stand.client)
    assert not result.ok
    assert [(one.code, one.field) for one in result.findings] == [(code, "storefronts")]


async def test_without_an_address_to_write_to_the_merchant_is_told_and_may_connect(account: Account) -> None:
    stand = account(entered={"fallback_email": ""})
    result = await stand.connector.probe(stand.client)
    assert result.ok
    assert [one.code for one in result.findings] == ["notifications_not_possible"]


@pytest.mark.parametrize(
    ("entered", "field"),
    [
        ({"client_key": "0" * 32}, "client_key"),
        ({"secret_key": "0" * 64}, "secret_key"),
        ({"signature": "base64"}, "secret_key"),
        ({"partner_client_key": "0" * 32, "partner_secret_key": "0" * 64}, "client_key"),
    ],
)
async def test_the_live_test_names_the_key_that_is_wrong(account: Account, entered: dict[str, str], field: str) -> None:
    stand = account(entered=entered)
    with pytest.raises(Misconfigured) as caught:
        await stand.connector.probe(stand.client)
    assert (caught.value.code, caught.value.field) == ("credentials_refused", field)
    assert not [value for value in entered.values() if len(value) > 8 and value in str(caught.value)]


async def test_a_machine_whose_clock_is_wrong_is_told_so(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "time", SimpleNamespace(time=lambda: 1_700_000_000.0))
    with pytest.raises(Misconfigured, match="clock") as caught:
        await stand.connector.probe(stand.client)
    assert caught.value.code == "credentials_refused"


async def test_a_call_that_is_tried_again_is_signed_again(stand: Stand) -> None:
    id = placed(stand, "guest")
    stand.opened.faults.add(Rule("error_500", times=2, path_contains="/v2/orders/"))
    assert [raw.external_id for raw in await reading.order(stand.client, id)] == [id]


async def test_an_order_that_vanishes_while_it_is_read_costs_no_other(stand: Stand) -> None:
    ids = [placed(stand, case) for case in ("guest", "engraving", "preorder")]
    stand.sandbox.clock.shift(timedelta(seconds=10))
    pages = reading.orders(stand.client, Window())
    due = await reading._changed(stand.client, Window())
    assert set(due) == set(ids)
    del stand.shop.store.book.orders[ids[1]]
    met = {item.external_id async for page in pages for item in page.items}
    assert met == {ids[0], ids[2]}
