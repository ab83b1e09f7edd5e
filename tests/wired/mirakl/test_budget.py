"""A backlog and a full stocktaking stay within what the operator allows. Time is the sandbox's: waiting costs none.

`make faults` tries the numbers of which the connector's README speaks.
"""

from datetime import timedelta

import pytest

from services.sandbox import seeds
from shared.connector_kit.declaration import Window
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level
from tests.wired.mirakl.test_sending import asked

BACKLOGS = [600, pytest.param(20_000, marks=pytest.mark.fault)]
STOCKS = [6_000, pytest.param(50_000, marks=pytest.mark.fault)]


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
    print(f"{len(seen)} orders, {calls} calls, {passed:.0f} s of the operator's time, refused {log.by_status['429']}")
    assert seen == stand.census()
    assert log.by_status["429"] == 0
    # A hundred orders a page, and one look at the clock; a page may be asked for where two orders share a second.
    assert calls <= backlog / 100 * 1.1 + 3
    assert passed >= (calls - stand.connector.limit.burst) / stand.connector.limit.rate


@pytest.mark.parametrize("offers", STOCKS)
async def test_a_stocktaking_goes_in_few_files_and_no_call_is_over_the_rate(stand: Stand, offers: int) -> None:
    (offer,) = await articles(stand, "KR-1001")
    push, log, began = stand.push("stock"), stand.opened.requests, stand.sandbox.clock()
    before = log.requests
    sent = 0
    while sent < offers:
        batch = [level(offer, n % 90, external_id=f"OFFER-{sent + n}") for n in range(min(push.batch, offers - sent))]
        await stand.send("stock", batch)
        sent += len(batch)
    calls, passed = log.requests - before, (stand.sandbox.clock() - began).total_seconds()
    print(f"{sent} rows, {calls} calls, {passed:.0f} s of the operator's time, refused {log.by_status['429']}")
    files = -(-offers // push.batch)
    assert len(asked(stand, "/stock/imports")) == files
    assert log.by_status["429"] == 0
    # A file, looks at it while it is worked through, and its report: here every row is one that the operator lacks.
    assert calls <= files * 5
