"""Adding rows to a table that cannot conflict: COPY for many, one prepared statement for few."""

from collections.abc import Sequence
from typing import Any

from shared.persistence.database import Transaction

# COPY first asks the server for the columns' types; below this many rows that costs more than it saves.
FEW = 16


async def append(tx: Transaction, table: str, columns: Sequence[str], records: Sequence[tuple[Any, ...]]) -> None:
    """`columns` in the order of the records. No column may be JSON: COPY has no encoder for it here."""
    if not records:
        return
    driver = await tx.driver()
    if len(records) > FEW:
        await driver.copy_records_to_table(table, records=records, columns=list(columns))
        return
    marks = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
    await driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", records)
