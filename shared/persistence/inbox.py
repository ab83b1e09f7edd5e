"""The inbox: which events this service has already applied. Part of the transaction that applies them."""

from collections.abc import Sequence
from uuid import UUID

from shared.persistence.database import Transaction


async def admit(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Takes down the ids; answers those that were new. Sorted, so that two consumers never deadlock."""
    driver = await tx.driver()
    rows = await driver.fetch(
        "INSERT INTO inbox (event_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id",
        sorted(set(ids)),
    )
    return {row["event_id"] for row in rows}


async def forget(tx: Transaction, *, days: int = 120) -> int:
    """Drops keys older than any replay can reach back; natural unique keys guard beyond that."""
    return await tx.execute("DELETE FROM inbox WHERE received_at < now() - make_interval(days => :days)", days=days)
