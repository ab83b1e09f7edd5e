import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from shared.contracts.errors import Transient
from shared.messaging.bus import Bus, connect
from shared.messaging.memory import InMemoryBroker, InMemoryBus, broker_named
from shared.messaging.topology import event_queue
from tests.pure.messaging.suite import BusSuite, Inbox, Open, event_message, type_of_this_test


@pytest.fixture
def url() -> str:
    return f"memory://{uuid4().hex}"


@pytest.fixture
async def open_bus(url: str) -> AsyncIterator[Open]:
    opened: list[Bus] = []

    async def open() -> Bus:
        opened.append(await connect(url, name="test", drain=0.5))
        return opened[-1]

    yield open
    for bus in opened:
        await bus.close()


class TestInMemoryBus(BusSuite):
    """The suite over the in-process bus."""


async def test_publishing_returns_only_after_the_consumer_has_committed() -> None:
    bus, type = InMemoryBus(), type_of_this_test()
    orders, journal = Inbox(keep=True), Inbox(keep=True)
    await bus.subscribe(event_queue("orders", type), orders, prefetch=1)
    await bus.subscribe(event_queue("journal", type), journal, prefetch=1)
    publishing = asyncio.create_task(bus.publish([event_message(type)]))
    await orders.count(1)
    await orders.received[0].ack()
    await asyncio.sleep(0.05)
    assert not publishing.done(), "one of the two consumers has not committed yet"
    await journal.received[0].ack()
    await asyncio.wait_for(publishing, 1)
    await bus.close()


async def test_without_a_consumer_nothing_is_confirmed_and_the_sender_keeps_it() -> None:
    bus, queue, type = InMemoryBus(timeout=0.2), event_queue("orders", "a.made"), "a.made"
    await bus.declare(queue)
    with pytest.raises(Transient):
        await bus.publish([event_message(type, b"first try")])
    assert await bus.depth(queue.name) == 0, "the sender will send it again, so it must not be there twice"
    inbox = Inbox()
    await bus.subscribe(queue, inbox, prefetch=1)
    await bus.publish([event_message(type, b"second try")])
    assert inbox.bodies == [b"second try"]
    await bus.close()


async def test_a_message_its_sender_gave_up_is_not_delivered_again_after_its_handler_fails() -> None:
    bus, type = InMemoryBus(timeout=0.2), type_of_this_test()
    attempts: list[bytes] = []

    async def fails(delivery: object) -> None:
        attempts.append(b"")
        raise ValueError("the database is away")

    await bus.subscribe(event_queue("orders", type), fails, prefetch=1)
    with pytest.raises(Transient):
        await bus.publish([event_message(type)])
    await asyncio.sleep(0.6)
    assert len(attempts) == 1
    await bus.close()


async def test_buses_of_one_name_share_a_broker_and_other_names_do_not(url: str) -> None:
    here, there = await connect(url, name="a"), await connect(url, name="b")
    elsewhere, inbox, type = await connect(f"{url}2", name="a"), Inbox(), type_of_this_test()
    await here.subscribe(event_queue("orders", type), inbox, prefetch=1)
    await there.publish([event_message(type)])
    assert len(inbox.received) == 1
    assert await elsewhere.depth(f"orders.{type}") is None
    for bus in (here, there, elsewhere):
        await bus.close()


def test_a_new_event_loop_begins_with_an_empty_broker() -> None:
    async def broker() -> InMemoryBroker:
        return broker_named("loops")

    assert asyncio.run(broker()) is not asyncio.run(broker())
