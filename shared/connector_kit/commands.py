"""Commands on their way in: the consumer only stores them; whoever holds the lease does them."""

from collections.abc import Sequence
from typing import Any

from shared.chassis.consumer import Consumer
from shared.chassis.loops import Loop
from shared.chassis.service import Service, consume
from shared.connector_kit import backfills, replica, work
from shared.connector_kit.declaration import Connector
from shared.connector_kit.refusing import refuse, refused
from shared.contracts.connection import ConnectionChanged, SyncRun
from shared.contracts.envelope import Event
from shared.contracts.errors import Defect
from shared.messaging.topology import Queue, command_queue
from shared.persistence.database import Transaction


def connection_queue(platform: str) -> Queue:
    """Each platform hears of its own connections only."""
    return Queue(f"{platform}.connection.changed", "events", (f"connection.changed.{platform}",))


def queues(connector: Connector) -> tuple[Queue, ...]:
    """What a connector declares before it announces itself."""
    pushes = tuple(command_queue(connector.platform, push.payload.type) for push in connector.pushes)
    refusals = tuple(command_queue(connector.platform, payload.type) for _, _, payload in refused(connector))
    return (*pushes, *refusals, command_queue(connector.platform, SyncRun.type), connection_queue(connector.platform))


def loops(connector: Connector, service: Service) -> list[Loop]:
    """The consumers of a connector."""

    async def changed(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        await replica.apply_changes(service, tx, events)

    found = [consume(service, Consumer(connection_queue(connector.platform), ConnectionChanged, changed))]
    found.append(consume(service, Consumer(command_queue(connector.platform, SyncRun.type), SyncRun, read_again)))
    for push in connector.pushes:
        queue = command_queue(connector.platform, push.payload.type)
        found.append(consume(service, Consumer(queue, push.payload, store_as(push.noun))))
    for noun, capability, payload in refused(connector):
        queue = command_queue(connector.platform, payload.type)
        found.append(consume(service, Consumer(queue, payload, refuse(connector, service, noun, capability))))
    return found


def store_as(noun: str) -> Any:
    """An `apply` that stores commands as work of one kind, newest version per subject."""

    async def apply(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        newest: dict[tuple[Any, str], work.NewWork] = {}
        for event in events:
            if event.connection is None:
                raise Defect(f"The command {event.id} names no connection")
            row = work.NewWork(event.connection, noun, event.subject, event.data.version, event.data.model_dump_json())
            known = newest.get((row.connection, row.subject))
            if known is None or known.version < row.version:
                newest[row.connection, row.subject] = row
        await work.store(tx, list(newest.values()))

    return apply


async def read_again(tx: Transaction, events: Sequence[Event[SyncRun]]) -> None:
    """`sync.run`: a record by its id, or a window of a stream, which is a backfill."""
    for event in events:
        wanted = event.data
        if event.connection is None:
            raise Defect(f"The command {event.id} names no connection")
        if wanted.external_id is not None:
            body = f'{{"path": "{wanted.path}", "force": true}}'
            await work.hint(tx, [work.Hinted(event.connection, f"read:{wanted.noun}", wanted.external_id, body)])
        else:
            until = wanted.until or event.time
            await backfills.ask(tx, event.connection, wanted.noun, wanted.since, until, event.source, again=True)
