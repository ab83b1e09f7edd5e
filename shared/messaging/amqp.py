"""Our message as an AMQP message and back."""

from uuid import uuid4

from aio_pika import DeliveryMode
from aio_pika import Message as AmqpMessage
from aio_pika.abc import AbstractIncomingMessage, HeadersType

from shared.contracts.envelope import MEDIA_TYPE
from shared.messaging.message import Message


def to_amqp(message: Message, *, sender: str) -> AmqpMessage:
    """Persistent, with a message id that is random per attempt: the client library matches returned messages by it,
    and two attempts with one id would give one of them a false success. Our own ids are in the headers."""
    headers: HeadersType = {"event-ids": message.event_ids, "events": message.events}
    for name in ("traceparent", "reason", "died_in"):
        if value := getattr(message, name):
            headers[name.replace("_", "-")] = value
    return AmqpMessage(
        message.body,
        headers=headers,
        content_type=MEDIA_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=uuid4().hex,
        type=message.type,
        app_id=sender,
    )


def from_amqp(received: AbstractIncomingMessage) -> Message:
    """Reads what a broker delivered; messages of other senders have empty ids."""
    headers = received.headers

    def text(*names: str) -> str:
        return next((str(headers[name]) for name in names if headers.get(name)), "")

    return Message(
        exchange=received.exchange or "",
        routing_key=received.routing_key or "",
        type=received.type or "",
        body=received.body,
        events=_count(headers.get("events"), 1),
        event_ids=text("event-ids"),
        traceparent=text("traceparent") or None,
        reason=text("reason", "x-first-death-reason"),
        died_in=text("died-in", "x-first-death-queue"),
    )


def returns_of(received: AbstractIncomingMessage) -> int:
    """How often a quorum queue has already delivered this message in vain."""
    return _count(received.headers.get("x-delivery-count"), 0)


def _count(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise
