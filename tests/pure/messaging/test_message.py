from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.connection import ConnectionChanged
from shared.contracts.envelope import Event, decode, decode_loosely, encode, event
from shared.contracts.errors import Defect, Rejected
from shared.contracts.fulfilment import Fulfilment, FulfilmentPush, ShippedLine
from shared.contracts.journal import JournalEntry
from shared.contracts.model import Payload
from shared.messaging.message import LARGEST_EVENT, Message, pack
from shared.messaging.topology import COMMANDS, EVENTS

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def entry(*, connection: UUID | None = None, platform: str = "core", size: int = 0, **more: Any) -> Event[Any]:
    id = uuid4()
    data = JournalEntry(
        id=id, at=NOW, service="test", noun="order", subject=str(id), action="received", code="c", actor="x" * size
    )  # fmt: skip
    return wrapped(data, connection=connection, platform=platform, **more)


def wrapped(payload: Payload, **more: Any) -> Event[Any]:
    return event(payload, id=uuid4(), source="test", subject="s", time=NOW, **more)


def command() -> Event[Any]:
    parcel = Fulfilment(
        id=uuid4(),
        order_external_id="1",
        shipped_at=NOW,
        lines=(ShippedLine(line_external_id="1", quantity=Decimal(1)),),
    )
    return wrapped(FulfilmentPush(order_id=uuid4(), fulfilment=parcel), platform="somewhere")


def test_a_command_and_an_event_take_different_exchanges() -> None:
    messages = pack([command(), entry(platform="somewhere")])
    assert [(message.exchange, message.routing_key, message.type) for message in messages] == [
        (COMMANDS, "fulfilment.push.somewhere", "fulfilment.push"),
        (EVENTS, "journal.recorded.somewhere", "journal.recorded"),
    ]


def test_an_event_read_back_as_plain_json_still_finds_its_exchange() -> None:
    loose = decode_loosely(encode([command()]))
    assert pack(loose)[0].exchange == COMMANDS


def test_a_type_nobody_knows_is_a_defect() -> None:
    stranger = entry().model_copy(update={"type": "weather.changed", "data": {}})
    with pytest.raises(Defect, match="weather"):
        pack([stranger])


def test_fifty_events_share_a_message_and_the_next_one_begins_another() -> None:
    assert [message.events for message in pack([entry() for _ in range(120)])] == [50, 50, 20]


def test_events_of_another_connection_platform_or_type_travel_apart() -> None:
    one, two = uuid4(), uuid4()
    changed = wrapped(ConnectionChanged(id=one, version=1, platform="core"), connection=one)
    events = [entry(connection=one), entry(connection=one), entry(connection=two), changed, entry(connection=one)]
    assert [message.events for message in pack(events)] == [2, 1, 1, 1]


def test_a_message_names_its_events_and_the_first_trace_among_them() -> None:
    events = [entry(), entry(traceparent="00-a-b-01"), entry(traceparent="00-c-d-01")]
    message = pack(events)[0]
    assert message.event_ids == ",".join(str(event.id) for event in events)
    assert message.traceparent == "00-a-b-01"


def test_an_event_larger_than_the_limit_travels_alone() -> None:
    messages = pack([entry(), entry(size=5_000), entry()], max_bytes=3_000)
    assert [message.events for message in messages] == [1, 1, 1]


def test_an_event_no_broker_would_take_is_refused_before_it_closes_the_channel() -> None:
    with pytest.raises(Rejected) as caught:
        pack([entry(size=LARGEST_EVENT)])
    assert caught.value.code == "message_too_large"


def test_nothing_makes_no_message() -> None:
    assert pack([]) == []


@given(
    kinds=st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3_000)), max_size=130),
    max_bytes=st.integers(1_000, 20_000),
)
def test_packing_keeps_every_event_in_its_order_within_the_limits(kinds: list[tuple[str, int]], max_bytes: int) -> None:
    events = [entry(platform=platform, size=size) for platform, size in kinds]
    messages = pack(events, max_bytes=max_bytes)
    assert [e.id for message in messages for e in decode(message.body, JournalEntry)] == [e.id for e in events]
    assert all(within_limits(message, max_bytes) for message in messages)


def within_limits(message: Message, max_bytes: int) -> bool:
    return message.events <= 50 and (len(message.body) <= max_bytes or message.events == 1)
