"""Brokers that die, fall silent or run out of memory, and consumers that are killed."""

import asyncio
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from time import monotonic

import pytest

from shared.chassis.app import running
from shared.chassis.loops import Loop
from shared.chassis.service import Service, ServiceDefinition
from shared.contracts.errors import KontorError, Transient
from shared.messaging.bus import Delivery
from shared.messaging.rabbit import RabbitBus
from shared.messaging.topology import DEAD_LETTERS, event_queue
from tests.integration.messaging.broker import ROOT, Broker, Network, quiet
from tests.integration.messaging.conftest import OpenRabbit
from tests.pure.messaging.suite import Inbox, event_message, eventually

pytestmark = pytest.mark.integration
QUEUE = event_queue("orders", "order.received")


@dataclass
class Ledger:
    """What was sent, what the broker promised to keep, what arrived."""

    confirmed: set[int] = field(default_factory=set)
    received: Counter[int] = field(default_factory=Counter)
    attempted: int = 0
    failed_calls: int = 0
    longest_call: float = 0.0
    last_arrival: float = 0.0

    async def take(self, delivery: Delivery) -> None:
        self.received[int(delivery.body)] += 1
        self.last_arrival = monotonic()
        await delivery.ack()

    async def send(self, bus: RabbitBus, stop: asyncio.Event) -> None:
        """Sends batches, each until it is confirmed, as the outbox does."""
        while not stop.is_set():
            batch = range(self.attempted, self.attempted + 20)
            self.attempted = batch.stop
            while not self.confirmed.issuperset(batch):
                began = monotonic()
                try:
                    await bus.publish([event_message("order.received", str(n).encode()) for n in batch])
                    self.confirmed.update(batch)
                except Transient:
                    self.failed_calls += 1
                    await asyncio.sleep(0.2)
                self.longest_call = max(self.longest_call, monotonic() - began)
            await asyncio.sleep(0.02)

    @property
    def duplicates(self) -> int:
        return sum(self.received.values()) - len(self.received)

    def __str__(self) -> str:
        return (
            f"attempted {self.attempted}, confirmed {len(self.confirmed)}, received {len(self.received)}, "
            f"lost {len(self.confirmed - self.received.keys())}, duplicates {self.duplicates}, "
            f"failed calls {self.failed_calls}, longest call {self.longest_call:.1f} s"
        )


@pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.fault)])
async def test_a_broker_killed_under_load_loses_nothing_it_confirmed(
    open_rabbit: OpenRabbit, broker: Broker, network: Network, kills: int
) -> None:
    sender, receiver, ledger, stop = open_rabbit(network.url), open_rabbit(network.url), Ledger(), asyncio.Event()
    await receiver.subscribe(QUEUE, ledger.take, prefetch=30)
    sending = asyncio.create_task(ledger.send(sender, stop))
    recoveries = []
    for _ in range(kills):
        await asyncio.sleep(2)
        await asyncio.to_thread(broker.node.kill)
        await asyncio.sleep(3)
        await asyncio.to_thread(broker.node.start, quiet)
        back = monotonic()
        await eventually(lambda back=back: ledger.last_arrival > back, within=30)  # type: ignore[misc]
        recoveries.append(ledger.last_arrival - back)
    stop.set()
    await asyncio.wait_for(sending, 30)
    await eventually(lambda: len(ledger.received) == ledger.attempted, within=30)
    print(ledger, "recovered after", [f"{seconds:.1f} s" for seconds in recoveries])
    assert ledger.confirmed <= ledger.received.keys()
    assert ledger.failed_calls > 0, "the load did not notice the kill, so nothing was proven"
    assert ledger.longest_call < 2 * 5, "a call must end soon after its own time limit, on a busy machine too"
    assert max(recoveries) <= 15
    assert await receiver.depth(DEAD_LETTERS) == 0


@pytest.mark.fault
async def test_a_cut_connection_is_restored_and_nothing_is_lost(open_rabbit: OpenRabbit, network: Network) -> None:
    sender, receiver, ledger, stop = open_rabbit(network.url), open_rabbit(network.url), Ledger(), asyncio.Event()
    await receiver.subscribe(QUEUE, ledger.take, prefetch=30)
    sending = asyncio.create_task(ledger.send(sender, stop))
    for _ in range(3):
        await asyncio.sleep(1)
        network.cut()
        await asyncio.sleep(2)
    stop.set()
    await asyncio.wait_for(sending, 30)
    await eventually(lambda: len(ledger.received) == ledger.attempted, within=30)
    assert ledger.failed_calls > 0


