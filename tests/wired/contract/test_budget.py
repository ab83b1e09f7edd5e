"""A backlog of orders and a change of all stock cost as few calls as a platform's pages and batches allow, and none
that its limits would refuse. The shop's own log is the witness; waiting moves its clock instead of ours.

`make faults` tries the numbers of which the connectors' READMEs speak; what is printed stands there.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from math import ceil
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.sandbox import seeds
from services.sandbox.main import create_sandbox
from services.sandbox.requestlog import RequestLog
from shared.connector_kit.declaration import Window
from shared.connector_kit.outside import Outside
from shared.connector_kit.translation import read
from shared.contracts.stock import StockPush
from shared.http.guard import Guard
from shared.http.limits import Bucket
from tests.wired.contract.budget import most_ahead
from tests.wired.contract.conftest import CONNECTORS, VARIETIES
from tests.wired.contract.stand import HOST, Dated, Stand, open_stand

PREFIX = "LOAD"


def _simple(stand: Stand, count: int) -> Iterator[dict[str, Any]]:
    """Facts of a push about each of so many new simple products, as the connector's own reading would tell them."""
    stand.shop.stock_catalogue(seeds.many(count, PREFIX))
    store: Any = getattr(stand.shop, "store", None)
    match stand.connector.platform:
        case "woocommerce":
            for row in store.catalogue.rows.values():
                yield {"external_id": str(row.id), "sku": row.sku}
        case "ebay":
            for offer in store.goods.offers.values():
                yield {"external_id": offer.id, "stock_external_id": offer.sku, "sku": offer.sku}
        case "kaufland":
            for unit in store.goods.units.values():
                yield {"external_id": f"{unit.storefront}:{unit.id}", "sku": unit.id_offer or ""}
        case "shopify":
            for number in range(1, count + 1):
                sku = f"{PREFIX}-{number:06d}"
                variant = stand.shop.catalogue.variant(sku, "")
                yield {"external_id": variant["id"], "stock_external_id": variant["inventoryItem"]["id"], "sku": sku}


def _shopware6(stand: Stand, count: int) -> Iterator[dict[str, Any]]:
    rows = stand.shop.store.catalogue.rows
    like = next(row for row in rows.values() if row["productNumber"] == "KR-1001")
    for number in range(1, count + 1):
        id, sku = f"{number:032x}", f"{PREFIX}-{number:06d}"
        rows[id] = like | {"id": id, "autoIncrement": 1_000_000 + number, "productNumber": sku}
        yield {"external_id": id, "sku": sku}


@dataclass(frozen=True)
class Allowed:
    """What a platform's own documents allow: `orders(n)` and `stock(n)` are the fewest calls for so many of them, the
    few that do not grow with them included. `short` is a backlog of more than a few pages."""

    orders: Callable[[int], int]
    stock: Callable[[int], int] | None = None
    listed: Callable[[Stand, int], Iterator[dict[str, Any]]] = _simple
    short: int = 600
    handshakes: int = 0


