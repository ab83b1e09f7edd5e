"""Reports: a platform is asked for one, makes it in its own time, and keeps a list of those it made.

Which reports there are, and what became of them, is read from that list alone: a request whose answer was lost, or that
was made before a crash, stands there. What is kept here is only which of them were taken, by the platform's own id, so
that a report is taken once; one whose taking broke off is taken again, so that must be harmless.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.connector_kit.notes import Notes

State = Literal["running", "ready", "empty", "failed"]


@dataclass(frozen=True)
class Kind:
    """A kind of report, by the platform's word. A new one is wanted `every` so often, about what happened since the one
    before and `overlap` more, at most about `span`. `every` None: the platform makes it by itself."""

    word: str
    every: timedelta | None
    span: timedelta = timedelta(days=30)
    overlap: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class Report:
    """One report in the platform's list. `ends` is the moment up to which it tells, where the platform says so;
    `document` is where its content lies once it is ready. "empty": nothing had happened."""

    id: str
    state: State
    made_at: datetime
    document: str = ""
    ends: datetime | None = None


async def untaken(notes: Notes, kind: Kind, listed: Iterable[Report]) -> list[Report]:
    """Those that are ready and were not taken yet, the oldest first."""
    record = _record(kind)
    known = set((await notes.of([record])).get(record, ()))
    ready = [one for one in listed if one.state == "ready" and one.document and one.id not in known]
    return sorted(ready, key=lambda one: (one.made_at, one.id))


async def taken(notes: Notes, kind: Kind, report: Report) -> None:
    """Says that all of a report is known. Twice is the same."""
    await notes.add(_record(kind), report.id, report.id)


def wanted(kind: Kind, listed: Iterable[Report], now: datetime) -> tuple[datetime, datetime] | None:
    """The time a new report should be about; None while one is being made, or the last is not old enough."""
    if kind.every is None:
        return None
    reports = list(listed)
    if any(one.state == "running" or one.made_at > now - kind.every for one in reports):
        return None
    told = [one.ends or one.made_at for one in reports if one.state in ("ready", "empty")]
    since = max(told, default=now - kind.span) - kind.overlap
    return max(since, now - kind.span), now


def _record(kind: Kind) -> str:
    return f"report:{kind.word}"