@pytest.mark.fault
async def test_a_hundred_subscriptions_return_over_a_broker_that_answers_slowly(
    open_rabbit: OpenRabbit, network: Network
) -> None:
    bus, inbox = open_rabbit(network.url, watch_every=3600), Inbox()
    queues = [event_queue(f"service{number}", "order.received") for number in range(100)]
    for queue in queues:
        await bus.subscribe(queue, inbox, prefetch=1)
    network.rate = 6_000
    network.cut()
    await asyncio.sleep(1)
    await eventually(lambda: all(one.attached for one in bus._subscriptions), within=90)
    network.rate = 0
    await bus.publish([event_message("order.received")])
    await inbox.count(100, within=30)


@pytest.mark.fault
async def test_a_broker_that_answers_slowly_is_not_silent_and_nobody_loses_a_connection(
    open_rabbit: OpenRabbit, network: Network
) -> None:
    """Looking after the queues takes many times as long as one answer may; giving the connection up would lose every
    subscription, and their return would make the broker slower still."""
    bus, inbox = open_rabbit(network.url, timeout=2, watch_every=3600), Inbox()
    queues = [event_queue(f"service{number}", "order.received") for number in range(20)]
    await bus.subscribe(QUEUE, inbox, prefetch=1)
    connections, network.rate = network.connections, 2_000
    began = monotonic()
    await bus.declare(*queues)
    assert monotonic() - began > 2 * 2
    assert network.connections == connections
    network.rate = 0
    await bus.publish([event_message("order.received")])
    await inbox.count(1)


