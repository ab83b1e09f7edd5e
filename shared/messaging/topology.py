"""Exchanges and queues as data; both buses read it. Only features that RabbitMQ 3.10 and 4.x share."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

EVENTS = "events"
COMMANDS = "commands"
UNROUTED = "unrouted"
DEAD_LETTERS = "dead-letters"


@dataclass(frozen=True)
class Queue:
    """A durable queue and what is bound to it: `routing_keys` of `exchange`."""

    name: str
    exchange: str
    routing_keys: tuple[str, ...]


def event_queue(service: str, type: str) -> Queue:
    """Where one service receives one type of event, from every platform."""
    return Queue(f"{service}.{type}", EVENTS, (f"{type}.*",))


def command_queue(platform: str, type: str) -> Queue:
    """Where one platform's connector receives one type of command."""
    return Queue(f"{platform}.{type}", COMMANDS, (f"{type}.{platform}",))


# Kind and arguments of every exchange. An event without a queue is kept in `unrouted`; a command without one is
# returned to its sender, so `commands` has no alternate.
EXCHANGES: Mapping[str, tuple[str, Mapping[str, str]]] = MappingProxyType(
    {
        UNROUTED: ("fanout", {}),
        DEAD_LETTERS: ("fanout", {}),
        EVENTS: ("topic", {"alternate-exchange": UNROUTED}),
        COMMANDS: ("direct", {}),
    }
)

# Where messages wait for an operator. They must outlive any number of looks, each of which counts as a delivery.
PENS = (Queue(UNROUTED, UNROUTED, ("",)), Queue(DEAD_LETTERS, DEAD_LETTERS, ("",)))
_PEN_ARGUMENTS: Mapping[str, str | int] = {
    "x-queue-type": "quorum",
    "x-delivery-limit": 1_000_000,
    "x-overflow": "reject-publish",
}

# A crash returns everything a consumer held, so the limit must be far above any plausible series of crashes. Left out,
# it would be none on 3.10 and 20 on 4.x. At-least-once keeps a dead letter in its queue until the pen has confirmed
# it, and works only together with reject-publish.
DELIVERY_LIMIT = 100
_QUEUE_ARGUMENTS: Mapping[str, str | int] = {
    "x-queue-type": "quorum",
    "x-delivery-limit": DELIVERY_LIMIT,
    "x-overflow": "reject-publish",
    "x-dead-letter-exchange": DEAD_LETTERS,
    "x-dead-letter-strategy": "at-least-once",
}


def arguments(queue_name: str) -> dict[str, str | int]:
    """The arguments a queue is declared with; declaring it with any others is refused by the broker."""
    return dict(_PEN_ARGUMENTS if queue_name in {pen.name for pen in PENS} else _QUEUE_ARGUMENTS)


def matches(pattern: str, routing_key: str) -> bool:
    """Whether a topic pattern takes a routing key: `*` is one word, `#` any number of words."""
    return _matches(pattern.split("."), routing_key.split("."))


def _matches(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_matches(pattern[1:], words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _matches(pattern[1:], words[1:])
