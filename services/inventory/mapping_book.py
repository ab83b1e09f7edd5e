"""The merchant's words and the channel's, row by row; a row without a target is a word that came up and has none yet.

A category: `key` is the merchant's, `target` the channel's code. An attribute: `key` is the channel's code within the
category `scope` (or all), `target` where its value comes from. A value: `key` is the merchant's, `target` the code
within the list `scope`.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.inventory.product_mapping import Open
from shared.persistence.database import Transaction

State = Literal["open", "mapped", "gone"]
_STATE = """CASE WHEN m.target IS NULL THEN 'open'
                 WHEN m.kind = 'category' AND NOT EXISTS (SELECT FROM taxonomy_categories c
                      WHERE c.connection = m.connection AND c.code = m.target) THEN 'gone'
                 WHEN m.kind = 'attribute' AND NOT EXISTS (SELECT FROM taxonomy_attributes a
                      WHERE a.connection = m.connection AND a.code = m.key) THEN 'gone'
                 WHEN m.kind = 'value' AND NOT EXISTS (SELECT FROM taxonomy_values v
                      WHERE v.connection = m.connection AND v.list_code = m.scope AND v.code = m.target) THEN 'gone'
                 ELSE 'mapped' END"""


async def page(
    tx: Transaction, connection: UUID, *, kind: str | None, state: State | None, after: Sequence[str] | None, limit: int
) -> list[dict[str, Any]]:
    """Rows by kind, scope and key."""
    first, second, third = after or (None, None, None)
    return await tx.rows(
        f"""SELECT * FROM (
                SELECT m.kind, m.scope, m.key, m.target, {_STATE} AS state, m.first_seen_at, m.changed_at, m.changed_by
                FROM taxonomy_mappings m WHERE m.connection = :id) m
            WHERE (CAST(:kind AS text) IS NULL OR kind = :kind) AND (CAST(:state AS text) IS NULL OR state = :state)
              AND (CAST(:first AS text) IS NULL
                   OR (kind, scope, key) > (:first, CAST(:second AS text), CAST(:third AS text)))
            ORDER BY kind, scope, key LIMIT :limit""",
        id=connection, kind=kind, state=state, first=first, second=second, third=third, limit=limit,
    )  # fmt: skip


async def put(
    tx: Transaction, connection: UUID, rows: Mapping[Open, str | None], now: datetime, actor: str
) -> set[Open]:
    """Sets targets; None opens a row again. Answers which rows changed."""
    driver = await tx.driver()
    keys = sorted(rows)
    changed = await driver.fetch(
        """INSERT INTO taxonomy_mappings AS m (connection, kind, scope, key, target, first_seen_at, changed_at,
                                               changed_by)
           SELECT $1, n.kind, n.scope, n.key, n.target, $6, $6, $7
           FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS n(kind, scope, key, target)
           ON CONFLICT (connection, kind, scope, key) DO UPDATE
           SET target = EXCLUDED.target, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by
           WHERE m.target IS DISTINCT FROM EXCLUDED.target RETURNING m.kind, m.scope, m.key""",
        connection,
        *[[key[part] for key in keys] for part in range(3)],
        [rows[key] for key in keys],
        now,
        actor,
    )
    return {(row["kind"], row["scope"], row["key"]) for row in changed}


async def learn(tx: Transaction, connection: UUID, words: Collection[Open], now: datetime) -> None:
    """Words that came up and have no target stand open from now on; rows that are there stay as they are."""
    driver = await tx.driver()
    keys = sorted(set(words))
    await driver.execute(
        """INSERT INTO taxonomy_mappings (connection, kind, scope, key, first_seen_at)
           SELECT $1, n.kind, n.scope, n.key, $5 FROM unnest($2::text[], $3::text[], $4::text[]) AS n(kind, scope, key)
           ON CONFLICT DO NOTHING""",
        connection,
        *[[key[part] for key in keys] for part in range(3)],
        now,
    )


async def targets(tx: Transaction, connection: UUID) -> dict[Open, str | None]:
    """All rows of a connection."""
    rows = await tx.rows("SELECT kind, scope, key, target FROM taxonomy_mappings WHERE connection = :id", id=connection)
    return {(row["kind"], row["scope"], row["key"]): row["target"] for row in rows}
