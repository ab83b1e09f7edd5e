"""Finding orders: filters, pages, counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.order_import.order_rules import Status
from services.order_import.rules.facts import Approval
from shared.persistence.database import Transaction

_HEAD = """o.id, o.connection, o.external_id, o.platform, o.project, o.number, o.version, o.status, o.state,
           o.payment_state, o.channel, o.test, o.erp_number, o.currency, o.total, o.rounding_difference, o.placed_at,
           o.stamp, o.imported_at, o.erased_at, o.received_at, o.updated_at, o.rules_version, o.approval,
           o.approval_until"""
_CLAUSES = {
    "connection": "o.connection = :connection",
    "platform": "o.platform = :platform",
    "project": "o.project = :project",
    "status": "o.status = :status",
    "number": "o.number = :number",
    "external_id": "o.external_id = :external_id",
    "erp_number": "o.erp_number = :erp_number AND o.erp_number <> ''",
    "customer_key": "o.customer_key = :customer_key AND o.customer_key <> ''",
    "article_number": "o.id IN (SELECT order_id FROM order_lines WHERE sku = :article_number AND sku <> ''"
    " UNION SELECT order_id FROM order_lines WHERE article_number = :article_number AND article_number <> '')",
    "tracking": "o.id IN (SELECT order_id FROM parcels WHERE tracking_number = :tracking AND tracking_number <> '')",
    "placed_from": "o.placed_at >= :placed_from",
    "placed_to": "o.placed_at < :placed_to",
    "test": "o.test = :test",
    "cause": "o.id IN (SELECT order_id FROM parked_reasons WHERE code = :cause)",
    "cause_key": "o.id IN (SELECT order_id FROM parked_reasons WHERE key = :cause_key)",
    "scope": "o.connection = ANY(:scope)",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is not None narrows the search. `placed_to` is exclusive; `cause` is a code of a parked order's reason."""

    scope: list[UUID] | None = None
    connection: UUID | None = None
    platform: str | None = None
    project: str | None = None
    status: Status | None = None
    number: str | None = None
    external_id: str | None = None
    erp_number: str | None = None
    customer_key: str | None = None
    article_number: str | None = None
    tracking: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    test: bool | None = None
    cause: str | None = None
    cause_key: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """An order without its content."""

    id: UUID
    connection: UUID
    external_id: str
    platform: str
    project: str
    number: str
    version: int
    status: Status
    state: str
    payment_state: str
    channel: str
    test: bool
    erp_number: str
    currency: str
    total: Decimal
    rounding_difference: Decimal
    placed_at: datetime
    stamp: datetime
    imported_at: datetime | None
    erased_at: datetime | None
    received_at: datetime
    updated_at: datetime
    rules_version: int
    approval: Approval
    approval_until: datetime | None


async def find(tx: Transaction, filters: Filters, after: tuple[datetime, UUID] | None, limit: int) -> list[Head]:
    """Orders, the latest placed first; `after` is the last one of the page before."""
    chosen = {name: value for name in _CLAUSES if (value := getattr(filters, name)) is not None}
    clauses = [_CLAUSES[name] for name in chosen]
    if after is not None:
        clauses.append("(o.placed_at, o.id) < (:after_at, :after_id)")
        chosen |= {"after_at": after[0], "after_id": after[1]}
    where = " AND ".join(clauses) or "true"
    rows = await tx.rows(
        f"SELECT {_HEAD} FROM orders o WHERE {where} ORDER BY o.placed_at DESC, o.id DESC LIMIT :limit",
        **chosen,
        limit=limit,
    )
    return [Head(**row) for row in rows]


async def head(tx: Transaction, id: UUID) -> tuple[Head, dict[str, Any]] | None:
    """One order with its content."""
    row = await tx.row(f"SELECT {_HEAD}, o.content FROM orders o WHERE o.id = :id", id=id)
    if row is None:
        return None
    content: dict[str, Any] = row.pop("content")
    return Head(**row), content


async def contents(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, tuple[Head, dict[str, Any]]]:
    """Several orders with their contents."""
    rows = await tx.rows(f"SELECT {_HEAD}, o.content FROM orders o WHERE o.id = ANY(:ids)", ids=list(ids))
    return {row["id"]: (Head(**{k: v for k, v in row.items() if k != "content"}), row["content"]) for row in rows}


async def addressed(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    id: UUID | None = None,
    connection: UUID | None = None,
    number: str | None = None,
    external_id: str | None = None,
    erp_number: str | None = None,
) -> list[UUID]:
    """The orders an internal system means, at most two: more than one means the address is not enough."""
    rows = await tx.rows(
        """SELECT id FROM orders
           WHERE (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))
             AND (CAST(:id AS uuid) IS NULL OR id = :id)
             AND (CAST(:connection AS uuid) IS NULL OR connection = :connection)
             AND (CAST(:number AS text) IS NULL OR number = :number)
             AND (CAST(:external_id AS text) IS NULL OR external_id = :external_id)
             AND (CAST(:erp_number AS text) IS NULL OR erp_number = :erp_number)
           LIMIT 2""",
        scope=scope,
        id=id,
        connection=connection,
        number=number,
        external_id=external_id,
        erp_number=erp_number,
    )
    return [row["id"] for row in rows]
