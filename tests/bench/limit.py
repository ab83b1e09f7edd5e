"""The limit: the very rows of the orders, their lines and versions, by COPY and merge alone on one connection."""

import statistics
import time
from collections.abc import Sequence
from typing import Any

import asyncpg

BATCH = 500
ROUNDS = 3
TABLES = {"orders": "id", "order_lines": "order_id, position", "order_versions": "order_id, version"}


async def orders_per_second(url: str, most: int) -> float:
    """Median of several rounds, each into empty copies of the tables with the same indexes."""
    connection = await asyncpg.connect(url)
    try:
        rows, columns = await _read(connection, most)
        rates = [await _round(connection, rows, columns) for _ in range(ROUNDS)]
    finally:
        await connection.execute("DROP SCHEMA IF EXISTS bench CASCADE")
        await connection.close()
    return statistics.median(rates)


async def _read(
    connection: "asyncpg.Connection[Any]", most: int
) -> tuple[list[dict[str, list[tuple[Any, ...]]]], dict[str, list[str]]]:
    ids = [row["id"] for row in await connection.fetch("SELECT id FROM orders.orders ORDER BY id LIMIT $1", most)]
    batches: list[dict[str, list[tuple[Any, ...]]]] = []
    columns: dict[str, list[str]] = {}
    for start in range(0, len(ids), BATCH):
        part = ids[start : start + BATCH]
        batch = {}
        for table, key in TABLES.items():
            column = key.split(",", 1)[0]
            found = await connection.fetch(
                f"SELECT * FROM orders.{table} WHERE {column} = ANY($1) ORDER BY {key}", part
            )
            columns[table] = list(found[0].keys()) if found else columns.get(table, [])
            batch[table] = [tuple(row) for row in found]
        batches.append(batch)
    return batches, columns


async def _round(
    connection: "asyncpg.Connection[Any]",
    batches: Sequence[dict[str, list[tuple[Any, ...]]]],
    columns: dict[str, list[str]],
) -> float:
    await connection.execute("DROP SCHEMA IF EXISTS bench CASCADE")
    await connection.execute("CREATE SCHEMA bench")
    for table in TABLES:
        await connection.execute(f"CREATE TABLE bench.{table} (LIKE orders.{table} INCLUDING ALL)")
    orders = sum(len(batch["orders"]) for batch in batches)
    started = time.perf_counter()
    for batch in batches:
        async with connection.transaction():
            for table, key in TABLES.items():
                await _merge(connection, table, key, columns[table], batch[table])
    return orders / (time.perf_counter() - started)


async def _merge(
    connection: "asyncpg.Connection[Any]", table: str, key: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    stage = f"stage_{table}"
    await connection.execute(f"CREATE TEMP TABLE {stage} (LIKE orders.{table}) ON COMMIT DROP")
    await connection.copy_records_to_table(stage, records=rows, columns=columns)
    keys = [one.strip() for one in key.split(",")]
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in keys)
    await connection.execute(
        f"INSERT INTO bench.{table} SELECT * FROM {stage} ON CONFLICT ({key}) DO UPDATE SET {sets}"
    )
