"""Marks that something about a product may have changed; the product loop works them off.

As with stock and prices a mark names what changed, an article or a connection. Which products of which connections that
touches is found when the loop takes it, after the commit.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.inventory.marks import BULK_ABOVE
from shared.persistence.database import Transaction

Again = Literal["", "failed"]
_MEANT = """
WITH meant AS (SELECT DISTINCT * FROM unnest($1::text[], $2::uuid[], $3::text[]) AS m(number, connection, again)),
products_of AS (
    SELECT coalesce(a.parent_number, a.number) AS product, m.connection, m.again
    FROM meant m JOIN articles a ON a.number = m.number
    UNION SELECT m.number, m.connection, m.again FROM meant m
    WHERE EXISTS (SELECT FROM articles c WHERE c.parent_number = m.number)
       OR EXISTS (SELECT FROM products p WHERE p.number = m.number)),
members AS (
    SELECT o.product, o.connection, o.again, a.number, a.deleted_at IS NOT NULL AS gone
    FROM products_of o JOIN articles a ON a.number = o.product
    UNION SELECT o.product, o.connection, o.again, a.number, a.deleted_at IS NOT NULL
    FROM products_of o JOIN articles a ON a.parent_number = o.product),
wanted AS (
    SELECT product, connection, again FROM products_of WHERE connection IS NOT NULL
    UNION SELECT o.product, p.connection, o.again FROM products_of o JOIN products p ON p.number = o.product
    WHERE o.connection IS NULL
    UNION SELECT m.product, l.connection, m.again FROM members m JOIN listings l ON l.article_number = m.number
    WHERE m.connection IS NULL
    UNION SELECT m.product, l.connection, m.again FROM members m
    JOIN listings l ON l.sku = m.number AND l.match = 'listing_article_unknown' AND m.gone WHERE m.connection IS NULL
    UNION SELECT m.product, t.connection, m.again FROM members m
    JOIN participants t ON t.article_number = m.number AND t.takes_part WHERE m.connection IS NULL)
SELECT w.connection, w.product, max(w.again) AS again, c.platform, c.products_blocked_by AS switch, c.deleted,
       c.takes_products
FROM wanted w JOIN connections c ON c.id = w.connection
GROUP BY w.connection, w.product, c.platform, c.products_blocked_by, c.deleted, c.takes_products
ORDER BY w.connection, w.product
"""


@dataclass(frozen=True)
class Meant:
    """A product of a connection that is to be compared. `switch` blocks the connection ("" = none); `offered`: the
    connector takes products like this."""

    connection: UUID
    number: str
    platform: str
    again: Again
    switch: str
    offered: bool


async def mark(tx: Transaction, numbers: Collection[str], *, connection: UUID | None = None, again: Again = "") -> None:
    """Articles, or the parents of variants; in one connection, or wherever they are listed."""
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO product_dirty (bulk, connection, number, again)
           SELECT $1, $2, n, $4 FROM unnest($3::text[]) AS n""",
        len(numbers) > BULK_ABOVE,
        connection,
        sorted(set(numbers)),
        again,
    )


async def mark_connection(tx: Transaction, connection: UUID, *, again: Again = "") -> None:
    """What the connection was told, waits to be told, or is to be told because it takes part in a saved filter."""
    await tx.execute(
        "INSERT INTO product_dirty (bulk, connection, again) VALUES (true, :id, :again)", id=connection, again=again
    )


async def there_are(tx: Transaction) -> bool:
    """Whether there is anything to take, also what another worker holds."""
    return await tx.value("SELECT 1 FROM product_dirty LIMIT 1") is not None


async def take(tx: Transaction, limit: int) -> tuple[list[Meant], int]:
    """Takes up to `limit` marks that no other worker holds; answers the products they mean, by connection and number,
    and how many marks it took. A connection's mark becomes marks of its products, which are taken later."""
    driver = await tx.driver()
    taken = await driver.fetch(
        """WITH due AS (SELECT bulk, id FROM product_dirty ORDER BY bulk, id LIMIT $1 FOR UPDATE SKIP LOCKED)
           DELETE FROM product_dirty d USING due WHERE d.bulk = due.bulk AND d.id = due.id
           RETURNING d.connection, d.number, d.again""",
        limit,
    )
    for row in taken:
        if row["number"] is None:
            await driver.execute(
                """INSERT INTO product_dirty (bulk, connection, number, again)
                   SELECT true, $1, p.number, $2 FROM (
                       SELECT number FROM products WHERE connection = $1
                       UNION SELECT coalesce(a.parent_number, a.number) FROM participants t
                       JOIN participation_filters f ON f.connection = t.connection
                       JOIN articles a ON a.number = t.article_number
                       WHERE t.connection = $1 AND t.takes_part) p""",
                row["connection"],
                row["again"],
            )
    named = [row for row in taken if row["number"] is not None]
    if not named:
        return [], len(taken)
    rows = await driver.fetch(_MEANT, *([row[name] for row in named] for name in ("number", "connection", "again")))
    return [
        Meant(row["connection"], row["product"], row["platform"], row["again"], row["switch"], row["takes_products"])
        for row in rows
        if not row["deleted"]
    ], len(taken)
