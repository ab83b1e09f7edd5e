"""The connector's own copy of its connections, fed by `connection.changed`, rebuilt from the owner's snapshot."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.chassis.service import Service
from shared.contracts.connection import Connection, ConnectionChanged
from shared.contracts.envelope import Event
from shared.persistence.database import Transaction

SNAPSHOT = "/connections/internal"


async def put(tx: Transaction, connection: Connection) -> None:
    """Keeps the newer of two states; a deleted connection stays as a tombstone, without its access token."""
    await tx.execute(
        """INSERT INTO connections (id, platform, version, deleted, content)
           VALUES (:id, :platform, :version, :deleted, CAST(:content AS jsonb))
           ON CONFLICT (id) DO UPDATE SET version = excluded.version, deleted = excluded.deleted,
               content = excluded.content, updated_at = now() WHERE connections.version < excluded.version""",
        id=connection.id,
        platform=connection.platform,
        version=connection.version,
        deleted=connection.deleted,
        content=connection.model_dump_json(),
    )
    if connection.deleted:
        await tx.execute("DELETE FROM tokens WHERE connection = :id", id=connection.id)
        await tx.execute("DELETE FROM budgets WHERE connection = :id", id=connection.id)
        await tx.execute("DELETE FROM notes WHERE connection = :id", id=connection.id)


async def of_platform(tx: Transaction, platform: str) -> list[Connection]:
    """All connections of a platform that are not deleted."""
    rows = await tx.rows(
        "SELECT content FROM connections WHERE platform = :platform AND NOT deleted ORDER BY id", platform=platform
    )
    return [Connection.model_validate(row["content"]) for row in rows]


async def one(tx: Transaction, id: UUID) -> Connection | None:
    content = await tx.value("SELECT content FROM connections WHERE id = :id AND NOT deleted", id=id)
    return None if content is None else Connection.model_validate(content)


async def rebuild(service: Service, platform: str) -> int:
    """Pages the owner's snapshot; answers how many connections there are."""
    answer: Any = await service.peers.get(service.settings.connections_url, SNAPSHOT, platform=platform)
    connections = [Connection.model_validate(item) for item in answer["items"]]
    async with service.database.transaction() as tx:
        for connection in connections:
            await put(tx, connection)
    return len(connections)


async def apply_changes(service: Service, tx: Transaction, events: Sequence[Event[ConnectionChanged]]) -> None:
    """Reads each changed connection from its owner and makes its streams due."""
    for id in sorted({event.data.id for event in events}):
        answer = await service.peers.get(service.settings.connections_url, f"{SNAPSHOT}/{id}")
        await put(tx, Connection.model_validate(answer))
        await tx.execute("UPDATE cursors SET due_at = now() WHERE connection = :id", id=id)
