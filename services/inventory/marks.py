"""Marks that something about a listing's number or price may have changed; the loop of each works them off.

A mark names what changed, not the listings it touches: they are found when the loop takes it, after the commit. So a
listing that is matched in the same moment in another transaction is never missed. Sets and their parts share their
stock: a mark of one means the others, too. Marks are only ever added and taken,
so nobody waits for anybody.
"""

from collections.abc import Collection
from typing import Literal
from uuid import UUID

from services.inventory.push_decision import Again
from shared.persistence.database import Transaction

BULK_ABOVE = 2000
Queue = Literal["dirty", "price_dirty"]
STOCK: Queue = "dirty"
PRICES: Queue = "price_dirty"


async def mark_articles(
    tx: Transaction, numbers: Collection[str], *, bulk: bool | None = None, queue: Queue = STOCK
) -> None:
    """Everything that lists these articles. Many at once stand behind single changes."""
    driver = await tx.driver()
    await driver.execute(
        f"INSERT INTO {queue} (bulk, article_number) SELECT $1, unnest($2::text[])",
        len(numbers) > BULK_ABOVE if bulk is None else bulk,
        sorted(set(numbers)),
    )


async def mark_listings(
    tx: Transaction, ids: Collection[UUID], *, again: Again = "", bulk: bool = False, queue: Queue = STOCK
) -> None:
    """These listings. `again`: send the number even if it is the one that was sent last."""
    driver = await tx.driver()
    await driver.execute(
        f"INSERT INTO {queue} (bulk, listing_id, again) SELECT $1, unnest($2::uuid[]), $3",
        bulk,
        sorted(set(ids)),
        again,
    )


async def mark_connection(tx: Transaction, connection: UUID, *, again: Again = "", queue: Queue = STOCK) -> None:
    """Every listing of a connection, behind single changes."""
    await tx.execute(
        f"INSERT INTO {queue} (bulk, connection, again) VALUES (true, :connection, :again)",
        connection=connection,
        again=again,
    )


async def there_are(tx: Transaction, queue: Queue = STOCK) -> bool:
    """Whether there is anything to take, also what another worker holds."""
    return await tx.value(f"SELECT 1 FROM {queue} LIMIT 1") is not None


async def take(tx: Transaction, limit: int, queue: Queue = STOCK) -> tuple[dict[UUID, Again], bool]:
    """Takes up to `limit` marks that no other worker holds; answers the listings they mean, and whether there are more.

    A connection's mark becomes marks of its listings, which are taken later.
    """
    driver = await tx.driver()
    taken = await driver.fetch(
        f"""WITH due AS (SELECT bulk, id FROM {queue} ORDER BY bulk, id LIMIT $1 FOR UPDATE SKIP LOCKED)
           DELETE FROM {queue} d USING due WHERE d.bulk = due.bulk AND d.id = due.id
           RETURNING d.listing_id, d.article_number, d.connection, d.again""",
        limit,
    )
    meant: dict[UUID, Again] = {}
    for row in taken:
        if row["connection"] is not None:
            await driver.execute(
                f"""INSERT INTO {queue} (bulk, listing_id, again)
                   SELECT true, id, $2 FROM listings WHERE connection = $1 AND article_number IS NOT NULL""",
                row["connection"],
                row["again"],
            )
        elif row["listing_id"] is not None:
            meant[row["listing_id"]] = max(row["again"], meant.get(row["listing_id"], ""), key=_strength)
    numbers = sorted({row["article_number"] for row in taken if row["article_number"] is not None})
    if numbers:
        if queue == STOCK:
            mates = await driver.fetch("SELECT mate FROM shelf_mates WHERE article_number = ANY($1::text[])", numbers)
            numbers = sorted({*numbers, *(row["mate"] for row in mates)})
        found = await driver.fetch("SELECT id FROM listings WHERE article_number = ANY($1::text[])", numbers)
        for row in found:
            meant.setdefault(row["id"], "")
    return meant, len(taken) == limit or any(row["connection"] is not None for row in taken)


async def pending(tx: Transaction, connection: UUID) -> set[UUID]:
    """The matched listings of a connection that marks still mean; another worker's batch under way counts, too."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT l.id FROM dirty d JOIN listings l ON l.id = d.listing_id
           WHERE l.connection = $1 AND l.article_number IS NOT NULL
           UNION SELECT l.id FROM dirty d JOIN listings l ON l.article_number = d.article_number
           WHERE l.connection = $1
           UNION SELECT l.id FROM dirty d JOIN shelf_mates m USING (article_number)
           JOIN listings l ON l.article_number = m.mate WHERE l.connection = $1
           UNION SELECT l.id FROM dirty d JOIN listings l ON l.connection = d.connection
           WHERE d.connection = $1 AND l.article_number IS NOT NULL""",
        connection,
    )
    return {row["id"] for row in rows}


def _strength(again: Again) -> int:
    return ("", "failed", "always").index(again)


async def waiting(tx: Transaction) -> tuple[int, float]:
    """How many marks wait, and the age of the oldest in seconds."""
    row = await tx.row(
        "SELECT count(*) AS n, coalesce(extract(epoch FROM clock_timestamp() - min(marked_at)), 0) AS age FROM dirty"
    )
    return (0, 0.0) if row is None else (int(row["n"]), float(row["age"]))
