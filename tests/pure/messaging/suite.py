"""What every bus must do, written once and run over each of them."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from shared.contracts.errors import Transient
from shared.messaging.bus import Bus, Delivery, Unroutable
from shared.messaging.message import Message
from shared.messaging.replay import peek, reinject
from shared.messaging.topology import COMMANDS, DEAD_LETTERS, EVENTS, UNROUTED, Queue, command_queue, event_queue

Open = Callable[[], Awaitable[Bus]]


class Inbox:
    """A consumer that remembers what it received and acknowledges it, unless told to keep it."""

    def __init__(self, *, keep: bool = False) -> None:
        self.received: list[Delivery] = []
        self._keep = keep
        self._arrival = asyncio.Condition()

    async def __call__(self, delivery: Delivery) -> None:
        self.received.append(delivery)
        if not self._keep:
            await delivery.ack()
        async with self._arrival:
            self._arrival.notify_all()

    async def count(self, wanted: int, *, within: float = 15) -> None:
        async with asyncio.timeout(within), self._arrival:
            await self._arrival.wait_for(lambda: len(self.received) >= wanted)

    @property
    def bodies(self) -> list[bytes]:
        return [delivery.body for delivery in self.received]


def type_of_this_test() -> str:
    """A message type nobody else uses, so that tests may share a broker."""
    return f"t{uuid4().hex[:8]}.made"


def event_message(type: str, body: bytes = b"[]", *, platform: str = "core") -> Message:
    return Message(EVENTS, f"{type}.{platform}", type, body, event_ids=str(UUID(int=1)), traceparent="00-trace-span-01")


def command_message(type: str, body: bytes = b"[]", *, platform: str = "somewhere") -> Message:
    return Message(COMMANDS, f"{type}.{platform}", type, body)


async def in_pen(url: str, pen: str, type: str) -> list[Message]:
    return [message for message in await peek(url, pen, 500) if message.type == type]


async def eventually(check: Callable[[], object], *, within: float = 15) -> None:
    """Waits until a check, which may be asynchronous, says something true."""
    async with asyncio.timeout(within):
        while True:
            outcome = check()
            if await outcome if isinstance(outcome, Awaitable) else outcome:
                return
            await asyncio.sleep(0.02)


class BusSuite:
    """Needs the fixtures `url` (of an empty broker) and `open_bus` (another bus on it, closed by the fixture)."""

    async def test_an_event_reaches_its_consumer_unchanged(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        inbox = Inbox()
        await bus.subscribe(event_queue("orders", type), inbox, prefetch=10)
        await bus.publish([event_message(type, '[{"note":"Grüße \\u0000"}]'.encode(), platform="anywhere")])
        await inbox.count(1)
        assert inbox.received[0].message_type == type
        assert inbox.received[0].body == '[{"note":"Grüße \\u0000"}]'.encode()
        assert not inbox.received[0].redelivered

    async def test_every_service_that_listens_gets_its_own_copy(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        orders, stock, other = Inbox(), Inbox(), Inbox()
        await bus.subscribe(event_queue("orders", type), orders, prefetch=10)
        await bus.subscribe(event_queue("stock", type), stock, prefetch=10)
        await bus.subscribe(event_queue("stock", f"{type}x"), other, prefetch=10)
        await bus.publish([event_message(type)])
        await orders.count(1)
        await stock.count(1)
        assert not other.received

    async def test_a_command_reaches_only_the_platform_it_is_for(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        here, there = Inbox(), Inbox()
        await bus.subscribe(command_queue("here", type), here, prefetch=10)
        await bus.subscribe(command_queue("there", type), there, prefetch=10)
        await bus.publish([command_message(type, b"for there", platform="there")])
        await there.count(1)
        assert not here.received

    async def test_two_replicas_share_the_work_and_each_message_is_handled_once(self, open_bus: Open) -> None:
        sender, type = await open_bus(), type_of_this_test()
        replicas = [Inbox(), Inbox()]
        for inbox in replicas:
            await (await open_bus()).subscribe(event_queue("orders", type), inbox, prefetch=5)
        await sender.publish([event_message(type, str(n).encode()) for n in range(100)])
        await eventually(lambda: sum(len(inbox.received) for inbox in replicas) >= 100)
        bodies = [body for inbox in replicas for body in inbox.bodies]
        assert sorted(bodies) == sorted(str(n).encode() for n in range(100))
        assert all(len(inbox.received) >= 20 for inbox in replicas)

    async def test_what_a_vanished_replica_had_not_acknowledged_is_delivered_again(self, open_bus: Open) -> None:
        sender, type = await open_bus(), type_of_this_test()
        first, second, doomed = Inbox(keep=True), Inbox(), await open_bus()
        await doomed.subscribe(event_queue("orders", type), first, prefetch=10)
        publishing = asyncio.create_task(sender.publish([event_message(type, str(n).encode()) for n in range(5)]))
        await first.count(5)
        await first.received[0].ack()
        await doomed.close()
        await (await open_bus()).subscribe(event_queue("orders", type), second, prefetch=10)
        await second.count(4)
        await publishing
        assert sorted(second.bodies) == [b"1", b"2", b"3", b"4"]
        assert all(delivery.redelivered for delivery in second.received)

    async def test_what_is_acknowledged_together_takes_nothing_else_along(self, open_bus: Open) -> None:
        sender, doomed, type = await open_bus(), await open_bus(), type_of_this_test()
        first, second = Inbox(keep=True), Inbox()
        subscription = await doomed.subscribe(event_queue("orders", type), first, prefetch=10)
        publishing = asyncio.create_task(sender.publish([event_message(type, str(n).encode()) for n in range(8)]))
        await first.count(8)
        by_body = {delivery.body: delivery for delivery in first.received}
        await subscription.ack([by_body[body] for body in (b"1", b"0", b"2", b"4", b"7")])
        await subscription.ack([by_body[body] for body in (b"0", b"3")])
        await doomed.close()
        await (await open_bus()).subscribe(event_queue("orders", type), second, prefetch=10)
        await second.count(2)
        await publishing
        await asyncio.sleep(0.3)
        assert sorted(second.bodies) == [b"5", b"6"]

    async def test_a_message_whose_handler_failed_comes_again_after_a_pause(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        times: list[float] = []
        done = asyncio.Event()

        async def fails_once(delivery: Delivery) -> None:
            times.append(asyncio.get_running_loop().time())
            if len(times) == 1:
                raise ValueError("the database is away")
            assert delivery.redelivered
            await delivery.ack()
            done.set()

        await bus.subscribe(event_queue("orders", type), fails_once, prefetch=10)
        await bus.publish([event_message(type)])
        async with asyncio.timeout(10):
            await done.wait()
        assert len(times) == 2
        assert 0.3 < times[1] - times[0] < 5

    async def test_a_consumer_may_collect_deliveries_and_acknowledge_them_later(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        inbox = Inbox(keep=True)
        await bus.subscribe(event_queue("orders", type), inbox, prefetch=3)
        publishing = asyncio.create_task(bus.publish([event_message(type, str(n).encode()) for n in range(5)]))
        await inbox.count(3)
        await asyncio.sleep(0.3)
        assert len(inbox.received) == 3, "more than the prefetch were handed out"
        for delivery in tuple(inbox.received):
            await delivery.ack()
        await inbox.count(5)
        for delivery in inbox.received:
            await delivery.ack()
        await publishing
        assert len({*inbox.bodies}) == 5

    async def test_a_handler_may_publish_while_its_own_message_is_not_acknowledged_yet(self, open_bus: Open) -> None:
        bus, order, entry = await open_bus(), type_of_this_test(), type_of_this_test()
        journal = Inbox()

        async def imports(delivery: Delivery) -> None:
            await bus.publish([event_message(entry, delivery.body)])
            await delivery.ack()

        await bus.subscribe(event_queue("orders", order), imports, prefetch=1)
        await bus.subscribe(event_queue("journal", entry), journal, prefetch=1)
        await bus.publish([event_message(order, str(n).encode()) for n in range(3)])
        await journal.count(3)

    async def test_a_command_nobody_takes_is_an_error_to_its_sender(self, open_bus: Open) -> None:
        bus, known, unknown = await open_bus(), type_of_this_test(), type_of_this_test()
        inbox = Inbox()
        await bus.subscribe(command_queue("somewhere", known), inbox, prefetch=10)
        nobody = [command_message(unknown, str(n).encode()) for n in range(2)]
        with pytest.raises(Unroutable) as caught:
            await bus.publish([command_message(known), nobody[0], command_message(known), nobody[1]])
        assert sorted(caught.value.messages, key=lambda message: message.body) == nobody
        assert unknown in caught.value.detail
        await inbox.count(2)

    async def test_the_same_unroutable_command_sent_twice_at_once_fails_twice(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        message = command_message(type)
        outcomes = await asyncio.gather(
            bus.publish([message]), bus.publish([message]), bus.publish([message, message]), return_exceptions=True
        )
        for outcome, count in zip(outcomes, (1, 1, 2), strict=True):
            assert isinstance(outcome, Unroutable)
            assert outcome.messages == (message,) * count

    async def test_an_event_nobody_takes_waits_until_an_operator_sends_it_back(self, open_bus: Open, url: str) -> None:
        bus, type = await open_bus(), type_of_this_test()
        await bus.publish([event_message(type, b"early")])
        waiting = await in_pen(url, UNROUTED, type)
        assert [message.body for message in waiting] == [b"early"]

        async def is_still_there() -> bool:
            return await in_pen(url, UNROUTED, type) == waiting

        # What was looked at comes back with the end of its channel, a moment later.
        await eventually(is_still_there)
        assert waiting[0].event_ids == str(UUID(int=1))
        assert waiting[0].traceparent == "00-trace-span-01"

        inbox = Inbox()
        await bus.subscribe(event_queue("orders", type), inbox, prefetch=10)
        assert await reinject(url, UNROUTED, 500) >= 1
        await inbox.count(1)
        assert inbox.bodies == [b"early"]
        assert not await in_pen(url, UNROUTED, type)

    async def test_an_event_sent_back_too_early_waits_again(self, open_bus: Open, url: str) -> None:
        bus, type = await open_bus(), type_of_this_test()
        await bus.publish([event_message(type, str(n).encode()) for n in range(3)])
        await reinject(url, UNROUTED, 500)
        assert len(await in_pen(url, UNROUTED, type)) == 3

    async def test_a_dead_letter_keeps_its_reason_and_goes_back_only_to_its_queue(
        self, open_bus: Open, url: str
    ) -> None:
        bus, type = await open_bus(), type_of_this_test()
        journal, repaired = Inbox(), Inbox()

        async def cannot_parse(delivery: Delivery) -> None:
            await delivery.dead_letter("It is not JSON.")

        await bus.subscribe(event_queue("journal", type), journal, prefetch=10)
        broken = await bus.subscribe(event_queue("orders", type), cannot_parse, prefetch=10)
        await bus.publish([event_message(type, b"{")])
        await eventually(lambda: in_pen(url, DEAD_LETTERS, type))
        dead = await in_pen(url, DEAD_LETTERS, type)
        assert [(m.body, m.reason, m.died_in) for m in dead] == [(b"{", "It is not JSON.", f"orders.{type}")]

        await broken.cancel()
        await bus.subscribe(event_queue("orders", type), repaired, prefetch=10)
        await reinject(url, DEAD_LETTERS, 500)
        await repaired.count(1)
        assert repaired.bodies == [b"{"]
        assert len(journal.received) == 1, "the other service must not see it again"
        assert not await in_pen(url, DEAD_LETTERS, type)

    async def test_an_orderly_stop_lets_the_running_handler_finish(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        began, finished, after = asyncio.Event(), asyncio.Event(), Inbox()

        async def slow(delivery: Delivery) -> None:
            began.set()
            await asyncio.sleep(0.3)
            await delivery.ack()
            finished.set()

        subscription = await bus.subscribe(event_queue("orders", type), slow, prefetch=10)
        publishing = asyncio.create_task(bus.publish([event_message(type)]))
        await began.wait()
        await subscription.cancel()
        assert finished.is_set()
        await publishing
        await bus.subscribe(event_queue("orders", type), after, prefetch=10)
        await asyncio.sleep(0.3)
        assert not after.received, "an orderly stop must not cause a second delivery"

    async def test_a_cancelled_subscription_receives_nothing_more(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        inbox = Inbox()
        subscription = await bus.subscribe(event_queue("orders", type), inbox, prefetch=10)
        await bus.publish([event_message(type)])
        await inbox.count(1)
        await subscription.cancel()
        publishing = asyncio.create_task(bus.publish([event_message(type)]))
        await asyncio.sleep(0.3)
        assert len(inbox.received) == 1
        assert await bus.depth(f"orders.{type}") == 1
        publishing.cancel()
        with suppress(asyncio.CancelledError, Transient):
            await publishing

    async def test_a_message_of_five_megabytes_arrives_whole(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        inbox, body = Inbox(), bytes(range(256)) * 20_480
        await bus.subscribe(event_queue("orders", type), inbox, prefetch=10)
        await bus.publish([event_message(type, body)])
        await inbox.count(1)
        assert inbox.bodies == [body]

    async def test_a_thousand_messages_are_published_at_once_and_none_is_missing(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        inbox = Inbox()
        await bus.subscribe(event_queue("orders", type), inbox, prefetch=50)
        await bus.publish([event_message(type, str(n).encode()) for n in range(1000)])
        await inbox.count(1000)
        assert sorted(map(int, inbox.bodies)) == list(range(1000))

    async def test_declaring_twice_changes_nothing_and_an_unknown_queue_has_no_depth(self, open_bus: Open) -> None:
        bus, queue = await open_bus(), event_queue("orders", type_of_this_test())
        assert await bus.depth(queue.name) is None
        await bus.declare(queue, Queue(queue.name, queue.exchange, queue.routing_keys))
        await bus.declare(queue)
        assert await bus.depth(queue.name) == 0

    async def test_acknowledging_twice_harms_nobody(self, open_bus: Open) -> None:
        bus, type = await open_bus(), type_of_this_test()
        inbox = Inbox()
        await bus.subscribe(event_queue("orders", type), inbox, prefetch=10)
        await bus.publish([event_message(type)])
        await inbox.count(1)
        await inbox.received[0].ack()
        await inbox.received[0].dead_letter("Too late.")
        await bus.publish([event_message(type)])
        await inbox.count(2)

    async def test_a_bus_is_healthy_until_it_is_closed(self, open_bus: Open) -> None:
        bus = await open_bus()
        await bus.subscribe(event_queue("orders", type_of_this_test()), Inbox(), prefetch=10)
        assert await bus.healthy()
        await bus.close()
        assert not await bus.healthy()
        with pytest.raises(Transient):
            await bus.publish([event_message(type_of_this_test())])
