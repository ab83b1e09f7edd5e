"""Warehouses. A level in one that nobody created is refused: a typing mistake must not become sellable stock. Those
with a connection lie with a channel (`channel_stock`)."""

from collections.abc import Collection
from typing import Any
from uuid import uuid5

from services.inventory.level_rows import warehouses
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.contracts.identity import KONTOR
from shared.contracts.journal import JournalEntry
from shared.persistence.database import Transaction

FOUNDING = 5_170_002


async def put(service: Service, tx: Transaction, code: str, name: str, actor: str) -> bool:
    """Creates or renames a warehouse; True when it is new. Raises a 409 problem for one that lies with a channel."""
    new = await tx.value(
        """INSERT INTO warehouses (code, name) VALUES (:code, :name)
           ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name WHERE warehouses.connection IS NULL
           RETURNING xmax = 0""",
        code=code,
        name=name,
    )
    if new is None:
        raise Problem(409, "warehouse_of_channel", warehouse=code)
    if new:
        await service.journal.write(tx, [created_entry(service, code, actor)])
    return bool(new)


async def found_if_none(service: Service, tx: Transaction, codes: Collection[str], actor: str) -> set[str]:
    """The merchant's own warehouses. While he has none at all, the first upload founds those it names."""
    known = await warehouses(tx)
    if known or not codes:
        return known
    taken = await tx.rows("SELECT code FROM warehouses WHERE connection IS NOT NULL")
    codes = set(codes) - {row["code"] for row in taken}
    await tx.execute("SELECT pg_advisory_xact_lock(:key)", key=FOUNDING)
    known = await warehouses(tx)
    if known:
        return known
    for code in sorted(codes):
        await put(service, tx, code, "", actor)
    return set(codes)


async def every(tx: Transaction) -> list[dict[str, Any]]:
    """All warehouses with how many articles lie there."""
    return await tx.rows(
        """SELECT w.code, coalesce(c.name, w.name) AS name, w.created_at, w.connection,
                  (SELECT count(*) FROM levels l WHERE l.warehouse = w.code AND l.quantity <> 0)
                  + (SELECT count(*) FROM channel_levels l WHERE l.warehouse = w.code AND l.quantity <> 0) AS articles
           FROM warehouses w LEFT JOIN connections c ON c.id = w.connection ORDER BY w.code"""
    )


def created_entry(service: Service, code: str, actor: str) -> JournalEntry:
    return service.journal.entry(
        noun="warehouse",
        subject=str(uuid5(KONTOR, f"warehouse:{code}")),
        action="created",
        code="warehouse_created",
        params={"warehouse": code},
        actor=actor,
    )
