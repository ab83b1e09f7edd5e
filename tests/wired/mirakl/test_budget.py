"""A backlog and a full stocktaking stay within what the operator allows. Time is the sandbox's: waiting costs none.

KONTOR_TEST_BACKLOG and KONTOR_TEST_OFFERS set other sizes; what they came to stands in the connector's README.
"""

import os
from datetime import timedelta

from services.sandbox import seeds
from shared.connector_kit.declaration import Window
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level
from tests.wired.mirakl.test_sending import asked

BACKLOG = int(os.environ.get("KONTOR_TEST_BACKLOG", "600"))
OFFERS = int(os.environ.get("KONTOR_TEST_OFFERS", "6000"))


async def test_a_backlog_drains_at_the_allowed_rate_and_no_call_is_over_it(stand: Stand) -> None:
    basket = seeds.case("guest", stand.sandbox.clock())
    stand.shop.place_many(BACKLOG, (basket,), spread=timedelta(days=20))
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
    assert calls <= BACKLOG / 100 * 1.1 + 3
    assert passed >= (calls - stand.connector.limit.burst) / stand.connector.limit.rate


async def test_a_stocktaking_goes_in_few_files_and_no_call_is_over_the_rate(stand: Stand) -> None:
    (offer,) = await articles(stand, "KR-1001")
    push, log, began = stand.push("stock"), stand.opened.requests, stand.sandbox.clock()
    before = log.requests
    sent = 0
    while sent < OFFERS:
        batch = [level(offer, n % 90, external_id=f"OFFER-{sent + n}") for n in range(min(push.batch, OFFERS - sent))]
        await stand.send("stock", batch)
        sent += len(batch)
    calls, passed = log.requests - before, (stand.sandbox.clock() - began).total_seconds()
    print(f"{sent} rows, {calls} calls, {passed:.0f} s of the operator's time, refused {log.by_status['429']}")
    files = -(-OFFERS // push.batch)
    assert len(asked(stand, "/stock/imports")) == files
    assert log.by_status["429"] == 0
    # A file, looks at it while it is worked through, and its report: here every row is one that the operator lacks.
    assert calls <= files * 5
