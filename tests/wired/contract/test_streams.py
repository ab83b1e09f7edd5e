"""Nothing is lost, whatever the shop does while it is being read."""

from datetime import timedelta
from typing import Any

import pytest

from services.order_import.money_proof import prove, sound
from services.sandbox import seeds
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from shared.contracts.errors import Misconfigured, Transient
from shared.contracts.order import Order
from tests.wired.contract.conftest import CONNECTORS
from tests.wired.contract.stand import BROKEN, Stand, open_stand

UNREADABLE = {"unknown_word", "wrong_type", "absurd_value", "value_missing"}


def place(stand: Stand, count: int, spread: float = 0, ago: float = 10) -> list[str]:
    """Plain orders, the last of them `ago` seconds old, or so old that the platform lists it."""
    ids: list[str] = stand.shop.place_many(count, stand.sandbox.plain_baskets, timedelta(seconds=spread))
    stand.sandbox.clock.shift(timedelta(seconds=max(ago, stand.variety.delay)))
    return ids


@pytest.fixture
def paged(stand: Stand) -> Stand:
    """Only those platforms that hand out what has changed, in pages, and not a list to be worked off."""
    if stand.stream("order").open_list:
        pytest.skip(f"{stand.connector.title} hands out its open orders in one answer")
    return stand


async def test_every_order_of_the_shop_is_read_and_none_besides(history: Stand) -> None:
    items = await history.items()
    assert set(items) == history.census()
    census = history.stream("order").census
    if census is None:
        pytest.skip(f"{history.connector.title} has no list of all orders")
    listed = [entry async for entry in census(history.client, Window())]
    assert sorted(entry.external_id for entry in listed) == sorted(history.census())
    assert {entry.external_id: entry.number for entry in listed} == {
        row.external_id: row.number for row in history.shop.census()
    }


async def test_a_number_finds_its_order_and_never_another(history: Stand) -> None:
    find, census = history.stream("order").find, history.shop.census()
    if find is None:
        pytest.skip(f"{history.connector.title} cannot be asked for numbers")
    asked = [row.number for row in census[:60]]
    found = await find(history.client, [*asked, "no such number", "'"])
    assert set(found.items()) <= {(row.number, row.external_id) for row in census}
    if history.variety.first:
        assert set(found) == set(asked)


async def test_every_clean_order_adds_up_and_every_broken_one_says_why(history: Stand) -> None:
    items, stream = await history.items(), history.stream("order")
    for row in history.shop.census():
        found = read(stream, items[row.external_id])
        expected = UNREADABLE.intersection(row.expect)
        if found.unreadable is not None:
            assert {found.unreadable.code} == expected, (row.case, found.unreadable)
            continue
        assert not expected, row.case
        order = found.contract
        assert isinstance(order, Order)
        assert sound(order), row.case
        assert (order.total.amount, order.currency) == (row.total, row.currency), row.case
        off = abs(prove(order).difference)
        limit = 5 if "totals_mismatch" in row.expect else 0.01
        assert off == 5 if limit == 5 else off <= limit, (row.case, prove(order))


async def test_every_article_of_the_shop_is_read_with_what_can_be_sold_of_it(stand: Stand) -> None:
    items, stream = await stand.items("article"), stand.stream("article")
    sold: dict[str, int] = {}
    for item in items.values():
        article: Any = read(stream, item).contract
        assert article is not None
        assert article.price is None or article.price.amount >= 0
        assert article.counts_stock is (article.quantity is not None)
        if article.sku and article.counts_stock:
            sold[article.sku] = sold.get(article.sku, 0) + article.quantity
    assert len(sold) > 50
    assert sold.items() <= stand.shop.stock().items()


async def test_more_orders_in_one_second_than_a_page_holds_are_all_met(stand: Stand) -> None:
    placed = place(stand, 60, spread=600) + place(stand, stand.variety.handed + 5) + place(stand, 60, spread=5)
    assert set(await stand.items()) == set(placed)


async def test_the_seconds_after_a_crowded_second_are_met_too(stand: Stand) -> None:
    crowd = stand.variety.handed + 5
    placed = [id for count in (crowd, crowd, 5) for id in place(stand, count, ago=1)] + place(stand, 5)
    assert set(await stand.items()) == set(placed)


