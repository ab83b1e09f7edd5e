"""The tables of cancellations: those that channels brought, and those that internal systems send to them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.order_import.cancellation import CallOff, Cancellation, Holding, Part, State
from services.order_import.rows import append
from shared.persistence.database import Transaction

_LINES = """(SELECT json_agg(json_build_array(l.line_external_id, l.quantity::text, l.held::text, l.kind, l.sku,
                                              l.article_number, l.requires_shipping) ORDER BY l.position)
             FROM cancellation_lines l WHERE l.cancellation_id = c.id) AS parts"""
_CANCELLATION = f"""c.id, c.order_id, c.version, c.whole, c.state, c.asked_at, c.due_at, c.overdue_told_at,
                    c.decided_at, c.decided_by, c.code, c.text, {_LINES}"""
_CALL_OFF = """c.id, c.order_id, c.reference, c.request_hash, c.whole, c.reason, c.notify_customer, c.state, c.version,
               c.attempts, c.code, c.params, c.external_id, c.reported_at, c.created_at, c.created_by,
               (SELECT json_agg(json_build_array(l.line_external_id, l.quantity::text, l.echoed::text)
                                ORDER BY l.position)
                FROM call_off_lines l WHERE l.call_off_id = c.id) AS lines"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is not None narrows the list."""

    scope: list[UUID] | None = None
    state: State | None = None
    connection: UUID | None = None


async def holdings(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Holding]:
    """What is held and called off of each order that has either."""
    driver = await tx.driver()
    cancellations = await driver.fetch(
        f"SELECT {_CANCELLATION} FROM cancellations c WHERE c.order_id = ANY($1::uuid[]) ORDER BY c.version, c.id",
        list(ids),
    )
    call_offs = await driver.fetch(
        f"SELECT {_CALL_OFF} FROM call_offs c WHERE c.order_id = ANY($1::uuid[]) ORDER BY c.created_at, c.id", list(ids)
    )
    found: dict[UUID, Holding] = {}
    for row in cancellations:
        known = found.setdefault(row["order_id"], Holding())
        known.cancellations = (*known.cancellations, _cancellation(dict(row)))
    for row in call_offs:
        known = found.setdefault(row["order_id"], Holding())
        known.call_offs = (*known.call_offs, _call_off(dict(row)))
    return found


async def owners(tx: Transaction, call_offs: Sequence[UUID]) -> dict[UUID, UUID]:
    """The order of each call-off that exists."""
    rows = await tx.rows("SELECT id, order_id FROM call_offs WHERE id = ANY(:ids)", ids=list(call_offs))
    return {row["id"]: row["order_id"] for row in rows}


async def find(
    tx: Transaction, filters: Filters, after: tuple[datetime, UUID] | None, limit: int
) -> list[Cancellation]:
    """Cancellations that channels brought, the latest first."""
    rows = await tx.rows(
        f"""SELECT {_CANCELLATION} FROM cancellations c JOIN orders o ON o.id = c.order_id
            WHERE (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR o.connection = :connection)
              AND (CAST(:state AS text) IS NULL OR c.state = :state)
              AND (CAST(:at AS timestamptz) IS NULL OR (c.asked_at, c.id) < (:at, CAST(:id AS uuid)))
            ORDER BY c.asked_at DESC, c.id DESC LIMIT :limit""",
        scope=filters.scope,
        connection=filters.connection,
        state=filters.state,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )
    return [_cancellation(row) for row in rows]


async def overdue(tx: Transaction, at: datetime, limit: int, *, untold: bool) -> list[UUID]:
    """The orders of cancellations that nobody answered in time; `untold` leaves out those that were alarmed for."""
    rows = await tx.rows(
        f"""SELECT DISTINCT order_id FROM (
              SELECT order_id FROM cancellations WHERE state = 'asked' AND due_at <= :at
              {"AND overdue_told_at IS NULL" if untold else ""} ORDER BY due_at LIMIT :limit) AS due
            ORDER BY order_id""",
        at=at,
        limit=limit,
    )
    return [row["order_id"] for row in rows]


