"""Shipments that we booked ourselves lower the level of the warehouse they left, unless a count already shows them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.inventory.booking import leaves_from, lowers
from services.inventory.ledger import Entry, append
from services.inventory.level_rows import levels_of, lock_articles, shift_levels
from services.inventory.sellable import ZERO, Level
from services.inventory.settings_book import settings_of
from shared.chassis.service import Service
from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Shipment:
    """Pieces of one article that left for one order; a negative quantity came back before it was delivered."""

    order_id: UUID
    connection: UUID | None
    order_number: str
    version: int
    article_number: str
    quantity: Decimal
    shipped_at: datetime
    acknowledged_at: datetime | None


async def book_shipments(service: Service, tx: Transaction, shipments: Sequence[Shipment]) -> None:
    """Books each in the ledger and takes it off the level where it is not in the count yet."""
    if not shipments:
        return
    numbers = {one.article_number for one in shipments}
    await lock_articles(tx, numbers)
    levels = await levels_of(tx, numbers)
    settings = await settings_of(tx, {one.connection for one in shipments if one.connection is not None})
    entries: list[Entry] = []
    shifts: dict[tuple[str, str], Decimal] = {}
    for one in sorted(shipments, key=lambda one: (one.article_number, one.shipped_at, one.order_id)):
        held = levels.setdefault(one.article_number, {})
        chosen = None if one.connection is None else settings[one.connection]
        candidates = _candidates(held, None if chosen is None or chosen.locations else chosen.warehouses)
        warehouse = leaves_from(
            candidates, one.shipped_at, one.acknowledged_at, None if chosen is None else chosen.ships_from
        )
        level = held.get(warehouse, Level(warehouse, ZERO))
        delta = -one.quantity if warehouse and lowers(one.shipped_at, one.acknowledged_at, level) else ZERO
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
                kind="shipment",
                quantity=-one.quantity,
                delta=delta,
                level=level.quantity if warehouse else None,
                reference=f"{one.order_number} v{one.version}",
                order_id=one.order_id,
                acknowledged_at=one.acknowledged_at,
                actor="order book",
                occurred_at=one.shipped_at,
            )
        )
    await shift_levels(tx, shifts)
    await append(tx, entries)


def _candidates(held: dict[str, Level], warehouses: tuple[str, ...] | None) -> list[Level]:
    chosen = [level for name, level in held.items() if warehouses is None or name in warehouses]
    return chosen or list(held.values())
