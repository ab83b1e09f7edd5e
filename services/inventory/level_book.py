"""Absolute stock uploads: what was counted replaces the level, and what happened after the count stays booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID, uuid4

from services.inventory import channel_stock
from services.inventory.booking import AFTER_COUNT
from services.inventory.counts import CountRow
from services.inventory.ledger import Entry, append
from services.inventory.level_rows import lock_articles
from services.inventory.marks import mark_articles
from services.inventory.rows import Refusal
from services.inventory.upload_entries import upload_entries
from services.inventory.warehouse_book import found_if_none
from shared.chassis.service import Service
from shared.persistence.database import Transaction
from shared.persistence.stage import stage

_JUDGE = f"""
SELECT c.position, l.quantity, l.meaning, l.counted_at, since.quantity AS since
FROM new_counts c
LEFT JOIN levels l ON l.article_number = c.article_number AND l.warehouse = c.warehouse
CROSS JOIN LATERAL (
    SELECT coalesce(sum(g.quantity), 0) AS quantity FROM ledger g
    WHERE g.article_number = c.article_number AND g.warehouse IN (c.warehouse, '') AND g.kind <> 'count'
      AND {AFTER_COUNT.format(counted_at="c.counted_at", meaning="c.meaning")}) since
"""
_MERGE = """
INSERT INTO levels (article_number, warehouse, quantity, meaning, counted, counted_at, counted_by)
SELECT c.article_number, c.warehouse, r.level, c.meaning, c.quantity, c.counted_at, $3
FROM unnest($1::int[], $2::numeric[]) AS r(position, level) JOIN new_counts c USING (position)
ON CONFLICT (article_number, warehouse) DO UPDATE SET quantity = EXCLUDED.quantity, meaning = EXCLUDED.meaning,
    counted = EXCLUDED.counted, counted_at = EXCLUDED.counted_at, counted_by = EXCLUDED.counted_by, updated_at = now()
"""


@dataclass(frozen=True)
class Booked:
    """What became of one accepted row: the level after it, and whether that is a change."""

    outcome: Literal["accepted", "unchanged"]
    level: Decimal


@dataclass(frozen=True)
class Upload:
    """The answer to one upload, by position."""

    id: UUID
    booked: dict[int, Booked]
    refused: dict[int, Refusal]


async def book_counts(
    service: Service, tx: Transaction, rows: Mapping[int, CountRow], unreadable: Mapping[int, Refusal], actor: str
) -> Upload:
    """Books the rows and tells the journal: one entry for the upload, one for every refused row."""
    refused = dict(unreadable)
    known_warehouses = await found_if_none(service, tx, {row.warehouse for row in rows.values()}, actor)
    channels = await channel_stock.codes(tx)
    articles = await lock_articles(tx, {row.article_number for row in rows.values()})
    good: dict[int, CountRow] = {}
    for position, row in rows.items():
        if row.warehouse not in known_warehouses:
            refused[position] = channel_stock.refusal(row.warehouse, _words(row), channels)
        elif row.article_number not in articles:
            refused[position] = Refusal("level_article_unknown", "article_number", _words(row))
        else:
            good[position] = row
    booked = await _book(tx, good, refused, actor) if good else {}
    upload = Upload(uuid4(), booked, refused)
    articles_of = {position: row.article_number for position, row in rows.items()}
    outcomes = [one.outcome for one in booked.values()]
    entries = upload_entries(service.journal, "level", upload.id, outcomes, refused, articles_of, actor)
    await service.journal.write(tx, entries)
    return upload


async def _book(
    tx: Transaction, rows: Mapping[int, CountRow], refused: dict[int, Refusal], actor: str
) -> dict[int, Booked]:
    await stage(
        tx,
        "new_counts",
        {"position": "int", "article_number": "text", "warehouse": "text", "quantity": "numeric",
         "counted_at": "timestamptz", "meaning": "text"},
        [(n, r.article_number, r.warehouse, r.quantity, r.counted_at, r.meaning) for n, r in rows.items()],
    )  # fmt: skip
    driver = await tx.driver()
    await driver.execute("ANALYZE new_counts")
    booked: dict[int, Booked] = {}
    entries: list[Entry] = []
    changed: set[str] = set()
    for position, old_quantity, old_meaning, old_counted_at, since in await driver.fetch(_JUDGE):
        row = rows[position]
        if old_counted_at is not None and row.counted_at < old_counted_at:
            words = _words(row) | {"counted_at": _time(row.counted_at), "stored": _time(old_counted_at)}
            refused[position] = Refusal("level_count_older", "counted_at", words)
            continue
        level: Decimal = row.quantity + since
        same = (old_quantity, old_meaning) == (level, row.meaning) and old_counted_at is not None
        booked[position] = Booked("unchanged" if same else "accepted", level)
        if not same:
            changed.add(row.article_number)
            entries.append(_entry(row, level, level - (old_quantity or 0), actor))
    await driver.execute(_MERGE, list(booked), [one.level for one in booked.values()], actor)
    await append(tx, entries)
    available = {rows[position].article_number for position in booked if rows[position].meaning == "available"}
    await mark_articles(tx, changed | await _demanded(tx, available - changed))
    return booked


async def _demanded(tx: Transaction, numbers: set[str]) -> set[str]:
    """Of these articles, those that orders want: a later *available* count may hold more of these orders."""
    driver = await tx.driver()
    rows = await driver.fetch(
        "SELECT DISTINCT article_number FROM demands WHERE article_number = ANY($1::text[]) AND quantity > 0",
        sorted(numbers),
    )
    return {row["article_number"] for row in rows}


def _entry(row: CountRow, level: Decimal, delta: Decimal, actor: str) -> Entry:
    return Entry(
        warehouse=row.warehouse,
        article_number=row.article_number,
        kind="count",
        quantity=row.quantity,
        delta=delta,
        level=level,
        occurred_at=row.counted_at,
        meaning=row.meaning,
        reason=row.reason,
        actor=actor,
    )


def _words(row: CountRow) -> dict[str, str]:
    return {"article": row.article_number, "warehouse": row.warehouse}


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S %Z}"


async def page(
    tx: Transaction, *, article: str | None, warehouse: str | None, after: list[Any] | None, limit: int
) -> list[dict[str, Any]]:
    """Levels by article number and warehouse."""
    return await tx.rows(
        """SELECT * FROM (
               SELECT article_number, warehouse, quantity, meaning, counted, counted_at, counted_by, updated_at
               FROM levels UNION ALL
               SELECT article_number, warehouse, quantity, 'available', quantity, read_at,
                      split_part(warehouse, ':', 1), read_at FROM channel_levels) l
           WHERE (CAST(:article AS text) IS NULL OR article_number = :article)
             AND (CAST(:warehouse AS text) IS NULL OR warehouse = :warehouse)
             AND (CAST(:number AS text) IS NULL OR (article_number, warehouse) > (:number, CAST(:place AS text)))
           ORDER BY article_number, warehouse LIMIT :limit""",
        article=article,
        warehouse=warehouse,
        number=None if after is None else after[0],
        place=None if after is None else after[1],
        limit=limit,
    )
