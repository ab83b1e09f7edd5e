"""How many calls a large shop costs, and that none of them is beyond what the platform allows. The account's own log is
the witness; waiting moves its clock instead of ours."""

import asyncio

import pytest

from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level

ROWS, BACKLOG = 50_000, 2_000


@pytest.mark.thorough
async def test_fifty_thousand_quantities_are_two_hundred_and_fifty_calls_within_the_allowed_pace(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    batch = stand.push("stock").batch
    pushes = [level(article, 4)] * batch
    stand.opened.requests.clear()
    before = stand.sandbox.clock()
    for _ in range(ROWS // batch):
        assert {one.outcome for one in await stand.send("stock", pushes)} == {"done"}
    took = (stand.sandbox.clock() - before).total_seconds()
    log = stand.opened.requests
    assert (log.requests, set(log.by_status)) == (250, {"200"})
    # 15 a second, and 4 at once in the beginning.
    assert took >= (250 - 4) / 15


@pytest.mark.thorough
async def test_a_backlog_is_drained_beside_everything_else_without_one_call_too_many(stand: Stand) -> None:
    placed = stand.shop.place_many(BACKLOG, stand.sandbox.plain_baskets)
    (article,) = await articles(stand, "KR-1001")
    stand.opened.requests.clear()

    async def stock() -> None:
        for _ in range(50):
            await stand.send("stock", [level(article, 4)] * 200)

    found, *_ = await asyncio.gather(stand.items(), stock(), *(stand.items("article") for _ in range(3)))
    assert set(found) == set(placed)
    log = stand.opened.requests
    assert set(log.by_status) == {"200"}
    orders = [one for one in log.report(500)["latest"] if one["path"].endswith("/v4/orders")]
    assert len(orders) == -(-BACKLOG // 128)
