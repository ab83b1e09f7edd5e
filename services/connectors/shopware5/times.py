"""When something happened, in the three ways a shop writes it: with an offset that has no colon, in the database's own
time without a zone, and as the zero date, which means never."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
HOUR = timedelta(hours=1)


def moment(text: str, zone: str, *, late: bool = False) -> datetime | None:
    """Aware UTC; None for the zero date and for what is no time. `zone` is where a time without one was written; of an
    hour that comes twice there the first is meant, or the `late` one."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or found[1].startswith("0000"):
        return None
    day, clock, offset = found.groups()
    try:
        written = datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{offset or ''}")
        return (written if offset else written.replace(tzinfo=ZoneInfo(zone), fold=late)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def in_the_database(at: datetime, zone: str) -> str:
    """How the shop's database writes a moment. An hour less: when summer ends, an hour comes twice there."""
    return (at - HOUR).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
