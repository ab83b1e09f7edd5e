"""What the comparisons found, kept per connection and day, so that "what is missing today" is one look."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.journal.completeness import NAMED, Day
from shared.persistence.database import Transaction


async def store(
    tx: Transaction, connection: UUID, platform: str, days: Sequence[Day], counted_at: datetime
) -> dict[date, int]:
    """Keeps the newest count of each day; answers how many were missing before, for the days counted before."""
    before = await tx.rows(
        "SELECT day, missing_count FROM completeness WHERE connection = :connection AND day = ANY(:days) FOR UPDATE",
        connection=connection,
        days=[one.day for one in days],
    )
    await tx.many(
        """INSERT INTO completeness AS c (connection, day, platform, counted_at, in_shop, known, imported, parked,
                                          waiting, cancelled, under_way, missing_count, missing)
           VALUES (:connection, :day, :platform, :counted_at, :in_shop, :known, :imported, :parked, :waiting,
                   :cancelled, :under_way, :missing_count, CAST(:missing AS jsonb))
           ON CONFLICT (connection, day) DO UPDATE SET
               counted_at = excluded.counted_at, in_shop = excluded.in_shop, known = excluded.known,
               imported = excluded.imported, parked = excluded.parked, waiting = excluded.waiting,
               cancelled = excluded.cancelled, under_way = excluded.under_way,
               missing_count = excluded.missing_count, missing = excluded.missing
           WHERE c.counted_at <= excluded.counted_at""",
        [_row(connection, platform, one, counted_at) for one in days],
    )
    return {row["day"]: row["missing_count"] for row in before}


def _row(connection: UUID, platform: str, day: Day, counted_at: datetime) -> Mapping[str, Any]:
    missing = sorted(day.missing, key=lambda one: (one.stamp, one.external_id))[:NAMED]
    return day.known | {
        "connection": connection,
        "day": day.day,
        "platform": platform,
        "counted_at": counted_at,
        "in_shop": day.in_shop,
        "known": day.known_total,
        "under_way": day.under_way,
        "missing_count": len(day.missing),
        "missing": json.dumps(
            [{"external_id": one.external_id, "number": one.number, "stamp": one.stamp.isoformat()} for one in missing]
        ),
    }


async def days(
    tx: Transaction, *, scope: list[UUID] | None, connection: UUID | None, first: date, last: date
) -> list[dict[str, Any]]:
    """The kept counts, the newest day first."""
    return await tx.rows(
        """SELECT * FROM completeness WHERE day BETWEEN :first AND :last
             AND (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))
             AND (CAST(:connection AS uuid) IS NULL OR connection = :connection)
           ORDER BY day DESC, missing_count DESC, connection""",
        scope=scope,
        connection=connection,
        first=first,
        last=last,
    )
