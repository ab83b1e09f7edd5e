"""The table of orders and their lines: locking, entering, revising."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.order_import import cancellation_book, order_bills, return_book
from services.order_import.demand import Left
from services.order_import.rows import append
from services.order_import.standing import Change, Standing
from shared.persistence.database import Transaction

_STANDING = """id, connection, external_id, platform, project, number, version, status, test, erp_number, customer_key,
               stamp, observed_at, content_hash, payload, content, rounding_difference, imported_at,
               acknowledged_at, erased_at, rules_version, master_version, approval, approval_until"""

# What a revision brings, by column and type; the first ones never change afterwards.
_IDENTITY = {"id": "uuid", "connection": "uuid", "external_id": "text", "platform": "text", "erased": "boolean"}
_REVISED = {
    "number": "text", "version": "int", "status": "text", "state": "text", "payment_state": "text", "channel": "text",
    "project": "text", "test": "boolean", "customer_key": "text", "currency": "text", "total": "numeric",
    "rounding_difference": "numeric", "placed_at": "timestamptz", "stamp": "timestamptz",
    "observed_at": "timestamptz", "content_hash": "text", "payload": "uuid", "content": "text", "rules_version": "int",
    "master_version": "bigint",
}  # fmt: skip
_COLUMNS = _IDENTITY | _REVISED
_UNNEST = f"""unnest({", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_COLUMNS.values(), 1))})
              AS n({", ".join(_COLUMNS)})"""
_VALUES = ", ".join("n.content::jsonb" if column == "content" else f"n.{column}" for column in _REVISED)

_ENTER = f"""
INSERT INTO orders (id, connection, external_id, platform, imported_at, erased_at, {", ".join(_REVISED)})
SELECT n.id, n.connection, n.external_id, n.platform, CASE WHEN n.status = 'imported' THEN now() END,
       CASE WHEN n.erased THEN now() END, {_VALUES}
FROM {_UNNEST} ON CONFLICT (id) DO NOTHING RETURNING id
"""
_REVISE = f"""
UPDATE orders o SET ({", ".join(_REVISED)}) = ROW({_VALUES}), updated_at = now(), acknowledged_at = NULL,
       imported_at = coalesce(o.imported_at, CASE WHEN n.status = 'imported' THEN now() END),
       erased_at = coalesce(o.erased_at, CASE WHEN n.erased THEN now() END)
FROM {_UNNEST} WHERE o.id = n.id
"""
_RESTATE = """
UPDATE orders SET version = $2, status = $3, rounding_difference = $4, project = $5, rules_version = $6,
       master_version = $7, updated_at = now(),
       imported_at = coalesce(imported_at, CASE WHEN $3 = 'imported' THEN now() END)
WHERE id = $1
"""
_LINES = ["order_id", "position", "external_id", "kind", "sku", "article_number", "quantity", "cancelled_quantity",
          "fulfilled_quantity"]  # fmt: skip


async def lock(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Locks those of the orders that exist, in the order of their ids, and answers how they stand."""
    return await _standing(tx, ids, "FOR UPDATE")


async def look(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """How those of the orders that exist stand now; nothing is locked."""
    return await _standing(tx, ids, "")


async def _standing(tx: Transaction, ids: Sequence[UUID], lock: str) -> dict[UUID, Standing]:
    driver = await tx.driver()
    rows = await driver.fetch(
        f"SELECT {_STANDING} FROM orders WHERE id = ANY($1::uuid[]) ORDER BY id {lock}", sorted(set(ids))
    )
    found = {row["id"]: Standing(**dict(row)) for row in rows}
    if found:
        for order_id, left in (await shipped(tx, list(found))).items():
            found[order_id].shipped = left
        for order_id, bills in (await order_bills.of_orders(tx, list(found))).items():
            found[order_id].bills = bills
        for order_id, holding in (await cancellation_book.holdings(tx, list(found))).items():
            found[order_id].holding = holding
        await return_book.recall(tx, found)
    return found


async def shipped_pieces(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, dict[str, Decimal]]:
    """Per order and external line id: pieces in the parcels that internal systems reported."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT order_id, line_external_id, sum(quantity) AS quantity FROM parcel_lines
           WHERE order_id = ANY($1::uuid[]) GROUP BY order_id, line_external_id""",
        list(ids),
    )
    pieces: dict[UUID, dict[str, Decimal]] = {}
    for row in rows:
        pieces.setdefault(row["order_id"], {})[row["line_external_id"]] = row["quantity"]
    return pieces


async def shipped(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Left]:
    """The same, with the components that left."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT order_id, line_external_id, article_number, sum(quantity) AS quantity FROM parcel_components
           WHERE order_id = ANY($1::uuid[]) GROUP BY order_id, line_external_id, article_number""",
        list(ids),
    )
    components: dict[UUID, dict[tuple[str, str], Decimal]] = {}
    for row in rows:
        place = row["line_external_id"], row["article_number"]
        components.setdefault(row["order_id"], {})[place] = row["quantity"]
    pieces = await shipped_pieces(tx, ids)
    return {id: Left(pieces.get(id, {}), components.get(id, {})) for id in {*pieces, *components}}


async def article_numbers(tx: Transaction, order_id: UUID) -> list[str]:
    """The article number of each line as it was matched last, in the order of the lines."""
    return (await numbers_of(tx, [order_id])).get(order_id, [])


async def numbers_of(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The same for several orders."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT order_id, array_agg(article_number ORDER BY position) AS numbers FROM order_lines
           WHERE order_id = ANY($1::uuid[]) GROUP BY order_id""",
        list(ids),
    )
    return {row["order_id"]: row["numbers"] for row in rows}


async def enter(tx: Transaction, changes: Sequence[Change]) -> set[UUID]:
    """Inserts new orders; answers which went in. The others were entered by somebody else in the same moment."""
    if not changes:
        return set()
    driver = await tx.driver()
    rows = await driver.fetch(_ENTER, *_columns(changes))
    return {row["id"] for row in rows}


async def revise(tx: Transaction, changes: Sequence[Change]) -> None:
    """Gives locked orders a new content."""
    if changes:
        driver = await tx.driver()
        await driver.execute(_REVISE, *_columns(changes))


async def restate(tx: Transaction, changes: Sequence[Change]) -> None:
    """Gives locked orders a new version and status over the same content."""
    if changes:
        driver = await tx.driver()
        await driver.executemany(
            _RESTATE,
            [
                (c.id, c.version, c.status, c.verdict.rounding, c.project, c.rules_version, c.master_version)
                for c in changes
            ],
        )


async def acknowledged(tx: Transaction, order_id: UUID, at: datetime | None) -> None:
    """Notes since when the internal systems have the order's present content; a new content is not acknowledged."""
    await tx.execute("UPDATE orders SET acknowledged_at = :at WHERE id = :id", at=at, id=order_id)


async def touch(tx: Transaction, seen: Sequence[tuple[UUID, Any, Any]]) -> None:
    """The same content was seen again under a newer stamp: (order, stamp, observed_at)."""
    if seen:
        driver = await tx.driver()
        await driver.executemany("UPDATE orders SET stamp = $2, observed_at = $3 WHERE id = $1", seen)


async def write_lines(tx: Transaction, changes: Sequence[Change]) -> None:
    """Replaces the lines of orders that had some."""
    if replaced := [change.id for change in changes if change.before is not None]:
        driver = await tx.driver()
        await driver.execute("DELETE FROM order_lines WHERE order_id = ANY($1::uuid[])", replaced)
    await append(tx, "order_lines", _LINES, [line for change in changes for line in _lines(change)])


def _lines(change: Change) -> list[tuple[Any, ...]]:
    return [
        (change.id, position, line.external_id, line.kind, line.sku or "", number, line.quantity,
         line.cancelled_quantity, line.fulfilled_quantity)
        for position, (line, number) in enumerate(zip(change.order.line_items, change.verdict.numbers, strict=True))
    ]  # fmt: skip


def _columns(changes: Sequence[Change]) -> list[list[Any]]:
    records = [_record(change) for change in sorted(changes, key=lambda change: change.id)]
    return [list(column) for column in zip(*records, strict=True)]


def _record(change: Change) -> tuple[Any, ...]:
    order, observed = change.order, change.observed
    return (
        change.id, change.connection, order.external_id, change.platform, change.key is None,
        order.number, change.version, change.status, order.state, order.payment_state, order.channel,
        change.project, order.test, change.customer_key, order.currency, order.total.amount,
        change.verdict.rounding, order.placed_at, observed.stamp,
        observed.observed_at, observed.content_hash, observed.payload, change.content, change.rules_version,
        change.master_version,
    )  # fmt: skip
