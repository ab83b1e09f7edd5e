"""Queues, bindings and exchanges that vanish or change while Kontor runs."""

import asyncio

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.contracts.errors import Defect, Misconfigured
from shared.messaging.bus import Delivery, Unroutable, connect
from shared.messaging.replay import reinject
from shared.messaging.topology import (
    COMMANDS,
    DEAD_LETTERS,
    DELIVERY_LIMIT,
    Queue,
    arguments,
    command_queue,
    event_queue,
)
from tests.integration.messaging.broker import Broker, Network
from tests.integration.messaging.conftest import OpenRabbit
from tests.pure.messaging.suite import Inbox, command_message, event_message, eventually, in_pen

pytestmark = pytest.mark.integration
QUEUE = event_queue("orders", "order.received")


@pytest.fixture
async def raw(broker: Broker):  # type: ignore[no-untyped-def]
    """A channel of an operator who changes things behind Kontor's back."""
    connection = await aio_pika.connect(broker.url)
    yield await connection.channel()
    await connection.close()


async def test_a_command_whose_binding_was_removed_fails_each_time_until_it_is_declared_again(
    open_rabbit: OpenRabbit, raw: AbstractChannel
) -> None:
    bus, queue, inbox = open_rabbit(watch_every=3600), command_queue("somewhere", "stock.push"), Inbox()
    await bus.subscribe(queue, inbox, prefetch=10)
    await (await raw.get_queue(queue.name)).unbind(COMMANDS, queue.routing_keys[0])
    for _ in range(3):
        with pytest.raises(Unroutable):
            await bus.publish([command_message("stock.push")])
    await bus.declare(queue)
    await bus.publish([command_message("stock.push")])
    await inbox.count(1)


async def test_the_watchdog_puts_back_a_binding_that_was_removed(open_rabbit: OpenRabbit, raw: AbstractChannel) -> None:
    bus, queue, inbox = open_rabbit(watch_every=0.5), command_queue("somewhere", "stock.push"), Inbox()
    await bus.subscribe(queue, inbox, prefetch=10)
    await (await raw.get_queue(queue.name)).unbind(COMMANDS, queue.routing_keys[0])
    await asyncio.sleep(1.5)
    await bus.publish([command_message("stock.push")])
    await inbox.count(1)


async def test_who_subscribes_and_cancels_while_the_others_are_looked_at_disturbs_nobody(
    open_rabbit: OpenRabbit,
) -> None:
    bus, inbox, ended = open_rabbit(watch_every=3600), Inbox(), asyncio.Event()
    for number in range(5):
        await bus.subscribe(event_queue(f"old{number}", "order.received"), inbox, prefetch=1)

    async def look() -> int:
        looks = 0
        while not ended.is_set():
            assert await bus.healthy()
            looks += 1
        return looks

    looking = asyncio.create_task(look())
    for number in range(5):
        subscription = await bus.subscribe(event_queue(f"new{number}", "order.received"), inbox, prefetch=1)
        await subscription.cancel()
    ended.set()
    assert await looking > 1


async def test_a_queue_deleted_under_its_consumer_is_there_again_with_its_consumer(
    open_rabbit: OpenRabbit, raw: AbstractChannel
) -> None:
    bus, inbox = open_rabbit(), Inbox()
    await bus.subscribe(QUEUE, inbox, prefetch=10)
    await raw.queue_delete(QUEUE.name)
    assert not await bus.healthy()
    await eventually(bus.healthy, within=30)
    await bus.publish([event_message("order.received")])
    await inbox.count(1)


async def test_a_queue_that_cannot_be_consumed_any_more_is_reported_so_that_the_process_may_end(
    open_rabbit: OpenRabbit, raw: AbstractChannel
) -> None:
    reports: list[str] = []
    bus = open_rabbit(watch_every=0.5, on_dead=reports.append)
    await bus.subscribe(QUEUE, Inbox(), prefetch=10)
    await raw.queue_delete(QUEUE.name)
    await raw.declare_queue(QUEUE.name, durable=True)
    await eventually(lambda: reports, within=30)
    assert QUEUE.name in reports[0]
    assert not await bus.healthy()


async def test_a_queue_that_exists_with_other_arguments_is_a_defect_that_says_so(
    open_rabbit: OpenRabbit, raw: AbstractChannel
) -> None:
    await raw.declare_queue(QUEUE.name, durable=True)
    bus = open_rabbit()
    with pytest.raises(Defect, match="something else under that name"):
        await bus.declare(QUEUE)
    with pytest.raises(Defect):
        await bus.subscribe(QUEUE, Inbox(), prefetch=10)


async def test_dead_letters_find_their_pen_again_after_somebody_deleted_it(
    open_rabbit: OpenRabbit, raw: AbstractChannel, broker: Broker
) -> None:
    bus = open_rabbit()

    async def cannot_parse(delivery: Delivery) -> None:
        await delivery.dead_letter("It is not JSON.")

    await bus.subscribe(QUEUE, cannot_parse, prefetch=10)
    await raw.exchange_delete(DEAD_LETTERS)
    await raw.queue_delete(DEAD_LETTERS)
    await bus.publish([event_message("order.received", b"{")])
    await eventually(lambda: in_pen(broker.url, DEAD_LETTERS, "order.received"))


