"""Held events: they wait for a time or for a parent, in a table instead of in the broker."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.persistence.database import Database, Transaction

# Its arrival wakes what waits for it; looking again covers a parent that came in the very moment.
PARENT_PAUSE = timedelta(minutes=1)
LOOK_SECONDS = 0.9


@dataclass(frozen=True)
class HeldEvent:
    """One event as a batch of one on the wire. `queue` is the queue whose consumer gets it back."""

    queue: str
    body: bytes
    due_at: datetime
    waits_for: str = ""
    id: int | None = None
    created_at: datetime | None = None


async def hold(tx: Transaction, held: Sequence[HeldEvent]) -> None:
    await tx.many(
        "INSERT INTO held (queue, body, due_at, waits_for) VALUES (:queue, :body, :due_at, :waits_for)",
        [{"queue": one.queue, "body": one.body, "due_at": one.due_at, "waits_for": one.waits_for} for one in held],
    )


async def release(tx: Transaction, waits_for: Sequence[str]) -> int:
    """Makes everything that waits for one of these due at once: the parent has arrived."""
    return await tx.execute(
        "UPDATE held SET due_at = now() WHERE waits_for = ANY(:keys) AND due_at > now()", keys=list(waits_for)
    )


async def defer(tx: Transaction, id: int, due_at: datetime, waits_for: str = "") -> None:
    """Tries a held event again later, or once what it waits for has arrived."""
    await tx.execute(
        "UPDATE held SET due_at = :due_at, waits_for = :key WHERE id = :id", id=id, due_at=due_at, key=waits_for
    )


async def await_parent(tx: Transaction, waited: HeldEvent, wait: HeldEvent, within: timedelta) -> bool:
    """Keeps an event whose parent is missing; `waited` is the row it came from, `wait` what it is now, due at the
    present. Answers False, and keeps nothing, once it has waited `within` since it was first held."""
    now = wait.due_at
    ends_at = (waited.created_at or now) + within
    if waited.id is not None and now >= ends_at:
        await drop(tx, waited.id)
        return False
    due_at = min(now + PARENT_PAUSE, ends_at)
    if waited.id is None:
        await hold(tx, [replace(wait, due_at=due_at)])
    else:
        await defer(tx, waited.id, due_at, wait.waits_for)
    return True


async def drop(tx: Transaction, id: int) -> None:
    """Takes a held event out: it was parked."""
    await tx.execute("DELETE FROM held WHERE id = :id", id=id)


class Lookout:
    """Looks for what is due, once for all consumers of a pool: each of them looking for itself would keep database and
    process busy with nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looking = asyncio.Lock()
        self._due: frozenset[str] = frozenset()
        self._until = 0.0

    async def due(self, queue: str) -> bool:
        """Whether something of this queue is due, as of the last `LOOK_SECONDS`."""
        async with self._looking:
            if time.monotonic() >= self._until:
                async with self._database.statement() as tx:
                    rows = await tx.rows("SELECT DISTINCT queue FROM held WHERE due_at <= now()")
                self._due = frozenset(row["queue"] for row in rows)
                self._until = time.monotonic() + LOOK_SECONDS
        return queue in self._due


async def take_due(tx: Transaction, queue: str, limit: int) -> list[HeldEvent]:
    """Removes and answers what is due; the caller applies it in the same transaction."""
    return [
        HeldEvent(**row)
        for row in await tx.rows(
            """DELETE FROM held WHERE id IN (SELECT id FROM held WHERE queue = :queue AND due_at <= now()
                                             ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
               RETURNING id, queue, body, due_at, waits_for, created_at""",
            queue=queue,
            limit=limit,
        )
    ]
