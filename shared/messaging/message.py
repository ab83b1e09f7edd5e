"""One message on the wire: a batch of events of one type, one platform and one connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from shared.contracts.catalogue import MESSAGES
from shared.contracts.envelope import MAX_BATCH, Event, encode
from shared.contracts.errors import Defect, Rejected
from shared.contracts.model import Payload
from shared.messaging.topology import COMMANDS, EVENTS

# RabbitMQ 4 refuses messages above 16 MiB and closes the channel over them, which would take the neighbours along.
LARGEST_EVENT = 15 * 1024 * 1024


@dataclass(frozen=True)
class Message:
    """`body` is a CloudEvents JSON batch of `events` events, `event_ids` their ids separated by commas.

    `reason` and `died_in` are set on dead letters only: why, and the queue that gave it up.
    """

    exchange: str
    routing_key: str
    type: str
    body: bytes
    events: int = 1
    event_ids: str = ""
    traceparent: str | None = None
    reason: str = ""
    died_in: str = ""


def pack(events: Sequence[Event[Any]], *, max_bytes: int = 1_000_000) -> list[Message]:
    """Puts events into as few messages as their order allows: neighbours of one type, platform and connection share.

    A message holds at most 50 events and `max_bytes`, unless one event alone is larger. Raises Rejected for an event
    that no broker would take, Defect for a type that is not in the catalogue.
    """
    messages: list[Message] = []
    for _, neighbours in groupby(events, _address):
        batch: list[tuple[Event[Any], bytes]] = []
        size = 2
        for event in neighbours:
            text = _encode_one(event)
            if batch and (len(batch) == MAX_BATCH or size + len(text) + 1 > max_bytes):
                messages.append(_message(batch))
                batch, size = [], 2
            batch.append((event, text))
            size += len(text) + 1
        messages.append(_message(batch))
    return messages


def _address(event: Event[Any]) -> tuple[str, str, UUID | None]:
    return event.type, event.platform, event.connection


def _encode_one(event: Event[Any]) -> bytes:
    text = encode((event,))[1:-1]
    if len(text) > LARGEST_EVENT:
        raise Rejected(
            f"The {event.type} about {event.subject} has {len(text):,} bytes; a message may have {LARGEST_EVENT:,}.",
            code="message_too_large",
            type=event.type,
            size=str(len(text)),
        )
    return text


def _message(batch: Sequence[tuple[Event[Any], bytes]]) -> Message:
    first = batch[0][0]
    return Message(
        exchange=COMMANDS if _kind(first) == "command" else EVENTS,
        routing_key=f"{first.type}.{first.platform}",
        type=first.type,
        body=b"[" + b",".join(text for _, text in batch) + b"]",
        events=len(batch),
        event_ids=",".join(str(event.id) for event, _ in batch),
        traceparent=next((event.traceparent for event, _ in batch if event.traceparent), None),
    )


def _kind(event: Event[Any]) -> str:
    if isinstance(event.data, Payload):
        return event.data.kind
    if event.type not in MESSAGES:
        raise Defect(f"{event.type} is not in the catalogue of messages, so nobody knows whom it is for.")
    return MESSAGES[event.type].kind
