"""What the shops' limits leave: known only to whoever calls the shop, so he writes it down now and then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Budget:
    """Calls, or the platform's own points, that could be spent at that moment."""

    left: float
    at: datetime


async def remember(tx: Transaction, left: Mapping[UUID, float]) -> None:
    await tx.many(
        """INSERT INTO budgets (connection, left_over) VALUES (:connection, :left)
           ON CONFLICT (connection) DO UPDATE SET left_over = excluded.left_over, at = now()""",
        [{"connection": id, "left": left[id]} for id in sorted(left)],
    )


async def of(tx: Transaction, connection: UUID) -> Budget | None:
    row = await tx.row("SELECT left_over, at FROM budgets WHERE connection = :id", id=connection)
    return None if row is None else Budget(row["left_over"], row["at"])
