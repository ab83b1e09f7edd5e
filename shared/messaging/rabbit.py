"""The bus on RabbitMQ: two connections, confirmed publishing, watched subscriptions."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from uuid import uuid4

from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import ChannelNotFoundEntity, PublishError

from shared.contracts.errors import KontorError, Transient
from shared.messaging.amqp import to_amqp
from shared.messaging.bus import Handler, Subscription, Unroutable
from shared.messaging.consumer import RabbitSubscription
from shared.messaging.declaring import declare
from shared.messaging.link import CALL_TIMEOUT, Link, broker_call, close_quietly
from shared.messaging.message import Message
from shared.messaging.tasks import end, steadily
from shared.messaging.topology import Queue
from shared.messaging.window import send_all

log = logging.getLogger(__name__)

STRIKES = 2  # looks in a row, over one connection, that find a subscription missing before it counts as dead


class RabbitBus:
    """Publishing and consuming have a connection each: a broker short of memory stops publishers, not acknowledgements.

    `timeout` is how long a confirm may take, `watch_every` how often the broker is asked for our consumers, `drain` how
    long a cancelled subscription waits for its handlers; all in seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        on_dead: Callable[[str], None] | None = None,
        timeout: float = CALL_TIMEOUT,
        watch_every: float = 15.0,
        drain: float = 5.0,
    ) -> None:
        self._name = name
        self._on_dead = on_dead
        self._timeout = timeout
        self._watch_every = watch_every
        self._drain = drain
        self._publishing = Link(url, f"{name} publish")
        self._consuming = Link(url, f"{name} consume")
        self._publisher: AbstractChannel | None = None
        self._publisher_generation = 0
        self._opening_publisher = asyncio.Lock()
        self._declared: dict[str, Queue] = {}
        self._subscriptions: list[RabbitSubscription] = []
        self._watchdog: asyncio.Task[None] | None = None
        self._closing = False

    @staticmethod
    async def open(
        url: str, *, name: str, on_dead: Callable[[str], None] | None = None, drain: float = 5.0
    ) -> "RabbitBus":
        """A bus that tried to connect once. Raises Misconfigured or Defect; an absent broker is waited for later."""
        bus = RabbitBus(url, name=name, on_dead=on_dead, drain=drain)
        try:
            await bus.declare()
        except Transient as error:
            log.warning("%s It will be tried again when it is needed.", error.detail)
        except KontorError:
            await bus.close()
            raise
        return bus

    async def declare(self, *queues: Queue) -> None:
        self._declared |= {queue.name: queue for queue in queues}
        await self._declare(queues)

    async def _declare(self, queues: Sequence[Queue]) -> dict[str, int]:
        """Makes them exist; answers how many consumers each has."""
        async with self._consuming.errand("declare queues", self._timeout) as (channel, answered):
            return await declare(channel, queues, answered=answered)

    async def publish(self, messages: Sequence[Message]) -> None:
        await send_all(messages, self._send)

    async def subscribe(self, queue: Queue, handler: Handler, *, prefetch: int) -> Subscription:
        self._declared[queue.name] = queue
        subscription = RabbitSubscription(
            self._consuming, queue, handler, prefetch=prefetch, send=self._send, drain=self._drain
        )
        keeper = await subscription.start()
        keeper.add_done_callback(
            lambda task: None if subscription.cancelled else self._ended(task, f"The subscription to {queue.name}")
        )
        self._subscriptions.append(subscription)
        if self._watchdog is None:
            self._watchdog = asyncio.create_task(steadily(self._watch))
            self._watchdog.add_done_callback(lambda task: self._ended(task, "The watch over the subscriptions"))
        return subscription

    async def depth(self, queue_name: str) -> int | None:
        counts = await self._counts(queue_name)
        return None if counts is None else counts[0]

    async def healthy(self) -> bool:
        try:
            await self._prove_publishing()
            return not await self._missing()
        except KontorError as error:
            log.warning("The message broker is not healthy: %s", error.detail)
            return False

    async def close(self) -> None:
        self._closing = True
        if self._watchdog is not None:
            await end([self._watchdog], patience=1)
        await asyncio.gather(*(subscription.cancel() for subscription in self._subscriptions))
        await asyncio.gather(self._publishing.close(), self._consuming.close())

    async def _send(self, message: Message) -> None:
        generation = self._publishing.generation
        try:
            async with broker_call(f"confirm a {message.type}", self._timeout):
                channel = await self._publishing_channel()
                exchange = await channel.get_exchange(message.exchange, ensure=False)
                await exchange.publish(to_amqp(message, sender=self._name), message.routing_key, mandatory=True)
        except PublishError as error:
            raise Unroutable([message]) from error
        except Transient as error:
            await self._publishing.give_up(error, generation)
            raise

    async def _publishing_channel(self) -> AbstractChannel:
        async with self._opening_publisher:
            generation = self._publishing.generation
            if self._publisher is None or self._publisher.is_closed or self._publisher_generation != generation:
                channel = await self._publishing.channel(confirms=True)
                try:
                    await declare(channel)
                except BaseException:
                    await close_quietly(channel)
                    raise
                self._publisher, self._publisher_generation = channel, self._publishing.generation
            if await self._publishing.blocked():
                raise Transient(
                    "The message broker is short of memory or disk and takes no messages.", code="broker_blocked"
                )
            return self._publisher

    async def _prove_publishing(self) -> None:
        """Sends a message to a queue that cannot exist: it coming back proves the way there, and nothing is stored."""
        async with broker_call("return a message", 3):
            channel = await self._publishing_channel()
            nowhere = uuid4().hex
            try:
                await channel.default_exchange.publish(
                    to_amqp(Message("", nowhere, "health", b""), sender=self._name), nowhere, mandatory=True
                )
            except PublishError:
                return

    async def _counts(self, queue_name: str) -> tuple[int, int] | None:
        """Ready messages and consumers of a queue; None when it does not exist."""
        async with self._consuming.errand(f"describe {queue_name}", self._timeout) as (channel, _):
            try:
                result = (await channel.declare_queue(queue_name, passive=True)).declaration_result
            except ChannelNotFoundEntity:
                return None
            return result.message_count or 0, result.consumer_count or 0

    async def _missing(self, known: Mapping[str, int] | None = None) -> list[RabbitSubscription]:
        """Subscriptions that are not attached, or that the broker does not know of. `known`: the consumers of each
        queue, where they were just asked for."""
        self._subscriptions = [s for s in self._subscriptions if not s.cancelled]
        # Asking takes a while, and others subscribe and cancel meanwhile.
        watched = tuple(self._subscriptions)
        ours = Counter(subscription.queue.name for subscription in watched)
        if known is None:
            known = {name: (await self._counts(name) or (0, 0))[1] for name in ours}
        # A queue that was subscribed to while the others were asked about is looked at the next time.
        return [
            s for s in watched
            if not s.cancelled and (not s.attached or known.get(s.queue.name, ours[s.queue.name]) < ours[s.queue.name])
        ]  # fmt: skip

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._watch_every)
            known = None
            try:
                known = await self._declare(list(self._declared.values()))
            except KontorError as error:
                log.warning("The queues could not be checked: %s", error.detail)
            try:
                missing = await self._missing(known)
            except KontorError as error:
                log.warning("The subscriptions could not be checked: %s", error.detail)
                continue
            for subscription in self._subscriptions:
                strikes = subscription.looked_at(subscription in missing, self._consuming.generation)
                if strikes >= STRIKES:
                    self._report(f"The broker has no consumer of ours on {subscription.queue.name} and takes none.")
                elif strikes and subscription.attached:
                    subscription.reattach()

    def _ended(self, task: asyncio.Task[None], what: str) -> None:
        if not self._closing:
            reason = "cancellation" if task.cancelled() else type(task.exception()).__name__
            self._report(f"{what} ended by a {reason}.")

    def _report(self, sentence: str) -> None:
        log.critical(sentence)
        if self._on_dead is not None:
            self._on_dead(sentence)
