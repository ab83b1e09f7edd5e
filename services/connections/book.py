"""The book of connections: all SQL about them. Every change raises the version, which travels with the event."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.contracts.connection import Connection
from shared.persistence.database import Transaction

_COLUMNS = """id, platform, name, project, version, productive, integration, paused_because, paused_detail, options,
              facts, sealed, tested_at, credentials_valid_until, created_at, deleted_at"""
CHANGEABLE = ("name", "project", "productive", "integration", "options", "sealed", "facts", "paused_because",
              "paused_detail", "tested_at", "credentials_valid_until")  # fmt: skip


@dataclass(frozen=True)
class Record:
    """One row of the book."""

    id: UUID
    platform: str
    name: str
    project: str
    version: int
    productive: bool
    integration: dict[str, bool]
    paused_because: str
    paused_detail: str
    options: dict[str, Any]
    facts: dict[str, str]
    sealed: str
    tested_at: datetime | None
    credentials_valid_until: datetime | None
    created_at: datetime
    deleted_at: datetime | None

    def contract(self) -> Connection:
        """What a connector gets to know."""
        return Connection(
            id=self.id,
            version=self.version,
            platform=self.platform,
            name=self.name,
            project=self.project,
            productive=self.productive,
            integration=self.integration,
            paused_because=self.paused_because,
            options=self.options,
            sealed=self.sealed,
            deleted=self.deleted_at is not None,
        )


async def add(tx: Transaction, record: Record) -> None:
    await tx.execute(
        f"""INSERT INTO connections ({_COLUMNS})
            VALUES (:id, :platform, :name, :project, :version, :productive, CAST(:integration AS jsonb),
                    :paused_because, :paused_detail, CAST(:options AS jsonb), CAST(:facts AS jsonb), :sealed,
                    :tested_at, :credentials_valid_until, :created_at, :deleted_at)""",
        **vars(record) | {key: json.dumps(getattr(record, key)) for key in ("integration", "options", "facts")},
    )
    await _remember_project(tx, record.id, record.project)


async def get(tx: Transaction, id: UUID, *, lock: bool = False, deleted: bool = False) -> Record | None:
    """One connection; `lock` for those who change it, `deleted` to see tombstones too."""
    row = await tx.row(
        f"""SELECT {_COLUMNS} FROM connections WHERE id = :id AND (:deleted OR deleted_at IS NULL)
            {"FOR UPDATE" if lock else ""}""",
        id=id,
        deleted=deleted,
    )
    return None if row is None else Record(**row)


async def listed(
    tx: Transaction, *, platform: str | None = None, scope: list[UUID] | None = None, deleted: bool = False
) -> list[Record]:
    """All connections, oldest first."""
    rows = await tx.rows(
        f"""SELECT {_COLUMNS} FROM connections
            WHERE (CAST(:platform AS text) IS NULL OR platform = :platform)
              AND (CAST(:scope AS uuid[]) IS NULL OR id = ANY(:scope)) AND (:deleted OR deleted_at IS NULL)
            ORDER BY created_at, id""",
        platform=platform,
        scope=scope,
        deleted=deleted,
    )
    return [Record(**row) for row in rows]


async def change(tx: Transaction, record: Record, values: dict[str, Any]) -> Record:
    """Writes some columns and raises the version. Raises ValueError for a column nobody may change."""
    if unknown := set(values) - set(CHANGEABLE):
        raise ValueError(f"{', '.join(sorted(unknown))} cannot be changed")
    sets = ", ".join(
        f"{column} = CAST(:{column} AS jsonb)" if isinstance(value, dict) else f"{column} = :{column}"
        for column, value in values.items()
    )
    row = await tx.row(
        f"UPDATE connections SET {sets}, version = version + 1 WHERE id = :id RETURNING {_COLUMNS}",
        id=record.id,
        **{column: json.dumps(value) if isinstance(value, dict) else value for column, value in values.items()},
    )
    changed = Record(**(row or vars(record)))
    if changed.project != record.project:
        await _remember_project(tx, changed.id, changed.project)
    return changed


async def delete(tx: Transaction, record: Record) -> Record:
    """Leaves a tombstone without credentials."""
    row = await tx.row(
        f"""UPDATE connections SET deleted_at = now(), sealed = '', facts = '{{}}', version = version + 1
            WHERE id = :id RETURNING {_COLUMNS}""",
        id=record.id,
    )
    await tx.execute("DELETE FROM access.connection_projects WHERE connection = :id", id=record.id)
    return Record(**(row or vars(record)))


async def made_by(tx: Transaction, key: str) -> UUID | None:
    """Which connection an Idempotency-Key has already made."""
    found: UUID | None = await tx.value("SELECT connection FROM requests WHERE key = :key", key=key)
    return found


async def remember_request(tx: Transaction, key: str, connection: UUID) -> None:
    await tx.execute("INSERT INTO requests (key, connection) VALUES (:key, :id)", key=key, id=connection)


async def _remember_project(tx: Transaction, id: UUID, project: str) -> None:
    await tx.execute(
        """INSERT INTO access.connection_projects (connection, project) VALUES (:id, :project)
           ON CONFLICT (connection) DO UPDATE SET project = excluded.project""",
        id=id,
        project=project,
    )
