"""Our own copy of what the order book needs of a connection: its name and project."""

from collections.abc import Sequence
from uuid import UUID

from shared.chassis.service import Service
from shared.contracts.connection import Connection, ConnectionChanged
from shared.contracts.envelope import Event
from shared.persistence.database import Transaction

SNAPSHOT = "/connections/internal"


async def projects(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The project of each known connection."""
    driver = await tx.driver()
    rows = await driver.fetch("SELECT id, project FROM connections WHERE id = ANY($1::uuid[])", list(ids))
    return {row["id"]: row["project"] for row in rows}


async def known(tx: Transaction, id: UUID) -> bool:
    """Whether there is or was such a connection."""
    return await tx.value("SELECT 1 FROM connections WHERE id = :id", id=id) is not None


async def put(tx: Transaction, connection: Connection) -> None:
    """Keeps the newer of two states; a deleted connection stays, its orders do too."""
    await tx.execute(
        """INSERT INTO connections (id, platform, version, name, project, productive, deleted)
           VALUES (:id, :platform, :version, :name, :project, :productive, :deleted)
           ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name,
               project = excluded.project, productive = excluded.productive, deleted = excluded.deleted
           WHERE connections.version < excluded.version""",
        **connection.model_dump(include={"id", "platform", "version", "name", "project", "productive", "deleted"}),
    )


async def apply(service: Service, tx: Transaction, events: Sequence[Event[ConnectionChanged]]) -> None:
    """Reads each changed connection from its owner: the event carries no more than its id."""
    for id in sorted({event.data.id for event in events}):
        answer = await service.peers.get(service.settings.connections_url, f"{SNAPSHOT}/{id}")
        await put(tx, Connection.model_validate(answer))


async def rebuild(service: Service) -> int:
    """Reads the owner's snapshot; answers how many connections there are."""
    answer = await service.peers.get(service.settings.connections_url, SNAPSHOT)
    connections = [Connection.model_validate(item) for item in answer["items"]]
    async with service.database.transaction() as tx:
        for connection in connections:
            await put(tx, connection)
    return len(connections)
