"""Backfills: a range of a stream that somebody wants read again, each a row with a cursor of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from shared.contracts.identity import own_id
from shared.persistence.database import Transaction

State = Literal["running", "done", "stopped", "failed"]
_ROW = """id, connection, noun, since, until, position, state, seen, published, unreadable, pages, code, detail,
          failing_since, due_at, asked_by, asked_at, ended_at"""


@dataclass(frozen=True)
class Backfill:
    """Records that changed in the shop at or after `since` (None: from the beginning) and before `until`.

    `position` is the newest change stamp published, `code` and `detail` say what is wrong, `failing_since` since when.
    """

    id: UUID
    connection: UUID
    noun: str
    since: datetime | None
    until: datetime
    position: datetime | None
    state: State
    seen: int
    published: int
    unreadable: int
    pages: int
    code: str
    detail: str
    failing_since: datetime | None
    due_at: datetime
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None

    def words(self) -> dict[str, str]:
        """What the journal's sentences need of it."""
        return {
            "stream": self.noun,
            "since": "" if self.since is None else self.since.isoformat(),
            "until": self.until.isoformat(),
            "seen": str(self.seen),
            "changed": str(self.published),
            "unchanged": str(self.seen - self.published),
            "unreadable": str(self.unreadable),
            "pages": str(self.pages),
        }


async def ask(
    tx: Transaction,
    connection: UUID,
    noun: str,
    since: datetime | None,
    until: datetime,
    actor: str,
    *,
    again: bool = False,
) -> tuple[Backfill, bool]:
    """The backfill of this range, and whether it starts now: the same range is one row, whoever asks how often.

    A stopped or failed one goes on where it was; one that is done is read once more only when asked `again`.
    """
    id = own_id("connector", "backfill", f"{connection}:{noun}", f"{since and since.timestamp()}/{until.timestamp()}")
    row = await tx.row(
        f"""INSERT INTO backfills (id, connection, noun, since, until, asked_by)
            VALUES (:id, :connection, :noun, :since, :until, :actor)
            ON CONFLICT (id) DO UPDATE SET state = 'running', due_at = now(), failing_since = NULL, code = '',
                detail = '', ended_at = NULL, asked_by = excluded.asked_by,
                position = CASE WHEN :again THEN NULL ELSE backfills.position END,
                seen = CASE WHEN :again THEN 0 ELSE backfills.seen END,
                published = CASE WHEN :again THEN 0 ELSE backfills.published END,
                unreadable = CASE WHEN :again THEN 0 ELSE backfills.unreadable END,
                pages = CASE WHEN :again THEN 0 ELSE backfills.pages END
            WHERE backfills.state IN ('stopped', 'failed') OR (:again AND backfills.state = 'done')
            RETURNING {_ROW}""",
        id=id,
        connection=connection,
        noun=noun,
        since=since,
        until=until,
        actor=actor,
        again=again,
    )
    if row is not None:
        return Backfill(**row), True
    known = await tx.row(f"SELECT {_ROW} FROM backfills WHERE id = :id", id=id)
    return Backfill(**(known or {})), False


async def one(tx: Transaction, connection: UUID, id: UUID) -> Backfill | None:
    row = await tx.row(
        f"SELECT {_ROW} FROM backfills WHERE connection = :connection AND id = :id", connection=connection, id=id
    )
    return None if row is None else Backfill(**row)


async def listing(tx: Transaction, connection: UUID, after: tuple[datetime, UUID] | None, limit: int) -> list[Backfill]:
    """The connection's backfills, the newest first; `after` is the last one of the page before."""
    rows = await tx.rows(
        f"""SELECT {_ROW} FROM backfills
            WHERE connection = :connection
              AND (CAST(:at AS timestamptz) IS NULL OR (asked_at, id) < (:at, CAST(:id AS uuid)))
            ORDER BY asked_at DESC, id DESC LIMIT :limit""",
        connection=connection,
        at=after[0] if after else None,
        id=after[1] if after else None,
        limit=limit,
    )
    return [Backfill(**row) for row in rows]


async def due(tx: Transaction, connection: UUID) -> Backfill | None:
    """The oldest that is to be worked at now."""
    row = await tx.row(
        f"""SELECT {_ROW} FROM backfills WHERE connection = :connection AND state = 'running' AND due_at <= now()
            ORDER BY asked_at, id LIMIT 1""",
        connection=connection,
    )
    return None if row is None else Backfill(**row)


async def due_of(tx: Transaction, connections: Sequence[UUID]) -> set[UUID]:
    """The connections that have one to work at now."""
    rows = await tx.rows(
        """SELECT DISTINCT connection FROM backfills
           WHERE connection = ANY(:ids) AND state = 'running' AND due_at <= now()""",
        ids=list(connections),
    )
    return {row["connection"] for row in rows}


async def is_running(tx: Transaction, id: UUID) -> bool:
    return await tx.value("SELECT 1 FROM backfills WHERE id = :id AND state = 'running'", id=id) is not None


async def advance(tx: Transaction, id: UUID, position: datetime | None, met: Mapping[str, int]) -> None:
    """A page was published: the cursor moves forward, never back, and what the page held is counted."""
    await tx.execute(
        """UPDATE backfills SET position = greatest(position, CAST(:position AS timestamptz)), seen = seen + :seen,
                  published = published + :published, unreadable = unreadable + :unreadable, pages = pages + 1,
                  failing_since = NULL, code = '', detail = ''
           WHERE id = :id""",
        id=id,
        position=position,
        **met,
    )


async def put_off(tx: Transaction, id: UUID, code: str, detail: str, pause: timedelta) -> Backfill:
    """It could not go on; later once more."""
    row = await tx.row(
        f"""UPDATE backfills SET code = :code, detail = :detail, failing_since = coalesce(failing_since, now()),
                   due_at = now() + make_interval(secs => :seconds)
            WHERE id = :id RETURNING {_ROW}""",
        id=id,
        code=code,
        detail=detail[:500],
        seconds=pause.total_seconds(),
    )
    return Backfill(**(row or {}))


async def end(tx: Transaction, id: UUID, state: State, code: str = "", detail: str = "") -> Backfill | None:
    """Ends a running one; None when it had ended before. What is done was read up to its `until`."""
    values: dict[str, Any] = {"id": id, "state": state, "code": code, "detail": detail[:500]}
    row = await tx.row(
        f"""UPDATE backfills SET state = :state, code = :code, detail = :detail, ended_at = now(),
                   position = CASE WHEN :state = 'done' THEN until ELSE position END
            WHERE id = :id AND state = 'running' RETURNING {_ROW}""",
        **values,
    )
    return None if row is None else Backfill(**row)
