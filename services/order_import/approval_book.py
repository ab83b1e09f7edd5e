"""A person's word on an order: to be imported, never to be imported, or to be asked again later."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.order_import.rules.facts import Approval
from shared.persistence.database import Transaction


async def say(tx: Transaction, order_id: UUID, word: Approval, until: datetime | None) -> None:
    """Notes the word on a locked order."""
    await tx.execute(
        "UPDATE orders SET approval = :word, approval_until = :until WHERE id = :id",
        word=word,
        until=until,
        id=order_id,
    )


async def put_off_until(tx: Transaction, now: datetime, limit: int) -> list[UUID]:
    """Orders that were put off, whose time has come and who have not been asked about again."""
    rows: Sequence[dict[str, UUID]] = await tx.rows(
        """SELECT o.id FROM orders o WHERE o.status = 'waiting' AND o.approval = 'later' AND o.approval_until <= :now
             AND EXISTS (SELECT 1 FROM parked_reasons r WHERE r.order_id = o.id AND r.code = 'approval_later')
           ORDER BY o.approval_until LIMIT :limit""",
        now=now,
        limit=limit,
    )
    return [row["id"] for row in rows]
