"""By which bills of material the lines of each order were taken apart when it was judged last. An order that was
imported keeps them, whatever becomes of the bills."""

from collections.abc import Sequence
from uuid import UUID

from services.order_import.rows import append
from services.order_import.rules.knowledge import Component
from services.order_import.standing import Change
from shared.persistence.database import Transaction


async def of_orders(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, dict[str, tuple[Component, ...]]]:
    """Components by the number of their head, of every order that has some."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT order_id, head, component, quantity FROM order_bills
           WHERE order_id = ANY($1::uuid[]) ORDER BY order_id, head, position""",
        list(ids),
    )
    found: dict[UUID, dict[str, tuple[Component, ...]]] = {}
    for row in rows:
        bills = found.setdefault(row["order_id"], {})
        bills[row["head"]] = (*bills.get(row["head"], ()), Component(row["component"], row["quantity"]))
    return found


async def replace(tx: Transaction, changes: Sequence[Change]) -> None:
    """Writes the bills of orders that were judged, where they are others than before."""
    differing = [c for c in changes if c.verdict.bills != ({} if c.before is None else c.before.bills)]
    if had := [change.id for change in differing if change.before is not None and change.before.bills]:
        driver = await tx.driver()
        await driver.execute("DELETE FROM order_bills WHERE order_id = ANY($1::uuid[])", had)
    await append(
        tx,
        "order_bills",
        ["order_id", "head", "position", "component", "quantity"],
        [
            (change.id, head, position, part.article_number, part.quantity)
            for change in differing
            for head, parts in change.verdict.bills.items()
            for position, part in enumerate(parts)
        ],
    )
