"""From a counted piece to the shop: single stock changes while fifty thousand listings exist."""

import asyncio
import random
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from services.ops.stage import wait_for
from tests.bench.system import System

CHANGES = 200
ROWS = 10_000


@dataclass(frozen=True)
class StockTimes:
    """Seconds from the upload of a count to the shop's answer; `first_push_s`: all listings for the first time."""

    listings: int
    upload_rows_per_s: float
    first_push_s: float
    p50_s: float
    p95_s: float


def run(system: System, listings: int) -> StockTimes:
    """One shop with many simple products."""
    shop = system.open_shop("stock")
    system.sandbox.post("/_control/woocommerce/stock/products", {"count": listings})
    numbers = [f"LOAD-{n:06d}" for n in range(1, listings + 1)]
    for start in range(0, listings, ROWS):
        rows = [{"number": number, "title": number} for number in numbers[start : start + ROWS]]
        system.kontor.put("/inventory/articles", {"articles": rows})
    started = time.perf_counter()
    for start in range(0, listings, ROWS):
        _count(system, dict.fromkeys(numbers[start : start + ROWS], 10))
    upload = listings / (time.perf_counter() - started)
    started = time.perf_counter()
    id = system.connect(shop, orders=False)

    def told() -> bool:
        summary = system.kontor.get(f"/inventory/summary/{id}")
        return bool(summary["told"] >= listings and summary["in_flight"] == 0 and summary["dirty"] == 0)

    wait_for("every listing was told its stock", told, seconds=1200, every=2.0)
    first = time.perf_counter() - started
    waits = asyncio.run(_changes(system, id, random.Random(4711).sample(numbers, min(CHANGES, listings))))
    return StockTimes(listings, upload, first, statistics.median(waits), statistics.quantiles(waits, n=20)[18])


def _count(system: System, quantities: dict[str, int]) -> None:
    at = datetime.now(UTC).isoformat()
    rows: list[dict[str, Any]] = [
        {"article_number": n, "warehouse": "main", "quantity": q, "counted_at": at, "meaning": "physical"}
        for n, q in quantities.items()
    ]
    system.kontor.put("/inventory/levels", {"rows": rows})


async def _changes(system: System, id: str, numbers: list[str]) -> list[float]:
    begun: dict[str, datetime] = {}
    for number in numbers:
        begun[number] = datetime.now(UTC)
        await asyncio.to_thread(_count, system, {number: 7})
        await asyncio.sleep(0.05)
    connection = await asyncpg.connect(system.stage.addresses.database_url)
    sql = """SELECT l.sku, o.told_at FROM inventory.offers o JOIN inventory.listings l ON l.id = o.listing_id
             WHERE l.connection = $1::uuid AND l.sku = ANY($2) AND o.told = 7"""
    until = time.monotonic() + 120
    rows = await connection.fetch(sql, id, numbers)
    while len(rows) < len(numbers) and time.monotonic() < until:
        await asyncio.sleep(0.5)
        rows = await connection.fetch(sql, id, numbers)
    await connection.close()
    if len(rows) < len(numbers):
        raise RuntimeError(f"Only {len(rows)} of {len(numbers)} changes reached the shop.")
    return [(row["told_at"] - begun[row["sku"]]).total_seconds() for row in rows]
