"""Parcels: what internal systems shipped, and what the channel said to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from services.order_import.rows import append
from shared.contracts.fulfilment import Fulfilment, ShippedLine
from shared.persistence.database import Transaction

State = Literal["pending", "reported", "failed", "blocked", "held"]
_PARCEL = """p.id, p.order_id, p.reference, p.request_hash, p.carrier, p.tracking_number, p.tracking_url,
             p.return_tracking_number,
             p.ready_for_pickup, p.notify_customer, p.shipped_at, p.state, p.version, p.attempts, p.code, p.params,
             p.external_id, p.reported_at, p.created_at,
             (SELECT json_agg(json_build_array(l.line_external_id, l.quantity::text) ORDER BY l.position)
              FROM parcel_lines l WHERE l.parcel_id = p.id) AS lines,
             (SELECT json_agg(json_build_array(c.line_external_id, c.article_number, c.quantity::text)
                              ORDER BY c.position)
              FROM parcel_components c WHERE c.parcel_id = p.id) AS components"""


@dataclass(slots=True)
class Parcel:
    """`reference` is the caller's own key; `version` counts how often it was sent to the channel. `components` left by
    themselves, per external line id and article; "held": the channel hears nothing of a parcel with nothing else."""

    id: UUID
    order_id: UUID
    reference: str
    request_hash: str
    lines: tuple[ShippedLine, ...]
    carrier: str
    tracking_number: str
    tracking_url: str
    ready_for_pickup: bool
    notify_customer: bool
    shipped_at: datetime
    state: State = "pending"
    version: int = 1
    attempts: int = 0
    code: str = ""
    params: dict[str, str] | None = None
    external_id: str = ""
    reported_at: datetime | None = None
    created_at: datetime | None = None
    components: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    return_tracking_number: str = ""

    def fulfilment(self, order_external_id: str) -> Fulfilment:
        """The parcel as the channel is told of it."""
        return Fulfilment(
            id=self.id,
            order_external_id=order_external_id,
            lines=self.lines,
            carrier=self.carrier,
            tracking_number=self.tracking_number,
            tracking_url=self.tracking_url,
            return_tracking_number=self.return_tracking_number,
            ready_for_pickup=self.ready_for_pickup,
            notify_customer=self.notify_customer,
            shipped_at=self.shipped_at,
        )


async def add(tx: Transaction, parcel: Parcel, created_by: str) -> None:
    await tx.execute(
        """INSERT INTO parcels (id, order_id, reference, request_hash, carrier, tracking_number, tracking_url,
                                ready_for_pickup, notify_customer, shipped_at, created_by, state, code,
                                return_tracking_number)
           VALUES (:id, :order_id, :reference, :request_hash, :carrier, :tracking_number, :tracking_url,
                   :ready_for_pickup, :notify_customer, :shipped_at, :created_by, :state, :code,
                   :return_tracking_number)""",
        id=parcel.id,
        order_id=parcel.order_id,
        reference=parcel.reference,
        request_hash=parcel.request_hash,
        carrier=parcel.carrier,
        tracking_number=parcel.tracking_number,
        tracking_url=parcel.tracking_url,
        ready_for_pickup=parcel.ready_for_pickup,
        notify_customer=parcel.notify_customer,
        shipped_at=parcel.shipped_at,
        created_by=created_by,
        state=parcel.state,
        code=parcel.code,
        return_tracking_number=parcel.return_tracking_number,
    )
    await append(
        tx,
        "parcel_lines",
        ["parcel_id", "position", "order_id", "line_external_id", "quantity"],
        [
            (parcel.id, position, parcel.order_id, line.line_external_id, line.quantity)
            for position, line in enumerate(parcel.lines)
        ],
    )

    await append(
        tx,
        "parcel_components",
        ["parcel_id", "position", "order_id", "line_external_id", "article_number", "quantity"],
        [
            (parcel.id, position, parcel.order_id, line, article, quantity)
            for position, ((line, article), quantity) in enumerate(parcel.components.items())
        ],
    )


async def by_reference(tx: Transaction, order_id: UUID, reference: str) -> Parcel | None:
    row = await tx.row(
        f"SELECT {_PARCEL} FROM parcels p WHERE order_id = :order_id AND reference = :reference",
        order_id=order_id,
        reference=reference,
    )
    return None if row is None else _parcel(row)


async def of_orders(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[Parcel]]:
    """Every order's parcels, the oldest first."""
    rows = await tx.rows(
        f"SELECT {_PARCEL} FROM parcels p WHERE order_id = ANY(:ids) ORDER BY created_at, id", ids=list(ids)
    )
    found: dict[UUID, list[Parcel]] = {}
    for row in rows:
        found.setdefault(row["order_id"], []).append(_parcel(row))
    return found


async def lock(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Parcel]:
    """Locks parcels in the order of their ids."""
    rows = await tx.rows(
        f"SELECT {_PARCEL} FROM parcels p WHERE id = ANY(:ids) ORDER BY id FOR UPDATE OF p", ids=sorted(set(ids))
    )
    return {row["id"]: _parcel(row) for row in rows}


async def update(tx: Transaction, parcel: Parcel) -> None:
    """Writes what changes after a parcel was added: its way to the channel."""
    await tx.execute(
        """UPDATE parcels SET state = :state, version = :version, attempts = :attempts, code = :code,
                  params = CAST(:params AS jsonb), external_id = :external_id, reported_at = :reported_at,
                  return_tracking_number = :return_tracking_number
           WHERE id = :id""",
        return_tracking_number=parcel.return_tracking_number,
        id=parcel.id,
        state=parcel.state,
        version=parcel.version,
        attempts=parcel.attempts,
        code=parcel.code,
        params=json.dumps(parcel.params or {}),
        external_id=parcel.external_id,
        reported_at=parcel.reported_at,
    )


def _parcel(row: dict[str, Any]) -> Parcel:
    lines = tuple(ShippedLine(line_external_id=id, quantity=Decimal(quantity)) for id, quantity in row["lines"] or ())
    components = {(id, article): Decimal(quantity) for id, article, quantity in row["components"] or ()}
    return Parcel(**{**row, "lines": lines, "components": components})
