"""How many orders a second go all the way, and what each stage costs."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from tests.bench import limit
from tests.bench.stages import Meter, stages_of
from tests.bench.system import System

SHOPS = 4


@dataclass(frozen=True)
class Throughput:
    """`orders_per_s` until the last order is in the order book; `caught_up_s` until journal and stock are, too."""

    orders: int
    orders_per_s: float
    caught_up_s: float
    limit_orders_per_s: float
    cpu_ms_per_order: dict[str, float]
    peak_rss_mb: dict[str, float]


def run(system: System, orders: int, name: str, *, with_limit: bool = True) -> Throughput:
    """Places orders in some shops, then lets them in."""
    shops = [system.open_shop(f"{name}-{n}") for n in range(SHOPS)]
    ids = [system.connect(shop, orders=False) for shop in shops]
    system.await_articles(ids)
    for shop in shops:
        # A backlog is read page by page; webhooks are measured apart.
        system.sandbox.post(f"/_control/woocommerce/{shop['name']}/faults", {"kind": "drop_webhooks"})
        body = {"count": orders // SHOPS, "spread_seconds": 36000}
        system.sandbox.post(f"/_control/woocommerce/{shop['name']}/orders", body)
    return asyncio.run(_measure(system, ids, orders, with_limit))


async def _measure(system: System, ids: list[str], orders: int, with_limit: bool) -> Throughput:
    before = await system.value("SELECT count(*) FROM orders.orders")
    with Meter(stages_of(system.stage)) as meter:
        started = time.perf_counter()
        for id in ids:
            system.kontor.call("PATCH", f"/connections/{id}", json={"integration": {"orders": True}})
        await _until(system, "SELECT count(*) FROM orders.orders", lambda n: n >= before + orders)
        seconds = time.perf_counter() - started
        await _until(system, QUIET, lambda n: n == 0)
        caught_up = time.perf_counter() - started
    highest = await limit.orders_per_second(system.stage.addresses.database_url, 10_000) if with_limit else 0.0
    return Throughput(
        orders=orders,
        orders_per_s=orders / seconds,
        caught_up_s=caught_up,
        limit_orders_per_s=highest,
        cpu_ms_per_order={name: cpu * 1000 / orders for name, cpu in meter.cpu.items()},
        peak_rss_mb=meter.peak_rss,
    )


QUIET = """SELECT (SELECT count(*) FROM orders.outbox) + (SELECT count(*) FROM inventory.outbox)
                + (SELECT count(*) FROM connectors.outbox) + (SELECT count(*) FROM inventory.dirty)"""


async def _until(system: System, sql: str, enough: Any, *, seconds: float = 1800) -> None:
    until = time.monotonic() + seconds
    while not enough(await system.value(sql)):
        if time.monotonic() > until:
            raise TimeoutError(f"Not reached after {seconds:.0f} s: {sql}")
        await asyncio.sleep(0.1)
