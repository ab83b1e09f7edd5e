"""Goods that came back and may be sold again raise the level of the warehouse they had left, once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.inventory.booking import leaves_from, moves
from services.inventory.ledger import Entry, append
from services.inventory.level_rows import levels_of, lock_articles, shift_levels
from services.inventory.sellable import ZERO, Level, plain
from shared.chassis.service import Service
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Return:
    """Pieces of one article of one order that lie on the shelf again since `returned_at`."""

    order_id: UUID
    connection: UUID | None
    platform: str
    order_number: str
    version: int
    article_number: str
    quantity: Decimal
    returned_at: datetime


async def book_returns(service: Service, tx: Transaction, returns: Sequence[Return]) -> None:
    """Books each in the ledger, and adds it to the level where no count since holds it already."""
    if not returns:
        return
    numbers = {one.article_number for one in returns}
    await lock_articles(tx, numbers)
    levels = await levels_of(tx, numbers)
    homes = await _homes(tx, returns)
    entries: list[Entry] = []
    shifts: dict[tuple[str, str], Decimal] = {}
    for one in sorted(returns, key=lambda each: (each.article_number, each.returned_at, each.order_id)):
        held = levels.setdefault(one.article_number, {})
        warehouse = homes.get((one.order_id, one.article_number)) or leaves_from(
            list(held.values()), one.returned_at, None, None
        )
        level = held.get(warehouse, Level(warehouse, ZERO))
        delta = one.quantity if warehouse and moves(one.returned_at, level) else ZERO
        level = replace(level, quantity=level.quantity + delta)
        if warehouse:
            held[warehouse] = level
        if delta:
            place = (one.article_number, warehouse)
            shifts[place] = shifts.get(place, ZERO) + delta
        entries.append(
            Entry(
                warehouse=warehouse,
                article_number=one.article_number,
                kind="movement",
                quantity=one.quantity,
                delta=delta,
                level=level.quantity if warehouse else None,
                reason="return",
                reference=f"return of {one.order_id} v{one.version}",
                order_id=one.order_id,
                actor="order book",
                occurred_at=one.returned_at,
            )
        )
    await shift_levels(tx, shifts)
    await append(tx, entries)
    await service.journal.write(tx, [_entry(service, one) for one in returns])


async def _homes(tx: Transaction, returns: Sequence[Return]) -> dict[tuple[UUID, str], str]:
    """The warehouse each order's pieces left from last."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT DISTINCT ON (order_id, article_number) order_id, article_number, warehouse FROM ledger
           WHERE kind = 'shipment' AND warehouse <> '' AND article_number = ANY($1::text[])
             AND order_id = ANY($2::uuid[])
           ORDER BY order_id, article_number, id DESC""",
        sorted({one.article_number for one in returns}),
        sorted({one.order_id for one in returns}),
    )
    return {(row["order_id"], row["article_number"]): row["warehouse"] for row in rows}


def _entry(service: Service, one: Return) -> JournalEntry:
    return service.journal.entry(
        noun="order",
        subject=str(one.order_id),
        action="released",
        code="order_restocked",
        connection=one.connection,
        platform=one.platform,
        params={"number": one.order_number, "quantity": plain(one.quantity), "article": one.article_number},
        keys=[
            SearchKey(kind="number", value=one.order_number),
            SearchKey(kind="sku", value=one.article_number),
        ],
    )