async def test_what_was_just_written_is_met_although_the_clock_of_the_answers_lags(stand: Stand) -> None:
    placed = place(stand, 3, ago=1)
    articles = set(await stand.items("article"))
    fresh = open_stand(stand.variety, stand.connector, app=stand.app)
    fresh.answers.lag = timedelta(seconds=20)
    try:
        assert set(await fresh.items()) == set(placed)
        assert articles
        assert set(await fresh.items("article")) == articles
    finally:
        await fresh.outside.close()


async def test_an_order_changed_while_pages_are_read_is_met_now_or_next_time(paged: Stand) -> None:
    stand = paged
    placed = place(stand, 2 * stand.variety.listed + 50, spread=3600)
    stand.opened.faults.add(Rule("row_moves", times=2))
    pages = await stand.pages()
    met = {item.external_id: item for page in pages for item in page.items}
    assert set(met) == set(placed)
    watermark = max(page.watermark for page in pages if page.watermark)
    stand.sandbox.clock.shift(timedelta(seconds=30 + stand.variety.delay))
    again = await stand.items(window=Window(watermark - stand.stream("order").overlap))
    stamps = {row.external_id: row.stamp for row in stand.shop.census()}
    newest = {id: item.stamp for id, item in (met | again).items()}
    assert newest == stamps


async def test_a_page_served_twice_neither_loses_nor_loops(paged: Stand) -> None:
    stand = paged
    placed = place(stand, 2 * stand.variety.listed + 50, spread=3600)
    stand.opened.faults.add(Rule("repeat_page", times=2))
    assert set(await stand.items()) == set(placed)
    assert stand.opened.faults.struck["repeat_page"] == 2


async def test_an_order_listed_late_is_caught_by_the_overlap(stand: Stand) -> None:
    early = place(stand, 5, spread=60)
    stand.opened.faults.add(Rule("late_visibility", seconds=120))
    late = place(stand, 5, ago=1)
    pages = await stand.pages()
    assert not {item.external_id for page in pages for item in page.items}.intersection(late)
    watermark = max(page.watermark for page in pages if page.watermark)
    stand.sandbox.clock.shift(timedelta(seconds=125))
    again = await stand.items(window=Window(watermark - stand.stream("order").overlap))
    assert set(late) <= set(again)
    assert set(await stand.items()) == {*early, *late}


@pytest.mark.parametrize(
    "rule",
    [
        Rule("throttle", times=2, retry_after=7),
        Rule("throttle", times=2),
        Rule("error_500", times=2),
        Rule("truncated_json", times=2),
        Rule("html_200", times=2),
    ],
    ids=lambda rule: f"{rule.kind}{'' if rule.retry_after is None else ' with a time'}",
)
async def test_a_fault_that_passes_costs_no_order(stand: Stand, rule: Rule) -> None:
    placed = place(stand, 130, spread=3600)
    await stand.pages("article")
    rule = Rule(rule.kind, rule.times, retry_after=rule.retry_after, path_contains=stand.variety.lists)
    stand.opened.faults.add(rule)
    if rule.kind in ("truncated_json", "html_200"):
        while rule.times:
            with pytest.raises(Transient) as caught:
                await stand.items()
            assert caught.value.code in BROKEN
    assert set(await stand.patiently()) == set(placed)
    assert rule.times == 0


async def test_a_shop_that_is_asked_too_often_is_given_the_time_it_asks_for(stand: Stand) -> None:
    place(stand, 5)
    stand.opened.faults.add(Rule("throttle", times=1, retry_after=20, path_contains=stand.variety.lists))
    before = stand.sandbox.clock()
    await stand.items()
    assert stand.sandbox.clock() - before >= timedelta(seconds=20)


async def test_a_platforms_own_way_of_throttling_is_obeyed(stand: Stand) -> None:
    placed = place(stand, 130, spread=3600)
    for kind in stand.variety.own_faults:
        stand.opened.faults.add(Rule(kind, times=2))  # type: ignore[arg-type]
    assert set(await stand.items()) == set(placed)
    assert not [rule for rule in stand.opened.faults.rules if rule.times]


async def test_a_slow_answer_is_given_up_and_asked_for_again(stand: Stand) -> None:
    slow = open_stand(stand.variety, stand.connector, timeout=0.4)
    placed = place(slow, 20, spread=60)
    slow.opened.faults.add(Rule("slow", times=1, seconds=0.6, path_contains=slow.variety.lists))
    assert set(await slow.items()) == set(placed)
    await slow.close()


