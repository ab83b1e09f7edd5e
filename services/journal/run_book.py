"""Sync runs: what each pass over a stream met, kept per run so that nobody has to search for it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

NOUN = "stream"
COUNTS = ("seen", "changed", "unchanged", "unreadable")
ENDS = ("finished", "failed")


async def note(tx: Transaction, entries: Sequence[JournalEntry]) -> None:
    """Takes down the beginnings and ends of runs among the entries; which arrives first does not matter."""
    rows = [
        _row(entry)
        for entry in entries
        if entry.noun == NOUN and entry.correlation and (entry.action == "started" or entry.action in ENDS)
    ]
    await tx.many(
        """INSERT INTO runs AS r (id, connection, platform, stream, started_at, finished_at, at, outcome, code, params,
                                  seen, changed, unchanged, unreadable)
           VALUES (:id, :connection, :platform, :stream, :started_at, :finished_at, :at, :outcome, :code, :params,
                   :seen, :changed, :unchanged, :unreadable)
           ON CONFLICT (id) DO UPDATE SET
               started_at = coalesce(r.started_at, excluded.started_at),
               finished_at = coalesce(excluded.finished_at, r.finished_at),
               at = greatest(r.at, excluded.at),
               outcome = CASE WHEN excluded.finished_at IS NULL THEN r.outcome ELSE excluded.outcome END,
               code = CASE WHEN excluded.finished_at IS NULL THEN r.code ELSE excluded.code END,
               params = CASE WHEN excluded.finished_at IS NULL THEN r.params ELSE excluded.params END,
               seen = coalesce(excluded.seen, r.seen), changed = coalesce(excluded.changed, r.changed),
               unchanged = coalesce(excluded.unchanged, r.unchanged),
               unreadable = coalesce(excluded.unreadable, r.unreadable)""",
        rows,
    )


def _row(entry: JournalEntry) -> dict[str, Any]:
    ended = entry.action in ENDS
    counts = {name: _count(entry.params.get(name)) if ended else None for name in COUNTS}
    return counts | {
        "id": entry.correlation,
        "connection": entry.connection,
        "platform": entry.platform,
        "stream": entry.params.get("stream", ""),
        "started_at": None if ended else entry.at,
        "finished_at": entry.at if ended else None,
        "at": entry.at,
        "outcome": entry.outcome if ended else "running",
        "code": entry.code,
        "params": json.dumps(entry.params, ensure_ascii=False),
    }


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() and len(text) < 10 else None


async def newest(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    connection: UUID | None,
    stream: str | None,
    outcome: str | None,
    since: datetime | None,
    until: datetime | None,
    behind: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Runs, the newest first."""
    return await tx.rows(
        """SELECT * FROM runs
           WHERE (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))
             AND (CAST(:connection AS uuid) IS NULL OR connection = :connection)
             AND (CAST(:stream AS text) IS NULL OR stream = :stream)
             AND (CAST(:outcome AS text) IS NULL OR outcome = :outcome)
             AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
             AND (CAST(:until AS timestamptz) IS NULL OR at < :until)
             AND (CAST(:behind_at AS timestamptz) IS NULL OR (at, id) < (:behind_at, :behind_id))
           ORDER BY at DESC, id DESC LIMIT :limit""",
        scope=scope,
        connection=connection,
        stream=stream,
        outcome=outcome,
        since=since,
        until=until,
        behind_at=behind[0] if behind else None,
        behind_id=behind[1] if behind else "",
        limit=limit,
    )


async def forget(tx: Transaction, before: datetime) -> int:
    """Runs are kept as long as the journal."""
    return await tx.execute("DELETE FROM runs WHERE at < :before", before=before)
