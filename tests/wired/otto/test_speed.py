"""Everything at once stays within what the platform allows. The account's own log is the witness; waiting moves its
clock instead of ours."""

import asyncio

import pytest

from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level

BACKLOG = 2_000


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
