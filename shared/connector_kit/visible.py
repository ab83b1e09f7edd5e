"""Which connection a route is about, and whether its caller may see it."""

from uuid import UUID

from shared.chassis.access import Principal
from shared.chassis.problems import not_found
from shared.chassis.service import Service
from shared.connector_kit import replica
from shared.connector_kit.declaration import Connector, Stream
from shared.contracts.connection import Connection


async def connection_of(service: Service, connector: Connector, id: UUID, caller: Principal) -> Connection:
    """The connection, or a 404 problem when it is another platform's, unknown, or outside the caller's scope."""
    async with service.database.transaction() as tx:
        connection = await replica.one(tx, id)
    if connection is None or connection.platform != connector.platform or not caller.allows(id):
        raise not_found(id)
    return connection


def stream_of(connector: Connector, noun: str) -> Stream:
    """The stream of a noun, or a 404 problem where the connector reads none."""
    stream = connector.stream(noun)
    if stream is None:
        raise not_found(noun)
    return stream
