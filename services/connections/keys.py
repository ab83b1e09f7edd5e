"""The API keys: made, listed, revoked. Only their hash is stored."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from shared.chassis.access import key_hash
from shared.persistence.database import Transaction

_COLUMNS = "id, name, role, projects, connections, created_at, created_by, expires_at, revoked_at"


async def add(
    tx: Transaction,
    key: str,
    *,
    name: str,
    role: str,
    by: str,
    projects: list[str] | None = None,
    connections: list[UUID] | None = None,
    expires_at: datetime | None = None,
) -> dict[str, Any]:
    """Stores a key's hash. The same key twice stays one row."""
    row = await tx.row(
        f"""INSERT INTO access.api_keys (id, name, role, hash, projects, connections, created_by, expires_at)
            VALUES (:id, :name, :role, :hash, CAST(:projects AS text[]), CAST(:connections AS uuid[]), :by, :expires_at)
            ON CONFLICT (hash) DO UPDATE SET name = excluded.name RETURNING {_COLUMNS}""",
        id=uuid4(),
        name=name,
        role=role,
        hash=key_hash(key),
        projects=projects,
        connections=connections,
        by=by,
        expires_at=expires_at,
    )
    return row or {}


async def listed(tx: Transaction) -> list[dict[str, Any]]:
    return await tx.rows(f"SELECT {_COLUMNS} FROM access.api_keys ORDER BY created_at, id")


async def revoke(tx: Transaction, id: UUID) -> dict[str, Any] | None:
    """Ends a key; services notice within half a minute."""
    return await tx.row(
        f"""UPDATE access.api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = :id
            RETURNING {_COLUMNS}""",
        id=id,
    )
