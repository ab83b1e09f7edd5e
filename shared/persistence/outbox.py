"""The outbox: messages stored in the transaction that caused them, published afterwards by a relay."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.persistence.database import Transaction


@dataclass(frozen=True)
class OutboxRow:
    """One message of at most 50 events, ready to be published. `id` is None until it is stored."""

    exchange: str
    routing_key: str
    type: str
    body: bytes
    events: int
    event_ids: str
    traceparent: str | None = None
    id: int | None = None


FILLED = "outbox"
_COLUMNS = ["exchange", "routing_key", "type", "body", "events", "event_ids", "traceparent"]


async def store(tx: Transaction, rows: Sequence[OutboxRow]) -> None:
    if not rows:
        return
    tx.ring(FILLED)
    driver = await tx.driver()
    await driver.executemany(
        f"INSERT INTO outbox ({', '.join(_COLUMNS)}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [(r.exchange, r.routing_key, r.type, r.body, r.events, r.event_ids, r.traceparent) for r in rows],
    )


async def waiting(tx: Transaction) -> bool:
    """Whether anything is due."""
    return await tx.value("SELECT 1 FROM outbox WHERE due_at <= now() LIMIT 1") is not None


async def take(tx: Transaction, limit: int) -> list[OutboxRow]:
    """Locks the oldest due rows that no other relay holds. Nobody relies on an order across relays."""
    driver = await tx.driver()
    found = await driver.fetch(
        f"""SELECT id, {", ".join(_COLUMNS)} FROM outbox WHERE due_at <= now()
            ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED""",
        limit,
    )
    return [OutboxRow(**dict(row)) for row in found]


async def delete(tx: Transaction, ids: Sequence[int]) -> None:
    driver = await tx.driver()
    await driver.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", list(ids))


async def postpone(tx: Transaction, id: int, *, seconds: float) -> None:
    """A message the broker refused steps aside, so that those behind it go on."""
    await tx.execute(
        "UPDATE outbox SET due_at = now() + make_interval(secs => :seconds) WHERE id = :id", id=id, seconds=seconds
    )


async def backlog(tx: Transaction) -> tuple[int, float]:
    """How many messages wait, and the age of the oldest in seconds."""
    row = await tx.row(
        "SELECT count(*) AS n, coalesce(extract(epoch FROM now() - min(created_at)), 0) AS age FROM outbox"
    )
    return (0, 0.0) if row is None else (int(row["n"]), float(row["age"]))
