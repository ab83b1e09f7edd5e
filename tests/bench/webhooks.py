"""From the webhook to the row: orders placed at a steady pace over many connections, told by webhook."""

import asyncio
import statistics
import time
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from services.ops.stage import wait_for
from tests.bench.stages import Meter, stages_of
from tests.bench.system import System

CONNECTIONS = 20
PER_SECOND = 50


@dataclass(frozen=True)
class WebhookTimes:
    """Milliseconds from the shop's call to the committed order, and what each stage costs."""

    orders: int
    p50_ms: float
    p99_ms: float
    cpu_ms_per_order: dict[str, float]


def run(system: System, seconds: int) -> WebhookTimes:
    """Places PER_SECOND orders a second, spread over CONNECTIONS shops."""
    shops = [system.open_shop(f"hook-{n}") for n in range(CONNECTIONS)]
    ids = [system.connect(shop, stock=False) for shop in shops]
    system.await_articles(ids)

    def subscribed() -> bool:
        for shop in shops:
            system.sandbox.get(f"/_control/woocommerce/{shop['name']}/webhooks")
        return all(_subscribed(system, id) for id in ids)

    wait_for("every shop has its webhooks", subscribed, seconds=120, every=1.0)
    for shop, id in zip(shops, ids, strict=True):
        # A sale's product webhooks are not what is measured.
        fault = {"kind": "drop_webhooks", "path_contains": "product"}
        system.sandbox.post(f"/_control/woocommerce/{shop['name']}/faults", fault)
        # From here on only webhooks bring orders.
        system.kontor.call("PATCH", f"/connections/{id}", json={"options": {"orders_every_seconds": 3600}})
    time.sleep(8)
    count = seconds * PER_SECOND // CONNECTIONS
    with Meter(stages_of(system.stage)) as meter:
        for shop in shops:
            body = {"count": count, "per_second": PER_SECOND / CONNECTIONS}
            system.sandbox.post(f"/_control/woocommerce/{shop['name']}/orders", body)
        waits = asyncio.run(_measure(system, [str(shop["name"]) for shop in shops], ids, count))
    return WebhookTimes(
        orders=len(waits),
        p50_ms=statistics.median(waits) * 1000,
        p99_ms=statistics.quantiles(waits, n=100)[98] * 1000,
        cpu_ms_per_order={name: cpu * 1000 / len(waits) for name, cpu in meter.cpu.items()},
    )


def _subscribed(system: System, id: str) -> bool:
    found = system.kontor.get("/journal/entries", connection=id, code="webhooks_subscribed", limit=1)
    return bool(found["items"])


async def _measure(system: System, shops: list[str], ids: list[str], count: int) -> list[float]:
    """The seconds each order took."""
    connection = await asyncpg.connect(system.stage.addresses.database_url)
    total = count * len(ids)
    until = time.monotonic() + count * CONNECTIONS / PER_SECOND + 60
    sql = """SELECT o.external_id, o.connection::text AS connection, min(v.recorded_at) AS at
             FROM orders.orders o JOIN orders.order_versions v ON v.order_id = o.id
             WHERE o.connection = ANY($1::uuid[]) GROUP BY 1, 2"""
    rows = await connection.fetch(sql, ids)
    while len(rows) < total and time.monotonic() < until:
        await asyncio.sleep(0.5)
        rows = await connection.fetch(sql, ids)
    await connection.close()
    recorded = {(row["connection"], row["external_id"]): row["at"] for row in rows}
    waits = []
    for shop, id in zip(shops, ids, strict=True):
        first: dict[str, datetime] = {}
        for one in system.sandbox.get(f"/_control/woocommerce/{shop}/webhooks", latest=100_000):
            if one["topic"] == "order.created" and one["status"] == 200:
                first.setdefault(str(one["record"]), datetime.fromisoformat(one["sent_at"]))
        waits += [(recorded[id, order] - at).total_seconds() for order, at in first.items() if (id, order) in recorded]
    if len(waits) < 100:
        raise RuntimeError(f"Only {len(waits)} of {total} orders came by webhook.")
    return waits
