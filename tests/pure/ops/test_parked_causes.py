"""Parked events are shown by cause, because an operator mends causes, not events."""

from datetime import UTC, datetime
from uuid import uuid4

from services.ops.parked import Parked, causes


def parked(detail: str, *, code: str = "event_parked", schema: str = "orders") -> Parked:
    at = datetime(2026, 1, 31, tzinfo=UTC)
    return Parked(schema, uuid4(), f"{schema}.order.received", "order.received", code, detail, 5, at)


def test_events_that_differ_only_in_ids_and_numbers_have_one_cause() -> None:
    events = [parked(f"Defect: order {uuid4()} has {n} lines\n{n}") for n in range(3)]
    assert [len(group) for group in causes(events)] == [3]


def test_the_most_frequent_cause_comes_first() -> None:
    rare, often = parked("KeyError: 'sku'"), [parked("ValueError: no price"), parked("ValueError: no price")]
    assert causes([rare, *often]) == [often, [rare]]


def test_the_same_words_from_two_services_or_under_two_codes_are_two_causes() -> None:
    events = [parked("x"), parked("x", schema="journal"), parked("x", code="event_malformed")]
    assert len(causes(events)) == 3
