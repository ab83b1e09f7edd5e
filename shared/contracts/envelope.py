"""CloudEvents 1.0 envelope and the batch on the wire."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from shared.contracts.model import Contract, Payload

MEDIA_TYPE = "application/cloudevents-batch+json"
MAX_BATCH = 50

D = TypeVar("D")


class Event(Contract, Generic[D]):
    """One event or command. `subject` names the record; `platform` is a slug or "core" for our own services."""

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    dataschema: str
    platform: str = "core"
    connection: UUID | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    data: D


_ANY = Event[Any]  # looking it up by its parameter costs as much as making one


def event(
    payload: Payload,
    *,
    id: UUID,
    source: str,
    subject: str,
    time: datetime,
    platform: str = "core",
    connection: UUID | None = None,
    correlationid: str | None = None,
    causationid: str | None = None,
    traceparent: str | None = None,
) -> Event[Any]:
    """Wraps a payload; its type and schema follow from the payload's class. Nothing is validated a second time."""
    return _ANY.model_construct(
        specversion="1.0",
        id=id,
        source=source,
        type=payload.type,
        subject=subject,
        time=time,
        dataschema=f"kontor:{payload.type}:{payload.schema_version}",
        platform=platform,
        connection=connection,
        correlationid=correlationid,
        causationid=causationid,
        traceparent=traceparent,
        data=payload,
    )


_ANY_BATCH = TypeAdapter(list[_ANY])
_typed: dict[type[Payload], TypeAdapter[list[Event[Any]]]] = {}


def encode(events: Iterable[Event[Any]]) -> bytes:
    """The events as a CloudEvents JSON batch. What equals its default is left out: that is a third of an order, and of
    the time to read it."""
    return _ANY_BATCH.dump_json(list(events), exclude_none=True, exclude_defaults=True)


def decode(body: bytes, payload: type[Payload]) -> list[Event[Any]]:
    """Reads a batch of one payload type. Raises pydantic.ValidationError when any event in it does not fit."""
    adapter = _typed.get(payload)
    if adapter is None:
        adapter = _typed[payload] = TypeAdapter(list[Event[payload]])  # type: ignore[valid-type]
    return adapter.validate_json(body)


def decode_loosely(body: bytes) -> list[Event[Any]]:
    """Reads the envelopes only, data as plain JSON, so that one bad event can be told from its neighbours."""
    return _ANY_BATCH.validate_json(body)
