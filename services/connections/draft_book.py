"""The book of drafts: connections on their way, kept for a day. A draft's id becomes its connection's."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.persistence.database import Transaction

_COLUMNS = """id, platform, name, project, options, sealed, facts, findings, integration, tested_at,
              credentials_valid_until, created_by, created_at, expires_at"""
_JSON = ("options", "facts", "findings", "integration")


@dataclass(frozen=True)
class Draft:
    """One connection that is not saved yet. `integration` None: the features are still to be chosen."""

    id: UUID
    platform: str
    name: str
    project: str
    options: dict[str, Any]
    sealed: str
    facts: dict[str, str]
    findings: list[dict[str, Any]]
    integration: dict[str, bool] | None
    tested_at: datetime | None
    credentials_valid_until: datetime | None
    created_by: str
    created_at: datetime
    expires_at: datetime


async def add(tx: Transaction, draft: Draft) -> None:
    await tx.execute(
        f"""INSERT INTO drafts ({_COLUMNS})
            VALUES (:id, :platform, :name, :project, CAST(:options AS jsonb), :sealed, CAST(:facts AS jsonb),
                    CAST(:findings AS jsonb), CAST(:integration AS jsonb), :tested_at, :credentials_valid_until,
                    :created_by, :created_at, :expires_at)""",
        **vars(draft) | {name: _text(getattr(draft, name)) for name in _JSON},
    )


async def get(tx: Transaction, id: UUID, now: datetime, *, lock: bool = False) -> Draft | None:
    """One draft that has not expired; `lock` for those who change it."""
    row = await tx.row(
        f"SELECT {_COLUMNS} FROM drafts WHERE id = :id AND expires_at > :now {'FOR UPDATE' if lock else ''}",
        id=id,
        now=now,
    )
    return None if row is None else Draft(**row)


async def page(tx: Transaction, now: datetime, after: tuple[datetime, UUID] | None, limit: int) -> list[Draft]:
    """Drafts that have not expired, oldest first."""
    rows = await tx.rows(
        f"""SELECT {_COLUMNS} FROM drafts
            WHERE expires_at > :now
              AND (CAST(:at AS timestamptz) IS NULL OR (created_at, id) > (CAST(:at AS timestamptz), CAST(:id AS uuid)))
            ORDER BY created_at, id LIMIT :limit""",
        now=now,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )
    return [Draft(**row) for row in rows]


async def put(tx: Transaction, draft: Draft) -> None:
    """Writes what the steps change: credentials with their test, and features."""
    await tx.execute(
        """UPDATE drafts SET sealed = :sealed, facts = CAST(:facts AS jsonb), findings = CAST(:findings AS jsonb),
                  integration = CAST(:integration AS jsonb), tested_at = :tested_at,
                  credentials_valid_until = :credentials_valid_until
           WHERE id = :id""",
        id=draft.id,
        sealed=draft.sealed,
        tested_at=draft.tested_at,
        credentials_valid_until=draft.credentials_valid_until,
        **{name: _text(getattr(draft, name)) for name in ("facts", "findings", "integration")},
    )


async def delete(tx: Transaction, id: UUID) -> bool:
    """Throws a draft away with its credentials; tells whether there was one."""
    return await tx.execute("DELETE FROM drafts WHERE id = :id", id=id) > 0


async def tidy(tx: Transaction, now: datetime) -> int:
    """Throws away what has expired, above all its credentials."""
    return await tx.execute("DELETE FROM drafts WHERE expires_at <= :now", now=now)


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
