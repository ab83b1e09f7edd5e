"""The rules of each connection, version by version. No version means the defaults."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.order_import.rules.model import OrderRules, changes
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.chassis.versions import is_stale
from shared.persistence.database import Transaction


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """`version` 0 are the defaults: nobody has set anything yet, so `at` is None."""

    version: int
    rules: OrderRules
    actor: str = ""
    at: datetime | None = None


LONGEST_WORDS = 500
DEFAULTS = RuleVersion(0, OrderRules())


async def current(tx: Transaction, connections: Collection[UUID]) -> dict[UUID, RuleVersion]:
    """The newest rules of each of the connections."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT DISTINCT ON (connection) connection, version, content, actor, at FROM rules
           WHERE connection = ANY($1::uuid[]) ORDER BY connection, version DESC""",
        list(connections),
    )
    stored = {row["connection"]: _read(row) for row in rows}
    return {connection: stored.get(connection, DEFAULTS) for connection in connections}


async def at_versions(tx: Transaction, wanted: Collection[tuple[UUID, int]]) -> dict[tuple[UUID, int], RuleVersion]:
    """The rules of connections as they were at a version."""
    asked = sorted({one for one in wanted if one[1]})
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT connection, version, content, actor, at FROM rules
           WHERE (connection, version) IN (SELECT * FROM unnest($1::uuid[], $2::int[]))""",
        [connection for connection, _ in asked],
        [version for _, version in asked],
    )
    stored = {(row["connection"], row["version"]): _read(row) for row in rows}
    return {one: stored.get(one, DEFAULTS) for one in wanted}


async def put(
    service: Service, tx: Transaction, connection: UUID, rules: OrderRules, *, seen: frozenset[int], actor: str
) -> RuleVersion:
    """Makes these the connection's rules; `seen` are the versions the caller had before him. The rules that already
    hold are no change, so a request that is repeated after a lost answer does no harm.

    Raises a 409 problem with the newest rules when somebody else was faster.
    """
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:key AS text), 7))", key=f"rules:{connection}")
    before = (await current(tx, [connection]))[connection]
    if before.rules == rules:
        return before
    if is_stale(seen, before.version):
        raise Problem(
            409,
            "order_rules_changed_meanwhile",
            field="If-Match",
            extra={"yours": max(seen), "current": before.version, "rules": before.rules.model_dump(mode="json")},
            yours=str(max(seen)),
            current=str(before.version),
            actor=before.actor,
        )
    after = RuleVersion(before.version + 1, rules, actor, service.clock())
    await tx.execute(
        """INSERT INTO rules (connection, version, content, actor, at)
           VALUES (:connection, :version, CAST(:content AS jsonb), :actor, :at)""",
        connection=connection,
        version=after.version,
        content=rules.model_dump_json(),
        actor=actor,
        at=after.at,
    )
    entries = [
        service.journal.entry(
            noun="connection",
            subject=str(connection),
            action="updated",
            code="order_rule_changed",
            connection=connection,
            params={
                "field": field,
                "before": _short(old),
                "after": _short(new),
                "version": str(after.version),
                "actor": actor,
            },
            actor=actor,
        )
        for field, (old, new) in changes(before.rules, rules).items()
    ]
    await service.journal.write(tx, entries)
    return after


async def history(tx: Transaction, connection: UUID, before: int | None, limit: int) -> list[RuleVersion]:
    """Versions below `before`, the newest first; the defaults everything began with are not among them."""
    rows = await tx.rows(
        """SELECT version, content, actor, at FROM rules
           WHERE connection = :connection AND (CAST(:before AS int) IS NULL OR version < :before)
           ORDER BY version DESC LIMIT :limit""",
        connection=connection,
        before=before,
        limit=limit,
    )
    return [_read(row) for row in rows]


async def judged_by_older(tx: Transaction, limit: int) -> list[UUID]:
    """Orders that are kept back and were judged by an older version than there is now."""
    rows = await tx.rows(
        """SELECT o.id FROM (SELECT connection, max(version) AS version FROM rules GROUP BY connection) r
           JOIN LATERAL (SELECT id FROM orders WHERE connection = r.connection AND status IN ('parked', 'waiting')
                           AND rules_version < r.version ORDER BY rules_version LIMIT :limit) o ON true
           LIMIT :limit""",
        limit=limit,
    )
    return [row["id"] for row in rows]


async def note_version(tx: Transaction, judged: Collection[tuple[UUID, int, int]]) -> None:
    """These orders were judged by that version, with that of master data, and nothing about them changed."""
    if judged:
        driver = await tx.driver()
        await driver.executemany(
            "UPDATE orders SET rules_version = $2, master_version = $3 WHERE id = $1", sorted(judged)
        )


def _short(words: str) -> str:
    """As much as a journal entry carries; the version holds all of it."""
    return words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS]} …"


def _read(row: Any) -> RuleVersion:
    return RuleVersion(row["version"], OrderRules.model_validate(row["content"]), row["actor"], row["at"])
