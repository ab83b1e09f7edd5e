"""The table of goods that internal systems report as come back: which pieces, and what the channel said."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from shared.contracts.fulfilment import PushedPart
from shared.contracts.returned import BroughtBack, GoodsBack
from shared.persistence.database import Transaction

State = Literal["pending", "reported", "failed", "blocked"]
_GOODS = """g.id, g.order_id, g.reference, g.request_hash, g.tracking_number, g.received_at, g.lines, g.state,
            g.version, g.attempts, g.code, g.params, g.external_id, g.reported_at, g.created_at, g.created_by,
            g.return_id, g.parts"""


@dataclass(slots=True)
class Returned:
    """One return that is here. `version` counts how often it was sent. `return_id` is the case that it answers, where
    the buyer opened the return; `parts` are what the channel made of each line, where it said so."""

    id: UUID
    order_id: UUID
    reference: str
    request_hash: str
    lines: tuple[BroughtBack, ...]
    received_at: datetime
    created_at: datetime
    tracking_number: str = ""
    state: State = "pending"
    version: int = 1
    attempts: int = 0
    code: str = ""
    params: dict[str, str] | None = None
    external_id: str = ""
    reported_at: datetime | None = None
    created_by: str = ""
    return_id: UUID | None = None
    parts: tuple[PushedPart, ...] = ()

    @property
    def word(self) -> str:
        """What the journal's sentences about it begin with."""
        return "returned" if self.return_id is None else "return_answer"

    def goods(self, order_external_id: str) -> GoodsBack:
        """The return as the channel is told of it."""
        return GoodsBack(
            id=self.id,
            order_external_id=order_external_id,
            lines=self.lines,
            tracking_number=self.tracking_number,
            received_at=self.received_at,
            announced=self.return_id is not None,
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """What is not None narrows the list."""

    scope: list[UUID] | None = None
    connection: UUID | None = None
    state: State | None = None


async def add(tx: Transaction, one: Returned) -> None:
    names = (
        "id",
        "order_id",
        "reference",
        "request_hash",
        "tracking_number",
        "received_at",
        "created_at",
        "created_by",
        "return_id",
    )
    await tx.execute(
        """INSERT INTO goods_back (id, order_id, reference, request_hash, tracking_number, received_at, lines,
                                   created_at, created_by, return_id)
           VALUES (:id, :order_id, :reference, :request_hash, :tracking_number, :received_at, CAST(:lines AS jsonb),
                   :created_at, :created_by, :return_id)""",
        lines=json.dumps([line.model_dump(mode="json") for line in one.lines]),
        **{name: getattr(one, name) for name in names},
    )


async def of_order(tx: Transaction, order_id: UUID) -> list[Returned]:
    """The order's returns that are here, the oldest first."""
    rows = await tx.rows(f"SELECT {_GOODS} FROM goods_back g WHERE order_id = :id ORDER BY created_at, id", id=order_id)
    return [_returned(row) for row in rows]


async def owners(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The order of each return that exists."""
    rows = await tx.rows("SELECT id, order_id FROM goods_back WHERE id = ANY(:ids)", ids=list(ids))
    return {row["id"]: row["order_id"] for row in rows}


async def lock(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Returned]:
    """Locks returns in the order of their ids."""
    rows = await tx.rows(
        f"SELECT {_GOODS} FROM goods_back g WHERE id = ANY(:ids) ORDER BY id FOR UPDATE OF g", ids=sorted(set(ids))
    )
    return {row["id"]: _returned(row) for row in rows}


async def find(tx: Transaction, filters: Filters, after: tuple[datetime, UUID] | None, limit: int) -> list[Returned]:
    """Returns of all orders, the latest first."""
    rows = await tx.rows(
        f"""SELECT {_GOODS} FROM goods_back g JOIN orders o ON o.id = g.order_id
            WHERE (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR o.connection = :connection)
              AND (CAST(:state AS text) IS NULL OR g.state = :state)
              AND (CAST(:at AS timestamptz) IS NULL OR (g.created_at, g.id) < (:at, CAST(:id AS uuid)))
            ORDER BY g.created_at DESC, g.id DESC LIMIT :limit""",
        scope=filters.scope,
        connection=filters.connection,
        state=filters.state,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )
    return [_returned(row) for row in rows]


async def update(tx: Transaction, one: Returned) -> None:
    """Writes what changes after a return was added: its way to the channel."""
    await tx.execute(
        """UPDATE goods_back SET state = :state, version = :version, attempts = :attempts, code = :code,
                  params = CAST(:params AS jsonb), external_id = :external_id, reported_at = :reported_at,
                  parts = CAST(:parts AS jsonb)
           WHERE id = :id""",
        id=one.id,
        state=one.state,
        version=one.version,
        attempts=one.attempts,
        code=one.code,
        params=json.dumps(one.params or {}),
        external_id=one.external_id,
        reported_at=one.reported_at,
        parts=json.dumps([part.model_dump() for part in one.parts]),
    )


async def unannounced(tx: Transaction, order_id: UUID) -> dict[str, Decimal]:
    """Pieces per line that came back although the channel had announced none."""
    rows = await tx.rows(
        """SELECT line->>'line_external_id' AS line, sum((line->>'quantity')::numeric) AS pieces
           FROM goods_back, jsonb_array_elements(lines) AS line
           WHERE order_id = :id AND return_id IS NULL GROUP BY 1""",
        id=order_id,
    )
    return {row["line"]: row["pieces"] for row in rows}


async def forget(tx: Transaction, order_ids: Sequence[UUID]) -> None:
    """Takes what may be about a person: words, and numbers that lead to him at the carrier."""
    await tx.execute(
        """UPDATE goods_back SET tracking_number = '', lines =
                  (SELECT jsonb_agg(line || '{"note": ""}' ORDER BY place)
                   FROM jsonb_array_elements(lines) WITH ORDINALITY AS each(line, place))
           WHERE order_id = ANY(:ids)""",
        ids=list(order_ids),
    )


def _returned(row: dict[str, Any]) -> Returned:
    lines = tuple(BroughtBack.model_validate(line) for line in row.pop("lines"))
    return Returned(lines=lines, parts=tuple(PushedPart.model_validate(part) for part in row.pop("parts")), **row)
