"""Whether a shop has unusually few orders: the same hours of this weekday in the last four weeks tell what is usual.

Orders come like rain, so their number scatters by its square root at least; shops with sales and holidays scatter more.
What lies three times that below the average, and below every one of the four weeks, is unusual. With fewer than ten
orders on average nothing is: there is too little history to say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

WEEKS = 4
SCATTER = 3.0


@dataclass(frozen=True)
class Span:
    """Some hours up to a full hour, now (`week` 0) or so many weeks ago."""

    hours: int
    week: int
    since: datetime
    until: datetime


def spans(now: datetime, hours: Sequence[int], zone: ZoneInfo, lag: timedelta) -> list[Span]:
    """The spans to count, by the merchant's clock: a week ago is the same hour there, also across a clock change.
    Orders younger than `lag` may not have been read yet."""
    end = (now - lag).astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    found = []
    for length in hours:
        for week in range(WEEKS + 1):
            until = end - timedelta(weeks=week)
            since = until - timedelta(hours=length)
            found.append(Span(length, week, since.replace(tzinfo=zone), until.replace(tzinfo=zone)))
    return found


def unusually_few(present: int, past: Sequence[int]) -> bool:
    """`past` are the same hours of the last weeks; fewer than four of them say nothing."""
    if len(past) < WEEKS:
        return False
    mean = sum(past) / len(past)
    variance = sum((count - mean) ** 2 for count in past) / len(past)
    return present < min(past) and present < mean - SCATTER * sqrt(max(mean, variance))
