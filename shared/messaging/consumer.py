"""One subscription on RabbitMQ: attached, attached again after any loss, drained at the end."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from shared.contracts.errors import KontorError
from shared.messaging.amqp import from_amqp, returns_of
from shared.messaging.bus import Delivery, Handler
from shared.messaging.declaring import declare
from shared.messaging.handling import Handling
from shared.messaging.link import Link, broker_call, close_quietly, pause_between_attempts
from shared.messaging.message import Message
from shared.messaging.tasks import end, steadily
from shared.messaging.topology import DEAD_LETTERS, Queue

log = logging.getLogger(__name__)

Send = Callable[[Message], Awaitable[None]]


class RabbitDelivery:
    """A message the broker has lent us."""

    def __init__(self, received: AbstractIncomingMessage, subscription: "RabbitSubscription") -> None:
        self.message = from_amqp(received)
        self.returns = returns_of(received)
        self.settled = False
        self._redelivered = bool(received.redelivered)
        self._received = received
        self._subscription = subscription

    @property
    def message_type(self) -> str:
        return self.message.type

    @property
    def body(self) -> bytes:
        return self.message.body

    @property
    def redelivered(self) -> bool:
        return self._redelivered or self.returns > 0

    async def ack(self) -> None:
        await self._settle(self._received.ack)

    async def dead_letter(self, reason: str) -> None:
        # A rejection carries no reason, so the pen gets a copy with one before the original is acknowledged.
        if not self.settled:
            origin = self._subscription.queue.name
            await self._subscription.send(
                replace(self.message, exchange=DEAD_LETTERS, routing_key="", reason=reason, died_in=origin)
            )
            await self.ack()

    async def give_back(self) -> None:
        await self._settle(self._received.nack)

    async def ack_with_all_before(self, before: Sequence["RabbitDelivery"]) -> None:
        """Acknowledges this one and those before it, which are all that its channel still waits for up to here."""
        for one in before:
            one.settled = True
        try:
            await self._settle(partial(self._received.ack, multiple=True))
        finally:
            for one in before:
                self._subscription.handling.release(one)

    def on_channel_of(self, other: "RabbitDelivery") -> bool:
        return self._received.channel is other._received.channel

    async def _settle(self, answer: Callable[[], Awaitable[None]]) -> None:
        if self.settled:
            return
        self.settled = True
        try:
            async with broker_call("take an acknowledgement"):
                await answer()
        except KontorError as error:
            log.debug("A %s will be delivered again: %s", self.message_type, error.detail)
        finally:
            self._subscription.handling.release(self)


class RabbitSubscription:
    """Consumes one queue on a channel of its own. `attached` says whether the broker has accepted us as consumer."""

    def __init__(self, link: Link, queue: Queue, handler: Handler, *, prefetch: int, send: Send, drain: float) -> None:
        self.queue = queue
        self.handling = Handling(queue.name, handler)
        self.send = send
        self._strikes = (0, 0)  # over which connection, and how many
        self.cancelled = False
        self._link = link
        self._prefetch = prefetch
        self._drain = drain
        self._channel: AbstractChannel | None = None
        self._tag = ""
        self._generation = 0
        self._lost = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def attached(self) -> bool:
        return self._channel is not None and not self._lost.is_set()

    async def start(self) -> asyncio.Task[None]:
        """Attaches and returns the task that keeps it so; the task ends only by `cancel`. Raises Transient, Defect."""
        await self._attach()
        self._keeper = asyncio.create_task(steadily(self._keep_attached))
        return self._keeper

    def looked_at(self, missing: bool, generation: int) -> int:
        """How many looks in a row found the broker without this subscription. A connection that was lost in between
        begins the count anew: a broker that comes and goes leaves no time to return to it."""
        over, strikes = self._strikes
        self._strikes = generation, (strikes if over == generation else 0) + 1 if missing else 0
        return self._strikes[1]

    def reattach(self) -> None:
        """Drops the channel and consumes anew, because the broker does not know us any more."""
        self._lost.set()

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        done = {one for one in deliveries if isinstance(one, RabbitDelivery) and not one.settled}
        # What the broker lent first, up to the first that is not done: those one word is enough for. In the order of
        # their numbers, which a channel counts by itself.
        oldest: list[RabbitDelivery] = []
        for held in self.handling:
            if held not in done or (oldest and not held.on_channel_of(oldest[0])):
                break
            oldest.append(held)
        if oldest:
            await oldest[-1].ack_with_all_before(oldest[:-1])
        for one in done.difference(oldest):
            await one.ack()

    async def cancel(self) -> None:
        self.cancelled = True
        if self._keeper is not None:
            await end([self._keeper], patience=1)
        channel = self._channel
        if channel is not None and self.attached:
            with suppress(KontorError):
                async with broker_call(f"stop delivering from {self.queue.name}", 3):
                    await (await channel.get_underlay_channel()).basic_cancel(self._tag)
        await self.handling.drain(self._drain)
        await self._detach()

    async def _keep_attached(self) -> None:
        while True:
            await self._lost.wait()
            log.warning("The subscription to %s was lost and is being restored.", self.queue.name)
            await self._detach()
            while self._channel is None:
                await asyncio.sleep(pause_between_attempts())
                try:
                    await self._attach()
                    log.info("The subscription to %s is back.", self.queue.name)
                except KontorError as error:
                    log.warning("The subscription to %s could not be restored: %s", self.queue.name, error.detail)

    async def _attach(self) -> None:
        lost = asyncio.Event()
        async with self._link.attaching, broker_call(f"deliver from {self.queue.name}") as answered:
            channel = await self._link.channel()
            try:
                await declare(channel, (self.queue,), answered=answered)
                await channel.set_qos(prefetch_count=self._prefetch)
                self._link.tell_when_lost(lost)
                channel.close_callbacks.add(lambda *_: lost.set())
                underlay = await channel.get_underlay_channel()
                underlay.on_consumer_cancel_callbacks.add(lambda _: lost.set())
                queue = await channel.get_queue(self.queue.name, ensure=False)
                self._tag = await queue.consume(self._receive)
            except BaseException:
                await close_quietly(channel)
                raise
        self._lost, self._channel, self._generation = lost, channel, self._link.generation

    async def _detach(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None and self._generation == self._link.generation:
            await close_quietly(channel)

    async def _receive(self, received: AbstractIncomingMessage) -> None:
        self.handling.begin(RabbitDelivery(received, self))
