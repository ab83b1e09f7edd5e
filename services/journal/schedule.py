"""When an alert leaves: at once after a short gathering, but not at night, or at an hour of the day or week."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Rhythm = Literal["instant", "daily", "weekly"]


@dataclass(frozen=True)
class Schedule:
    """`hour` is the receiver's, in `zone`; `weekday` 1 is Monday. From `quiet_from` until `quiet_until`, hours too,
    nothing instant leaves."""

    rhythm: Rhythm
    hour: int
    weekday: int
    zone: str
    quiet_from: int | None = None
    quiet_until: int | None = None

    def next_after(self, now: datetime) -> datetime | None:
        """The next regular time after `now`; None for what has none."""
        if self.rhythm == "instant":
            return None
        zone = ZoneInfo(self.zone)
        today = now.astimezone(zone).date()
        days = (today + timedelta(days=ahead) for ahead in range(9))
        times = (datetime.combine(day, time(self.hour), zone) for day in days if self._is_its_day(day.isoweekday()))
        return next(at.astimezone(now.tzinfo) for at in times if at > now)

    def release(self, now: datetime, gathering: timedelta) -> datetime:
        """When what became known at `now` may leave: after the gathering, or at the end of the quiet hours."""
        at = now + gathering
        local = at.astimezone(ZoneInfo(self.zone))
        if self.quiet_until is None or not self._is_quiet(local.hour):
            return at
        day = local.date() if local.hour < self.quiet_until else local.date() + timedelta(days=1)
        return datetime.combine(day, time(self.quiet_until), local.tzinfo).astimezone(now.tzinfo)

    def _is_its_day(self, weekday: int) -> bool:
        return self.rhythm == "daily" or weekday == self.weekday

    def _is_quiet(self, hour: int) -> bool:
        if self.quiet_from is None or self.quiet_until is None:
            return False
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many failed deliveries: a minute, doubled every time, an hour at most."""
    return timedelta(minutes=min(1 << min(attempts - 1, 10), 60))
