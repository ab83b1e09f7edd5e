"""Why orders are parked, or kept waiting by the merchant's rules: every reason a row, found by its cause."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.order_import.standing import Change
from shared.contracts.reason import Reason
from shared.persistence.database import Transaction

MENDED_BY_MASTER_DATA = (
    "charge_article_missing", "customer_not_matched", "default_customer_missing", "pos_customer_missing",
)  # fmt: skip


async def of_orders(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, tuple[Reason, ...]]:
    """The reasons of each order that is kept back, in the order they were found."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT order_id, code, field, key, params, actor FROM parked_reasons
           WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, position""",
        list(ids),
    )
    found: dict[UUID, tuple[Reason, ...]] = {}
    for row in rows:
        reason = Reason(code=row["code"], field=row["field"], key=row["key"], params=row["params"], actor=row["actor"])
        found[row["order_id"]] = (*found.get(row["order_id"], ()), reason)
    return found


async def replace(tx: Transaction, changes: Sequence[Change]) -> None:
    """Writes the reasons of these states; what no longer holds goes."""
    driver = await tx.driver()
    if had := [change.id for change in changes if change.before is not None and change.before.reasons]:
        await driver.execute("DELETE FROM parked_reasons WHERE order_id = ANY($1::uuid[])", had)
    records = [
        (change.id, position, reason.code, reason.key, reason.field, json.dumps(reason.params), reason.actor)
        for change in changes
        for position, reason in enumerate(change.verdict.reasons)
    ]
    if records:
        await driver.executemany(
            """INSERT INTO parked_reasons (order_id, position, code, key, field, params, actor)
               VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7)""",
            records,
        )


async def causes(tx: Transaction, scope: list[UUID] | None) -> list[dict[str, Any]]:
    """The causes for which orders are parked, the commonest first."""
    return await tx.rows(
        """SELECT r.code, r.key, count(*) AS orders, min(r.since) AS since, (array_agg(r.params))[1] AS params,
                  min(r.actor) AS actor
           FROM parked_reasons r JOIN orders o ON o.id = r.order_id
           WHERE o.status = 'parked' AND (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
           GROUP BY r.code, r.key ORDER BY orders DESC, r.code, r.key LIMIT 500""",
        scope=scope,
    )


async def with_cause(
    tx: Transaction, code: str, key: str | None, scope: list[UUID] | None, after: UUID | None, limit: int
) -> list[UUID]:
    """Orders parked for a cause, by id; `key` None means whatever key."""
    rows = await tx.rows(
        """SELECT DISTINCT r.order_id FROM parked_reasons r JOIN orders o ON o.id = r.order_id
           WHERE r.code = :code AND (CAST(:key AS text) IS NULL OR r.key = :key)
             AND (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
             AND (CAST(:after AS uuid) IS NULL OR r.order_id > :after)
           ORDER BY r.order_id LIMIT :limit""",
        code=code,
        key=key,
        scope=scope,
        after=after,
        limit=limit,
    )
    return [row["order_id"] for row in rows]


async def judged_by_older_master_data(tx: Transaction, limit: int) -> list[UUID]:
    """Orders parked for what master data lack, and judged before these changed last."""
    rows = await tx.rows(
        """SELECT DISTINCT r.order_id FROM parked_reasons r JOIN orders o ON o.id = r.order_id
           WHERE (r.code = ANY(:codes) OR r.params ? 'needed_for')
             AND o.master_version < (SELECT version FROM master_state) ORDER BY r.order_id LIMIT :limit""",
        codes=list(MENDED_BY_MASTER_DATA),
        limit=limit,
    )
    return [row["order_id"] for row in rows]


async def with_cause_gone(tx: Transaction, limit: int, *, recently: bool) -> list[UUID]:
    """Orders parked for an article number that has become known or unambiguous since, or means another article now.

    `recently` looks only at what changed within the last minutes, which is cheap however much is parked.
    """
    changed = """AND r.key IN (
        SELECT number FROM known_articles WHERE changed_at > now() - interval '2 minutes'
        UNION SELECT number FROM known_numbers WHERE changed_at > now() - interval '2 minutes'
        UNION SELECT n.number FROM known_numbers n JOIN known_articles a ON a.number = n.article_number
              WHERE a.changed_at > now() - interval '2 minutes')"""
    rows = await tx.rows(
        f"""SELECT DISTINCT r.order_id FROM parked_reasons r JOIN orders o ON o.id = r.order_id
            LEFT JOIN known_numbers n
                ON n.connection = o.connection AND n.number = r.key AND NOT r.params ? 'needed_for'
            JOIN LATERAL (SELECT count(*) AS carriers FROM known_articles a
                          WHERE a.number = coalesce(n.article_number, r.key) AND NOT a.deleted) a ON true
            WHERE r.code IN ('article_unknown', 'article_ambiguous', 'external_number_leads_nowhere')
              {changed if recently else ""} AND r.retries_ended_at IS NULL
              AND CASE r.code WHEN 'article_unknown' THEN a.carriers > 0 OR n.article_number IS NOT NULL
                              WHEN 'article_ambiguous' THEN a.carriers < 2
                              ELSE a.carriers > 0 OR n.article_number IS DISTINCT FROM r.params ->> 'article' END
            ORDER BY r.order_id LIMIT :limit""",
        limit=limit,
    )
    return [row["order_id"] for row in rows]


async def parked_too_long(tx: Transaction, days: int, limit: int) -> list[UUID]:
    """Orders that have been parked for the same reasons for that many days and are still judged again by themselves."""
    rows = await tx.rows(
        """SELECT DISTINCT r.order_id FROM parked_reasons r JOIN orders o ON o.id = r.order_id
           WHERE r.retries_ended_at IS NULL AND r.since < now() - make_interval(days => :days) AND o.status = 'parked'
           ORDER BY r.order_id LIMIT :limit""",
        days=days,
        limit=limit,
    )
    return [row["order_id"] for row in rows]


async def end_retries(tx: Transaction, ids: Sequence[UUID], days: int) -> set[UUID]:
    """These orders are no longer judged again by themselves; answers those for which that is news."""
    rows = await tx.rows(
        """UPDATE parked_reasons SET retries_ended_at = now()
           WHERE order_id = ANY(:ids) AND retries_ended_at IS NULL AND since < now() - make_interval(days => :days)
           RETURNING order_id""",
        ids=list(ids),
        days=days,
    )
    return {row["order_id"] for row in rows}


async def retries_ended(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Since when those of the orders are no longer judged again by themselves for which that has ended."""
    rows = await tx.rows(
        """SELECT order_id, max(retries_ended_at) AS at FROM parked_reasons
           WHERE order_id = ANY(:ids) AND retries_ended_at IS NOT NULL GROUP BY order_id""",
        ids=list(ids),
    )
    return {row["order_id"]: row["at"] for row in rows}


async def start_retries(tx: Transaction, ids: Sequence[UUID]) -> None:
    """A person asked: these orders are judged again by themselves for some days more."""
    await tx.execute(
        "UPDATE parked_reasons SET since = now(), retries_ended_at = NULL WHERE order_id = ANY(:ids)", ids=list(ids)
    )
