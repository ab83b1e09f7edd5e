"""A backlog and a change of all stock stay within what the platform allows. Time is the account's: waiting costs none.

KONTOR_TEST_BACKLOG and KONTOR_TEST_LISTINGS set other sizes; what they came to stands in the connector's README.
"""

import os
from dataclasses import replace
from datetime import timedelta

from services.sandbox import seeds
from shared.connector_kit.declaration import Window
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level

BACKLOG = int(os.environ.get("KONTOR_TEST_BACKLOG", "600"))
LISTINGS = int(os.environ.get("KONTOR_TEST_LISTINGS", "5000"))


async def test_a_backlog_drains_at_the_allowed_rate_and_no_call_is_over_it(stand: Stand) -> None:
    basket = seeds.case("guest", stand.sandbox.clock())
    stand.shop.place_many(BACKLOG, (basket,), spread=timedelta(days=20))
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
    assert calls <= -(-BACKLOG // 128) + 2
    assert passed >= (calls - stand.connector.limit.burst) / stand.connector.limit.rate - 1


async def test_a_change_of_all_stock_goes_two_hundred_at_a_time_and_no_call_is_over_the_rate(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    rows = stand.shop.store.goods.rows
    like = rows["KR-1001"]
    for n in range(LISTINGS):
        rows[f"L-{n}"] = replace(like, content=like.content | {"sku": f"L-{n}"}, quantity=0)
    push, log, began = stand.push("stock"), stand.opened.requests, stand.sandbox.clock()
    before, sent = log.requests, 0
    while sent < LISTINGS:
        batch = [
            level(article, 1 + n % 90, external_id=f"L-{n}") for n in range(sent, min(sent + push.batch, LISTINGS))
        ]
        assert {one.outcome for one in await stand.send("stock", batch)} == {"done"}
        sent += len(batch)
    calls, passed = log.requests - before, (stand.sandbox.clock() - began).total_seconds()
    print(f"{sent} listings, {calls} calls, {passed:.0f} s of the account's time, refused {log.by_status['429']}")
    assert all(rows[f"L-{n}"].quantity == 1 + n % 90 for n in range(LISTINGS))
    assert log.by_status["429"] == 0
    assert calls == -(-LISTINGS // 200)
    assert passed >= (calls - stand.connector.limit.burst) / stand.connector.limit.rate - 1