async def save(tx: Transaction, cancellations: Sequence[Cancellation]) -> None:
    """Adds new ones and writes what became of known ones."""
    for one in cancellations:
        await tx.execute(
            """INSERT INTO cancellations (id, order_id, version, whole, state, asked_at, due_at, overdue_told_at,
                                          decided_at, decided_by, code, text)
               VALUES (:id, :order_id, :version, :whole, :state, :asked_at, :due_at, :overdue_told_at, :decided_at,
                       :decided_by, :code, :text)
               ON CONFLICT (id) DO UPDATE SET state = excluded.state, overdue_told_at = excluded.overdue_told_at,
                   decided_at = excluded.decided_at, decided_by = excluded.decided_by, code = excluded.code,
                   text = excluded.text""",
            **{name: getattr(one, name) for name in Cancellation.__slots__ if name != "parts"},
        )
    await tx.execute(
        "DELETE FROM cancellation_lines WHERE cancellation_id = ANY(:ids)", ids=[c.id for c in cancellations]
    )
    await append(
        tx,
        "cancellation_lines",
        ["cancellation_id", "position", "order_id", "line_external_id", "kind", "sku", "article_number",
         "requires_shipping", "quantity", "held"],
        [
            (one.id, position, one.order_id, part.line_external_id, part.kind, part.sku, part.article_number,
             part.requires_shipping, part.quantity, part.held)
            for one in cancellations
            for position, part in enumerate(one.parts)
        ],
    )  # fmt: skip


async def add_call_off(tx: Transaction, one: CallOff) -> None:
    await tx.execute(
        """INSERT INTO call_offs (id, order_id, reference, request_hash, whole, reason, notify_customer, created_by)
           VALUES (:id, :order_id, :reference, :request_hash, :whole, :reason, :notify_customer, :created_by)""",
        id=one.id,
        order_id=one.order_id,
        reference=one.reference,
        request_hash=one.request_hash,
        whole=one.whole,
        reason=one.reason,
        notify_customer=one.notify_customer,
        created_by=one.created_by,
    )
    await append(
        tx,
        "call_off_lines",
        ["call_off_id", "position", "order_id", "line_external_id", "quantity"],
        [(one.id, position, one.order_id, line, pieces) for position, (line, pieces) in enumerate(one.pieces.items())],
    )


async def update_call_off(tx: Transaction, one: CallOff) -> None:
    """Writes what changes after it was added: its way to the channel, and what the channel shows of it."""
    await tx.execute(
        """UPDATE call_offs SET state = :state, version = :version, attempts = :attempts, code = :code,
                  params = CAST(:params AS jsonb), external_id = :external_id, reported_at = :reported_at
           WHERE id = :id""",
        id=one.id,
        state=one.state,
        version=one.version,
        attempts=one.attempts,
        code=one.code,
        params=json.dumps(dict(one.params or {})),
        external_id=one.external_id,
        reported_at=one.reported_at,
    )
    await tx.many(
        "UPDATE call_off_lines SET echoed = :echoed WHERE call_off_id = :id AND line_external_id = :line",
        [{"id": one.id, "line": line, "echoed": pieces} for line, pieces in one.echoed.items()],
    )


def _cancellation(row: dict[str, Any]) -> Cancellation:
    parts = tuple(Part(line, Decimal(q), Decimal(h), *facts) for line, q, h, *facts in row.pop("parts") or ())
    return Cancellation(parts=parts, **row)


def _call_off(row: dict[str, Any]) -> CallOff:
    lines = row.pop("lines") or ()
    return CallOff(
        pieces={line: Decimal(pieces) for line, pieces, _ in lines},
        echoed={line: Decimal(echoed) for line, _, echoed in lines if Decimal(echoed)},
        **row,
    )
