"""A backlog and a change of all stock stay within what the platform allows. Time is the account's: waiting costs none.

`make faults` tries the numbers of which the connector's README speaks.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.sandbox import seeds
from shared.connector_kit.declaration import Window
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level

BACKLOGS = [600, pytest.param(20_000, marks=pytest.mark.fault)]
STOCKS = [5_000, pytest.param(50_000, marks=pytest.mark.fault)]


@pytest.mark.parametrize("backlog", BACKLOGS)
async def test_a_backlog_drains_at_the_allowed_rate_and_no_call_is_over_it(stand: Stand, backlog: int) -> None:
    basket = seeds.case("guest", stand.sandbox.clock())
    stand.shop.place_many(backlog, (basket,), spread=timedelta(days=20))
    log, began = stand.opened.requests, stand.sandbox.clock()
    before = log.requests
    seen: set[str] = set()
    async for page in stand.stream("order").fetch(stand.client, Window()):
        seen.update(item.external_id for item in page.items)
    calls, passed = log.requests - before, (stand.sandbox.clock() - began).total_seconds()
    print(f"{len(seen)} orders, {calls} calls, {passed:.0f} s of the account's time, refused {log.by_status['429']}")
    assert seen == stand.census()
    assert log.by_status["429"] == 0
    # 128 orders a page, and a token for each half hour.
    assert calls <= -(-backlog // 128) + 2
    assert passed >= (calls - stand.connector.limit.burst) / stand.connector.limit.rate - 1


@pytest.mark.parametrize("listings", STOCKS)
async def test_a_change_of_all_stock_goes_two_hundred_at_a_time_and_no_call_is_over_the_rate(
    stand: Stand, listings: int
) -> None:
    (article,) = await articles(stand, "KR-1001")
    rows = stand.shop.store.goods.rows
    like = rows["KR-1001"]
    for n in range(listings):
        rows[f"L-{n}"] = replace(like, content=like.content | {"sku": f"L-{n}"}, quantity=0)
    push, log, began = stand.push("stock"), stand.opened.requests, stand.sandbox.clock()
    before, sent = log.requests, 0
    while sent < listings:
        batch = [
            level(article, 1 + n % 90, external_id=f"L-{n}") for n in range(sent, min(sent + push.batch, listings))
        ]
        assert {one.outcome for one in await stand.send("stock", batch)} == {"done"}
        sent += len(batch)
    calls, passed = log.requests - before, (stand.sandbox.clock() - began).total_seconds()
    print(f"{sent} listings, {calls} calls, {passed:.0f} s of the account's time, refused {log.by_status['429']}")
    assert all(rows[f"L-{n}"].quantity == 1 + n % 90 for n in range(listings))
    assert log.by_status["429"] == 0
    assert calls == -(-listings // 200)
    assert passed >= (calls - stand.connector.limit.burst) / stand.connector.limit.rate - 1
