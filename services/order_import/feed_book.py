"""The feed to the internal systems: what each named consumer has still to take over.

Positions are given after commit by one numbering loop under a lock: a sequence, drawn at insert, would let a reader
pass over a transaction that commits late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.order_import.rows import append
from services.order_import.standing import Change
from shared.persistence.database import Transaction

ONE_NUMBERER = 47110404
BATCH = 2000


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One order a consumer has to take over. (`order_id`, `version`) is its stable key."""

    position: int
    order_id: UUID
    version: int
    kind: str
    queued_at: datetime
    deliveries: int


async def announce(tx: Transaction, changes: Sequence[Change]) -> None:
    """Marks orders for the feed; they get their positions once this transaction is committed."""
    await append(tx, "feed_fresh", ["order_id", "version"], [(change.id, change.version) for change in changes])


async def is_fresh(tx: Transaction) -> bool:
    """Whether anything was committed that has no position yet."""
    return await tx.value("SELECT 1 FROM feed_fresh LIMIT 1") is not None


async def number_fresh(tx: Transaction) -> bool:
    """Gives positions to what was committed since, for every consumer; answers whether there may be more.

    An order that already waits in a queue moves to its end with the newer version.
    """
    if not await tx.value("SELECT pg_try_advisory_xact_lock(:key)", key=ONE_NUMBERER):
        return False
    rows = await tx.rows(
        """DELETE FROM feed_fresh WHERE id IN (SELECT id FROM feed_fresh ORDER BY id LIMIT :limit)
           RETURNING id, order_id, version""",
        limit=BATCH,
    )
    if not rows:
        return False
    rows.sort(key=lambda row: row["id"])
    newest: dict[UUID, int] = {}
    for row in rows:
        newest[row["order_id"]] = max(row["version"], newest.pop(row["order_id"], 0))
    await _queue(tx, list(newest), list(newest.values()), consumer=None)
    return len(rows) == BATCH


async def is_known(tx: Transaction, consumer: str) -> bool:
    return await tx.value("SELECT 1 FROM feed_consumers WHERE name = :name", name=consumer) is not None


async def register(tx: Transaction, consumer: str) -> None:
    """Makes a new consumer known and gives it every order there is to take over so far; twice is the same."""
    if await is_known(tx, consumer):
        return
    await tx.execute("SELECT pg_advisory_xact_lock(:key)", key=ONE_NUMBERER)
    new = await tx.execute("INSERT INTO feed_consumers (name) VALUES (:name) ON CONFLICT DO NOTHING", name=consumer)
    if not new:
        return
    rows = await tx.rows(
        """SELECT id, version FROM orders WHERE imported_at IS NOT NULL AND NOT test
             AND status IN ('imported', 'cancelled') ORDER BY placed_at, id"""
    )
    await _queue(tx, [row["id"] for row in rows], [row["version"] for row in rows], consumer=consumer)


async def _queue(tx: Transaction, ids: list[UUID], versions: list[int], *, consumer: str | None) -> None:
    if not ids:
        return
    driver = await tx.driver()
    head = await driver.fetchval("UPDATE feed_head SET position = position + $1 RETURNING position", len(ids))
    await driver.execute(
        """INSERT INTO feed_queue (consumer, order_id, version, position)
           SELECT c.name, n.order_id, n.version, $3::bigint + n.place
           FROM feed_consumers c,
                unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS n(order_id, version, place)
           WHERE $4::text IS NULL OR c.name = $4
           ORDER BY c.name, n.place
           ON CONFLICT (consumer, order_id) DO UPDATE SET version = excluded.version, position = excluded.position,
               queued_at = now(), delivered_at = NULL, deliveries = 0
           WHERE feed_queue.version < excluded.version""",
        ids,
        versions,
        head - len(ids),
        consumer,
    )


async def take(tx: Transaction, consumer: str, limit: int, scope: list[UUID] | None) -> list[FeedItem]:
    """The consumer's oldest items. They come again until they are acknowledged or rejected; parked orders step aside
    until they are released."""
    rows = await tx.rows(
        """WITH page AS (
             SELECT q.order_id, o.status FROM feed_queue q JOIN orders o ON o.id = q.order_id
             WHERE q.consumer = :consumer AND o.status IN ('imported', 'cancelled')
               AND (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
             ORDER BY q.position LIMIT :limit FOR UPDATE OF q)
           UPDATE feed_queue q SET delivered_at = coalesce(q.delivered_at, now()), deliveries = q.deliveries + 1
           FROM page WHERE q.consumer = :consumer AND q.order_id = page.order_id
           RETURNING q.position, q.order_id, q.version, q.queued_at, q.deliveries,
                     CASE WHEN page.status = 'cancelled' THEN 'cancelled'
                          WHEN EXISTS (SELECT 1 FROM feed_receipts r
                                       WHERE r.consumer = q.consumer AND r.order_id = q.order_id) THEN 'changed'
                          ELSE 'imported' END AS kind""",
        consumer=consumer,
        scope=scope,
        limit=limit,
    )
    await tx.execute("UPDATE feed_consumers SET last_read_at = now() WHERE name = :name", name=consumer)
    return sorted((FeedItem(**row) for row in rows), key=lambda item: item.position)


