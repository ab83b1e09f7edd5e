"""Orders of one and of several marketplaces, within the plan of each operation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.connectors.amazon.client import Listed
from services.connectors.amazon.connector import AMAZON
from services.connectors.amazon.reading import listing_pages, order_pages
from services.sandbox import seeds
from services.sandbox.faults import Rule
from services.sandbox.merchant import Change
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.errors import Transient
from shared.contracts.order import Order
from tests.wired.amazon.calls import asked
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_streams import place

Account = Callable[..., Stand]
SEARCH = "/orders/2026-01-01/orders"


def case(stand: Stand, name: str) -> Any:
    return seeds.case(name, stand.sandbox.clock().replace(microsecond=0))


def searches(stand: Stand) -> list[dict[str, Any]]:
    return [row for row in asked(stand, "GET", SEARCH) if row["path"].endswith(SEARCH)]


async def one(stand: Stand, id: str) -> Order:
    (item,) = await stand.stream("order").fetch_one(stand.client, id)
    found = read(stand.stream("order"), item).contract
    assert isinstance(found, Order)
    return found


async def test_all_marketplaces_are_read_in_one_chain_of_calls(account: Account) -> None:
    stand = account(marketplaces="DE FR PL")
    ids = [stand.shop.place_in(country, case(stand, "guest")) for country in ("DE", "FR", "PL")]
    stand.sandbox.clock.shift(timedelta(minutes=3))
    items = await stand.items()
    orders = [read(stand.stream("order"), items[id]).contract for id in ids]
    assert [(order.channel, order.currency) for order in orders if isinstance(order, Order)] == [
        ("de_FBM", "EUR"), ("fr_FBM", "EUR"), ("pl_FBM", "PLN"),
    ]  # fmt: skip
    assert len(searches(stand)) == 1


async def test_the_next_reading_begins_where_amazon_says_that_its_list_ends(stand: Stand) -> None:
    first = place(stand, 3)
    pages = await stand.pages()
    watermark = pages[-1].watermark
    assert watermark is not None
    age = stand.sandbox.clock() - watermark
    assert timedelta(seconds=120) <= age < timedelta(seconds=125)
    late = stand.shop.place(case(stand, "guest"))
    assert set(await stand.items()) == set(first)
    stand.sandbox.clock.shift(timedelta(seconds=121))
    assert late in await stand.items(window=Window(watermark))


async def test_more_calls_than_may_be_saved_up_wait_for_the_slow_refill(stand: Stand) -> None:
    place(stand, 3)
    before = stand.sandbox.clock()
    for _ in range(19):
        await stand.pages()
    assert stand.sandbox.clock() - before < timedelta(seconds=30)
    await stand.pages("article")
    assert stand.sandbox.clock() - before < timedelta(seconds=60)
    await stand.pages()
    assert stand.sandbox.clock() - before > timedelta(seconds=110)
    assert {row["status"] for row in searches(stand)} == {200}


async def test_a_rate_that_amazon_lowers_for_the_account_is_obeyed(stand: Stand) -> None:
    stand.shop.store.access.plans["getOrder"] = (0.1, 30)
    ids = place(stand, 35)
    for id in ids:
        await stand.stream("order").fetch_one(stand.client, id)
    assert {row["status"] for row in asked(stand, "GET", f"{SEARCH}/")} == {200}


async def test_a_refusal_of_one_operation_holds_up_no_other(stand: Stand) -> None:
    ids = place(stand, 3)
    stand.opened.faults.add(Rule("throttle", times=1, path_contains="/listings/"))
    before = stand.sandbox.clock()
    await stand.pages("article")
    await one(stand, ids[0])
    assert stand.sandbox.clock() - before < timedelta(seconds=10)
    assert set(await stand.items()) == set(ids)


async def test_an_order_is_pending_then_paid_then_changed_by_amazon(stand: Stand) -> None:
    id = stand.shop.place(case(stand, "bank transfer, unpaid"))
    pending = await one(stand, id)
    assert (pending.withheld, pending.payment_state, pending.total.amount) == (("PENDING",), "unconfirmed", 0)
    assert [line.outstanding for line in pending.line_items] == [1]
    stand.shop.release(id)
    paid = await one(stand, id)
    assert (paid.withheld, paid.payment_state, paid.total.amount > 0) == ((), "paid", True)
    assert paid.shipping_address is not None
    stand.shop.change(id, Change("cancel"))
    assert (await one(stand, id)).state == "cancelled"


async def test_a_line_of_which_nothing_is_left_takes_its_money_with_it(stand: Stand) -> None:
    id = stand.opened.place(case(stand, "line removed after ordering"))
    order = await one(stand, id)
    assert [(line.quantity, line.total.amount > 0) for line in order.line_items] == [(1, True), (0, False)]
    assert order.state == "open"


async def test_what_amazon_sends_is_not_taken_from_our_stock(stand: Stand) -> None:
    before = stand.shop.stock()
    order = await one(stand, stand.shop.place(case(stand, "point of sale")))
    assert (order.channel, order.fulfilled_by_channel, order.state) == ("de_FBA", True, "completed")
    assert stand.shop.stock() == before


@pytest.mark.parametrize(("which", "channels"), [("merchant", {"de_FBM"}), ("amazon", {"de_FBA"})])
async def test_a_connection_may_be_for_one_kind_of_shipments_only(
    account: Account, which: str, channels: set[str]
) -> None:
    stand = account({"fulfilment": which})
    for name in ("guest", "point of sale"):
        stand.shop.place(case(stand, name))
    stand.sandbox.clock.shift(timedelta(minutes=3))
    found = [read(stand.stream("order"), item).contract for item in (await stand.items()).values()]
    assert {order.channel for order in found if isinstance(order, Order)} == channels


async def test_a_listing_is_an_article_in_each_marketplace_and_amazons_own_stock_is_not_counted(
    account: Account,
) -> None:
    stand = account(marketplaces="DE FR")
    items = await stand.items("article")
    articles: dict[str, Any] = {id: read(stand.stream("article"), item).contract for id, item in items.items()}
    assert articles["A1PA6795UKMFR9:KR-1002"].sku == articles["A13V1IB3VIYZZH:KR-1002"].sku == "KR-1002"
    with_amazon = next(one for one in articles.values() if one.sku.endswith("-FBA"))
    assert (with_amazon.counts_stock, with_amazon.quantity) == (False, None)


async def test_only_changed_listings_are_read_again(stand: Stand) -> None:
    pages = await stand.pages("article")
    assert sum(len(page.items) for page in pages) > 50
    assert [page.watermark for page in pages[:-1]] == [None] * (len(pages) - 1)
    stand.sandbox.clock.shift(timedelta(seconds=2))
    stand.shop.place(case(stand, "guest"))
    changed = await stand.items("article", Window(pages[-1].watermark))
    assert {id.partition(":")[2] for id in changed} == {"KR-1001"}


class Lists:
    """Answers pages as they are given."""

    def __init__(self, *pages: Listed) -> None:
        self.markets = ()
        self.left = list(pages)

    async def search_orders(self, *asked: Any, whole: bool = True) -> Listed:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]

    async def search_listings(self, *asked: Any) -> Listed:
        return self.left.pop(0) if len(self.left) > 1 else self.left[0]


def row(id: int, minute: int) -> dict[str, Any]:
    stamp = f"2026-11-01T10:{minute:02d}:00Z"
    return {"orderId": f"305-0000000-{id:07d}", "lastUpdatedTime": stamp, "sku": str(id)} | {
        "summaries": [{"marketplaceId": "X", "createdDate": stamp, "lastUpdatedDate": stamp}]
    }


async def test_a_list_that_begins_with_the_newest_is_no_place_to_go_on_from_before_its_end() -> None:
    newest_first = Lists(Listed([row(2, 9), row(1, 8)], "next"), Listed([row(0, 7)], ""))
    marks = [page.watermark async for page in order_pages.walk(newest_first, Window())]  # type: ignore[arg-type]
    assert marks == [None, None, None]
    oldest_first = Lists(Listed([row(0, 7), row(1, 8)], "next"), Listed([row(2, 9)], ""))
    marks = [page.watermark async for page in order_pages.walk(oldest_first, Window())]  # type: ignore[arg-type]
    assert [mark and mark.minute for mark in marks] == [8, None, 9]
    all_at_once = Lists(Listed([row(0, 7), row(1, 7)], "next"), Listed([row(2, 7)], ""))
    marks = [page.watermark async for page in order_pages.walk(all_at_once, Window())]  # type: ignore[arg-type]
    assert marks == [None, None, None]


async def test_an_empty_page_is_not_the_end_and_a_token_that_leads_to_itself_is_none() -> None:
    behind_nothing = Lists(Listed([row(0, 7)], "a"), Listed([], "b"), Listed([row(1, 8)], ""))
    found = [item async for page in order_pages.walk(behind_nothing, Window()) for item in page.items]  # type: ignore[arg-type]
    assert len(found) == 2
    with pytest.raises(Transient):
        [page async for page in order_pages.walk(Lists(Listed([row(0, 7)], "a")), Window())]  # type: ignore[arg-type]


async def test_a_thousand_listings_of_one_moment_are_an_error_and_no_silence() -> None:
    many = Listed([row(id, 7) for id in range(1000)], "")
    with pytest.raises(Transient):
        [rows async for rows in listing_pages.walk(Lists(many), None)]  # type: ignore[arg-type]


async def test_a_stamp_that_nobody_can_read_parks_its_order_and_not_the_stream(stand: Stand) -> None:
    ids = place(stand, 3)
    stand.shop.store.book.orders[ids[1]].body["lastUpdatedTime"] = "gestern"
    items = await stand.items()
    assert set(items) == set(ids)
    found = {id: read(AMAZON.streams[1], item).unreadable for id, item in items.items()}
    assert [why.field for why in found.values() if why] == ["lastUpdatedTime"]
