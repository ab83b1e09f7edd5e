"""Cursors: how far a stream of a connection has been read. They move only after every event is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shared.persistence.database import Transaction

_COLUMNS = "connection, stream, position, first_pass_at, full_pass_at, last_success_at, last_error, due_at"


@dataclass(frozen=True)
class Cursor:
    """`position`: the newest change stamp published; `first_pass_at`: when the stream was first read through,
    `full_pass_at`: when it was last read from the very beginning."""

    connection: UUID
    stream: str
    position: datetime | None
    first_pass_at: datetime | None
    full_pass_at: datetime | None
    last_success_at: datetime | None
    last_error: str
    due_at: datetime


async def read(tx: Transaction, connection: UUID, stream: str) -> Cursor:
    """The cursor, made when there is none."""
    select = f"SELECT {_COLUMNS} FROM cursors WHERE connection = :connection AND stream = :stream"
    found = await tx.row(select, connection=connection, stream=stream)
    if found is None:
        await tx.execute(
            "INSERT INTO cursors (connection, stream) VALUES (:connection, :stream) ON CONFLICT DO NOTHING",
            connection=connection,
            stream=stream,
        )
        found = await tx.row(select, connection=connection, stream=stream)
    return Cursor(**(found or {}))


async def due(tx: Transaction, connections: Sequence[UUID]) -> set[UUID]:
    """The connections that have a stream to read now."""
    rows = await tx.rows(
        "SELECT DISTINCT connection FROM cursors WHERE connection = ANY(:ids) AND due_at <= now()",
        ids=list(connections),
    )
    return {row["connection"] for row in rows}


async def all_of(tx: Transaction, connection: UUID) -> list[Cursor]:
    return [
        Cursor(**row)
        for row in await tx.rows(
            f"SELECT {_COLUMNS} FROM cursors WHERE connection = :connection ORDER BY stream",
            connection=connection,
        )
    ]


async def advance(tx: Transaction, connection: UUID, stream: str, position: datetime) -> None:
    """Moves forward, never back: an overlapping re-read must not lose ground."""
    await tx.execute(
        """UPDATE cursors SET position = greatest(position, :position), updated_at = now()
           WHERE connection = :connection AND stream = :stream""",
        connection=connection,
        stream=stream,
        position=position,
    )


async def hasten(tx: Transaction, connection: UUID, stream: str) -> None:
    """The stream is due now, unless it rests because it failed."""
    await tx.execute(
        """UPDATE cursors SET due_at = now(), updated_at = now()
           WHERE connection = :connection AND stream = :stream AND last_error = '' AND due_at > now()""",
        connection=connection,
        stream=stream,
    )


async def succeeded(tx: Transaction, connection: UUID, stream: str, every: timedelta, *, full: bool) -> None:
    """The stream was read through (`full`: from the very beginning); it is due again after `every`."""
    await tx.execute(
        """UPDATE cursors SET first_pass_at = coalesce(first_pass_at, now()), last_success_at = now(), last_error = '',
                  full_pass_at = CASE WHEN :full THEN now() ELSE full_pass_at END,
                  due_at = now() + make_interval(secs => :seconds), updated_at = now()
           WHERE connection = :connection AND stream = :stream""",
        connection=connection,
        stream=stream,
        seconds=every.total_seconds(),
        full=full,
    )


async def failed(tx: Transaction, connection: UUID, stream: str, error: str, pause: timedelta) -> bool:
    """The stream could not be read; answers whether that is news."""
    before = await tx.value(
        "SELECT last_error FROM cursors WHERE connection = :connection AND stream = :stream FOR UPDATE",
        connection=connection,
        stream=stream,
    )
    await tx.execute(
        """UPDATE cursors SET last_error = :error, due_at = now() + make_interval(secs => :seconds), updated_at = now()
           WHERE connection = :connection AND stream = :stream""",
        connection=connection,
        stream=stream,
        error=error,
        seconds=pause.total_seconds(),
    )
    return bool(before != error)


async def move_back(tx: Transaction, connection: UUID, stream: str, position: datetime | None) -> None:
    """An operator's decision: read again from here. Harmless, since unchanged items are not published twice."""
    await tx.execute(
        """UPDATE cursors SET position = :position, due_at = now(), updated_at = now()
           WHERE connection = :connection AND stream = :stream""",
        connection=connection,
        stream=stream,
        position=position,
    )
