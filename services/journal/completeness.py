"""The shop's own list of orders against ours, day by day: the proof that nothing is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STATUSES = ("imported", "parked", "waiting", "cancelled")
NAMED = 100


@dataclass(frozen=True)
class Listed:
    """One order in the shop's own list."""

    external_id: str
    number: str
    stamp: datetime


@dataclass
class Day:
    """What one day's comparison found. `missing` are in the shop and not with us; `under_way` may still arrive."""

    day: date
    in_shop: int = 0
    under_way: int = 0
    known: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    missing: list[Listed] = field(default_factory=list)

    @property
    def known_total(self) -> int:
        return sum(self.known.values())


def bounds(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments at which the merchant's first day begins and his last day has ended."""
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def compare(
    listed: Iterable[Listed],
    known: Mapping[str, str],
    *,
    first: date,
    last: date,
    zone: ZoneInfo,
    young_after: datetime,
) -> list[Day]:
    """Every day from `first` to `last`, also those without orders. `known` is our status by external id; what the
    shop lists after `young_after` is not called missing yet."""
    days = {first + timedelta(days=n): Day(first + timedelta(days=n)) for n in range((last - first).days + 1)}
    for order in {one.external_id: one for one in listed}.values():
        day = days.get(order.stamp.astimezone(zone).date())
        if day is None:
            continue
        day.in_shop += 1
        status = known.get(order.external_id)
        if status is not None:
            day.known[status if status in STATUSES else "parked"] += 1
        elif order.stamp > young_after:
            day.under_way += 1
        else:
            day.missing.append(order)
    return list(days.values())


def colour(*, missing: int, parked: int, waiting: int, under_way: int) -> str:
    """Red: something is missing. Amber: all is here, but a person or the platform must act. Green: all is well."""
    if missing:
        return "red"
    return "amber" if parked or waiting or under_way else "green"


def signed_off(*, missing: int, under_way: int, day: date, counted_at: datetime, zone: ZoneInfo) -> bool:
    """A day is signed off when it was over as it was counted and every order of it is in our book."""
    return not missing and not under_way and counted_at.astimezone(zone).date() > day


def overall(colours: Sequence[str]) -> str:
    """The sentence's code for several days together."""
    if not colours:
        return "completeness_unknown"
    return "completeness_missing" if "red" in colours else "completeness_complete"