async def test_a_run_that_broke_off_goes_on_where_its_pages_ended(paged: Stand) -> None:
    stand = paged
    enough = 2 * stand.variety.handed
    placed = place(stand, enough + enough // 2 + 30, spread=7200)
    met: dict[str, Any] = {}
    watermark = None
    pages = stand.stream("order").fetch(stand.client, Window())
    while len(met) < enough:
        page = await anext(pages)
        met |= {item.external_id: item for item in page.items}
        watermark = page.watermark or watermark
    stand.opened.faults.add(Rule("error_500"))
    with pytest.raises(Transient):
        await anext(pages)
    assert enough <= len(met) < len(placed)
    assert watermark is not None
    stand.opened.faults.clear()
    rest = await stand.items(window=Window(watermark))
    assert len(rest) < len(placed)
    assert set(met) | set(rest) == set(placed)


async def test_a_window_of_the_past_is_read_without_what_is_outside(paged: Stand) -> None:
    stand = paged
    old = place(stand, 20, ago=200)
    since = stand.sandbox.clock() - timedelta(seconds=60)
    wanted = place(stand, 20, ago=200)
    until = stand.sandbox.clock() - timedelta(seconds=60)
    place(stand, 20, ago=40)
    window = Window(since, until)
    met = set(await stand.items(window=window))
    assert set(wanted) <= met
    assert not met.intersection(old)


async def test_credentials_that_no_longer_work_are_the_merchants_to_mend(any_stand: Stand) -> None:
    place(any_stand, 5)
    any_stand.opened.faults.add(Rule("revoke_token"))
    with pytest.raises(Misconfigured) as caught:
        await any_stand.items()
    assert caught.value.code == "credentials_refused"
    # The address that was called is no secret, though an account's number may stand in it.
    shown = str(caught.value).replace(any_stand.opened.requests.report(1)["latest"][0]["path"], "")
    assert not [value for value in any_stand.shop.credentials().values() if value in shown]


async def test_one_order_read_by_its_id_is_what_the_list_says(any_stand: Stand) -> None:
    any_stand.opened.place(_case(any_stand, "refunded in part"))
    any_stand.opened.place(_case(any_stand, "preorder"))
    any_stand.sandbox.clock.shift(timedelta(seconds=10 + any_stand.variety.delay))
    for noun in ("order", "article"):
        stream = any_stand.stream(noun)
        for id, item in list((await any_stand.items(noun)).items())[:3]:
            one = {raw.external_id: raw for raw in await stream.fetch_one(any_stand.client, id)}
            alone, listed = read(stream, one[id]).contract, read(stream, item).contract
            if noun in any_stand.variety.untimed:
                alone = alone.model_copy(update={"changed_at": listed.changed_at})
            assert alone == listed
    missing = id[:-3] + "999"
    assert await any_stand.stream("order").fetch_one(any_stand.client, missing.replace("ProductVariant", "Order")) == []


async def test_no_call_is_made_beyond_the_shops_limit(history: Stand) -> None:
    await history.pages("article")
    await history.pages()
    log = history.opened.requests
    assert set(log.by_status) == {"200", *history.variety.handshake}
    assert log.most_in_flight <= history.connector.limit.concurrency
    limit = history.connector.limit
    entries = log.report(2000)["latest"]
    for first in range(len(entries)):
        spent = 0.0
        for entry in entries[first:]:
            spent += entry["cost"]
            seconds = (entry["at"] - entries[first]["at"]).total_seconds()
            assert spent <= limit.burst + limit.rate * seconds + entry["cost"]


async def test_the_live_test_passes_with_the_right_credentials_and_names_what_is_wrong(any_stand: Stand) -> None:
    result = await any_stand.connector.probe(any_stand.client)
    assert result.ok
    assert result.facts["currency"] == "EUR"
    other = open_stand(any_stand.variety, CONNECTORS[any_stand.variety.platform], wrong=True)
    with pytest.raises(Misconfigured):
        await other.connector.probe(other.client)
    await other.close()


def _case(any_stand: Stand, name: str) -> Any:
    return seeds.case(name, any_stand.sandbox.clock().replace(microsecond=0))
