"""Open problems: raised by an entry that went wrong, closed by a later one about the same worry that went well."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.journal.concern import Verdict, newest
from services.journal.entry_row import SELECTED, entry_of
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

RAISING = 47110818
# In alphabetical order, so that the least of several is the worst.
SEVERITIES = ("error", "warning")


async def note(tx: Transaction, entries: Sequence[JournalEntry]) -> None:
    """Brings the open problems up to date with what was just written; the order of arrival does not matter."""
    verdicts = newest(entries)
    if not verdicts:
        return
    raised = [verdict for verdict in verdicts if verdict.causes]
    # Of two batches at the same time, one raising what the other settles, the later one must see the earlier.
    await tx.execute(f"SELECT pg_advisory_xact_lock{'' if raised else '_shared'}(:key)", key=RAISING)
    await _close(tx, verdicts)
    if raised:
        await _open(tx, await _still_open(tx, raised))


async def _close(tx: Transaction, verdicts: Sequence[Verdict]) -> None:
    driver = await tx.driver()
    await driver.execute(
        """DELETE FROM problems p USING unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
               AS v(noun, subject, concern, at, causes)
           WHERE p.noun = v.noun AND p.subject = v.subject AND (v.concern = '' OR p.concern = v.concern)
             AND p.last_at < v.at AND p.cause <> ALL (string_to_array(v.causes, ' '))""",
        [verdict.entry.noun for verdict in verdicts],
        [verdict.entry.subject for verdict in verdicts],
        [verdict.concern for verdict in verdicts],
        [verdict.at for verdict in verdicts],
        [" ".join(reason.code for reason in verdict.causes) for verdict in verdicts],
    )


async def _still_open(tx: Transaction, raised: Sequence[Verdict]) -> list[Verdict]:
    driver = await tx.driver()
    rows = await driver.fetch(
        f"""SELECT {SELECTED} FROM unnest($1::text[], $2::timestamptz[]) AS r(subject, at)
            JOIN entries e ON e.subject = r.subject AND e.at > r.at WHERE e.at > $3""",
        [verdict.entry.subject for verdict in raised],
        [verdict.at for verdict in raised],
        min(verdict.at for verdict in raised),
    )
    later = {verdict.key: verdict for verdict in newest([entry_of(dict(row)) for row in rows])}
    return [verdict for verdict in raised if not _overtaken(verdict, later)]


def _overtaken(verdict: Verdict, later: dict[tuple[str, str, str], Verdict]) -> bool:
    noun, subject, concern = verdict.key
    found = (later.get((noun, subject, concern)), later.get((noun, subject, "")))
    return any(one is not None and one.at > verdict.at for one in found)


async def _open(tx: Transaction, raised: Sequence[Verdict]) -> None:
    rows = sorted(_rows(raised))
    if not rows:
        return
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO problems AS p (noun, subject, concern, cause, connection, platform, label, action, params, actor,
                                      entry, first_at, last_at, times, outcome)
           SELECT noun, subject, concern, cause, nullif(connection, '00000000-0000-0000-0000-000000000000'), platform,
                  label, action, params, actor, entry, at, at, 1, outcome
           FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                       $9::text[], $10::text[], $11::uuid[], $12::timestamptz[], $13::text[])
               AS r(noun, subject, concern, cause, connection, platform, label, action, params, actor, entry, at,
                    outcome)
           ON CONFLICT (noun, subject, concern, cause) DO UPDATE SET
               params = excluded.params, action = excluded.action, entry = excluded.entry, label = excluded.label,
               outcome = excluded.outcome,
               first_at = least(p.first_at, excluded.first_at), last_at = greatest(p.last_at, excluded.last_at),
               times = p.times + 1""",
        *map(list, zip(*rows, strict=True)),
    )


def _rows(raised: Sequence[Verdict]) -> list[tuple[Any, ...]]:
    found: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for verdict in raised:
        entry = verdict.entry
        for reason in verdict.causes:
            found[*verdict.key, reason.code] = (
                *verdict.key, reason.code, entry.connection or UUID(int=0), entry.platform, label_of(entry),
                entry.action, json.dumps(entry.params | reason.params, ensure_ascii=False), reason.actor, entry.id,
                entry.at, entry.outcome,
            )  # fmt: skip
    return list(found.values())


def label_of(entry: JournalEntry) -> str:
    """What a person calls the record: its number, article number, name, or else our id."""
    for kind in ("number", "sku", "erp_number", "external_id"):
        for key in entry.keys:
            if key.kind == kind and key.value:
                return key.value
    return entry.params.get("number") or entry.params.get("sku") or entry.params.get("name") or entry.subject


async def causes(tx: Transaction, *, without: str) -> dict[tuple[str, UUID | None], str]:
    """The worst severity of what is open, by cause and connection; the noun `without` is left out."""
    rows = await tx.rows(
        """SELECT cause, connection, min(outcome) AS severity FROM problems WHERE noun <> :without
           GROUP BY cause, connection""",
        without=without,
    )
    return {(row["cause"], row["connection"]): row["severity"] for row in rows}


async def groups(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    connection: UUID | None,
    actor: str | None,
    limit: int,
    outcomes: Sequence[str] = SEVERITIES,
    without: str = "",
) -> list[dict[str, Any]]:
    """Open problems by cause and connection, the most frequent first, with five examples each; those of the noun
    `without` are left out."""
    return await tx.rows(
        """SELECT cause, connection, min(platform) AS platform, count(DISTINCT (noun, subject)) AS count,
                  min(first_at) AS first_at, max(last_at) AS last_at, min(actor) AS actor, min(outcome) AS severity,
                  (jsonb_agg(jsonb_build_object('noun', noun, 'subject', subject, 'label', label, 'params', params,
                             'last_at', last_at) ORDER BY last_at DESC, subject) FILTER (WHERE place <= 5)) AS examples
           FROM (SELECT *, row_number() OVER (PARTITION BY cause, connection ORDER BY last_at DESC, subject) AS place
                 FROM problems
                 WHERE (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))
                   AND (CAST(:connection AS uuid) IS NULL OR connection = :connection)
                   AND (CAST(:actor AS text) IS NULL OR actor = :actor)
                   AND outcome = ANY(:outcomes) AND noun <> :without) AS p
           GROUP BY cause, connection ORDER BY count DESC, max(last_at) DESC, cause, connection LIMIT :limit""",
        scope=scope,
        connection=connection,
        actor=actor,
        outcomes=list(outcomes),
        without=without,
        limit=limit,
    )
