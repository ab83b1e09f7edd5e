"""What the order book holds of one connection: counts, sums, and every external id. The demo's ledger compares it with
the shop's own list."""

from typing import Any
from uuid import UUID

from shared.persistence.database import Transaction


async def totals(tx: Transaction, connection: UUID) -> list[dict[str, Any]]:
    """Orders and the sum of their stated totals, per status and currency."""
    return await tx.rows(
        """SELECT status, currency, test, count(*) AS orders, sum(total) AS total,
                  sum(rounding_difference) AS rounding_difference
           FROM orders WHERE connection = :connection
           GROUP BY status, currency, test ORDER BY status, currency, test""",
        connection=connection,
    )


async def unreadable(tx: Transaction, connection: UUID) -> int:
    count: int = await tx.value(
        "SELECT count(*) FROM unreadable_items WHERE connection = :connection AND closed_at IS NULL",
        connection=connection,
    )
    return count


async def items(tx: Transaction, connection: UUID, after: str, limit: int) -> list[dict[str, Any]]:
    """Every external id with its status and reason codes, by external id. An item that cannot be read and of which
    there is no order yet has the status "unreadable"."""
    return await tx.rows(
        """SELECT * FROM (
             (SELECT o.external_id, o.id, o.number, o.status, o.version, o.test, o.currency, o.total, o.stamp,
                     coalesce((SELECT array_agg(DISTINCT r.code ORDER BY r.code) FROM parked_reasons r
                               WHERE r.order_id = o.id), '{}') AS reasons
              FROM orders o WHERE o.connection = :connection AND o.external_id > :after
              ORDER BY o.external_id LIMIT :limit)
             UNION ALL
             (SELECT u.external_id, u.order_id, u.number, 'unreadable', NULL, false, NULL, NULL, u.stamp, ARRAY[u.code]
              FROM unreadable_items u
              WHERE u.connection = :connection AND u.external_id > :after AND u.closed_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = u.order_id)
              ORDER BY u.external_id LIMIT :limit)) AS held
           ORDER BY external_id LIMIT :limit""",
        connection=connection,
        after=after,
        limit=limit,
    )