async def test_a_connection_that_is_given_up_while_subscriptions_return_over_it_ends_none_of_them(
    open_rabbit: OpenRabbit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits on a connection that we close hears of it by a bare Exception of the library's."""
    for module in ("consumer", "link"):
        monkeypatch.setattr(f"shared.messaging.{module}.pause_between_attempts", lambda: 0.02)
    dead: list[str] = []
    bus = open_rabbit(on_dead=dead.append, watch_every=3600)
    for number in range(20):
        await bus.subscribe(event_queue(f"service{number}", "order.received"), Inbox(), prefetch=1)
    for step in range(40):
        bus._consuming._drop()
        await asyncio.sleep(step * 0.02)
    await eventually(lambda: bool(dead) or all(one.attached for one in bus._subscriptions), within=60)
    assert not dead
    await eventually(bus.healthy, within=30)


async def test_an_acknowledgement_after_a_lost_connection_raises_nothing_and_the_message_comes_again(
    open_rabbit: OpenRabbit, network: Network
) -> None:
    bus, inbox = open_rabbit(network.url), Inbox(keep=True)
    await bus.subscribe(QUEUE, inbox, prefetch=10)
    await bus.publish([event_message("order.received")])
    await inbox.count(1)
    network.cut()
    await asyncio.sleep(0.2)
    await inbox.received[0].ack()
    await inbox.count(2)
    assert inbox.received[1].redelivered
    await inbox.received[1].ack()


async def test_a_handler_is_not_interrupted_when_its_connection_breaks(
    open_rabbit: OpenRabbit, network: Network
) -> None:
    bus, began, committed = open_rabbit(network.url), asyncio.Event(), asyncio.Event()

    async def commits(delivery: Delivery) -> None:
        began.set()
        await asyncio.sleep(0.5)
        committed.set()
        await delivery.ack()

    await bus.subscribe(QUEUE, commits, prefetch=1)
    await bus.publish([event_message("order.received")])
    await began.wait()
    network.cut()
    await asyncio.wait_for(committed.wait(), 2)


@pytest.mark.fault
async def test_a_connection_that_is_open_but_dumb_is_noticed_and_replaced(
    open_rabbit: OpenRabbit, network: Network
) -> None:
    bus, inbox = open_rabbit(network.url, timeout=2, watch_every=2), Inbox()
    await bus.subscribe(QUEUE, inbox, prefetch=10)
    await bus.publish([event_message("order.received")])
    await inbox.count(1)
    network.freeze()
    with pytest.raises(Transient, match="did not answer"):
        await bus.publish([event_message("order.received")])
    await bus.publish([event_message("order.received")])
    await inbox.count(2, within=20)
    await eventually(bus.healthy, within=20)


@pytest.mark.fault
async def test_a_service_may_start_before_its_broker(open_rabbit: OpenRabbit, broker: Broker) -> None:
    url = broker.url
    await asyncio.to_thread(broker.node.kill)
    bus = await RabbitBus.open(url, name="test")
    assert not await bus.healthy()
    with pytest.raises(Transient):
        await bus.subscribe(QUEUE, Inbox(), prefetch=10)
    await asyncio.to_thread(broker.node.start, quiet)
    if broker.url == url:
        await bus.subscribe(QUEUE, Inbox(), prefetch=10)
        assert await bus.healthy()
    await bus.close()


@pytest.mark.fault
async def test_a_whole_service_that_starts_before_its_broker_takes_up_its_work_with_it(
    broker: Broker, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ending and starting again would only keep a slow broker slow, when many services do it together."""
    inbox = Inbox()

    def loops(service: Service) -> list[Loop]:
        async def listen() -> None:
            await service.bus.subscribe(QUEUE, inbox, prefetch=10)
            await asyncio.Event().wait()

        return [Loop("listen", listen)]

    monkeypatch.setenv("EARLY_BROKER_URL", network.url)
    monkeypatch.setenv("EARLY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    await asyncio.to_thread(broker.node.kill)
    async with running([ServiceDefinition("early", "early", {}, loops, (QUEUE,))], with_loops=True) as state:
        assert not await state.bus.healthy()
        await asyncio.to_thread(broker.node.start, quiet)

        async def listening() -> bool:
            return await state.bus.healthy() and await state.bus.depth(QUEUE.name) is not None

        await eventually(listening, within=60)
        await state.bus.publish([event_message("order.received")])
        await inbox.count(1, within=30)


async def test_a_broker_short_of_memory_stops_senders_but_not_acknowledgements(
    open_rabbit: OpenRabbit, broker: Broker
) -> None:
    bus, inbox = open_rabbit(timeout=3), Inbox(keep=True)
    await bus.subscribe(QUEUE, inbox, prefetch=10)
    await bus.publish([event_message("order.received") for _ in range(5)])
    await inbox.count(5)
    broker.ctl("set_vm_memory_high_watermark", "0.000001")
    try:
        await eventually(lambda: "memory" in broker.ctl("eval", "rabbit_alarm:get_alarms()."))

        async def refused() -> bool:
            with pytest.raises(Transient) as refusal:
                await bus.publish([event_message("order.received")])
            return "short of memory" in str(refusal.value)

        await eventually(refused, within=30)
        assert not await bus.healthy()
        for delivery in tuple(inbox.received):
            await delivery.ack()
        await asyncio.sleep(1)
        assert "\t0\t" in broker.ctl(
            "list_queues", "-p", broker.vhost, "name", "messages_unacknowledged", "consumers", "--no-table-headers"
        )
    finally:
        broker.ctl("set_vm_memory_high_watermark", "0.4")
    await eventually(bus.healthy, within=20)
    before = len(inbox.received)
    await bus.publish([event_message("order.received")])
    await inbox.count(before + 1)


CONSUMER = """
import asyncio, sys
from shared.messaging.bus import connect
from shared.messaging.topology import event_queue

async def main():
    bus = await connect(sys.argv[1], name="doomed")
    async def handler(delivery):
        print(delivery.body.decode(), flush=True)
        await asyncio.sleep(0.02)
        if int(sys.argv[2]):
            await delivery.ack()
    await bus.subscribe(event_queue("orders", "order.received"), handler, prefetch=10)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("acknowledges", [0, pytest.param(1, marks=pytest.mark.fault)])
async def test_a_consumer_killed_again_and_again_loses_no_order(
    open_rabbit: OpenRabbit, broker: Broker, acknowledges: int
) -> None:
    bus, inbox = open_rabbit(), Inbox()
    await bus.declare(QUEUE)
    await bus.publish([event_message("order.received", str(n).encode()) for n in range(200)])
    seen: set[int] = set()
    for _ in range(5):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CONSUMER, broker.url, str(acknowledges), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        async with asyncio.timeout(20):
            for _ in range(15 if acknowledges else 10):
                seen.add(int(await process.stdout.readline()))
        process.send_signal(signal.SIGKILL)
        seen.update(int(line) for line in (await process.stdout.read()).split())
        await process.wait()
    await bus.subscribe(QUEUE, inbox, prefetch=50)
    await eventually(lambda: bus_is_empty(bus))
    await asyncio.sleep(0.5)
    assert seen | set(map(int, inbox.bodies)) == set(range(200))
    assert (len(inbox.received) == 200) == (not acknowledges)
    assert await bus.depth(DEAD_LETTERS) == 0


async def bus_is_empty(bus: RabbitBus) -> bool:
    return await bus.depth(QUEUE.name) == 0


@pytest.mark.fault
async def test_closing_while_the_broker_is_away_ends_soon(open_rabbit: OpenRabbit, network: Network) -> None:
    bus = open_rabbit(network.url)
    await bus.subscribe(QUEUE, Inbox(), prefetch=10)
    await bus.publish([event_message("order.received")])
    network.freeze()
    began = monotonic()
    await bus.close()
    assert monotonic() - began < 20
    with pytest.raises(KontorError):
        await bus.publish([event_message("order.received")])
