"""Watchmen: what has been standing still too long becomes a journal entry, and another one once it goes on.

A watchman is a query that counts facts and a pure function that judges them. What he finds again after half a minute
is told once; what he no longer finds is told to be over. So a record that is just moving on raises no alarm, however
many replicas look.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, Outcome, SearchKey
from shared.persistence.database import Transaction

ONE_WATCH = 47111001
# So many at once say the same as all of them; the rest are told as these are settled.
MOST = 1000
LONG_ENOUGH = timedelta(seconds=30)
Stage = Literal["young", "ripe", "told"]


@dataclass(frozen=True)
class Watchman:
    """`name` is one word; the sentences `watch_<name>_found` and `watch_<name>_over` are his."""

    name: str
    outcome: Outcome

    @property
    def found(self) -> str:
        return f"watch_{self.name}_found"

    @property
    def over(self) -> str:
        return f"watch_{self.name}_over"


@dataclass(frozen=True)
class Sighting:
    """One record in trouble. `params` are the words of both sentences."""

    noun: str
    subject: str
    connection: UUID | None
    platform: str
    params: Mapping[str, str]
    keys: tuple[SearchKey, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What a look brings: seen for the first time, to be told, over after it was told, and gone before."""

    new: tuple[Sighting, ...]
    told: tuple[Sighting, ...]
    over: tuple[Sighting, ...]
    gone: tuple[str, ...]


def compare(sightings: Sequence[Sighting], known: Mapping[str, tuple[Sighting, Stage]]) -> Changes:
    """`known` is what earlier looks saw, by subject: just now, long enough ago to be told, or told already."""
    found = {one.subject: one for one in sightings}
    left = [(one, stage) for subject, (one, stage) in known.items() if subject not in found]
    return Changes(
        new=tuple(one for subject, one in found.items() if subject not in known),
        told=tuple(one for subject, one in found.items() if subject in known and known[subject][1] == "ripe"),
        over=tuple(one for one, stage in left if stage == "told"),
        gone=tuple(one.subject for one, stage in left if stage != "told"),
    )


async def alone(tx: Transaction, watchman: Watchman) -> bool:
    """Whether this transaction is the only one that looks now."""
    free: bool = await tx.value(
        "SELECT pg_try_advisory_xact_lock(:key, hashtext(:name))", key=ONE_WATCH, name=watchman.name
    )
    return free


async def subjects(tx: Transaction, watchman: Watchman) -> list[str]:
    """What he saw before; a look must judge these again, however much else there is."""
    rows = await tx.rows("SELECT subject FROM watched WHERE watchman = :name", name=watchman.name)
    return [row["subject"] for row in rows]


async def report(service: Service, tx: Transaction, watchman: Watchman, sightings: Sequence[Sighting]) -> None:
    """Takes down what a look found, and tells the journal what is news. The look holds the lock of `alone`."""
    rows = await tx.rows(
        "SELECT subject, noun, connection, platform, params, seen_at, told_at FROM watched WHERE watchman = :name",
        name=watchman.name,
    )
    now = service.clock()
    changes = compare(sightings, {row["subject"]: (_sighting(row), _stage(row, now)) for row in rows})
    await tx.many(
        """INSERT INTO watched (watchman, subject, noun, connection, platform, params, seen_at)
           VALUES (:watchman, :subject, :noun, :connection, :platform, CAST(:params AS jsonb), :now)""",
        [_row(watchman, one, now) for one in changes.new],
    )
    await tx.many(
        """UPDATE watched SET told_at = :now, params = CAST(:params AS jsonb)
           WHERE watchman = :watchman AND subject = :subject""",
        [_row(watchman, one, now) for one in changes.told],
    )
    await tx.execute(
        "DELETE FROM watched WHERE watchman = :name AND subject = ANY(:subjects)",
        name=watchman.name,
        subjects=[*(one.subject for one in changes.over), *changes.gone],
    )
    entries = [_entry(service, watchman, one, over=False, now=now) for one in changes.told]
    entries += [_entry(service, watchman, one, over=True, now=now) for one in changes.over]
    entries.sort(key=lambda entry: (entry.platform, str(entry.connection)))
    await service.journal.write(tx, entries)


def _sighting(row: Mapping[str, Any]) -> Sighting:
    return Sighting(row["noun"], row["subject"], row["connection"], row["platform"], row["params"])


def _stage(row: Mapping[str, Any], now: datetime) -> Stage:
    if row["told_at"] is not None:
        return "told"
    return "ripe" if now - row["seen_at"] >= LONG_ENOUGH else "young"


def _row(watchman: Watchman, one: Sighting, now: datetime) -> dict[str, Any]:
    return {
        "watchman": watchman.name,
        "subject": one.subject,
        "noun": one.noun,
        "connection": one.connection,
        "platform": one.platform,
        "params": json.dumps(dict(one.params), ensure_ascii=False),
        "now": now,
    }


def _entry(service: Service, watchman: Watchman, one: Sighting, *, over: bool, now: datetime) -> JournalEntry:
    return service.journal.entry(
        noun=one.noun,
        subject=one.subject,
        action="finished" if over else "started",
        outcome="ok" if over else watchman.outcome,
        code=watchman.over if over else watchman.found,
        params=one.params,
        connection=one.connection,
        platform=one.platform,
        keys=one.keys,
        at=now,
    )
