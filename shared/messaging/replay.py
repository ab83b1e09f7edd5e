"""Operators' tools for what waits in `unrouted` and `dead-letters`: look at it, send it back."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from shared.contracts.errors import Misconfigured
from shared.messaging.bus import Bus, Delivery, connect
from shared.messaging.handling import Held
from shared.messaging.message import Message
from shared.messaging.topology import DEAD_LETTERS, EVENTS, PENS, UNROUTED, Queue

_WAIT = 5.0  # seconds for one message that the broker says is there
_MOST = 500


async def peek(bus_url: str, queue: str, limit: int = 20) -> list[Message]:
    """The oldest messages of a pen, at most 500; they stay where they are. Raises Transient, Misconfigured."""
    bus = await connect(bus_url, name="replay", drain=0)
    try:
        return [delivery.message for delivery in await _take(bus, _pen(queue), limit)]
    finally:
        await bus.close()


async def reinject(bus_url: str, queue: str, limit: int) -> int:
    """Sends the oldest messages of a pen back and returns how many, at most 500 at a time.

    An unrouted event goes to the exchange again, and returns to `unrouted` if there is still no queue for it. A dead
    letter goes only to the queue that gave it up; one whose queue no longer exists raises Unroutable and stays.
    Each is confirmed at its target before it leaves the pen. Raises Transient, Unroutable, Misconfigured.
    """
    bus = await connect(bus_url, name="replay", drain=0)
    try:
        held = await _take(bus, _pen(queue), limit)
        for delivery in held:
            await bus.publish([_sent_back(queue, delivery.message)])
            await delivery.ack()
        return len(held)
    finally:
        await bus.close()


def _sent_back(pen: str, message: Message) -> Message:
    if pen == DEAD_LETTERS:
        return replace(message, exchange="", routing_key=message.died_in, reason="", died_in="")
    return replace(message, exchange=EVENTS)


def _pen(name: str) -> Queue:
    for pen in PENS:
        if pen.name == name:
            return pen
    raise Misconfigured(f"Messages wait in {UNROUTED} and {DEAD_LETTERS}, not in {name}.", code="no_such_pen")


async def _take(bus: Bus, pen: Queue, limit: int) -> list[Held]:
    """Borrows the oldest messages of a pen; closing the bus returns those that are not acknowledged."""
    wanted = min(limit, await bus.depth(pen.name) or 0, _MOST)
    if wanted <= 0:
        return []
    held: list[Held] = []
    complete = asyncio.Event()

    async def hold(delivery: Delivery) -> None:
        assert isinstance(delivery, Held)
        held.append(delivery)
        if len(held) >= wanted:
            complete.set()

    await bus.subscribe(pen, hold, prefetch=wanted)
    with suppress(TimeoutError):
        async with asyncio.timeout(_WAIT):
            await complete.wait()
    return held[:wanted]
