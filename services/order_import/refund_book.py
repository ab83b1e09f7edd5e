"""The table of refunds that internal systems ask for: what is given back of which line, and what the channel said."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from shared.contracts.money import Money
from shared.contracts.repayment import RepaidLine, Repayment
from shared.persistence.database import Transaction

State = Literal["pending", "reported", "failed", "blocked"]
_REFUND = """r.id, r.order_id, r.reference, r.request_hash, r.currency, r.shipping, r.goodwill, r.reason,
             r.notify_customer, r.lines, r.state, r.version, r.attempts, r.code, r.params, r.external_id, r.reported_at,
             r.created_at, r.created_by"""


@dataclass(slots=True)
class MoneyBack:
    """One refund, tax included. `goodwill` is for no line and no shipping; `version` counts how often it was sent."""

    id: UUID
    order_id: UUID
    reference: str
    request_hash: str
    currency: str
    lines: tuple[RepaidLine, ...]
    shipping: Decimal = Decimal(0)
    goodwill: Decimal = Decimal(0)
    reason: str = ""
    notify_customer: bool = False
    state: State = "pending"
    version: int = 1
    attempts: int = 0
    code: str = ""
    params: dict[str, str] | None = None
    external_id: str = ""
    reported_at: datetime | None = None
    created_at: datetime | None = None
    created_by: str = ""

    @property
    def total(self) -> Money:
        """What the customer gets."""
        return Money.of(sum((line.amount for line in self.lines), self.shipping + self.goodwill), self.currency)

    def repayment(self, order_external_id: str) -> Repayment:
        """The refund as the channel is told of it."""
        return Repayment(
            id=self.id,
            order_external_id=order_external_id,
            lines=self.lines,
            shipping=self.shipping,
            total=self.total,
            reason=self.reason,
            notify_customer=self.notify_customer,
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """What is not None narrows the list."""

    scope: list[UUID] | None = None
    connection: UUID | None = None
    state: State | None = None


async def add(tx: Transaction, one: MoneyBack) -> None:
    names = ("id", "order_id", "reference", "request_hash", "currency", "shipping", "goodwill", "reason",
             "notify_customer", "created_at", "created_by")  # fmt: skip
    await tx.execute(
        """INSERT INTO refunds (id, order_id, reference, request_hash, currency, shipping, goodwill, reason,
                                notify_customer, lines, created_at, created_by)
           VALUES (:id, :order_id, :reference, :request_hash, :currency, :shipping, :goodwill, :reason,
                   :notify_customer, CAST(:lines AS jsonb), :created_at, :created_by)""",
        lines=json.dumps([line.model_dump(mode="json") for line in one.lines]),
        **{name: getattr(one, name) for name in names},
    )


async def of_order(tx: Transaction, order_id: UUID) -> list[MoneyBack]:
    """The order's refunds, the oldest first."""
    rows = await tx.rows(f"SELECT {_REFUND} FROM refunds r WHERE order_id = :id ORDER BY created_at, id", id=order_id)
    return [_refund(row) for row in rows]


async def owners(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The order of each refund that exists."""
    rows = await tx.rows("SELECT id, order_id FROM refunds WHERE id = ANY(:ids)", ids=list(ids))
    return {row["id"]: row["order_id"] for row in rows}


async def lock(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, MoneyBack]:
    """Locks refunds in the order of their ids."""
    rows = await tx.rows(
        f"SELECT {_REFUND} FROM refunds r WHERE id = ANY(:ids) ORDER BY id FOR UPDATE OF r", ids=sorted(set(ids))
    )
    return {row["id"]: _refund(row) for row in rows}


async def find(tx: Transaction, filters: Filters, after: tuple[datetime, UUID] | None, limit: int) -> list[MoneyBack]:
    """Refunds of all orders, the latest first."""
    rows = await tx.rows(
        f"""SELECT {_REFUND} FROM refunds r JOIN orders o ON o.id = r.order_id
            WHERE (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR o.connection = :connection)
              AND (CAST(:state AS text) IS NULL OR r.state = :state)
              AND (CAST(:at AS timestamptz) IS NULL OR (r.created_at, r.id) < (:at, CAST(:id AS uuid)))
            ORDER BY r.created_at DESC, r.id DESC LIMIT :limit""",
        scope=filters.scope,
        connection=filters.connection,
        state=filters.state,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
        limit=limit,
    )
    return [_refund(row) for row in rows]


async def update(tx: Transaction, one: MoneyBack) -> None:
    """Writes what changes after a refund was added: its way to the channel."""
    await tx.execute(
        """UPDATE refunds SET state = :state, version = :version, attempts = :attempts, code = :code,
                  params = CAST(:params AS jsonb), external_id = :external_id, reported_at = :reported_at
           WHERE id = :id""",
        id=one.id,
        state=one.state,
        version=one.version,
        attempts=one.attempts,
        code=one.code,
        params=json.dumps(one.params or {}),
        external_id=one.external_id,
        reported_at=one.reported_at,
    )


def _refund(row: dict[str, Any]) -> MoneyBack:
    return MoneyBack(lines=tuple(RepaidLine.model_validate(line) for line in row.pop("lines")), **row)
