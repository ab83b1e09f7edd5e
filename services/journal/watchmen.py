"""What the journal's watchmen look for: orders between two stages, silent streams, credentials near their end. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.chassis.watching import Sighting, Watchman
from shared.contracts.journal import SearchKey

STUCK = Watchman("stuck", "error")
SILENT = Watchman("stream", "error")
EXPIRING = Watchman("credentials", "warning")

# Which feature a stream belongs to: switched off, it is silent on purpose.
STREAMS = {"order": "orders", "article": "articles", "customer": "orders"}
USUAL = timedelta(minutes=15)


@dataclass(frozen=True)
class Account:
    """A connection as its owner shows it: which features run, and what a live test found out about it."""

    id: UUID
    platform: str
    name: str
    running: frozenset[str]
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, shown: Mapping[str, Any]) -> "Account":
        running = frozenset(one["feature"] for one in shown["switches"] if not one["blocked_by"])
        return cls(UUID(shown["id"]), shown["platform"], shown["name"], running, shown["facts"])


@dataclass(frozen=True)
class LastRun:
    """The last successful pass over a stream, and how often there is one."""

    connection: UUID
    stream: str
    at: datetime
    every: timedelta


def stuck(rows: Sequence[Mapping[str, Any]]) -> list[Sighting]:
    """Orders that were read and of which the order book has said nothing; the query has judged the time."""
    return [
        Sighting(
            noun="order",
            subject=row["subject"],
            connection=row["connection"],
            platform=row["platform"],
            params={"number": row["params"].get("number") or row["params"].get("external_id", ""),
                    "since": clock_time(row["at"])},
            keys=tuple(
                SearchKey.model_validate({"kind": kind, "value": row["params"][kind]})
                for kind in ("number", "external_id")
                if row["params"].get(kind)
            ),
        )
        for row in rows
    ]  # fmt: skip


def silent(accounts: Sequence[Account], runs: Sequence[LastRun], now: datetime, factor: float) -> list[Sighting]:
    """Streams that are to run and had no success for `factor` times their interval, a quarter of an hour at least. One
    that never had any is not among them: its first pass may take long, and what fails is an entry of its own."""
    by_id = {one.id: one for one in accounts}
    found = []
    for run in runs:
        account = by_id.get(run.connection)
        if account is None or STREAMS.get(run.stream) not in account.running:
            continue
        if now - run.at <= max(factor * run.every, USUAL):
            continue
        words = {"connection": account.name, "name": account.name, "stream": run.stream, "since": clock_time(run.at),
                 "minutes": f"{run.every.total_seconds() / 60:.0f}"}  # fmt: skip
        found.append(Sighting("stream", f"{account.id}:{run.stream}", account.id, account.platform, words))
    return found


def expiring(accounts: Sequence[Account], now: datetime, within: timedelta) -> list[Sighting]:
    """Connections whose facts say `valid_until`, soon or already past."""
    found = []
    for account in accounts:
        until = valid_until(account.facts)
        if until is not None and until - now <= within:
            words = {"connection": account.name, "name": account.name, "until": clock_time(until)}
            found.append(Sighting("connection", str(account.id), account.id, account.platform, words))
    return found


def valid_until(facts: Mapping[str, str]) -> datetime | None:
    """The end of the credentials, a date or a time (UTC unless it says so); None when the facts name none."""
    try:
        at = datetime.fromisoformat(facts.get("valid_until", ""))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def clock_time(at: datetime) -> str:
    """A moment as the journal's sentences write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
