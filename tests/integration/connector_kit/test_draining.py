"""Two connections of one platform drain their backlogs side by side, each within the limits of its own shop."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.sandbox.main import create_sandbox
from services.sandbox.requestlog import RequestLog
from shared.connector_kit import replica
from shared.persistence.database import Database
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch, eventually, open_branch
from tests.wired.contract.budget import most_ahead
from tests.wired.contract.conftest import CONNECTORS, VARIETIES
from tests.wired.contract.stand import HOST, open_stand

SHOPS = ("usual", "second")
ORDERS = {"shopware6": 1_000, "shopify": 1_000, "woocommerce": 1_500, "ebay": 1_400, "kaufland": 150, "otto": 1_280}
"""How many each shop has: a few seconds' worth at the rate that is allowed."""
PATIENCE = 240.0
"""Seconds: everything runs in one process here, which must not lose a lease because the machine is busy with others."""
ONLY_ORDERS = {"orders": True, "articles": False, "stock": False, "fulfilments": False}


@pytest.fixture(params=ORDERS)
async def branch(
    request: pytest.FixtureRequest, admin: Database, open_as: OpenAs, tmp_path: Path
) -> AsyncIterator[Branch]:
    """A platform with two shops, a connection to each, and one worker's process for both."""
    variety = next(one for one in VARIETIES if one.platform == request.param and one.first)
    shops = tuple((variety.platform, name, variety.options) for name in SHOPS)
    app = create_sandbox(seed=False, shops=shops, public_url=f"{variety.scheme}://{HOST}", controlled=False)
    stand = open_stand(replace(variety, name=SHOPS[0]), CONNECTORS[variety.platform], app=app)
    opened = await open_branch(stand, open_as("connectors"), admin, tmp_path)
    yield opened
    await opened.close()


@pytest.mark.parametrize("times", [1, pytest.param(8, marks=pytest.mark.fault)])
async def test_two_connections_drain_side_by_side_and_neither_shop_is_called_too_often(
    branch: Branch, times: int
) -> None:
    platform, variety = branch.stand.connector.platform, branch.stand.variety
    count, sandbox = ORDERS[platform] * times, branch.stand.sandbox
    url = f"{variety.scheme}://{HOST}/{platform}/{SHOPS[1]}"
    secrets, other = variety.credentials(sandbox.shops[platform, SHOPS[1]].shop, url), uuid4()
    placed: dict[UUID, list[str]] = {}
    for id, name in ((branch.connection.id, SHOPS[0]), (other, SHOPS[1])):
        opened = sandbox.shops[platform, name]
        opened.requests = RequestLog(size=100_000)
        placed[id] = opened.shop.place_many(count, sandbox.plain_baskets, timedelta(days=20))
    await branch.settle_in(productive=True, integration=ONLY_ORDERS)
    second = branch.connection.model_copy(update={"id": other, "sealed": branch.ring.seal(secrets, other, platform)})
    async with branch.service.database.transaction() as tx:
        await replica.put(tx, second)

    branch.opener.timeout = PATIENCE / 4
    branch.open_for_business(lease_seconds=PATIENCE)
    met: Counter[UUID] = Counter()
    heard, samples = 0, []

    async def drained() -> bool:
        nonlocal heard
        news = branch.bus.heard[heard:]
        heard += len(news)
        met.update(one.connection for one in news if one.type == "order.received")
        samples.append((asyncio.get_running_loop().time(), dict(met)))
        return sum(met.values()) >= 2 * count

    await eventually(drained, seconds=2 * PATIENCE * times)
    began = next(at for at, so_far in samples if so_far)
    half = (began + samples[-1][0]) / 2
    _, so_far = min(samples, key=lambda one: abs(one[0] - half))
    behind, ahead = sorted(so_far.get(id, 0) for id in placed)
    print(f"{platform}: {count} orders each in {samples[-1][0] - began:.1f} s, at half time {behind} and {ahead}")
    assert 0 < ahead <= 3 * behind

    for id, ids in placed.items():
        got = [one.subject for one in branch.bus.of("order.received") if one.connection == id]
        assert sorted(got) == sorted(ids)
    limit = branch.stand.connector.limit
    for name in SHOPS:
        log = sandbox.shops[platform, name].requests
        assert (log.refused, log.most_in_flight <= limit.concurrency) == (0, True)
        assert most_ahead(log, limit) <= limit.burst + limit.concurrency
