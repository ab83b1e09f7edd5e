"""Business attempts and parked events: counted and kept in Postgres, never inferred from broker deliveries."""

from dataclasses import dataclass
from uuid import UUID

from shared.persistence.database import Transaction


@dataclass(frozen=True)
class ParkedEvent:
    """An event that could not be applied; `body` is a batch of one, so that it can be sent back as it was."""

    event_id: UUID
    queue: str
    type: str
    body: bytes
    code: str
    detail: str
    attempts: int


async def count(tx: Transaction, event_id: UUID, error: str) -> int:
    """One more failed attempt; answers how many there are now. Commit this apart from the work that failed."""
    counted: int = await tx.value(
        """INSERT INTO attempts (event_id, count, last_error) VALUES (:id, 1, :error)
           ON CONFLICT (event_id) DO UPDATE SET count = attempts.count + 1, last_error = :error, at = now()
           RETURNING count""",
        id=event_id,
        error=error[:500],
    )
    return counted


async def park(tx: Transaction, parked: ParkedEvent) -> None:
    await tx.execute(
        """INSERT INTO parked_events (event_id, queue, type, body, code, detail, attempts)
           VALUES (:event_id, :queue, :type, :body, :code, :detail, :attempts)
           ON CONFLICT (event_id) DO UPDATE SET code = :code, detail = :detail, attempts = :attempts""",
        event_id=parked.event_id,
        queue=parked.queue,
        type=parked.type,
        body=parked.body,
        code=parked.code,
        detail=parked.detail[:2000],
        attempts=parked.attempts,
    )
