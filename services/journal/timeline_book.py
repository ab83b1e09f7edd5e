"""All entries about one record, or about every record that goes by a number."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.journal import terms
from services.journal.entry_row import SELECTED
from shared.persistence.database import Transaction

MOST_ENTRIES = 2000
MOST_RECORDS = 20


async def entries(tx: Transaction, noun: str, subject: str, scope: list[UUID] | None) -> list[dict[str, Any]]:
    """The newest MOST_ENTRIES + 1 entries of a record, what others say about the same subject included."""
    return await tx.rows(
        f"""SELECT {SELECTED} FROM entries e WHERE e.subject = :subject AND e.noun = :noun
              AND (CAST(:scope AS uuid[]) IS NULL OR e.connection = ANY(:scope))
            ORDER BY e.at DESC, e.id DESC LIMIT :limit""",
        subject=subject,
        noun=noun,
        scope=scope,
        limit=MOST_ENTRIES + 1,
    )


async def subjects(tx: Transaction, noun: str, keys: Sequence[str], scope: list[UUID] | None) -> list[str]:
    """The records of a noun that carry all these keys, the one written about last first."""
    await tx.execute("SET LOCAL enable_indexscan = off")
    rows = await tx.rows(
        """SELECT e.subject FROM entries e WHERE e.terms @> CAST(:keys AS text[])
             AND (CAST(:scope AS uuid[]) IS NULL OR e.connection = ANY(:scope))
           GROUP BY e.subject ORDER BY max(e.at) DESC LIMIT :limit""",
        keys=[*keys, f"n:{noun}"],
        scope=scope,
        limit=MOST_RECORDS,
    )
    return [row["subject"] for row in rows]


def key_terms(**values: str | None) -> list[str]:
    """The terms of the keys that were given."""
    return [terms.key_term(kind, value) for kind, value in values.items() if value]
