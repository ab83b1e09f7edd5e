"""What is particular about reading OTTO: pieces, announcements, links, three interfaces for one article, scopes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.connectors.otto import client, reading
from services.connectors.otto.client.answers import next_page
from services.connectors.otto.connector import OTTO
from services.sandbox import seeds
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Window
from shared.connector_kit.outside import recorded
from shared.connector_kit.translation import read
from shared.contracts.article import ListedArticle
from shared.contracts.errors import Misconfigured, Transient
from shared.contracts.order import Order
from tests.wired.contract.shops.otto import VARIETIES
from tests.wired.contract.stand import Stand, open_stand
from tests.wired.contract.test_pushes import articles, level


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


async def test_an_announced_order_is_seen_without_addresses_and_goes_on_once_they_are_told(stand: Stand) -> None:
    id = placed(stand, "bank transfer, unpaid")
    before = await order(stand, id)
    assert (before.billing_address, before.shipping_address, before.customer) == (None, None, None)
    assert before.withheld == ("invoiceAddress", "deliveryAddress")
    assert (before.state, before.payment_state, before.payment_method) == ("open", "unpaid", "PREPAYMENT")
    seen_at = before.changed_at
    stand.sandbox.clock.shift(timedelta(minutes=35))
    stand.shop.release(id)
    assert set(await stand.items(window=Window(seen_at + timedelta(minutes=1)))) == {id}
    after = await order(stand, id)
    assert (after.withheld, after.payment_state) == ((), "paid")
    assert after.shipping_address is not None


async def test_an_announced_order_that_vanishes_is_a_cancelled_one(stand: Stand) -> None:
    id = placed(stand, "bank transfer, unpaid")
    stand.shop.change(id, Change("cancel"))
    found = await order(stand, id)
    assert (found.state, found.withheld, found.payment_state) == ("cancelled", (), "voided")


async def test_an_order_with_one_late_announced_piece_is_not_hidden(stand: Stand) -> None:
    id = placed(stand, "reduced rate only")
    (piece, *_) = stand.shop.store.book.orders[id].items
    piece["fulfillmentStatus"] = "ANNOUNCED"
    assert stand.shop.store.book.orders[id].bucket == "ANNOUNCED"
    found = read(stand.stream("order"), (await stand.items())[id]).contract
    assert isinstance(found, Order)
    assert [line.held for line in found.line_items] == [True, *[False] * 9]
    assert (found.withheld, found.payment_state) == ((), "partially_paid")


async def test_pieces_taken_back_before_shipping_are_cancelled_and_the_total_is_that_of_the_checkout(
    stand: Stand,
) -> None:
    id = placed(stand, "coupon over all lines")
    before = await order(stand, id)
    stand.shop.change(id, Change("lower_quantity", line=0, quantity=2))
    after = await order(stand, id)
    assert [line.cancelled_quantity for line in after.line_items[:3]] == [1, 1, 0]
    assert (after.total, after.state) == (before.total, "open")


async def test_what_came_back_is_paid_back_piece_by_piece(stand: Stand) -> None:
    id = placed(stand, "reduced rate only")
    stand.shop.change(id, Change("refund_line", line=0, quantity=2))
    found = await order(stand, id)
    assert [one.lines[0].line_external_id for one in found.refunds] == [
        line.external_id for line in found.line_items[:2]
    ]
    assert found.payment_state == "partially_refunded"
    assert {one.total.amount for one in found.refunds} == {found.line_items[0].total.amount}


async def test_a_list_that_never_gets_any_further_is_no_end_of_it(stand: Stand) -> None:
    stand.shop.place_many(200, stand.sandbox.plain_baskets)
    stand.sandbox.clock.shift(timedelta(seconds=10))
    stand.opened.faults.add(Rule("repeat_page"))
    with pytest.raises(Transient, match="same page"):
        await stand.items()


def test_an_empty_link_is_the_end_of_a_list() -> None:
    assert next_page([{"rel": "next", "href": ""}]) is None
    assert next_page([{"rel": "self", "href": "/v4/orders?limit=1"}]) is None
    assert next_page([{"rel": "next", "href": "/v4/orders?nextcursor=a%3D&limit=1"}]) == {
        "nextcursor": "a=", "limit": "1",
    }  # fmt: skip


async def test_a_window_of_the_past_is_not_read_to_the_present(stand: Stand) -> None:
    stand.shop.place_many(400, stand.sandbox.plain_baskets, timedelta(hours=4))
    now = stand.sandbox.clock()
    stand.opened.requests.clear()
    await stand.items(window=Window(now - timedelta(hours=4), now - timedelta(hours=3)))
    assert len([row for row in stand.opened.requests.report(100)["latest"] if row["method"] == "GET"]) == 1


async def test_an_article_is_put_together_from_three_interfaces(stand: Stand) -> None:
    variation = stand.shop.store.goods.rows["KR-1001"]
    variation.quantity, variation.status = 17, "INACTIVE"
    (found,) = await articles(stand, "KR-1001")
    assert (found.external_id, found.quantity, found.state) == ("KR-1001", 17, "inactive")
    assert found.price is not None
    assert f"{found.price.amount:.2f}" == "9.90"


async def test_what_the_platform_has_not_accepted_cannot_be_counted(stand: Stand) -> None:
    variation = stand.shop.store.goods.rows["KR-1001"]
    variation.moin, variation.status, variation.quantity = "", "PENDING", None
    (found,) = await articles(stand, "KR-1001")
    assert (found.counts_stock, found.quantity, found.state) == (False, None, "inactive")
    (refused,) = await stand.send("stock", [level(found, 3)])
    assert (refused.outcome, refused.code) == ("failed", "stock_refused")


async def test_a_number_with_a_slash_or_a_dot_never_stands_in_a_path(stand: Stand) -> None:
    rows = stand.shop.store.goods.rows
    rows["A/1.B"] = replace(rows["KR-1001"], content=rows["KR-1001"].content | {"sku": "A/1.B"}, quantity=5)
    (item,) = await reading.article(stand.client, "A/1.B")
    found = read(stand.stream("article"), item).contract
    assert isinstance(found, ListedArticle)
    assert (found.external_id, found.quantity) == ("A/1.B", 5)
    assert not [row for row in stand.opened.requests.report(50)["latest"] if "A%2F1" in row["path"]]


async def test_an_end_of_a_token_is_no_end_of_the_connection(stand: Stand) -> None:
    placed(stand, "guest")
    await stand.items()
    stand.sandbox.clock.shift(timedelta(minutes=31))
    assert len(await stand.items()) == 1
    assert len([row for row in stand.opened.requests.report(50)["latest"] if row["path"].endswith("/token")]) == 2


@pytest.mark.parametrize("variety", VARIETIES, ids=str)
@pytest.mark.parametrize("scope", ["orders", "products", "availability", "shipments"])
@pytest.mark.parametrize("how", ["granted", "silent"])
async def test_the_live_test_names_the_scope_that_is_missing(variety: Any, scope: str, how: str) -> None:
    stand = open_stand(variety, OTTO)
    access = stand.shop.store.access
    if how == "granted":
        access.granted.remove(scope)
    else:
        access.silent.add(scope)
    result = await OTTO.probe(stand.client)
    assert not result.ok
    assert [(one.code, one.field) for one in result.findings] == [("scope_missing", scope)]
    await stand.close()


async def test_a_scope_taken_away_later_pauses_with_its_name(stand: Stand) -> None:
    stand.shop.store.access.silent.add("products")
    with pytest.raises(Misconfigured) as caught:
        await stand.items("article")
    assert (caught.value.code, caught.value.field) == ("scope_missing", "products")


async def test_a_seller_without_return_numbers_is_told_so_and_may_connect(without_returns: Stand) -> None:
    result = await OTTO.probe(without_returns.client)
    assert result.ok
    assert [one.code for one in result.findings] == ["return_numbers_missing"]


async def test_a_wrong_installation_is_named() -> None:
    wrong = replace(
        VARIETIES[1], credentials=lambda shop, url: VARIETIES[1].credentials(shop, url) | {"installation_id": "x1"}
    )
    stand = open_stand(wrong, OTTO)
    with pytest.raises(Misconfigured) as caught:
        await OTTO.probe(stand.client)
    assert (caught.value.code, caught.value.field) == ("credentials_refused", "installation_id")
    await stand.close()


async def test_neither_secret_nor_token_is_written_down(stand: Stand) -> None:
    placed(stand, "guest")
    with recorded() as calls:
        await stand.items()
    shown = "".join(str(vars(exchange)) for exchange in calls)
    assert "/v1/token" in shown
    held = await stand.outside.tokens.load()
    assert held is not None
    assert stand.shop.credentials()["client_secret"] not in shown
    assert held[0] not in shown


async def test_the_announced_end_of_an_interface_is_told_once(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    app, told = stand.opened.app, []

    async def ending(scope: Any, receive: Any, send: Any) -> None:
        async def marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"sunset", b"Sat, 01 May 2027 00:00:00 GMT")]
            await send(message)

        await app(scope, receive, marked)

    stand.opened.app = ending  # type: ignore[assignment]
    monkeypatch.setattr(
        client.log, "warning", lambda event, **facts: told.append((facts["interface"], facts["sunset"]))
    )
    for _ in range(2):
        await stand.items()
    assert told == [("orders", "Sat, 01 May 2027 00:00:00 GMT")]
