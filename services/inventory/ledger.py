"""The stock ledger: every change of a level with its reason, only ever added to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

from shared.persistence.database import Transaction

Kind = Literal["count", "movement", "shipment", "correction"]


@dataclass(frozen=True)
class Entry:
    """One change. `quantity` is what was stated (an absolute number for a count), `delta` what it did to the level,
    `level` the result. A movement that a later count already holds has delta 0. An empty warehouse: not known which."""

    warehouse: str
    article_number: str
    kind: Kind
    quantity: Decimal
    delta: Decimal
    level: Decimal | None
    occurred_at: datetime
    meaning: str = ""
    reason: str = ""
    reference: str = ""
    order_id: UUID | None = None
    acknowledged_at: datetime | None = None
    actor: str = ""


_COLUMNS = list(Entry.__dataclass_fields__)
_record = attrgetter(*_COLUMNS)


async def append(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Adds entries in the given order."""
    driver = await tx.driver()
    await driver.copy_records_to_table("ledger", columns=_COLUMNS, records=map(_record, entries))


async def page(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    article: str | None,
    warehouse: str | None,
    reference: str | None,
    after: int | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest entries first. Within a scope, what moved is shown, but not for which order of another connection."""
    return await tx.rows(
        """SELECT id, warehouse, article_number, kind, quantity, delta, level, meaning, reason,
                  CASE WHEN mine THEN reference ELSE '' END AS reference, CASE WHEN mine THEN order_id END AS order_id,
                  actor, occurred_at, booked_at
           FROM (SELECT l.*, CAST(:scope AS uuid[]) IS NULL OR l.order_id IS NULL OR EXISTS (
                                 SELECT FROM order_demands d
                                 WHERE d.order_id = l.order_id AND d.connection = ANY(CAST(:scope AS uuid[]))) AS mine
                 FROM ledger l) AS entries
           WHERE (CAST(:article AS text) IS NULL OR article_number = :article)
             AND (CAST(:warehouse AS text) IS NULL OR warehouse = :warehouse)
             AND (CAST(:reference AS text) IS NULL OR (mine AND reference = :reference))
             AND (CAST(:after AS bigint) IS NULL OR id < :after)
           ORDER BY id DESC LIMIT :limit""",
        scope=scope,
        article=article,
        warehouse=warehouse,
        reference=reference,
        after=after,
        limit=limit,
    )
