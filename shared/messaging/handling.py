"""Running a handler on deliveries: concurrently, returned on failure, drained at the end. The same for every bus."""

import asyncio
import logging
import random
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol, runtime_checkable

from shared.contracts.errors import KontorError
from shared.messaging.bus import Delivery, Handler
from shared.messaging.message import Message
from shared.messaging.tasks import end, staying_cancelled
from shared.messaging.topology import DELIVERY_LIMIT

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds


def growing_pause(returns: int) -> float:
    """Seconds before a message that failed so often before is tried again."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(returns, 10)) * random.uniform(0.8, 1.2)


@runtime_checkable
class Held(Delivery, Protocol):
    """A delivery as the bus itself sees it. `returns` counts how often it went back before."""

    message: Message
    returns: int
    settled: bool

    async def give_back(self) -> None:
        """Returns it to its queue. Never raises for a lost connection: the broker returns it by itself then."""


class Handling:
    """The deliveries one subscription holds and the handlers that run for them."""

    def __init__(self, queue_name: str, handler: Handler, *, pause: Callable[[int], float] = growing_pause) -> None:
        self._queue_name = queue_name
        self._handler = handler
        self._pause = pause
        self._held: dict[Held, None] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._stopping = asyncio.Event()

    def __len__(self) -> int:
        return len(self._held)

    def __iter__(self) -> Iterator[Held]:
        """What is held, oldest first."""
        return iter(tuple(self._held))

    def begin(self, delivery: Held) -> None:
        """Starts the handler in a task of our own: a closing channel must not cancel it in mid-transaction."""
        self._held[delivery] = None
        self._idle.clear()
        task = asyncio.create_task(self._handle(delivery))
        self._running.add(task)
        task.add_done_callback(self._finished)

    def release(self, delivery: Held) -> None:
        """The delivery is acknowledged, given up or returned."""
        self._held.pop(delivery, None)
        self._note_idle()

    async def drain(self, seconds: float) -> list[Held]:
        """Waits, at most so long, until nothing is held and no handler runs; then cancels the rest.

        Returns what is still held, oldest first.
        """
        self._stopping.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        await end(self._running)
        return list(self._held)

    async def _handle(self, delivery: Held) -> None:
        while True:
            try:
                with staying_cancelled():
                    return await self._handler(delivery)
            except Exception as error:  # noqa: BLE001 - whatever a handler raises, the message must not be lost
                log.warning(
                    "A %s from queue %s was not handled and will be tried again: %s",
                    delivery.message_type, self._queue_name, _outline(error),
                )  # fmt: skip
            if delivery.settled:
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause(delivery.returns)):
                    await self._stopping.wait()
            # Every return counts towards the delivery limit. Half of it stays reserved for crashes; after that the
            # message is kept and tried here, so that no outage ever makes a dead letter of it.
            if self._stopping.is_set() or delivery.returns < DELIVERY_LIMIT // 2:
                return await delivery.give_back()
            delivery.returns += 1

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("The handling of queue %s failed: %s", self._queue_name, _outline(error))
        self._note_idle()

    def _note_idle(self) -> None:
        if not self._held and not self._running:
            self._idle.set()


def _outline(error: BaseException) -> str:
    """What happened and where, without values: they may be personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    detail = f": {error.detail}" if isinstance(error, KontorError) else ""
    return f"{type(error).__name__}{detail}{place}"
