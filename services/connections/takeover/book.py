"""The book of take-overs: one per name and content."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.connections.takeover.report import Line
from shared.persistence.database import Transaction

_COLUMNS = "id, name, connection, was_active, report, started_at, started_by, finished_at"
# Whoever works on a take-over and is not heard of for so long has died.
GIVEN_UP_AFTER = timedelta(minutes=3)


@dataclass(frozen=True)
class Takeover:
    """One take-over. `finished_at` None: it is under way, or a neighbour was away and sending the export again goes
    on. `connection` None: its credentials are still being tested."""

    id: UUID
    name: str
    connection: UUID | None
    was_active: bool
    report: list[dict[str, Any]]
    started_at: datetime
    started_by: str
    finished_at: datetime | None


async def get(tx: Transaction, id: UUID) -> Takeover | None:
    row = await tx.row(f"SELECT {_COLUMNS} FROM takeovers WHERE id = :id", id=id)
    return None if row is None else Takeover(**row)


async def page(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    connection: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Takeover]:
    """Take-overs that made a connection, the newest first."""
    rows = await tx.rows(
        f"""SELECT {_COLUMNS} FROM takeovers WHERE connection IS NOT NULL
              AND (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR connection = :connection)
              AND (CAST(:at AS timestamptz) IS NULL OR (started_at, id) < (:at, CAST(:id AS uuid)))
            ORDER BY started_at DESC, id DESC LIMIT :limit""",
        scope=scope,
        connection=connection,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )
    return [Takeover(**row) for row in rows]


async def claim(
    tx: Transaction, id: UUID, name: str, content_hash: str, was_active: bool, at: datetime, by: str
) -> Takeover | None:
    """Begins a take-over, or goes on with one that broke off; None while somebody else works on it."""
    row = await tx.row(
        f"""INSERT INTO takeovers AS t (id, name, content_hash, was_active, started_at, started_by, claimed_at)
            VALUES (:id, :name, :hash, :was_active, :at, :by, :at)
            ON CONFLICT (id) DO UPDATE SET claimed_at = EXCLUDED.claimed_at
            WHERE t.finished_at IS NULL AND coalesce(t.claimed_at, '-infinity') < :late RETURNING {_COLUMNS}""",
        id=id, name=name, hash=content_hash, was_active=was_active, at=at, by=by, late=at - GIVEN_UP_AFTER,
    )  # fmt: skip
    return None if row is None else Takeover(**row)


async def connect(tx: Transaction, id: UUID, connection: UUID) -> None:
    await tx.execute("UPDATE takeovers SET connection = :connection WHERE id = :id", id=id, connection=connection)


async def finish(tx: Transaction, id: UUID, report: Sequence[Line], at: datetime) -> None:
    """Keeps the report; it is never changed again."""
    await tx.execute(
        """UPDATE takeovers SET report = CAST(:report AS jsonb), finished_at = :at, claimed_at = NULL
           WHERE id = :id AND finished_at IS NULL""",
        id=id,
        report=json.dumps([one.model_dump() for one in report]),
        at=at,
    )


async def release(tx: Transaction, id: UUID) -> None:
    """Lets others go on with what broke off; what has made no connection never was."""
    await tx.execute("DELETE FROM takeovers WHERE id = :id AND connection IS NULL", id=id)
    await tx.execute("UPDATE takeovers SET claimed_at = NULL WHERE id = :id", id=id)
