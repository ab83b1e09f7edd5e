"""When a report is asked for, and that each is taken once."""

from datetime import UTC, datetime, timedelta

from shared.connector_kit.notes import MemoryNotes
from shared.connector_kit.reports import Kind, Report, State, taken, untaken, wanted

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SIX_HOURS = Kind("RETURNS", timedelta(hours=6), span=timedelta(days=30), overlap=timedelta(days=1))


def report(id: str, hours_ago: float, state: State = "ready", *, ends: datetime | None = None) -> Report:
    return Report(id, state, NOW - timedelta(hours=hours_ago), f"document of {id}", ends)


def test_the_first_is_about_as_long_a_time_as_it_may_be() -> None:
    assert wanted(SIX_HOURS, [], NOW) == (NOW - timedelta(days=30), NOW)


def test_none_is_asked_for_while_one_is_made_or_the_last_is_young() -> None:
    assert wanted(SIX_HOURS, [report("1", 40), report("2", 7, "running")], NOW) is None
    assert wanted(SIX_HOURS, [report("1", 5.9)], NOW) is None
    assert wanted(SIX_HOURS, [report("1", 5.9, "failed")], NOW) is None


def test_the_next_goes_on_where_the_last_one_that_told_something_ended() -> None:
    ends = NOW - timedelta(hours=8)
    assert wanted(SIX_HOURS, [report("1", 7, ends=ends)], NOW) == (ends - timedelta(days=1), NOW)
    # One that had nothing to tell told that; one that failed told nothing.
    empty = report("2", 7, "empty", ends=ends)
    failed = report("3", 6.5, "failed", ends=NOW - timedelta(hours=6.5))
    assert wanted(SIX_HOURS, [failed, empty, report("1", 40)], NOW) == (ends - timedelta(days=1), NOW)
    assert wanted(SIX_HOURS, [report("1", 24 * 90)], NOW) == (NOW - timedelta(days=30), NOW)


def test_what_the_platform_makes_by_itself_is_never_asked_for() -> None:
    assert wanted(Kind("SETTLEMENT", None), [], NOW) is None


async def test_each_is_taken_once_the_oldest_first_and_only_when_it_is_ready() -> None:
    notes, other = MemoryNotes(), Kind("SETTLEMENT", None)
    listed = [report("3", 1), report("2", 2, "running"), report("1", 9), Report("0", "ready", NOW)]
    assert [one.id for one in await untaken(notes, SIX_HOURS, listed)] == ["1", "3"]
    for _ in range(2):
        await taken(notes, SIX_HOURS, listed[2])
    assert [one.id for one in await untaken(notes, SIX_HOURS, listed)] == ["3"]
    assert [one.id for one in await untaken(notes, other, listed)] == ["1", "3"]
