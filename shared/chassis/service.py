"""One running service: what it was given, and what it declares."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from shared.chassis.access import Access
from shared.chassis.clock import Clock, utc_now
from shared.chassis.consumer import BatchConsumer, Consumer
from shared.chassis.hashing import Hasher
from shared.chassis.journal import Journal
from shared.chassis.loops import Loop, every
from shared.chassis.outbox import Relay
from shared.chassis.peers import Peers
from shared.chassis.settings import Settings
from shared.contracts.envelope import Event, event
from shared.contracts.identity import own_id
from shared.contracts.model import Payload
from shared.messaging.bus import Bus
from shared.messaging.topology import Queue
from shared.persistence.database import Database
from shared.persistence.held import Lookout


@dataclass
class Service:
    """What every part of a service gets by argument."""

    name: str
    settings: Settings
    database: Database
    bus: Bus
    journal: Journal
    access: Access
    hasher: Hasher
    peers: Peers
    lookout: Lookout
    clock: Clock = utc_now

    def event(
        self,
        payload: Payload,
        *,
        subject: str,
        version: int | str,
        connection: UUID | None = None,
        platform: str = "core",
        causation: Event[Any] | None = None,
    ) -> Event[Any]:
        """An event about one of our own records; the same record at the same version makes the same id."""
        return event(
            payload,
            id=own_id(self.name, payload.type, subject, version),
            source=self.name,
            subject=subject,
            time=self.clock(),
            connection=connection,
            platform=platform,
            causationid=None if causation is None else str(causation.id),
            correlationid=None if causation is None else causation.correlationid,
        )


@dataclass(frozen=True)
class ServiceDefinition:
    """What a service is: its name, its schema, its addresses, its loops, its queues.

    `routes` maps a prefix to a router factory; every prefix becomes an app of its own with its own /docs. `open_body`
    prefixes take bodies up to 25 MB (webhooks), all others 5 MB.
    """

    name: str
    schema: str
    routes: Mapping[str, Callable[[Service], APIRouter]]
    loops: Callable[[Service], Sequence[Loop]]
    queues: tuple[Queue, ...] = ()
    large_bodies: frozenset[str] = field(default_factory=frozenset)


def open_services(definitions: Mapping[str, tuple[ServiceDefinition, Settings]], bus: Bus) -> list[list[Service]]:
    """Builds the contexts of services by name, those of one schema together; nothing is connected before it is used.

    Services of one schema share a pool, and with it whatever looks into their common tables again and again.
    """
    schemas: dict[str, list[tuple[ServiceDefinition, Settings]]] = {}
    for definition, settings in definitions.values():
        schemas.setdefault(definition.schema, []).append((definition, settings))
    found = []
    for schema, members in schemas.items():
        first, settings = members[0]
        database = Database(
            settings.database_url.get_secret_value(),
            schema=schema,
            name=first.name if len(members) == 1 else schema,
            pool_size=settings.pool_size + len(members) - 1,
        )
        lookout = Lookout(database)
        found.append([_service(*member, bus, database, lookout) for member in members])
    return found


def _service(
    definition: ServiceDefinition, settings: Settings, bus: Bus, database: Database, lookout: Lookout
) -> Service:
    return Service(
        name=definition.name,
        settings=settings,
        database=database,
        bus=bus,
        journal=Journal(definition.name),
        access=Access(database),
        hasher=Hasher(settings.hash_key.get_secret_value()),
        peers=Peers(settings),
        lookout=lookout,
    )


def consume(service: Service, consumer: Consumer) -> Loop:
    """A supervised batch consumer of this service."""
    batch = BatchConsumer(
        consumer,
        service=service.name,
        database=service.database,
        bus=service.bus,
        journal=service.journal,
        clock=service.clock,
        parent_within=service.settings.parent_within,
        lookout=service.lookout,
    )
    return Loop(f"consume {consumer.queue.name}", batch.run)


def relay_loops(service: Service) -> list[Loop]:
    """The outbox relay that every schema has."""
    relay = Relay(service.name, service.database, service.bus)
    return [Loop("relay", relay.run), every(15.0, "outbox gauge", relay.measure)]


async def close_service(service: Service) -> None:
    async with asyncio.timeout(10):
        await service.peers.close()
        await service.database.close()