async def test_a_message_that_crashed_its_consumer_too_often_becomes_a_dead_letter_and_can_be_sent_back(
    open_rabbit: OpenRabbit, raw: AbstractChannel, broker: Broker
) -> None:
    bus, inbox = open_rabbit(), Inbox()
    await bus.declare(QUEUE)
    await bus.publish([event_message("order.received", b"poison")])
    queue = await raw.get_queue(QUEUE.name)
    for _ in range(DELIVERY_LIMIT + 1):
        message = await queue.get(timeout=5)
        await message.reject(requeue=True)
    await eventually(lambda: in_pen(broker.url, DEAD_LETTERS, "order.received"))
    dead = await in_pen(broker.url, DEAD_LETTERS, "order.received")
    assert [(letter.reason, letter.died_in) for letter in dead] == [("delivery_limit", QUEUE.name)]

    await bus.subscribe(QUEUE, inbox, prefetch=10)
    assert await reinject(broker.url, DEAD_LETTERS, 10) == 1
    await inbox.count(1)
    assert inbox.bodies == [b"poison"]


async def test_a_dead_letter_of_a_queue_that_is_gone_stays_where_it_is(
    open_rabbit: OpenRabbit, raw: AbstractChannel, broker: Broker
) -> None:
    bus = open_rabbit(watch_every=3600)

    async def cannot_parse(delivery: Delivery) -> None:
        await delivery.dead_letter("It is not JSON.")

    subscription = await bus.subscribe(QUEUE, cannot_parse, prefetch=10)
    await bus.publish([event_message("order.received", b"{")])
    await eventually(lambda: in_pen(broker.url, DEAD_LETTERS, "order.received"))
    await subscription.cancel()
    await raw.queue_delete(QUEUE.name)
    with pytest.raises(Unroutable):
        await reinject(broker.url, DEAD_LETTERS, 10)
    assert len(await in_pen(broker.url, DEAD_LETTERS, "order.received")) == 1


async def test_sixty_crashes_of_a_consumer_make_no_dead_letter_of_what_it_held(
    open_rabbit: OpenRabbit, broker: Broker
) -> None:
    """With a limit of three and a prefetch of twenty, four crashes were seen to bury twenty innocent messages."""
    bus, inbox = open_rabbit(), Inbox()
    await bus.declare(QUEUE)
    await bus.publish([event_message("order.received", str(n).encode()) for n in range(20)])
    for _ in range(60):
        doomed = await aio_pika.connect(broker.url)
        channel = await doomed.channel()
        await channel.set_qos(prefetch_count=20)
        held = Inbox(keep=True)
        await (await channel.get_queue(QUEUE.name)).consume(held)  # type: ignore[arg-type]
        await held.count(20)
        await doomed.close()
    await bus.subscribe(QUEUE, inbox, prefetch=20)
    await inbox.count(20)
    assert sorted(map(int, inbox.bodies)) == list(range(20))
    assert await bus.depth(DEAD_LETTERS) == 0


async def test_wrong_credentials_and_an_unknown_virtual_host_are_for_the_operator_to_mend(broker: Broker) -> None:
    user_and_password = broker.url.partition("://")[2].partition("@")[0]
    with pytest.raises(Misconfigured, match="user, password and virtual host") as caught:
        await connect(broker.url.replace(user_and_password, "kontor:wrong-guess"), name="test")
    assert "wrong-guess" not in str(caught.value)
    with pytest.raises(Misconfigured):
        await connect(broker.url + "-unknown", name="test")
    with pytest.raises(Misconfigured):
        await connect("http://127.0.0.1:1/", name="test")


@pytest.mark.fault
async def test_credentials_that_are_taken_away_are_not_tried_in_a_busy_loop(
    open_rabbit: OpenRabbit, broker: Broker, network: Network
) -> None:
    broker.ctl("add_user", "guest2", "first")
    broker.ctl("set_permissions", "-p", broker.vhost, "guest2", ".*", ".*", ".*")
    mine = broker.url.partition("://")[2].partition("@")[0]
    bus = open_rabbit(network.url.replace(mine, "guest2:first"))
    await bus.subscribe(QUEUE, Inbox(), prefetch=10)
    assert await bus.healthy()
    broker.ctl("change_password", "guest2", "second")
    network.cut()
    before = network.connections
    await asyncio.sleep(6)
    with pytest.raises(Misconfigured):
        await bus.publish([event_message("order.received")])
    assert network.connections - before <= 8, "each of the two connections may try about once a second"
    broker.ctl("change_password", "guest2", "first")
    await eventually(bus.healthy)
    broker.ctl("delete_user", "guest2")


def test_the_arguments_of_a_queue_never_change_by_accident() -> None:
    """A queue cannot be declared with other arguments: a change here needs new queue names or an operator."""
    assert arguments(QUEUE.name) == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 100,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "dead-letters",
        "x-dead-letter-strategy": "at-least-once",
    }
    assert isinstance(QUEUE, Queue)
