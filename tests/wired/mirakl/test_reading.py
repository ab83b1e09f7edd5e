"""Orders and offers of an operator: what is withheld, what is served wrongly, and whose shop it is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.connectors.mirakl.connector import MIRAKL
from services.sandbox import seeds
from services.sandbox.faults import Rule
from shared.connector_kit.declaration import Window
from shared.connector_kit.outside import recorded
from shared.connector_kit.translation import read
from shared.contracts.errors import Misconfigured, Transient
from shared.contracts.order import Order
from tests.wired.contract.shops.mirakl import VARIETIES
from tests.wired.contract.stand import Stand, new_sandbox, open_stand

Operator = Callable[..., Stand]


def placed(stand: Stand, case: str) -> str:
    return stand.opened.place(seeds.case(case, stand.sandbox.clock().replace(microsecond=0)))


async def order(stand: Stand, id: str) -> Order:
    stream = stand.stream("order")
    found = read(stream, (await stream.fetch_one(stand.client, id))[0]).contract
    assert isinstance(found, Order)
    return found


def asked(stand: Stand, path: str) -> list[Any]:
    return [row for row in stand.opened.requests.report(2000)["latest"] if row["path"].endswith(path)]


async def test_an_order_is_shown_from_the_first_day_and_handed_on_once_it_is_accepted_and_paid(
    operator: Operator,
) -> None:
    stand = operator(acceptance="NOT_AUTOMATIC")
    id = placed(stand, "guest")
    waiting = await order(stand, id)
    assert (waiting.withheld, waiting.shipping_address, waiting.payment_state) == (("acceptance",), None, "unpaid")
    stand.shop.accept(id)
    accepted = await order(stand, id)
    assert (accepted.withheld, accepted.shipping_address) == (("payment",), None)
    stand.shop.debit(id)
    ready = await order(stand, id)
    assert (ready.withheld, ready.payment_state) == ((), "paid")
    assert ready.shipping_address is not None
    assert not [row for row in stand.opened.requests.report()["latest"] if row["method"] != "GET"]


async def test_acceptance_and_payment_are_changes_that_the_next_run_meets(operator: Operator) -> None:
    stand = operator(acceptance="NOT_AUTOMATIC")
    id = placed(stand, "guest")
    stand.sandbox.clock.shift(timedelta(days=2))
    since = Window(stand.sandbox.clock() - timedelta(minutes=5))
    assert await stand.items(window=since) == {}
    stand.shop.accept(id)
    stand.shop.debit(id)
    assert set(await stand.items(window=since)) == {id}


async def test_a_line_the_shop_refused_stays_in_the_order_and_is_not_shipped(operator: Operator) -> None:
    stand = operator(acceptance="NOT_AUTOMATIC")
    id = placed(stand, "several tax rates, shipping split")
    stand.shop.accept(id, 1)
    stand.shop.debit(id)
    found = await order(stand, id)
    assert [line.outstanding for line in found.line_items] == [1, 0, 1]
    assert found.state == "open"


async def test_an_old_page_that_is_served_for_ever_ends_the_run_without_a_loss(stand: Stand) -> None:
    placed_ids = stand.shop.place_many(150, stand.sandbox.plain_baskets, timedelta(seconds=3600))
    stand.sandbox.clock.shift(timedelta(seconds=10))
    stand.opened.faults.add(Rule("repeat_page"))
    with pytest.raises(Transient):
        await stand.items()
    stand.opened.faults.clear()
    assert set(await stand.items()) == set(placed_ids)


async def test_orders_that_leave_the_window_while_it_is_read_push_none_off_a_page(stand: Stand) -> None:
    placed_ids = stand.shop.place_many(250, stand.sandbox.plain_baskets, timedelta(seconds=3600))
    until = stand.sandbox.clock()
    stand.sandbox.clock.shift(timedelta(seconds=30))
    stand.opened.faults.add(Rule("row_moves", times=2))
    met = set(await stand.items(window=Window(until - timedelta(hours=2), until)))
    assert len(set(placed_ids) - met) == 0
    assert stand.opened.faults.struck["row_moves"] == 2


async def test_a_run_through_the_orders_begins_at_most_once_a_minute_and_its_pages_are_one_run(stand: Stand) -> None:
    stand.shop.place_many(250, stand.sandbox.plain_baskets, timedelta(seconds=3600))
    for _ in range(3):
        await stand.items()
    calls = asked(stand, "/api/orders")
    begun = [row["at"] for row in calls if "start_date" not in row["query"]]
    assert len(begun) == 3
    assert all((after - before).total_seconds() >= 60 for before, after in pairwise(begun))
    assert len(calls) == 9


async def test_a_hundred_numbers_are_asked_for_at_once_and_the_next_with_another_call(stand: Stand) -> None:
    ids = stand.shop.place_many(130, stand.sandbox.plain_baskets)
    find = stand.stream("order").find
    assert find is not None
    assert set(await find(stand.client, [*ids, "no,number"])) == set(ids)
    assert len(asked(stand, "/api/orders")) == 2
    assert await stand.stream("order").fetch_one(stand.client, f"{ids[0]},{ids[1]}") == []


async def test_an_offer_whose_price_moves_it_while_offers_are_read_is_met_all_the_same(stand: Stand) -> None:
    offers = stand.shop.store.offers
    stand.shop.stock_catalogue(seeds.many(90, "MORE"))
    stream = stand.stream("article").fetch(stand.client, Window())
    seen = {item.external_id for item in (await anext(stream)).items}
    last = max(offers.by_sku.values(), key=lambda offer: offer.price)
    assert last.sku not in seen
    last.usual.amount *= 0
    async for page in stream:
        seen |= {item.external_id for item in page.items}
    assert seen == set(offers.by_sku)


async def test_an_offer_without_stock_is_listed_although_the_operator_calls_it_inactive(stand: Stand) -> None:
    stand.shop.store.offers.by_sku["KR-1001"].quantity = 0
    (raw,) = await stand.stream("article").fetch_one(stand.client, "KR-1001")
    article: Any = read(stand.stream("article"), raw).contract
    assert (article.quantity, article.state, article.counts_stock) == (0, "active", True)


async def test_the_key_goes_bare_and_is_never_written_down(stand: Stand) -> None:
    placed(stand, "guest")
    with recorded() as calls:
        await stand.items()
    shown = "".join(str(vars(exchange)) for exchange in calls)
    assert "/api/orders" in shown
    assert stand.shop.credentials()["api_key"] not in shown


@pytest.mark.parametrize(("shop_id", "problems"), [("9999", [("shop_unknown", "shop_id")]), ("", []), ("2001", [])])
async def test_a_shop_that_the_key_does_not_reach_is_named_and_the_default_shop_needs_no_number(
    shop_id: str, problems: list[tuple[str, str]]
) -> None:
    right = VARIETIES[0].credentials
    stand = open_stand(
        replace(VARIETIES[0], credentials=lambda shop, url: right(shop, url) | {"shop_id": shop_id}), MIRAKL
    )
    result = await MIRAKL.probe(stand.client)
    assert [(one.code, one.field) for one in result.findings] == problems
    assert result.ok is not bool(problems)
    await stand.close()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, []),
        ({"acceptance": "NOT_AUTOMATIC"}, ["orders_accepted_by_hand"]),
        ({"multi_shipment": False}, ["one_parcel_per_order"]),
    ],
)
async def test_the_live_test_says_what_the_operator_decided(
    operator: Operator, options: dict[str, Any], expected: list[str]
) -> None:
    result = await MIRAKL.probe(operator(**options).client)
    assert [one.code for one in result.findings] == expected
    assert result.ok
    assert result.facts["acceptance"] == options.get("acceptance", "AUTOMATIC")
    assert result.facts["shop_id"] == "2001"


async def test_plain_http_is_said_to_be_one_and_a_wrong_address_is_the_merchants_to_mend() -> None:
    variety = replace(VARIETIES[0], scheme="http")
    stand = open_stand(variety, MIRAKL, app=new_sandbox(variety))
    assert [one.code for one in (await MIRAKL.probe(stand.client)).findings] == ["not_encrypted"]
    given = VARIETIES[0].credentials(stand.shop, "https://127.0.0.2/shop")
    with pytest.raises(Misconfigured):
        MIRAKL.client(MIRAKL.credentials.model_validate(given), stand.outside)
    await stand.close()
