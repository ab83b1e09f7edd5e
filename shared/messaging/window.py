"""Sending many messages with a bounded number in flight."""

from collections.abc import Awaitable, Callable, Sequence

from shared.contracts.errors import KontorError
from shared.messaging.bus import Unroutable
from shared.messaging.message import Message
from shared.messaging.tasks import staying_cancelled, together

IN_FLIGHT = 100


async def send_all(messages: Sequence[Message], send: Callable[[Message], Awaitable[None]]) -> None:
    """Calls `send` for each message, up to 100 at a time, and returns when all have been confirmed.

    The first failure other than Unroutable stops what has not been sent yet and is raised once nothing is in flight.
    """
    waiting = iter(messages)
    unroutable: list[Message] = []
    failures: list[KontorError] = []

    async def work() -> None:
        for message in waiting:
            if failures:
                return
            try:
                with staying_cancelled():
                    await send(message)
            except Unroutable as error:
                unroutable.extend(error.messages)
            except KontorError as error:
                failures.append(error)

    if messages:
        await together(*[work] * min(IN_FLIGHT, len(messages)))
    if failures:
        raise failures[0]
    if unroutable:
        raise Unroutable(unroutable)
