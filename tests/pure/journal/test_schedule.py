"""When an alert leaves: gathering, quiet hours, days and weeks by the receiver's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.journal.schedule import Schedule, pause_after

BERLIN = ZoneInfo("Europe/Berlin")
HALF_A_MINUTE = timedelta(seconds=30)


def local(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=BERLIN).astimezone(UTC)


def instant(quiet_from: int | None = None, quiet_until: int | None = None) -> Schedule:
    return Schedule("instant", 8, 1, "Europe/Berlin", quiet_from, quiet_until)


def test_an_instant_alert_gathers_for_a_moment() -> None:
    noon = local(2026, 3, 2, 12, 0)
    assert instant().release(noon, HALF_A_MINUTE) == noon + HALF_A_MINUTE
    assert instant().next_after(noon) is None


@pytest.mark.parametrize(
    ("found_at", "leaves_at"),
    [
        (local(2026, 3, 2, 23, 10), local(2026, 3, 3, 6, 0)),
        (local(2026, 3, 3, 2, 0), local(2026, 3, 3, 6, 0)),
        (local(2026, 3, 2, 21, 59, 45), local(2026, 3, 3, 6, 0)),
        (local(2026, 3, 3, 6, 0), local(2026, 3, 3, 6, 0, 30)),
        (local(2026, 3, 2, 21, 0), local(2026, 3, 2, 21, 0, 30)),
    ],
)
def test_what_is_found_at_night_leaves_in_the_morning(found_at: datetime, leaves_at: datetime) -> None:
    assert instant(22, 6).release(found_at, HALF_A_MINUTE) == leaves_at


def test_quiet_hours_may_lie_within_one_day() -> None:
    assert instant(12, 14).release(local(2026, 3, 2, 13, 0), HALF_A_MINUTE) == local(2026, 3, 2, 14, 0)
    assert instant(12, 14).release(local(2026, 3, 2, 15, 0), HALF_A_MINUTE) == local(2026, 3, 2, 15, 0, 30)


@given(st.integers(0, 365 * 24 * 60), st.integers(0, 23), st.integers(0, 23))
def test_nothing_instant_leaves_in_the_quiet_hours_nor_later_than_a_day(minute: int, begin: int, end: int) -> None:
    if begin == end:
        return
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    leaves = instant(begin, end).release(at, HALF_A_MINUTE)
    hour = leaves.astimezone(BERLIN).hour
    quiet = begin <= hour < end if begin < end else hour >= begin or hour < end
    # In the hour the clocks skip in spring, the end of the quiet hours may be an hour that does not exist.
    assert not quiet or leaves.astimezone(BERLIN).date().isoformat() == "2026-03-29"
    assert at + HALF_A_MINUTE <= leaves <= at + timedelta(hours=25, seconds=30)


def test_a_daily_message_leaves_at_its_hour_also_across_a_clock_change() -> None:
    daily = Schedule("daily", 8, 1, "Europe/Berlin")
    assert daily.next_after(local(2026, 3, 28, 7, 0)) == local(2026, 3, 28, 8, 0)
    assert daily.next_after(local(2026, 3, 28, 8, 0)) == local(2026, 3, 29, 8, 0)
    assert local(2026, 3, 29, 8, 0) - local(2026, 3, 28, 8, 0) == timedelta(hours=23)


def test_a_weekly_message_leaves_on_its_day() -> None:
    weekly = Schedule("weekly", 7, 5, "Europe/Berlin")
    assert weekly.next_after(local(2026, 3, 2, 12, 0)) == local(2026, 3, 6, 7, 0)
    assert weekly.next_after(local(2026, 3, 6, 7, 0)) == local(2026, 3, 13, 7, 0)


def test_the_pauses_between_tries_grow_up_to_an_hour() -> None:
    assert [pause_after(n).total_seconds() / 60 for n in (1, 2, 3, 6, 7, 8, 1000)] == [1, 2, 4, 32, 60, 60, 60]
