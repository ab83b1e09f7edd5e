"""Tracking numbers for the way back: a pool per connection, each number taken once, by one parcel."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.persistence.database import Transaction

WEIGHTS = (4, 9)
LEADING = 11
_PARTS = re.compile(r"[\s,;|]+")


@dataclass(frozen=True)
class Pool:
    """How many numbers a connection has left, and how many were taken."""

    connection: UUID
    free: int
    taken: int


def split(text: str) -> list[str]:
    """Numbers with whatever stands between them, each once, in their order."""
    return list(dict.fromkeys(part for part in _PARTS.split(text) if part))


def with_check_digit(leading: str) -> str:
    """Eleven digits and the one that follows from them: weights four and nine in turn, and what is missing to ten."""
    total = sum(int(digit) * WEIGHTS[place % 2] for place, digit in enumerate(leading))
    return f"{leading}{-total % 10}"


def generated(first: str, count: int) -> list[str]:
    """So many numbers from `first` on, eleven digits that a carrier gave. Raises ValueError past the last of them."""
    start = int(first)
    if start + count > 10**LEADING:
        raise ValueError("There are not so many numbers after the first one")
    return [with_check_digit(f"{start + place:0{LEADING}d}") for place in range(count)]


async def add(tx: Transaction, connection: UUID, numbers: Sequence[str]) -> int:
    """Adds those that were never in the pool; answers how many."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """INSERT INTO return_numbers (connection, number)
           SELECT $1, n.number FROM unnest($2::text[]) WITH ORDINALITY AS n(number, place) ORDER BY n.place
           ON CONFLICT DO NOTHING RETURNING number""",
        connection,
        list(numbers),
    )
    return len(rows)


async def pool(tx: Transaction, connection: UUID) -> Pool:
    row = await tx.row(
        """SELECT count(*) FILTER (WHERE taken_at IS NULL) AS free,
                  count(*) FILTER (WHERE taken_at IS NOT NULL) AS taken
           FROM return_numbers WHERE connection = :connection""",
        connection=connection,
    )
    return Pool(connection, **(row or {"free": 0, "taken": 0}))


async def take(tx: Transaction, connection: UUID, parcel: UUID) -> str | None:
    """The next free number for a parcel; the same one for the same parcel. Empty where the connection has no pool,
    None where it is used up. Of several who take at once, each gets another one."""
    mine: str | None = await tx.value(
        """WITH mine AS (SELECT number FROM return_numbers WHERE connection = :connection AND parcel_id = :parcel),
                next AS (SELECT number FROM return_numbers
                         WHERE connection = :connection AND taken_at IS NULL AND NOT EXISTS (SELECT FROM mine)
                         ORDER BY place FOR UPDATE SKIP LOCKED LIMIT 1),
                taken AS (UPDATE return_numbers r SET parcel_id = :parcel, taken_at = now() FROM next
                          WHERE r.connection = :connection AND r.number = next.number RETURNING r.number)
           SELECT number FROM mine UNION ALL SELECT number FROM taken""",
        connection=connection,
        parcel=parcel,
    )
    if mine is None and (await pool(tx, connection)).taken == 0 and (await pool(tx, connection)).free == 0:
        return ""
    return mine


async def forget(tx: Transaction, orders: Sequence[UUID]) -> None:
    """The numbers of these orders' parcels stay taken, but no longer lead to anybody."""
    await tx.execute(
        """UPDATE return_numbers SET parcel_id = NULL
           WHERE parcel_id IN (SELECT id FROM parcels WHERE order_id = ANY(:orders))""",
        orders=list(orders),
    )
