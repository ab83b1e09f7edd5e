"""How many calls a large shop costs an account that takes one at a time. Its own log is the witness."""

import pytest

from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles, level
from tests.wired.tradebyte.test_reading import acknowledged

ROWS, BACKLOG = 50_000, 300


@pytest.mark.thorough
async def test_fifty_thousand_quantities_are_a_hundred_files_one_after_another(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    batch = stand.push("stock").batch
    pushes = [level(article, 4)] * batch
    stand.opened.requests.clear()
    for _ in range(ROWS // batch):
        assert {one.outcome for one in await stand.send("stock", pushes)} == {"done"}
    log = stand.opened.requests
    assert (log.requests, set(log.by_status), log.most_in_flight) == (100, {"200"}, 1)


@pytest.mark.thorough
async def test_a_backlog_is_a_list_for_each_channel_and_one_flag_for_each_order(stand: Stand) -> None:
    placed = stand.shop.place_many(BACKLOG, stand.sandbox.plain_baskets)
    assert set(await acknowledged(stand)) == set(placed)
    log = stand.opened.requests
    # Two channels: a list of orders and one of messages each.
    assert (log.requests, set(log.by_status), log.most_in_flight) == (2 + 2 + BACKLOG, {"200"}, 1)
