"""Parked events: the operator sees why, sends them back, and each is then applied once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.chassis.clock import utc_now
from shared.chassis.consumer import Apply, BatchConsumer, Consumer
from shared.chassis.journal import Journal
from shared.contracts.connection import ConnectionChanged
from shared.contracts.envelope import Event, encode, event
from shared.messaging.bus import connect
from shared.messaging.topology import Queue
from shared.persistence import attempts
from shared.persistence.database import Database, Transaction
from tests.integration.conftest import OpenAs
from tests.integration.ops.conftest import Type
from tests.pure.messaging.suite import eventually

pytestmark = pytest.mark.integration
QUEUE = Queue("connections.connection.changed", "events", ("connection.changed.*",))


def news() -> Event[Any]:
    payload = ConnectionChanged(id=uuid4(), version=1, platform="core")
    return event(payload, id=uuid4(), source="test", subject="s", time=datetime.now(UTC))


async def park(owner: Database, *events: Event[Any], schema: str = "connections", detail: str = "KeyError: x") -> None:
    async with owner.transaction() as tx:
        await tx.execute(f"SET LOCAL search_path TO {schema}")
        for one in events:
            for _ in range(5):
                await attempts.count(tx, one.id, detail)
            row = attempts.ParkedEvent(one.id, QUEUE.name, one.type, encode([one]), "event_parked", detail, 5)
            await attempts.park(tx, row)


async def counted(owner: Database, table: str) -> int:
    async with owner.transaction() as tx:
        return int(await tx.value(f"SELECT count(*) FROM {table}"))


@asynccontextmanager
async def consuming(database: Database, apply: Apply) -> AsyncIterator[asyncio.Task[None]]:
    """The consumer whose events were parked."""
    bus = await connect(f"memory://{uuid4()}", name="test")
    await bus.declare(QUEUE)
    batch = BatchConsumer(
        Consumer(QUEUE, ConnectionChanged, apply),
        service="connections",
        database=database,
        bus=bus,
        journal=Journal("connections"),
        clock=utc_now,
    )
    task = asyncio.create_task(batch.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await bus.close()


async def test_a_parked_event_that_is_sent_back_is_applied_once_however_often_it_is_asked(
    owner: Database, open_as: OpenAs, command: Type
) -> None:
    bad = news()
    await park(owner, bad)
    first, second = await command("parked", "retry", str(bad.id)), await command("parked", "retry", str(bad.id))
    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "nothing was changed" in second.output
    assert await counted(owner, "connections.held") == 1
    assert await counted(owner, "connections.attempts") == 0
    applied: list[UUID] = []

    async def apply(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        applied.extend(one.id for one in events)

    async with consuming(open_as("connections"), apply):
        await eventually(lambda: applied)
    assert applied == [bad.id]
    assert await counted(owner, "connections.parked_events") == 0
    assert await counted(owner, "connections.outbox") == 0


async def test_an_event_that_still_does_not_fit_its_contract_is_parked_again_and_the_loop_lives(
    owner: Database, open_as: OpenAs, command: Type
) -> None:
    malformed, good = news().model_copy(update={"data": {"nothing": "of it"}}), news()
    await park(owner, malformed, good)
    assert (await command("parked", "retry", "--all")).exit_code == 0
    applied = asyncio.Event()

    async def apply(tx: Transaction, events: Sequence[Event[Any]]) -> None:
        assert [one.id for one in events] == [good.id]
        applied.set()

    async def none_held() -> bool:
        return await counted(owner, "connections.held") == 0

    async with consuming(open_as("connections"), apply) as loop:
        await eventually(none_held)
        assert not loop.done()
    assert applied.is_set()
    shown = await command("parked", "show", str(malformed.id), "--lang", "de")
    assert "entspricht nicht seinem Vertrag" in shown.output


async def test_the_list_counts_by_cause_over_all_services(owner: Database, command: Type) -> None:
    await park(owner, news(), news(), schema="orders", detail=f"ValueError: order {uuid4()} has no price")
    await park(owner, news(), schema="orders", detail=f"ValueError: order {uuid4()} has no price")
    await park(owner, news(), schema="journal", detail="KeyError: 'x'")
    lines = (await command("parked", "list")).output.splitlines()
    assert len(lines) == 4
    assert [word in lines[2] for word in (" 3 ", " orders ", "has no price")] == [True] * 3
    assert [word in lines[3] for word in (" 1 ", " journal ", "KeyError")] == [True] * 3


async def test_a_code_names_all_its_events_and_no_others(owner: Database, command: Type) -> None:
    await park(owner, news(), schema="orders")
    assert "No event is parked so" in (await command("parked", "retry", "--code", "event_malformed")).output
    assert "1 events" in (await command("parked", "retry", "--code", "event_parked")).output


async def test_without_saying_which_nothing_is_sent_back(owner: Database, command: Type) -> None:
    await park(owner, news())
    assert (await command("parked", "retry")).exit_code == 1
    assert await counted(owner, "connections.parked_events") == 1


async def test_a_parked_event_is_shown_with_its_reason_its_advice_and_its_content(
    owner: Database, command: Type
) -> None:
    bad = news()
    await park(owner, bad)
    shown = (await command("parked", "show", str(bad.id))).output
    assert "could not be applied after 5 attempts: KeyError: x" in shown
    assert f"ops parked retry {bad.id}" in shown
    assert str(bad.data.id) in shown


async def test_a_database_that_is_not_ours_is_named_as_that(servers: Any, command: Type) -> None:
    url = servers.postgres_url.rpartition("/")[0] + "/postgres"
    refused = await command("parked", "list", KONTOR_DATABASE_URL=url)
    assert refused.exit_code == 1
    assert "migrate" in refused.output
