"""Relative movements, each booked once by its reference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import uuid4

from services.inventory import channel_stock
from services.inventory.booking import moves
from services.inventory.counts import AHEAD
from services.inventory.ledger import Entry, append
from services.inventory.level_rows import levels_of, lock_articles, shift_levels
from services.inventory.marks import mark_articles
from services.inventory.movement_rows import MovementRow
from services.inventory.rows import Refusal
from services.inventory.sellable import ZERO, Level, plain
from services.inventory.warehouse_book import found_if_none
from shared.chassis.service import Service
from shared.contracts.journal import SearchKey
from shared.persistence.database import Transaction

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Moved:
    """What became of one row: booked, or a repetition of one booked before; and the level afterwards."""

    outcome: Literal["accepted", "unchanged"]
    level: Decimal


async def book_movements(
    service: Service, tx: Transaction, rows: Mapping[int, MovementRow], refused: dict[int, Refusal], actor: str
) -> dict[int, Moved]:
    """Books the rows in their order. Adds to `refused` what cannot be booked."""
    now = service.clock()
    known_warehouses = await found_if_none(service, tx, {row.warehouse for row in rows.values()}, actor)
    numbers = {row.article_number for row in rows.values()}
    articles = await lock_articles(tx, numbers)
    channels = await channel_stock.codes(tx)
    levels = await levels_of(tx, numbers)
    booked = await _booked(tx, rows)
    moved: dict[int, Moved] = {}
    entries: list[Entry] = []
    shifts: dict[tuple[str, str], Decimal] = {}
    for position, row in sorted(rows.items()):
        refusal = _refusal(row, now, known_warehouses, channels, articles, booked)
        if refusal is not None:
            refused[position] = refusal
            continue
        level = levels.setdefault(row.article_number, {}).get(row.warehouse, Level(row.warehouse, ZERO))
        key = (row.reference, row.article_number, row.warehouse)
        if key in booked:
            moved[position] = Moved("unchanged", level.quantity)
            continue
        booked[key] = row.quantity
        occurred_at = row.occurred_at or now
        delta = row.quantity if moves(occurred_at, level) else ZERO
        level = replace(level, quantity=level.quantity + delta)
        levels[row.article_number][row.warehouse] = level
        place = (row.article_number, row.warehouse)
        shifts[place] = shifts.get(place, ZERO) + delta
        moved[position] = Moved("accepted", level.quantity)
        entries.append(_entry(row, delta, level.quantity, occurred_at, actor))
    await shift_levels(tx, shifts)
    await append(tx, entries)
    await mark_articles(tx, {number for (number, _), delta in shifts.items() if delta})
    await _tell(service, tx, entries, refused, actor)
    return moved


async def _booked(tx: Transaction, rows: Mapping[int, MovementRow]) -> dict[Key, Decimal]:
    driver = await tx.driver()
    found = await driver.fetch(
        """SELECT reference, article_number, warehouse, quantity FROM ledger
           WHERE kind IN ('movement', 'correction') AND reference = ANY($1::text[])""",
        sorted({row.reference for row in rows.values()}),
    )
    return {(row["reference"], row["article_number"], row["warehouse"]): row["quantity"] for row in found}


def _refusal(
    row: MovementRow, now: datetime, known_warehouses: set[str], channels: set[str], articles: set[str],
    booked: Mapping[Key, Decimal],
) -> Refusal | None:  # fmt: skip
    words = {"article": row.article_number, "warehouse": row.warehouse, "reference": row.reference}
    if row.warehouse not in known_warehouses:
        return channel_stock.refusal(row.warehouse, words, channels)
    if row.article_number not in articles:
        return Refusal("level_article_unknown", "article_number", words)
    if row.occurred_at is not None and row.occurred_at > now + AHEAD:
        return Refusal("movement_in_future", "occurred_at", words)
    before = booked.get((row.reference, row.article_number, row.warehouse))
    if before is not None and before != row.quantity:
        return Refusal("movement_reference_reused", "reference", words | {"quantity": plain(before)})
    return None


def _entry(row: MovementRow, delta: Decimal, level: Decimal, occurred_at: datetime, actor: str) -> Entry:
    return Entry(
        warehouse=row.warehouse,
        article_number=row.article_number,
        kind=row.kind,
        quantity=row.quantity,
        delta=delta,
        level=level,
        reason=row.reason,
        reference=row.reference,
        occurred_at=occurred_at,
        actor=actor,
    )


async def _tell(
    service: Service, tx: Transaction, entries: list[Entry], refused: Mapping[int, Refusal], actor: str
) -> None:
    correlation = str(uuid4())
    numbers = sorted({one.article_number for one in entries})[:20]
    told = [
        service.journal.entry(
            noun="stock_movement",
            subject=correlation,
            action="received",
            outcome="warning" if refused else "ok",
            code="movements_booked",
            params={"accepted": str(len(entries)), "refused": str(len(refused)), "actor": actor},
            keys=[SearchKey(kind="sku", value=number) for number in numbers],
            actor=actor,
            correlation=correlation,
        )
    ]
    for _, refusal in sorted(refused.items()):
        article = refusal.params.get("article")
        told.append(
            service.journal.entry(
                noun="stock_movement",
                subject=correlation,
                action="rejected",
                outcome="warning",
                code=refusal.code,
                params=refusal.params,
                keys=[SearchKey(kind="sku", value=article)] if article else [],
                actor=actor,
                correlation=correlation,
            )
        )
    await service.journal.write(tx, told)
