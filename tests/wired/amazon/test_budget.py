"""A backlog and a full stocktaking stay within the plan of each operation. Time is the sandbox's: waiting costs none.

`make faults` tries the numbers of which the connector's README speaks.
"""

from datetime import timedelta

import pytest

from services.connectors.amazon.client.plans import PLANS
from services.sandbox import seeds
from shared.connector_kit.declaration import Window
from tests.wired.amazon.calls import asked
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level

BACKLOGS = [2_500, pytest.param(20_000, marks=pytest.mark.fault)]
STOCKS = [1_500, pytest.param(50_000, marks=pytest.mark.fault)]
SETTLED = timedelta(minutes=3)


@pytest.mark.parametrize("backlog", BACKLOGS)
async def test_a_backlog_drains_at_the_allowed_rate_and_no_call_is_over_it(stand: Stand, backlog: int) -> None:
    basket = seeds.case("guest", stand.sandbox.clock())
    stand.shop.place_many(backlog, (basket,), spread=timedelta(days=20))
    stand.sandbox.clock.shift(SETTLED)
    log, began = stand.opened.requests, stand.sandbox.clock()
    before = log.requests
    seen: set[str] = set()
    async for page in stand.stream("order").fetch(stand.client, Window()):
        seen.update(item.external_id for item in page.items)
    calls, passed = log.requests - before, (stand.sandbox.clock() - began).total_seconds()
    print(f"{len(seen)} orders, {calls} calls, {passed:.0f} s of Amazon's time, refused {log.by_status['429']}")
    assert seen == stand.census()
    assert log.by_status["429"] == 0
    pages = -(-backlog // 100)
    listed = [row for row in asked(stand, "GET", "/orders/2026-01-01/orders") if row["status"] == 200]
    assert len(listed) == pages
    # Beside the pages: every hour a token that has ended and a new one, and a look for each kind of report.
    assert calls <= pages + 2 * passed / 3600 + 8
    assert passed >= (pages - PLANS["searchOrders"].burst - 1) / PLANS["searchOrders"].rate


@pytest.mark.parametrize("offers", STOCKS)
async def test_a_stocktaking_goes_in_few_feeds_and_no_call_is_over_the_rate(stand: Stand, offers: int) -> None:
    (offer,) = await articles(stand, "KR-1001")
    market = offer.external_id.partition(":")[0]
    goods = stand.shop.store.goods
    for number in range(offers):
        goods.offer(f"OFFER-{number}", goods.rows["KR-1001"].variant)
    push, log, began = stand.push("stock"), stand.opened.requests, stand.sandbox.clock()
    before = log.requests
    sent = 0
    while sent < offers:
        batch = [
            level(offer, 1 + (sent + n) % 90, external_id=f"{market}:OFFER-{sent + n}")
            for n in range(min(push.batch, offers - sent))
        ]
        results = await stand.send("stock", batch)
        assert {one.outcome for one in results} == {"done"}
        sent += len(batch)
    calls, passed = log.requests - before, (stand.sandbox.clock() - began).total_seconds()
    print(f"{sent} rows, {calls} calls, {passed:.0f} s of Amazon's time, refused {log.by_status['429']}")
    assert [stand.shop.stock()[f"OFFER-{n}"] for n in (0, offers - 1)] == [1, 1 + (offers - 1) % 90]
    feeds = -(-offers // push.batch)
    assert len(stand.shop.store.feeds.rows) == feeds
    assert log.by_status["429"] == 0
    # Every listing is read before it is changed, twenty at a time; a feed takes a few calls, and a look each.
    assert calls <= offers / 20 + feeds * 10 + passed / 3600 + 2
