"""One record's life in order: earliest first, repetitions as one line, told apart by what they say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.contracts.journal import JournalEntry

# Entries written in one transaction carry one time; this is the order in which their steps follow from each other.
_LIFE = (
    "started", "received", "translated", "created", "superseded", "rejudged", "parked", "waiting", "imported",
    "changed", "updated", "reserved", "released", "rejected", "acknowledged", "skipped", "failed", "pushed",
    "reported", "cancelled", "deleted", "erased", "finished",
)  # fmt: skip
_RANK = {action: place for place, action in enumerate(_LIFE)}
# These differ between otherwise equal tries and say nothing new.
_COUNTERS = frozenset({"attempts", "path", "revision", "version"})


@dataclass(frozen=True)
class Step:
    """One line of a timeline: `entry` is the last of `times` equal ones between `first_at` and `last_at`."""

    entry: JournalEntry
    times: int
    first_at: datetime
    last_at: datetime


def ordered(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """Earliest first; at the same moment in the order of a record's life. The same entry twice is one."""
    unique = {entry.id: entry for entry in entries}
    return sorted(unique.values(), key=lambda entry: (entry.at, _RANK.get(entry.action, len(_LIFE)), str(entry.id)))


def collapsed(entries: Sequence[JournalEntry]) -> list[Step]:
    """Neighbours that say the same become one step. `entries` are in order."""
    steps: list[Step] = []
    for entry in entries:
        last = steps[-1] if steps else None
        if last is not None and _says(last.entry) == _says(entry):
            steps[-1] = Step(entry, last.times + 1, last.first_at, entry.at)
        else:
            steps.append(Step(entry, 1, entry.at, entry.at))
    return steps


def _says(entry: JournalEntry) -> tuple[object, ...]:
    words = tuple(sorted((name, value) for name, value in entry.params.items() if name not in _COUNTERS))
    reasons = tuple((reason.code, reason.field, reason.key) for reason in entry.reasons)
    return entry.noun, entry.subject, entry.action, entry.outcome, entry.code, words, reasons, entry.actor
