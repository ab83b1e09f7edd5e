"""Is anything missing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.journal.completeness import Listed, bounds, colour, compare, signed_off
from services.journal.counting import due

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def listed(number: str, at: datetime = NOON) -> Listed:
    return Listed(f"id-{number}", number, at)


def count(orders: list[Listed], known: dict[str, str], *, young_after: datetime = NOON + timedelta(days=1)) -> Any:
    (day,) = compare(orders, known, first=DAY, last=DAY, zone=BERLIN, young_after=young_after)
    return day


def test_an_order_the_shop_has_and_we_do_not_is_missing_by_name() -> None:
    day = count([listed("1"), listed("2")], {"id-1": "imported"})
    assert (day.in_shop, day.known_total, [one.number for one in day.missing]) == (2, 1, ["2"])


def test_a_parked_and_a_waiting_order_are_not_missing() -> None:
    day = count([listed("1"), listed("2")], {"id-1": "parked", "id-2": "waiting"})
    assert (day.missing, day.known["parked"], day.known["waiting"]) == ([], 1, 1)


def test_an_order_of_the_last_minutes_is_under_way_and_not_missing() -> None:
    day = count([listed("1")], {}, young_after=NOON - timedelta(minutes=30))
    assert (day.under_way, day.missing) == (1, [])


def test_an_order_the_shop_lists_twice_counts_once() -> None:
    assert count([listed("1"), listed("1")], {}).in_shop == 1


def test_an_order_just_after_midnight_belongs_to_the_merchants_day() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # 00:30 in Berlin on the second
    assert count([listed("1", late)], {}).in_shop == 1


def test_an_order_we_have_and_the_shop_does_not_list_is_not_counted() -> None:
    assert count([], {"id-9": "imported"}).known_total == 0


def test_a_day_without_orders_is_a_day_too() -> None:
    days = compare([], {}, first=DAY, last=DAY + timedelta(days=2), zone=BERLIN, young_after=NOON)
    assert [day.day for day in days] == [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)]


def test_a_merchants_day_in_spring_has_twenty_three_hours() -> None:
    begin, end = bounds(date(2026, 3, 29), date(2026, 3, 29), BERLIN)
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=23)


def test_missing_is_red_and_parked_is_amber() -> None:
    assert colour(missing=1, parked=0, waiting=0, under_way=0) == "red"
    assert colour(missing=0, parked=1, waiting=0, under_way=0) == "amber"
    assert colour(missing=0, parked=0, waiting=0, under_way=0) == "green"


def test_a_day_is_signed_off_only_when_it_was_over() -> None:
    evening = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    next_day = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    assert not signed_off(missing=0, under_way=0, day=DAY, counted_at=evening, zone=BERLIN)
    assert signed_off(missing=0, under_way=0, day=DAY, counted_at=next_day, zone=BERLIN)
    assert not signed_off(missing=1, under_way=0, day=DAY, counted_at=next_day, zone=BERLIN)


def row(day: date, counted_at: datetime, missing: int = 0) -> dict[str, Any]:
    return {"day": day, "counted_at": counted_at, "missing_count": missing, "under_way": 0}


def test_days_that_were_never_counted_are_counted() -> None:
    assert due([], now=NOON, zone=BERLIN, days=2) == (date(2026, 2, 28), DAY)


def test_today_is_counted_again_after_an_hour_and_not_before() -> None:
    over = [row(DAY - timedelta(days=back), NOON) for back in (1, 2)]
    fresh = row(DAY, NOON - timedelta(minutes=10))
    stale = row(DAY, NOON - timedelta(minutes=61))
    assert due([*over, fresh], now=NOON, zone=BERLIN, days=2) is None
    assert due([*over, stale], now=NOON, zone=BERLIN, days=2) == (DAY, DAY)


def test_yesterday_is_counted_once_more_after_it_was_over() -> None:
    yesterday = row(DAY - timedelta(days=1), NOON - timedelta(days=1))
    older = row(DAY - timedelta(days=2), NOON - timedelta(days=1))
    today = row(DAY, NOON)
    assert due([older, yesterday, today], now=NOON, zone=BERLIN, days=2) == (DAY - timedelta(days=1),) * 2


def test_a_day_with_missing_orders_is_counted_until_none_is_missing() -> None:
    rows = [row(DAY, NOON), row(DAY - timedelta(days=1), NOON - timedelta(hours=2), missing=3)]
    assert due(rows, now=NOON, zone=BERLIN, days=1) == (DAY - timedelta(days=1),) * 2
