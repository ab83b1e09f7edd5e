"""Erasures: asked for, carried out, and their reports, which can be read again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Asked:
    """An erasure as it was asked for. `customer` is a keyed hash, forgotten once it is done."""

    id: UUID
    mode: Literal["erase", "restrict"]
    customer: str
    order_ids: tuple[UUID, ...]
    requested_by: str
    requested_at: datetime
    request_hash: str
    finished_at: datetime | None = None
    report: Mapping[str, Any] | None = None


# What is about orders, alone or among others.
_OF_THESE = "(key_id = ANY(CAST(:orders AS uuid[])) OR further_keys && CAST(:orders AS uuid[]))"
_ASKED = "id, mode, customer, order_ids, requested_by, requested_at, request_hash, finished_at, report"


async def ask(tx: Transaction, asked: Asked, key: str | None) -> Asked:
    """Takes it down; the same idempotency key answers what was asked for with it before."""
    await tx.execute(
        """INSERT INTO erasures (id, idempotency_key, request_hash, mode, customer, order_ids, requested_by,
                                 requested_at)
           VALUES (:id, :key, :request_hash, :mode, :customer, :order_ids, :requested_by, :requested_at)
           ON CONFLICT (idempotency_key) DO NOTHING""",
        id=asked.id,
        key=key,
        request_hash=asked.request_hash,
        mode=asked.mode,
        customer=asked.customer,
        order_ids=list(asked.order_ids),
        requested_by=asked.requested_by,
        requested_at=asked.requested_at,
    )
    row = await tx.row(f"SELECT {_ASKED} FROM erasures WHERE id = :id OR idempotency_key = :key", id=asked.id, key=key)
    return asked if row is None else _asked(row)


async def get(tx: Transaction, id: UUID, *, lock: bool = False) -> Asked | None:
    row = await tx.row(f"SELECT {_ASKED} FROM erasures WHERE id = :id {'FOR UPDATE' if lock else ''}", id=id)
    return None if row is None else _asked(row)


async def unfinished(tx: Transaction, before: datetime) -> list[UUID]:
    rows = await tx.rows(
        "SELECT id FROM erasures WHERE finished_at IS NULL AND requested_at < :before ORDER BY requested_at LIMIT 20",
        before=before,
    )
    return [row["id"] for row in rows]


async def finish(tx: Transaction, id: UUID, at: datetime, report: Mapping[str, Any]) -> None:
    await tx.execute(
        """UPDATE erasures SET finished_at = :at, report = CAST(:report AS jsonb), customer = '' WHERE id = :id""",
        id=id,
        at=at,
        report=json.dumps(report),
    )


def _asked(row: Mapping[str, Any]) -> Asked:
    return Asked(**{**row, "order_ids": tuple(row["order_ids"])})


async def records_of(tx: Transaction, customer: str, noun: Literal["order", "customer"]) -> set[UUID]:
    """The orders of a customer, or his accounts with shops, that our own search keys know."""
    rows = await tx.rows(
        "SELECT DISTINCT subject FROM customers WHERE customer = :customer AND noun = :noun",
        customer=customer,
        noun=noun,
    )
    return {UUID(row["subject"]) for row in rows}


async def delete_search_keys(tx: Transaction, customer: str, orders: Sequence[UUID]) -> int:
    return await tx.execute(
        """DELETE FROM customers
           WHERE (:customer <> '' AND customer = :customer) OR subject = ANY(CAST(:subjects AS text[]))""",
        customer=customer,
        subjects=[str(order) for order in orders],
    )


async def whereabouts(tx: Transaction, orders: Sequence[UUID]) -> dict[UUID, tuple[UUID | None, str]]:
    """The connection and platform of each order, as the journal knows them."""
    rows = await tx.rows(
        """SELECT DISTINCT ON (subject) subject, connection, platform FROM entries
           WHERE subject = ANY(CAST(:subjects AS text[])) AND noun = 'order' AND connection IS NOT NULL
           ORDER BY subject, at DESC""",
        subjects=[str(order) for order in orders],
    )
    return {UUID(row["subject"]): (row["connection"], row["platform"]) for row in rows}


async def destroy_keys(tx: Transaction, orders: Sequence[UUID]) -> dict[UUID, int]:
    """Destroys the orders' keys for good, also of those that had none yet, and those that were only restricted;
    answers how many payloads died with each."""
    counts = await _payloads(tx, orders)
    await _take_away(tx, orders)
    await tx.execute("DELETE FROM restricted_keys WHERE order_id = ANY(CAST(:orders AS uuid[]))", orders=list(orders))
    return counts


async def restrict_keys(tx: Transaction, erasure: UUID, orders: Sequence[UUID], until: date) -> dict[UUID, int]:
    """Takes the keys out of everyone's reach into the journal's own safe, and destroys the raw bodies: only the order
    versions are kept by law. Answers how many payloads died with each."""
    counts = await _payloads(tx, orders)
    await tx.execute(
        """INSERT INTO restricted_keys (order_id, key, erasure, until)
           SELECT id, key, :erasure, :until FROM archive.keys
           WHERE id = ANY(CAST(:orders AS uuid[])) AND key IS NOT NULL
           ON CONFLICT (order_id) DO NOTHING""",
        erasure=erasure,
        until=until,
        orders=list(orders),
    )
    await _take_away(tx, orders)
    await tx.execute(
        f"UPDATE archive.payloads SET body = NULL WHERE {_OF_THESE} AND body IS NOT NULL", orders=list(orders)
    )
    return counts


async def restricted(tx: Transaction, orders: Sequence[UUID]) -> dict[UUID, date]:
    """Until when the keys of these orders lie in the safe."""
    rows = await tx.rows(
        "SELECT order_id, until FROM restricted_keys WHERE order_id = ANY(CAST(:orders AS uuid[]))",
        orders=list(orders),
    )
    return {row["order_id"]: row["until"] for row in rows}


async def give_back(tx: Transaction, erasure: UUID) -> list[UUID]:
    """Puts the restricted keys of an erasure back, so that the versions can be read, for an audit say."""
    rows = await tx.rows(
        """WITH taken AS (DELETE FROM restricted_keys WHERE erasure = :erasure RETURNING order_id, key)
           UPDATE archive.keys k SET key = taken.key, destroyed_at = NULL FROM taken WHERE k.id = taken.order_id
           RETURNING k.id""",
        erasure=erasure,
    )
    return sorted(row["id"] for row in rows)


async def destroy_due(tx: Transaction, today: date) -> list[UUID]:
    """Destroys the restricted keys whose legal time is over."""
    rows = await tx.rows("DELETE FROM restricted_keys WHERE until < :today RETURNING order_id", today=today)
    return sorted(row["order_id"] for row in rows)


async def _take_away(tx: Transaction, orders: Sequence[UUID]) -> None:
    await tx.execute(
        """INSERT INTO archive.keys AS k (id, key, destroyed_at)
           SELECT unnest(CAST(:orders AS uuid[])), NULL, now()
           ON CONFLICT (id) DO UPDATE SET key = NULL, destroyed_at = coalesce(k.destroyed_at, now())""",
        orders=sorted(orders),
    )


async def _payloads(tx: Transaction, orders: Sequence[UUID]) -> dict[UUID, int]:
    """How many bodies each order's key still opens; one that is about several orders counts with each."""
    rows = await tx.rows(
        f"""SELECT o.id, count(*) AS payloads
            FROM archive.payloads CROSS JOIN LATERAL unnest(key_id || further_keys) AS o(id)
            WHERE {_OF_THESE} AND body IS NOT NULL AND o.id = ANY(CAST(:orders AS uuid[]))
              AND NOT EXISTS (SELECT 1 FROM unnest(key_id || further_keys) AS every(id)
                              LEFT JOIN archive.keys k ON k.id = every.id WHERE k.key IS NULL)
            GROUP BY o.id""",
        orders=list(orders),
    )
    return {row["id"]: row["payloads"] for row in rows}