ALLOWED = {
    # A token and the clock; stamps by 500, the last page not full; in full by 100, which a shop's process can bear.
    "shopware6": Allowed(lambda n: 2 + n // 500 + 1 + ceil(n / 100), lambda n: ceil(n / 500), _shopware6),
    # A token, the clock, and pages of 250.
    "shopify": Allowed(lambda n: 2 + ceil(n / 250), lambda n: ceil(n / 250)),
    # The clock and the products' kinds; pages of 100 overlap by the order with the last stamp.
    "woocommerce": Allowed(lambda n: 2 + ceil(n / 99), lambda n: ceil(n / 100)),
    # A token, a look at how many there are, pages of 200, and what changed meanwhile.
    "ebay": Allowed(lambda n: 3 + ceil(n / 200), lambda n: ceil(n / 25), short=1_400),
    # The clock, returned pieces and tickets; ids by 100, twice, as their list has no order; then each order by itself.
    "kaufland": Allowed(lambda n: 3 + 2 * (n // 100 + 1) + n, lambda n: ceil(n / 150), short=250),
    # The clock; heads by 1,000, the last page not full; then each order by itself.
    "shopware5": Allowed(lambda n: 1 + n // 1000 + 1 + n, short=250, handshakes=2),
}
BACKLOGS = [pytest.param(0, id="short"), pytest.param(20_000, id="20,000", marks=pytest.mark.fault)]
LISTINGS = [pytest.param(1_201, id="short"), pytest.param(50_000, id="50,000", marks=pytest.mark.fault)]


@pytest.fixture
def allowed(stand: Stand) -> Allowed:
    return ALLOWED[stand.connector.platform]


@pytest.fixture(params=ALLOWED)
async def stand(request: pytest.FixtureRequest) -> Any:
    variety = next(one for one in VARIETIES if one.platform == request.param and one.first)
    # A machine that is busy with much else takes long over a page.
    opened = open_stand(variety, CONNECTORS[request.param], timeout=300)
    yield opened
    await opened.close()


@dataclass
class Watch:
    """The shop's log from one moment on."""

    stand: Stand

    def __post_init__(self) -> None:
        self.log = self.stand.opened.requests = RequestLog(size=100_000)
        self.began, self.spent = self.stand.sandbox.clock(), time.process_time()

    def report(self, what: str) -> None:
        passed = (self.stand.sandbox.clock() - self.began).total_seconds()
        spent = time.process_time() - self.spent
        calls = f"{self.log.requests} calls that count as {self.log.cost:g}, {self.log.refused} refused"
        print(
            f"{self.stand.variety}: {what}, {calls}, {passed:.0f} s of its time; {spent:.0f} s of CPU with the shop's"
        )

    def assert_within_budget(self, handshakes: int) -> None:
        """No call was one too many, by the platform's own count and by what Kontor promises not to exceed."""
        limit = self.stand.connector.limit
        assert self.log.refused == 0
        assert {status: n for status, n in self.log.by_status.items() if status not in ("200", "207")} == (
            {"401": handshakes} if handshakes else {}
        )
        assert self.log.most_in_flight <= limit.concurrency
        assert most_ahead(self.log, limit) <= limit.burst + limit.concurrency


@pytest.mark.thorough
@pytest.mark.parametrize("size", BACKLOGS)
async def test_a_backlog_is_read_in_the_fewest_calls_and_every_order_once(
    stand: Stand, allowed: Allowed, size: int
) -> None:
    size = size or allowed.short
    basket = seeds.case("guest", stand.sandbox.clock())
    stand.shop.place_many(size, (basket,), spread=timedelta(days=20))
    watch, stream = Watch(stand), stand.stream("order")
    met: list[str] = []
    async for page in stream.fetch(stand.client, Window()):
        # Read in full, as the kit does: what it costs is part of the figures.
        assert all(read(stream, item).unreadable is None for item in page.items)
        met += [item.external_id for item in page.items]
    watch.report(f"{size} orders")
    assert len(met) == size
    assert set(met) == stand.census()
    asked_who = watch.log.by_status["401"]
    assert (asked_who > 0) == (allowed.handshakes > 0)
    watch.assert_within_budget(asked_who)
    # A challenge of the digest ends after some minutes; then calls are asked for twice.
    assert allowed.orders(size) <= watch.log.requests - asked_who <= allowed.orders(size) + asked_who


@pytest.mark.thorough
@pytest.mark.parametrize("size", LISTINGS)
async def test_a_change_of_all_stock_goes_out_in_the_fewest_calls(stand: Stand, allowed: Allowed, size: int) -> None:
    if allowed.stock is None:
        pytest.skip(f"{stand.connector.title} is only read")
    listed = [facts for facts in allowed.listed(stand, size) if facts["sku"].startswith(PREFIX)]
    assert len(listed) == size
    await stand.connector.probe(stand.client)
    pushes = iter(
        StockPush(listing_id=uuid4(), version=1, quantity=1 + n % 90, **facts) for n, facts in enumerate(listed)
    )
    watch = Watch(stand)
    while batch := list(islice(pushes, stand.push("stock").batch)):
        assert {one.outcome for one in await stand.send("stock", batch)} == {"done"}
    watch.report(f"{size} quantities")
    shown = stand.shop.stock()
    assert {facts["sku"]: shown[facts["sku"]] for facts in listed} == {
        facts["sku"]: 1 + n % 90 for n, facts in enumerate(listed)
    }
    watch.assert_within_budget(0)
    assert watch.log.requests == allowed.stock(size)


class Distant(Dated):
    """Every answer takes a moment, as any network does: in between another connection has its turn."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0.01)
        return await super().handle_async_request(request)


@pytest.mark.thorough
@pytest.mark.parametrize("times", [1, pytest.param(8, marks=pytest.mark.fault)])
@pytest.mark.parametrize("platform", ALLOWED)
async def test_two_connections_drain_side_by_side_each_at_the_rate_of_its_own_shop(platform: str, times: int) -> None:
    """In real time: no clock is moved."""
    connector = CONNECTORS[platform]
    variety = next(one for one in VARIETIES if one.platform == platform and one.first)
    names, count = ("one", "two"), ALLOWED[platform].short * times
    app = create_sandbox(
        seed=False,
        shops=tuple((platform, name, variety.options) for name in names),
        public_url=f"{variety.scheme}://{HOST}",
        controlled=False,
    )
    sandbox, met = app.state.sandbox, {name: list[tuple[float, int]]() for name in names}

    async def drain(name: str) -> None:
        opened = sandbox.shops[platform, name]
        opened.requests = RequestLog(size=100_000)
        opened.shop.place_many(count, sandbox.plain_baskets, timedelta(days=20))
        outside = Outside(
            bucket=Bucket(connector.limit),
            guard=Guard(allow=frozenset({HOST})),
            timeout=300,
            transport=Distant(httpx2.ASGITransport(app), sandbox.clock),
        )
        url = f"{variety.scheme}://{HOST}/{platform}/{name}"
        given = connector.credentials.model_validate(variety.credentials(opened.shop, url))
        stream = connector.stream("order")
        assert stream is not None
        async for page in stream.fetch(connector.client(given, outside), Window()):
            met[name].append((time.monotonic(), len(page.items)))
        await outside.close()

    await asyncio.gather(*map(drain, names))
    await sandbox.close()
    assert [sum(n for _, n in pages) for pages in met.values()] == [count, count]
    times_met = [at for pages in met.values() for at, _ in pages]
    began, ended = min(times_met), max(times_met)
    half = (began + ended) / 2
    behind, ahead = sorted(sum(n for at, n in pages if at <= half) for pages in met.values())
    print(f"{platform}: at half time {behind} and {ahead} of {count} orders, {ended - began:.1f} s")
    # A page that has just come for one is still on its way for the other.
    page = max(n for pages in met.values() for _, n in pages)
    assert 0 < ahead <= 3 * behind + page
    for name in names:
        log = sandbox.shops[platform, name].requests
        assert (log.refused, log.most_in_flight <= connector.limit.concurrency) == (0, True)
        assert most_ahead(log, connector.limit) <= connector.limit.burst + connector.limit.concurrency
