"""Unusually few orders: what alarms, and what never does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.order_import.few_orders import spans, unusually_few

BERLIN = ZoneInfo("Europe/Berlin")
counts = st.integers(0, 100_000)


@given(counts)
def test_a_constant_present_after_a_constant_past_never_alarms(count: int) -> None:
    assert not unusually_few(count, [count] * 4)


@given(counts, st.lists(counts, min_size=4, max_size=4))
def test_what_is_not_below_every_one_of_the_weeks_never_alarms(present: int, past: list[int]) -> None:
    assert not (present >= min(past) and unusually_few(present, past))


@given(st.lists(counts, min_size=4, max_size=4), st.integers(1, 1000), st.data())
def test_fewer_orders_alarm_sooner_than_more(past: list[int], more: int, data: st.DataObject) -> None:
    present = data.draw(counts)
    assert unusually_few(present, past) or not unusually_few(present + more, past)


@given(counts, st.lists(counts, max_size=3))
def test_less_than_four_weeks_say_nothing(present: int, past: list[int]) -> None:
    assert not unusually_few(present, past)


@pytest.mark.parametrize(
    ("present", "past", "alarm"),
    [
        (0, [3, 2, 4, 3], False),
        (0, [9, 9, 9, 9], False),
        (0, [20, 22, 19, 21], True),
        (5, [20, 22, 19, 21], True),
        (10, [20, 22, 19, 21], False),
        (75, [100, 104, 98, 99], False),
        (60, [100, 104, 98, 99], True),
        (0, [0, 0, 0, 60], False),
        (30, [100, 400, 90, 110], False),
    ],
)
def test_a_small_or_uneven_shop_is_left_alone(present: int, past: list[int], alarm: bool) -> None:
    assert unusually_few(present, past) is alarm


def test_the_same_hours_of_the_same_weekday_are_compared_by_the_merchants_clock() -> None:
    now = datetime(2026, 3, 31, 12, 10, tzinfo=UTC)
    found = spans(now, (6,), BERLIN, timedelta(minutes=30))
    assert [span.week for span in found] == [0, 1, 2, 3, 4]
    assert found[0].until == datetime(2026, 3, 31, 13, 0, tzinfo=BERLIN)
    assert found[0].since == datetime(2026, 3, 31, 7, 0, tzinfo=BERLIN)
    # A week ago the clocks had not been put forward yet.
    assert found[1].until == datetime(2026, 3, 24, 13, 0, tzinfo=BERLIN)
    assert found[0].until.astimezone(UTC) - found[1].until.astimezone(UTC) == timedelta(days=7, hours=-1)
