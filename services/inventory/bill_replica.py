"""Our own copy of what sets are made of, fed by `bill.changed`."""

from collections.abc import Sequence

from services.inventory.marks import mark_articles
from shared.chassis.service import Service
from shared.contracts.bill import BillChanged
from shared.contracts.envelope import Event
from shared.persistence.database import Transaction


async def changed(_service: Service, tx: Transaction, events: Sequence[Event[BillChanged]]) -> None:
    """Keeps the newest bill of each set; one without parts stays as a tombstone. What the set and its parts may sell
    is computed anew, that of its parts of before, too."""
    newest: dict[str, BillChanged] = {}
    for one in (event.data for event in events):
        if one.head not in newest or newest[one.head].version < one.version:
            newest[one.head] = one
    driver = await tx.driver()
    ordered = [newest[head] for head in sorted(newest)]
    rows = await driver.fetch(
        """INSERT INTO bills AS b (head, version, kept_in_stock)
           SELECT * FROM unnest($1::text[], $2::int[], $3::boolean[])
           ON CONFLICT (head) DO UPDATE SET version = EXCLUDED.version, kept_in_stock = EXCLUDED.kept_in_stock
           WHERE b.version < EXCLUDED.version RETURNING head""",
        *([getattr(one, name) for one in ordered] for name in ("head", "version", "kept_in_stock")),
    )
    heads = [row["head"] for row in rows]
    gone = await driver.fetch("DELETE FROM bill_parts WHERE head = ANY($1::text[]) RETURNING component", heads)
    parts = [
        (head, place, part.article_number, part.quantity)
        for head in heads
        for place, part in enumerate(newest[head].parts)
    ]
    await driver.copy_records_to_table(
        "bill_parts", records=parts, columns=["head", "position", "component", "quantity"]
    )
    await mark_articles(tx, {*heads, *(row["component"] for row in gone)})
