"""The bulk way in: COPY into a temporary table, from where one set-based statement merges."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from shared.persistence.database import Transaction


async def stage(tx: Transaction, name: str, columns: Mapping[str, str], records: Iterable[tuple[Any, ...]]) -> None:
    """Fills a temporary table that vanishes at commit. `columns` are names and Postgres types, in record order.

    Raises TimeoutError when the connection is lost while records wait to be sent: the driver would wait for good.
    """
    driver = await tx.driver()
    definition = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    await driver.execute(f"CREATE TEMP TABLE {name} ({definition}) ON COMMIT DROP")
    async with asyncio.timeout(None) as patience:

        def lost(_: object) -> None:
            patience.reschedule(0)

        driver.add_termination_listener(lost)
        try:
            await driver.copy_records_to_table(name, records=records, columns=list(columns))
        finally:
            driver.remove_termination_listener(lost)
