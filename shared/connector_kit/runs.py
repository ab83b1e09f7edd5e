"""Runs by hand: chosen records are read again, and for each the run says what became of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from shared.connector_kit.translation import Read
from shared.contracts.errors import KontorError
from shared.persistence.database import Transaction

Settled = Literal["published", "not_found", "unreadable", "failed"]


@dataclass(frozen=True)
class Chosen:
    """A record that somebody chose. `number` is how he named it; empty `external_id`: the shop knows no such number."""

    external_id: str
    number: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one record; `code` and `params` make the sentence."""

    outcome: Settled
    code: str = ""
    params: dict[str, str] | None = None


@dataclass(frozen=True)
class Item:
    external_id: str
    number: str
    outcome: Literal["waiting"] | Settled
    code: str
    params: dict[str, str]
    settled_at: datetime | None


@dataclass(frozen=True)
class Run:
    id: UUID
    connection: UUID
    noun: str
    asked_by: str
    asked_at: datetime
    items: tuple[Item, ...]

    @property
    def waiting(self) -> int:
        return sum(1 for item in self.items if item.outcome == "waiting")


async def add(tx: Transaction, id: UUID, connection: UUID, noun: str, chosen: Sequence[Chosen], asked_by: str) -> None:
    """A run over these records. What the shop does not know is settled at once."""
    await tx.execute(
        "INSERT INTO runs (id, connection, noun, asked_by) VALUES (:id, :connection, :noun, :asked_by)",
        id=id,
        connection=connection,
        noun=noun,
        asked_by=asked_by,
    )
    await tx.many(
        """INSERT INTO run_items
             (run, position, connection, noun, external_id, number, outcome, code, params, settled_at)
           VALUES (:run, :position, :connection, :noun, :external_id, :number, :outcome, :code, CAST(:params AS jsonb),
                   CASE WHEN :outcome = 'waiting' THEN NULL ELSE now() END)""",
        [
            {"run": id, "position": position, "connection": connection, "noun": noun,
             "external_id": one.external_id, "number": one.number,
             "outcome": "waiting" if one.external_id else "not_found",
             "code": "" if one.external_id else "number_unknown",
             "params": json.dumps({} if one.external_id else {"number": one.number})}
            for position, one in enumerate(chosen)
        ],
    )  # fmt: skip


async def one(tx: Transaction, connection: UUID, id: UUID) -> Run | None:
    """A run with all its records in the order they were chosen."""
    row = await tx.row(
        "SELECT id, connection, noun, asked_by, asked_at FROM runs WHERE id = :id AND connection = :connection",
        id=id,
        connection=connection,
    )
    if row is None:
        return None
    items = await tx.rows(
        """SELECT external_id, number, outcome, code, params, settled_at FROM run_items
           WHERE run = :id ORDER BY position""",
        id=id,
    )
    return Run(**row, items=tuple(Item(**item) for item in items))


async def settle(tx: Transaction, connection: UUID, noun: str, external_id: str, outcome: Outcome) -> None:
    """The record was read: every run that waits for it learns what became of it."""
    await tx.execute(
        """UPDATE run_items SET outcome = :outcome, code = :code, params = CAST(:params AS jsonb), settled_at = now()
           WHERE connection = :connection AND noun = :noun AND external_id = :external_id AND outcome = 'waiting'""",
        connection=connection,
        noun=noun,
        external_id=external_id,
        outcome=outcome.outcome,
        code=outcome.code,
        params=json.dumps(outcome.params or {}),
    )


def outcome_of(items: Sequence[Read], failure: KontorError | None) -> Outcome:
    """From what was read, or from why it was not."""
    if failure is not None:
        params: dict[str, Any] = {"detail": failure.detail[:300]} | failure.params
        return Outcome("failed", failure.code, params)
    if not items:
        return Outcome("not_found", "record_not_found")
    for item in items:
        if item.unreadable is not None:
            why = item.unreadable
            return Outcome("unreadable", why.code, {"field": why.field, "value": why.value})
    return Outcome("published")
