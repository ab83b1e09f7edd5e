"""Reading and locking levels. Whoever changes the stock of articles locks these articles first, sorted."""

from collections.abc import Collection, Mapping
from decimal import Decimal

from services.inventory.sellable import Level
from shared.persistence.database import Transaction


async def lock_articles(tx: Transaction, numbers: Collection[str]) -> set[str]:
    """Locks the articles' rows until the transaction ends; answers those that exist and are not deleted."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT number, deleted_at FROM articles WHERE number = ANY($1::text[])
           ORDER BY number FOR NO KEY UPDATE""",
        sorted(numbers),
    )
    return {row["number"] for row in rows if row["deleted_at"] is None}


async def levels_of(tx: Transaction, numbers: Collection[str]) -> dict[str, dict[str, Level]]:
    """The levels of articles by number and warehouse."""
    driver = await tx.driver()
    found: dict[str, dict[str, Level]] = {}
    for row in await driver.fetch(
        "SELECT article_number, warehouse, quantity, meaning, counted_at FROM levels WHERE article_number = ANY($1)",
        sorted(numbers),
    ):
        number, *values = row.values()
        level = Level(*values)
        found.setdefault(number, {})[level.warehouse] = level
    return found


async def shift_levels(tx: Transaction, shifts: Mapping[tuple[str, str], Decimal]) -> None:
    """Adds to levels, (article number, warehouse) → difference; a level that is not there yet starts at 0."""
    places = sorted(shifts)
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO levels AS l (article_number, warehouse, quantity)
           SELECT * FROM unnest($1::text[], $2::text[], $3::numeric[])
           ON CONFLICT (article_number, warehouse)
           DO UPDATE SET quantity = l.quantity + EXCLUDED.quantity, updated_at = now()""",
        [number for number, _ in places],
        [warehouse for _, warehouse in places],
        [shifts[place] for place in places],
    )


async def warehouses(tx: Transaction) -> set[str]:
    """The codes of the merchant's own warehouses."""
    return {row["code"] for row in await tx.rows("SELECT code FROM warehouses WHERE connection IS NULL")}
