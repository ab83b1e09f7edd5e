"""A backlog costs an account that takes one call at a time. Time is the sandbox's: waiting costs none.

`make faults` tries the numbers of which the connector's README speaks.
"""

from datetime import timedelta

import pytest

from tests.wired.contract.stand import Stand
from tests.wired.tradebyte.test_reading import acknowledged

BACKLOGS = [600, pytest.param(20_000, marks=pytest.mark.fault)]


@pytest.mark.parametrize("backlog", BACKLOGS)
async def test_a_backlog_is_worked_off_at_our_own_pace_and_no_two_calls_meet(stand: Stand, backlog: int) -> None:
    stand.shop.place_many(backlog, stand.sandbox.plain_baskets, spread=timedelta(days=20))
    log, began = stand.opened.requests, stand.sandbox.clock()
    log.clear()
    seen = await acknowledged(stand)
    calls, passed = log.requests, (stand.sandbox.clock() - began).total_seconds()
    print(f"{len(seen)} orders, {calls} calls, {passed:.0f} s, at once {log.most_in_flight}, {dict(log.by_status)}")
    assert set(seen) == stand.census()
    # A list of orders and one of messages for each of two channels, and one flag for each order.
    assert (calls, set(log.by_status), log.most_in_flight) == (4 + backlog, {"200"}, 1)
    assert passed >= (calls - stand.connector.limit.burst) / stand.connector.limit.rate
    assert await stand.items() == {}
