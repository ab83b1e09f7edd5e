"""Return cases: goods that are on their way back, and what of them lies on our shelves again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.order_import.rows import append
from services.order_import.standing import Standing
from shared.contracts.order import DemandLine
from shared.persistence.database import Transaction

Cause = Literal["cancelled_late", "returned"]
State = Literal["open", "received", "closed"]
_CASE = """r.id, r.order_id, r.version, r.cause, r.state, r.opened_at, r.received_at, r.closed_at, r.handled_by, r.note,
           (SELECT json_agg(json_build_array(l.line_external_id, l.article_number, l.quantity::text, l.restocked::text)
                            ORDER BY l.position) FROM return_lines l WHERE l.return_id = r.id) AS lines"""


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """Pieces of one line; `restocked` of them were put back on the shelf."""

    line_external_id: str
    article_number: str
    quantity: Decimal
    restocked: Decimal = Decimal(0)


@dataclass(slots=True)
class Case:
    """One return: of a late cancellation, or of goods returned or refunded after shipping. `version` is the order's
    that opened it."""

    id: UUID
    order_id: UUID
    version: int
    cause: Cause
    opened_at: datetime
    lines: tuple[ReturnLine, ...]
    state: State = "open"
    received_at: datetime | None = None
    closed_at: datetime | None = None
    handled_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is not None narrows the list."""

    scope: list[UUID] | None = None
    state: State | None = None
    connection: UUID | None = None
    order_id: UUID | None = None


async def add(tx: Transaction, cases: Sequence[Case]) -> None:
    await append(
        tx,
        "returns",
        ["id", "order_id", "version", "cause", "opened_at"],
        [(one.id, one.order_id, one.version, one.cause, one.opened_at) for one in cases],
    )
    await append(
        tx,
        "return_lines",
        ["return_id", "position", "order_id", "line_external_id", "article_number", "quantity"],
        [
            (one.id, position, one.order_id, line.line_external_id, line.article_number, line.quantity)
            for one in cases
            for position, line in enumerate(one.lines)
        ],
    )


async def get(tx: Transaction, id: UUID) -> Case | None:
    row = await tx.row(f"SELECT {_CASE} FROM returns r WHERE r.id = :id", id=id)
    return None if row is None else _case(row)


async def find(tx: Transaction, filters: Filters, after: tuple[datetime, UUID] | None, limit: int) -> list[Case]:
    """Cases, the latest opened first."""
    rows = await tx.rows(
        f"""SELECT {_CASE} FROM returns r JOIN orders o ON o.id = r.order_id
            WHERE (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR o.connection = :connection)
              AND (CAST(:order_id AS uuid) IS NULL OR r.order_id = :order_id)
              AND (CAST(:state AS text) IS NULL OR r.state = :state)
              AND (CAST(:at AS timestamptz) IS NULL OR (r.opened_at, r.id) < (:at, CAST(:id AS uuid)))
            ORDER BY r.opened_at DESC, r.id DESC LIMIT :limit""",
        scope=filters.scope,
        connection=filters.connection,
        order_id=filters.order_id,
        state=filters.state,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )
    return [_case(row) for row in rows]


async def update(tx: Transaction, case: Case) -> None:
    await tx.execute(
        """UPDATE returns SET state = :state, received_at = :received_at, closed_at = :closed_at,
                  handled_by = :handled_by, note = :note WHERE id = :id""",
        id=case.id,
        state=case.state,
        received_at=case.received_at,
        closed_at=case.closed_at,
        handled_by=case.handled_by,
        note=case.note,
    )
    await tx.many(
        "UPDATE return_lines SET restocked = :restocked WHERE return_id = :id AND position = :position",
        [
            {"id": case.id, "position": position, "restocked": line.restocked}
            for position, line in enumerate(case.lines)
        ],
    )


async def recall(tx: Transaction, standing: dict[UUID, Standing]) -> None:
    """Tells orders what of them lies on our shelves again."""
    driver = await tx.driver()
    rows = await driver.fetch(
        """SELECT l.order_id, l.line_external_id, l.article_number, sum(l.restocked) AS pieces,
                  max(r.received_at) AS at
           FROM return_lines l JOIN returns r ON r.id = l.return_id
           WHERE l.order_id = ANY($1::uuid[]) AND l.restocked > 0 AND l.article_number <> ''
           GROUP BY l.order_id, l.line_external_id, l.article_number ORDER BY l.line_external_id""",
        list(standing),
    )
    for row in rows:
        order = standing[row["order_id"]]
        line = DemandLine(
            line_external_id=row["line_external_id"], article_number=row["article_number"], quantity=row["pieces"]
        )
        order.returned = (*order.returned, line)
        order.returned_at = max(order.returned_at or row["at"], row["at"])


def _case(row: dict[str, Any]) -> Case:
    lines = tuple(
        ReturnLine(line, number, Decimal(quantity), Decimal(restocked))
        for line, number, quantity, restocked in row.pop("lines") or ()
    )
    return Case(lines=lines, **row)
