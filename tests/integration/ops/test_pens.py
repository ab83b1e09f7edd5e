"""Dead letters and unrouted events, in the real broker."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import aio_pika
import pytest

from shared.contracts.connection import ConnectionChanged
from shared.contracts.envelope import event
from shared.messaging.bus import Bus, Delivery, connect
from shared.messaging.message import Message, pack
from shared.messaging.topology import DEAD_LETTERS, UNROUTED, Queue
from tests.integration.ops.conftest import Type
from tests.pure.messaging.suite import eventually

pytestmark = pytest.mark.integration
QUEUE = Queue("pens.connection.changed", "events", ("connection.changed.*",))


def news() -> list[Message]:
    payload = ConnectionChanged(id=uuid4(), version=1, platform="core")
    return pack([event(payload, id=uuid4(), source="test", subject="s", time=datetime.now(UTC))])


@pytest.fixture
async def bus(rabbitmq_url: str) -> AsyncIterator[Bus]:
    opened = await connect(rabbitmq_url, name="test")
    await opened.declare()
    connection = await aio_pika.connect(rabbitmq_url)
    channel = await connection.channel()
    for name in (UNROUTED, DEAD_LETTERS):
        await (await channel.get_queue(name)).purge()
    await channel.queue_delete(QUEUE.name)
    await connection.close()
    yield opened
    await opened.close()


async def test_an_event_nobody_took_reaches_a_service_that_came_later(
    bus: Bus, rabbitmq_url: str, command: Type
) -> None:
    await bus.publish(news())
    listed = await command("unrouted", "list", KONTOR_BROKER_URL=rabbitmq_url)
    assert "connection.changed.core" in listed.output
    await bus.declare(QUEUE)
    said = await command("unrouted", "retry", KONTOR_BROKER_URL=rabbitmq_url)
    assert "1 unrouted messages" in said.output
    assert await bus.depth(QUEUE.name) == 1
    assert "There are no unrouted events" in (await command("unrouted", "list", KONTOR_BROKER_URL=rabbitmq_url)).output


async def test_a_dead_letter_is_shown_with_its_reason_and_returns_to_the_queue_that_gave_it_up(
    bus: Bus, rabbitmq_url: str, command: Type
) -> None:
    taken: list[bytes] = []
    back = asyncio.Event()

    async def handle(delivery: Delivery) -> None:
        taken.append(delivery.body)
        if len(taken) == 1:
            await delivery.dead_letter("not what was promised")
        else:
            await delivery.ack()
            back.set()

    await bus.subscribe(QUEUE, handle, prefetch=1)
    message = news()[0]
    await bus.publish([message])
    await eventually(lambda: bus.depth(DEAD_LETTERS))
    listed = (await command("dead-letters", "list", KONTOR_BROKER_URL=rabbitmq_url)).output
    assert [word in listed for word in (QUEUE.name, "not what was promised")] == [True, True]
    shown = (await command("dead-letters", "show", "1", KONTOR_BROKER_URL=rabbitmq_url)).output
    assert message.event_ids in shown
    assert (await command("dead-letters", "show", "2", KONTOR_BROKER_URL=rabbitmq_url)).exit_code == 1
    assert "1 dead letters" in (await command("dead-letters", "retry", KONTOR_BROKER_URL=rabbitmq_url)).output
    async with asyncio.timeout(10):
        await back.wait()
    assert taken == [message.body, message.body]


async def test_messages_that_live_inside_one_process_are_not_claimed_to_be_none(command: Type) -> None:
    refused = await command("dead-letters", "list", KONTOR_BROKER_URL="memory://")
    assert refused.exit_code == 1
    assert "nobody can look in" in refused.output
