"""Numbers and differences per connection: how far it is, and where the shop holds something else than we told it."""

from typing import Any
from uuid import UUID

from shared.persistence.database import Transaction

_DRIFT = """
o.active AND o.told IS NOT NULL AND o.shop_quantity IS NOT NULL AND o.shop_read_at > o.told_at
AND o.shop_quantity <> o.told AND o.sent_version <= o.settled_version
"""


async def summary(tx: Transaction, connection: UUID) -> dict[str, Any]:
    """Sums over one connection; zeros when it has no listings."""
    row = await tx.row(
        f"""SELECT count(*) FILTER (WHERE l.state <> 'deleted') AS listings,
                  count(l.article_number) AS matched,
                  count(*) FILTER (WHERE l.state <> 'deleted' AND l.article_number IS NULL) AS unmatched,
                  count(*) FILTER (WHERE l.unreadable_code IS NOT NULL) AS unreadable,
                  count(*) FILTER (WHERE p.told) AS told,
                  count(*) FILTER (WHERE p.in_flight) AS in_flight,
                  count(*) FILTER (WHERE p.blocked) AS blocked,
                  count(*) FILTER (WHERE p.held) AS held,
                  count(*) FILTER (WHERE p.failed) AS failed,
                  count(*) FILTER (WHERE p.drifted) AS drifted
           FROM listings l LEFT JOIN LATERAL (
               SELECT bool_and(o.told IS NOT NULL) AS told, bool_or(o.sent_version > o.settled_version) AS in_flight,
                      bool_or(o.blocked_by <> '') AS blocked,
                      bool_or(o.blocked_by IN ('stock_first_push_held', 'stock_push_held')) AS held,
                      bool_or(o.outcome = 'failed' AND o.sent_version <= o.settled_version) AS failed,
                      bool_or({_DRIFT}) AS drifted
               FROM offers o WHERE o.listing_id = l.id AND o.active) p ON true
           WHERE l.connection = :connection""",
        connection=connection,
    )
    dirty = await tx.value(
        """SELECT count(*) FROM listings l WHERE l.connection = :connection AND l.article_number IS NOT NULL AND (
               EXISTS (SELECT FROM dirty d WHERE d.listing_id = l.id)
               OR EXISTS (SELECT FROM dirty d WHERE d.article_number = l.article_number)
               OR EXISTS (SELECT FROM dirty d JOIN shelf_mates m USING (article_number) WHERE m.mate = l.article_number)
               OR EXISTS (SELECT FROM dirty d WHERE d.connection = l.connection))""",
        connection=connection,
    )
    switch = await tx.value("SELECT blocked_by FROM connections WHERE id = :connection", connection=connection)
    return dict(row or {}) | {"dirty": dirty, "blocked_by": "connection_not_read" if switch is None else switch}


async def drift(
    tx: Transaction, *, scope: list[UUID] | None, connection: UUID | None, after: tuple[UUID, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Places whose channel shows something else than it was told, by listing and location."""
    return await tx.rows(
        f"""SELECT l.id AS listing_id, l.connection, l.platform, l.external_id, l.sku, l.article_number, o.location,
                  o.told, o.told_at, o.shop_quantity AS shop, o.shop_read_at, o.quantity AS computed, o.computed_at,
                  o.sent_at, o.outcome, o.outcome_code, o.outcome_params, o.outcome_at, o.blocked_by
           FROM offers o JOIN listings l ON l.id = o.listing_id
           WHERE {_DRIFT} AND (CAST(:scope AS uuid[]) IS NULL OR l.connection = ANY(:scope))
             AND (CAST(:connection AS uuid) IS NULL OR l.connection = :connection)
             AND (CAST(:id AS uuid) IS NULL OR (o.listing_id, o.location) > (CAST(:id AS uuid), CAST(:place AS text)))
           ORDER BY o.listing_id, o.location LIMIT :limit""",
        scope=scope,
        connection=connection,
        id=None if after is None else after[0],
        place=None if after is None else after[1],
        limit=limit,
    )
