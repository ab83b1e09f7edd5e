"""What every bus can do, whichever broker is behind it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol
from urllib.parse import urlsplit

from shared.contracts.errors import KontorError, Misconfigured
from shared.messaging.message import Message
from shared.messaging.topology import Queue


class Unroutable(KontorError):
    """A message found no queue; `messages` are those, every other message of the same call is confirmed."""

    code = "unroutable"

    def __init__(self, messages: Sequence[Message]) -> None:
        keys = sorted({message.routing_key for message in messages})
        super().__init__(
            f"No queue takes {', '.join(keys)}: the service that should receive it has never started.",
            keys=", ".join(keys),
        )
        self.messages = tuple(messages)


class Delivery(Protocol):
    """One received message. It stays with the consumer until it is acknowledged or given up."""

    @property
    def message_type(self) -> str: ...

    @property
    def body(self) -> bytes: ...

    @property
    def redelivered(self) -> bool: ...

    async def ack(self) -> None:
        """Everything in it is stored. Never raises for a lost connection: the broker then sends the message again."""

    async def dead_letter(self, reason: str) -> None:
        """It cannot be parsed and waits for an operator. `reason` has no personal data. Raises Transient."""


Handler = Callable[[Delivery], Awaitable[None]]


class Subscription(Protocol):
    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Everything in these is stored: as if each were acknowledged, in as few words as the broker needs."""

    async def cancel(self) -> None:
        """Stops deliveries, waits a few seconds for what is being handled, returns the rest to the queue."""


class Bus(Protocol):
    """A way to publish and to receive, at least once, in no particular order."""

    async def declare(self, *queues: Queue) -> None:
        """Makes queues and their bindings exist; twice is the same. Raises Transient, Misconfigured, Defect."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Returns when all are confirmed, with up to 100 in flight.

        Raises Unroutable when only the messages it names were not taken, Transient when it is unknown which were:
        send all of them again then. Misconfigured when the broker refuses us.
        """

    async def subscribe(self, queue: Queue, handler: Handler, *, prefetch: int) -> Subscription:
        """Calls `handler` for up to `prefetch` deliveries at a time; it may keep one and acknowledge later.

        A handler that raises returns the message to the queue after a short, growing delay. Raises Transient.
        """

    async def depth(self, queue_name: str) -> int | None:
        """How many messages wait in a queue; None when it does not exist."""

    async def healthy(self) -> bool:
        """Whether the broker takes messages now and every subscription is served."""

    async def close(self) -> None:
        """Cancels the subscriptions and closes the connections."""


async def connect(url: str, *, name: str, on_dead: Callable[[str], None] | None = None, drain: float = 5.0) -> Bus:
    """Opens a bus. `amqp(s)://` is RabbitMQ, `memory://<name>` the bus of that name inside this process.

    `name` is shown by the broker beside the connection. `on_dead` is called with a sentence when a subscription is
    lost and cannot be restored although the broker answers: the process should end then. `drain` is how many seconds a
    cancelled subscription waits for what it holds. A broker that is down is no error here, the bus connects when it
    can; wrong credentials raise Misconfigured.
    """
    from shared.messaging.memory import InMemoryBus, broker_named
    from shared.messaging.rabbit import RabbitBus

    match urlsplit(url).scheme:
        case "amqp" | "amqps":
            return await RabbitBus.open(url, name=name, on_dead=on_dead, drain=drain)
        case "memory":
            return InMemoryBus(broker_named(url.partition("://")[2].strip("/")), drain=drain)
        case scheme:
            raise Misconfigured(
                f"A message broker's address begins with amqp://, amqps:// or memory://, not with {scheme}://.",
                code="broker_address",
            )
