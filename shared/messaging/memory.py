"""The in-process twin of RabbitMQ for one machine: same routing, same promises, nothing on disk.

Since nothing is on disk, a message counts as confirmed only when every consumer it is for has acknowledged it; until
then its sender keeps it. What waits in `unrouted` and `dead-letters` is lost when the process ends.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from shared.contracts.errors import Defect, Transient
from shared.messaging.bus import Delivery, Handler, Subscription, Unroutable
from shared.messaging.handling import Handling
from shared.messaging.message import Message
from shared.messaging.topology import DEAD_LETTERS, EVENTS, EXCHANGES, PENS, UNROUTED, Queue, matches
from shared.messaging.window import send_all

log = logging.getLogger(__name__)

PEN_SIZE = 10_000


class _Item:
    """One message in one queue. `confirmed` is what its sender waits for; None when nobody does."""

    def __init__(self, message: Message, confirmed: "asyncio.Future[None] | None") -> None:
        self.message = message
        self.confirmed = confirmed
        self.returns = 0

    @property
    def abandoned(self) -> bool:
        """Its sender gave up waiting and will send it again."""
        return self.confirmed is not None and self.confirmed.cancelled()


class _MemoryQueue:
    def __init__(self, name: str) -> None:
        self.name = name
        self.ready: deque[_Item] = deque()
        self.consumers: deque[MemorySubscription] = deque()

    def dispatch(self) -> None:
        """Hands ready messages to consumers with room, in turn."""
        while self.ready:
            consumer = next((c for c in self.consumers if c.has_room), None)
            if consumer is None:
                return
            self.consumers.remove(consumer)
            self.consumers.append(consumer)
            item = self.ready.popleft()
            if not item.abandoned:
                consumer.take(item)


class InMemoryBroker:
    """Queues and bindings of one process, shared by its buses."""

    def __init__(self) -> None:
        self.queues: dict[str, _MemoryQueue] = {}
        self._bindings: dict[tuple[str, str, str], None] = {}
        self.loop: asyncio.AbstractEventLoop | None = None
        self.declare(*PENS)

    def declare(self, *queues: Queue) -> None:
        for queue in queues:
            self.queues.setdefault(queue.name, _MemoryQueue(queue.name))
            self._bindings |= dict.fromkeys((queue.exchange, key, queue.name) for key in queue.routing_keys)

    def route(self, message: Message) -> list[_MemoryQueue]:
        """The queues that take a message. Raises Unroutable, Defect for an exchange that does not exist."""
        if message.exchange == "":
            names = {message.routing_key} & self.queues.keys()
        elif message.exchange not in EXCHANGES:
            raise Defect(f"There is no exchange {message.exchange}.")
        else:
            names = {
                name
                for exchange, pattern, name in self._bindings
                if exchange == message.exchange and _takes(EXCHANGES[exchange][0], pattern, message.routing_key)
            }
        if not names and "alternate-exchange" in EXCHANGES.get(message.exchange, ("", {}))[1]:
            names = {UNROUTED}
        if not names:
            raise Unroutable([message])
        return [self.queues[name] for name in sorted(names)]

    def keep(self, pen: str, message: Message) -> None:
        """Puts a message where it waits for an operator."""
        queue = self.queues[pen]
        if len(queue.ready) >= PEN_SIZE:
            lost = queue.ready.popleft()
            log.error("%s is full; its oldest message, a %s, was dropped.", pen, lost.message.type)
        queue.ready.append(_Item(message, None))
        queue.dispatch()


def _takes(kind: str, pattern: str, routing_key: str) -> bool:
    return kind == "fanout" or (matches(pattern, routing_key) if kind == "topic" else pattern == routing_key)


_brokers: dict[str, InMemoryBroker] = {}


def broker_named(name: str) -> InMemoryBroker:
    """The process-wide broker of that name; a new one when the event loop it lived in has ended."""
    loop = asyncio.get_running_loop()
    broker = _brokers.get(name)
    if broker is None or (broker.loop is not loop and (broker.loop is None or broker.loop.is_closed())):
        broker = _brokers[name] = InMemoryBroker()
        broker.loop = loop
    if broker.loop is not loop:
        raise Defect(f"The bus memory://{name} belongs to another running event loop of this process.")
    return broker


class MemoryDelivery:
    """A message an in-process queue has lent us."""

    def __init__(self, item: _Item, subscription: "MemorySubscription") -> None:
        self.message = item.message
        self.settled = False
        self._item = item
        self._subscription = subscription

    @property
    def message_type(self) -> str:
        return self.message.type

    @property
    def body(self) -> bytes:
        return self.message.body

    @property
    def redelivered(self) -> bool:
        return self._item.returns > 0

    @property
    def returns(self) -> int:
        return self._item.returns

    @returns.setter
    def returns(self, count: int) -> None:
        self._item.returns = count

    async def ack(self) -> None:
        if not self.settled:
            if self._item.confirmed is not None and not self._item.confirmed.done():
                self._item.confirmed.set_result(None)
            self._settle()

    async def dead_letter(self, reason: str) -> None:
        if not self.settled:
            queue = self._subscription.queue
            self._subscription.broker.keep(
                DEAD_LETTERS,
                replace(self.message, exchange=DEAD_LETTERS, routing_key="", reason=reason, died_in=queue.name),
            )
            await self.ack()

    async def give_back(self) -> None:
        if not self.settled:
            self._item.returns += 1
            if not self._item.abandoned:
                self._subscription.queue.ready.appendleft(self._item)
            self._settle()

    def _settle(self) -> None:
        self.settled = True
        self._subscription.handling.release(self)
        self._subscription.queue.dispatch()


class MemorySubscription:
    def __init__(
        self, broker: InMemoryBroker, queue: _MemoryQueue, handler: Handler, *, prefetch: int, drain: float
    ) -> None:
        self.broker = broker
        self.queue = queue
        self.handling = Handling(queue.name, handler)
        self._prefetch = prefetch
        self._drain = drain
        queue.consumers.append(self)
        queue.dispatch()

    @property
    def has_room(self) -> bool:
        return len(self.handling) < self._prefetch

    def take(self, item: _Item) -> None:
        self.handling.begin(MemoryDelivery(item, self))

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            await delivery.ack()

    async def cancel(self) -> None:
        if self in self.queue.consumers:
            self.queue.consumers.remove(self)
            for delivery in reversed(await self.handling.drain(self._drain)):
                await delivery.give_back()


class InMemoryBus:
    """One service's access to an in-process broker. `timeout` and `drain` in seconds, as for RabbitMQ."""

    def __init__(self, broker: InMemoryBroker | None = None, *, timeout: float = 10.0, drain: float = 5.0) -> None:
        self._broker = broker or InMemoryBroker()
        self._timeout = timeout
        self._drain = drain
        self._subscriptions: list[MemorySubscription] = []
        self._closed = False

    async def declare(self, *queues: Queue) -> None:
        self._broker.declare(*queues)

    async def publish(self, messages: Sequence[Message]) -> None:
        await send_all(messages, self._send)

    async def subscribe(self, queue: Queue, handler: Handler, *, prefetch: int) -> Subscription:
        self._broker.declare(queue)
        subscription = MemorySubscription(
            self._broker, self._broker.queues[queue.name], handler, prefetch=prefetch, drain=self._drain
        )
        self._subscriptions.append(subscription)
        return subscription

    async def depth(self, queue_name: str) -> int | None:
        queue = self._broker.queues.get(queue_name)
        return None if queue is None else sum(not item.abandoned for item in queue.ready)

    async def healthy(self) -> bool:
        return not self._closed

    async def close(self) -> None:
        self._closed = True
        await asyncio.gather(*(subscription.cancel() for subscription in self._subscriptions))

    async def _send(self, message: Message) -> None:
        if self._closed:
            raise Transient("This bus is closed.", code="broker_unreachable")
        queues = self._broker.route(message)
        pens = {queue.name for queue in queues} & {UNROUTED, DEAD_LETTERS}
        for pen in pens:
            if message.exchange == EVENTS:
                log.warning("No queue takes %s; it waits in %s.", message.routing_key, pen)
            self._broker.keep(pen, message)
        items = [
            (queue, _Item(message, asyncio.get_running_loop().create_future()))
            for queue in queues
            if queue.name not in pens
        ]
        for queue, item in items:
            queue.ready.append(item)
            queue.dispatch()
        try:
            async with asyncio.timeout(self._timeout):
                for _, item in items:
                    if item.confirmed is not None:
                        await item.confirmed
        except TimeoutError as error:
            raise Transient(
                f"Nobody has taken a {message.type} from {', '.join(queue.name for queue, _ in items)} within "
                f"{self._timeout:g} s.",
                code="broker_unreachable",
            ) from error
        finally:
            for queue, item in items:
                if item.confirmed is not None and not item.confirmed.done():
                    item.confirmed.cancel()
                if item.abandoned and item in queue.ready:
                    queue.ready.remove(item)
