"""The channels' words that no row knew when they came, with how many orders brought them.

Many orders bring the same word at once. So a batch only adds what it heard, and one loop sums it up: counting in place
would make all batches of a shop wait for one row.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.order_import.rows import append
from services.order_import.rules.model import OrderRules
from services.order_import.rules.unknown import Kind, rows_of
from shared.persistence.database import Transaction

BATCH = 5000
Heard = tuple[UUID, Kind, str]


@dataclass(frozen=True, slots=True)
class LearnedWord:
    """`orders` is how many orders came with the word while it had no row."""

    kind: Kind
    word: str
    orders: int
    first_seen_at: datetime
    last_seen_at: datetime


async def hear(tx: Transaction, words: Iterable[Heard], at: datetime) -> None:
    """Adds the unknown words of a batch, one for each order that brought it."""
    counted = sorted(Counter(words).items())
    records = [(connection, kind, word, orders, at) for (connection, kind, word), orders in counted]
    await append(tx, "heard_words", ["connection", "kind", "word", "orders", "heard_at"], records)


async def learn(tx: Transaction) -> bool:
    """Sums up what was heard; answers whether there may be more."""
    heard: int = await tx.value(
        """WITH taken AS (
             DELETE FROM heard_words WHERE id IN (
               SELECT id FROM heard_words ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
             RETURNING connection, kind, word, orders, heard_at),
           learned AS (
             INSERT INTO learned_words AS l (connection, kind, word, orders, first_seen_at, last_seen_at)
             SELECT connection, kind, word, sum(orders), min(heard_at), max(heard_at) FROM taken
             GROUP BY connection, kind, word ORDER BY connection, kind, word
             ON CONFLICT (connection, kind, word) DO UPDATE SET orders = l.orders + excluded.orders,
                 first_seen_at = least(l.first_seen_at, excluded.first_seen_at),
                 last_seen_at = greatest(l.last_seen_at, excluded.last_seen_at))
           SELECT count(*) FROM taken""",
        limit=BATCH,
    )
    return heard == BATCH


async def open_words(
    tx: Transaction, connection: UUID, rules: OrderRules, limit: int = 500
) -> tuple[list[LearnedWord], int]:
    """The words that still have no row, those of the most orders first, and how many there are in all."""
    mapped: Mapping[str, Any] = {kind: list(rows) for kind, rows in rows_of(rules).items()}
    rows = await tx.rows(
        """SELECT kind, word, orders, first_seen_at, last_seen_at, count(*) OVER () AS of_all FROM learned_words
           WHERE connection = :connection AND word <> ALL(
               CASE kind WHEN 'payment' THEN CAST(:payment AS text[]) WHEN 'shipping' THEN CAST(:shipping AS text[])
                         ELSE CAST(:country AS text[]) END)
           ORDER BY orders DESC, kind, word LIMIT :limit""",
        connection=connection,
        limit=limit,
        **mapped,
    )
    of_all = [row.pop("of_all") for row in rows]
    return [LearnedWord(**row) for row in rows], of_all[0] if of_all else 0