async def settle(tx: Transaction, consumer: str, order_id: UUID, version: int, erp_number: str) -> bool:
    """The consumer has this order at this version; answers whether that is news."""
    news = await tx.execute(
        """INSERT INTO feed_receipts (consumer, order_id, version, erp_number)
           VALUES (:consumer, :order_id, :version, :erp_number)
           ON CONFLICT (consumer, order_id) DO UPDATE SET acknowledged_at = now(),
               version = greatest(feed_receipts.version, excluded.version),
               erp_number = CASE WHEN excluded.erp_number <> '' THEN excluded.erp_number
                                 ELSE feed_receipts.erp_number END
           WHERE feed_receipts.version < excluded.version
              OR (excluded.erp_number <> '' AND feed_receipts.erp_number <> excluded.erp_number)""",
        consumer=consumer,
        order_id=order_id,
        version=version,
        erp_number=erp_number,
    )
    await tx.execute(
        "DELETE FROM feed_queue WHERE consumer = :consumer AND order_id = :order_id AND version <= :version",
        consumer=consumer,
        order_id=order_id,
        version=version,
    )
    return news > 0


async def waits(tx: Transaction, consumer: str, order_id: UUID, *, newer_than: int) -> bool:
    """Whether a version of the order newer than that is still to be taken over by this consumer."""
    waiting: bool = await tx.value(
        """SELECT EXISTS (SELECT 1 FROM feed_queue WHERE consumer = :consumer AND order_id = :order_id
                                                     AND version > :version)
               OR EXISTS (SELECT 1 FROM feed_fresh WHERE order_id = :order_id AND version > :version)""",
        consumer=consumer,
        order_id=order_id,
        version=newer_than,
    )
    return waiting


async def handed_over(tx: Transaction, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the orders that any consumer has acknowledged: they are out of our hands."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT DISTINCT r.order_id FROM feed_consumers c
           JOIN feed_receipts r ON r.consumer = c.name AND r.order_id = ANY($1::uuid[])""",
        list(ids),
    )
    return {row["order_id"] for row in rows}


async def withdraw(tx: Transaction, consumer: str, order_id: UUID) -> None:
    """The consumer refused this order: it leaves its queue until a newer version is released."""
    await tx.execute(
        "DELETE FROM feed_queue WHERE consumer = :consumer AND order_id = :order_id",
        consumer=consumer,
        order_id=order_id,
    )


async def unregister(tx: Transaction, consumer: str) -> bool:
    """Forgets a consumer with its queue and receipts; answers whether it was known."""
    return await tx.execute("DELETE FROM feed_consumers WHERE name = :name", name=consumer) > 0


async def consumers(tx: Transaction, overdue_before: datetime) -> list[dict[str, Any]]:
    """Every consumer with how much waits for it and how much it took but did not acknowledge in time."""
    return await tx.rows(
        """SELECT c.name, c.registered_at, c.last_read_at, count(q.order_id) AS waiting,
                  min(q.queued_at) AS oldest_queued_at,
                  count(q.order_id) FILTER (WHERE q.delivered_at < :before) AS overdue
           FROM feed_consumers c LEFT JOIN feed_queue q ON q.consumer = c.name
           GROUP BY c.name ORDER BY c.name""",
        before=overdue_before,
    )


async def overdue(
    tx: Transaction, consumer: str, before: datetime, scope: list[UUID] | None, after: int, limit: int
) -> list[dict[str, Any]]:
    """What the consumer took before that time and has neither acknowledged nor rejected."""
    return await tx.rows(
        """SELECT q.position, q.order_id, q.version, o.number, o.connection, q.delivered_at, q.deliveries
           FROM feed_queue q JOIN orders o ON o.id = q.order_id
           WHERE q.consumer = :consumer AND q.delivered_at < :before AND q.position > :after
             AND (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
           ORDER BY q.position LIMIT :limit""",
        consumer=consumer,
        before=before,
        scope=scope,
        after=after,
        limit=limit,
    )
