"""One connection to RabbitMQ: opened when needed, again after a loss, and every call on it has an end.

The client library's own reconnecting connection is not used: it restores consumers behind our back, sometimes not at
all, and sleeps a fixed time without jitter. Here whoever needs a channel opens one and knows when it is gone.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import (
    CONNECTION_EXCEPTIONS,
    AuthenticationError,
    ChannelPreconditionFailed,
    InvalidFrameError,
    ProbableAuthenticationError,
    PublishError,
)
from aiormq.exceptions import ChannelAccessRefused, ConnectionNotAllowed

from shared.contracts.errors import Defect, KontorError, Misconfigured, Transient
from shared.messaging.tasks import Interrupted, staying_cancelled

log = logging.getLogger(__name__)

CALL_TIMEOUT = 10.0  # seconds
HEARTBEAT = 15  # seconds
ATTACHING = 6  # subscriptions that return at once; all of a hundred at once would take longer than one call may
_REFUSALS = (AuthenticationError, ProbableAuthenticationError, ChannelAccessRefused, ConnectionNotAllowed)


def pause_between_attempts() -> float:
    """Seconds before connecting again; random, so that many replicas do not return at the same moment."""
    return random.uniform(1.0, 2.0)


@asynccontextmanager
async def broker_call(what: str, seconds: float = CALL_TIMEOUT) -> AsyncIterator[Callable[[], None]]:
    """Ends whatever happens inside after `seconds` and turns the library's errors into ours. Where the broker answers
    several times, calling what this yields after an answer begins the time anew: slow is not silent.

    Raises Transient, Misconfigured for refused credentials or virtual host, Defect for a queue or an exchange that
    exists with other arguments. The library's PublishError, an unroutable message, passes unchanged. A cancellation
    from outside stays one, whatever the library makes of it: a loop that took it for one more loss would never end.
    """
    try:
        with staying_cancelled():
            async with asyncio.timeout(seconds) as patience:
                yield lambda: _begin_anew(patience, seconds)
    except TimeoutError as error:
        raise Transient(
            f"The message broker could not {what}: it did not answer within {seconds:g} s.", code="broker_silent"
        ) from error
    except Interrupted as error:
        # The library cancels what waits on a closing channel.
        raise _unreachable("the connection was closed", what) from error
    except PublishError:
        raise
    except _REFUSALS as error:
        raise Misconfigured(
            f"The message broker refused us ({error}) when asked to {what}. Check user, password and virtual host.",
            code="broker_refused",
        ) from error
    except ChannelPreconditionFailed as error:
        raise Defect(
            f"The message broker holds something else under that name ({error}) when asked to {what}. Delete it there "
            "once it is empty; it is made anew.",
            code="broker_topology_differs",
        ) from error
    except InvalidFrameError as error:
        # The library does not expect that a broker closes a connection instead of opening the virtual host.
        if "Connection.OpenOk" not in str(error):
            raise _unreachable(str(error), what) from error
        raise Misconfigured(
            f"The message broker knows no such virtual host, or not for this user, when asked to {what}.",
            code="broker_refused",
        ) from error
    except CONNECTION_EXCEPTIONS as error:
        raise _unreachable(str(error) or type(error).__name__, what) from error
    except Exception as error:
        # What the library throws at whoever waits on a connection that we close: an Exception and nothing more.
        if type(error) is not Exception:
            raise
        raise _unreachable("the connection was closed", what) from error


def _begin_anew(patience: asyncio.Timeout, seconds: float) -> None:
    if not patience.expired():
        patience.reschedule(asyncio.get_running_loop().time() + seconds)


def _unreachable(reason: str, what: str) -> Transient:
    return Transient(f"The message broker could not {what}: {reason}.", code="broker_unreachable")


async def close_quietly(channel: AbstractChannel) -> None:
    """Closes a channel that may be closed already."""
    with suppress(KontorError):
        async with broker_call("close a channel", 3):
            await channel.close()


class Link:
    """A connection that exists while somebody uses it. `name` is shown by the broker.

    `generation` counts the connections that are gone: a channel opened in an older one is worthless.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: AbstractConnection | None = None
        self._connecting = asyncio.Lock()
        self._depending: set[asyncio.Event] = set()
        self._closings: set[asyncio.Task[None]] = set()
        self._next_attempt_at = 0.0
        self._closed = False
        self.attaching = asyncio.Semaphore(ATTACHING)
        self.generation = 0

    async def channel(self, *, confirms: bool = False) -> AbstractChannel:
        """A new channel; with `confirms`, what no queue takes raises. Use inside `broker_call`."""
        connection = await self._connected()
        channel = connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
        await channel.initialize()
        return channel

    @asynccontextmanager
    async def errand(
        self, what: str, seconds: float = CALL_TIMEOUT
    ) -> AsyncIterator[tuple[AbstractChannel, Callable[[], None]]]:
        """A channel for one task, and what to call after each answer. A mistake closes only this channel, silence the
        connection."""
        generation = self.generation
        try:
            async with broker_call(what, seconds) as answered:
                channel = await self.channel()
                try:
                    yield channel, answered
                finally:
                    await close_quietly(channel)
        except Transient as error:
            await self.give_up(error, generation)
            raise

    def tell_when_lost(self, lost: asyncio.Event) -> None:
        """Sets the event when this connection is given up, even if the library never notices its end."""
        self._depending.add(lost)

    async def give_up(self, error: Transient, generation: int) -> None:
        """Ends the connection if the broker has fallen silent on it: a half-open one is noticed late otherwise.

        `generation` is the one in use when the call began; a newer connection is left alone.
        """
        if error.code == "broker_silent" and generation == self.generation and not await self.blocked():
            self._drop()

    async def blocked(self) -> bool:
        """Whether the broker has told this connection to stop publishing, for lack of memory or disk."""
        if self._connection is None or self._connection.transport is None:
            return False
        try:
            async with asyncio.timeout(0.01):
                await self._connection.transport.ready()
        except TimeoutError:
            return True
        return False

    async def close(self) -> None:
        self._closed = True
        self._drop()
        if self._closings:
            await asyncio.wait(self._closings, timeout=5)

    async def _connected(self) -> AbstractConnection:
        async with self._connecting:
            if self._closed:
                raise ConnectionError("this bus is closed")
            if self._connection is not None and self._connection.connected.is_set():
                return self._connection
            self._drop()
            loop = asyncio.get_running_loop()
            await asyncio.sleep(self._next_attempt_at - loop.time())
            self._next_attempt_at = loop.time() + pause_between_attempts()
            self._connection = await aio_pika.connect(
                self._url, timeout=5, heartbeat=HEARTBEAT, client_properties={"connection_name": self._name}
            )
            log.info("Connected to the message broker as %s.", self._name)
            return self._connection

    def _drop(self) -> None:
        """Parts with the connection at once; saying goodbye may take a while if nobody answers."""
        connection, self._connection = self._connection, None
        for lost in self._depending:
            lost.set()
        self._depending.clear()
        if connection is not None:
            self.generation += 1
            closing = asyncio.create_task(_say_goodbye(connection))
            self._closings.add(closing)
            closing.add_done_callback(self._closings.discard)


async def _say_goodbye(connection: AbstractConnection) -> None:
    with suppress(KontorError):
        async with broker_call("close a connection"):
            await connection.close()
