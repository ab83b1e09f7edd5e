"""What each subscription was told, and the message that is on its way to it: one at a time.

The message is kept word for word until it has arrived, so a repeat after a crash is the same under the same id. What
the receiver knows changes only then: until it has arrived, its causes are "opening" or "closing".
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.journal.news import Cause
from shared.persistence.database import Transaction


@dataclass(frozen=True)
class Delivery:
    """`id` is the message's own, `html` a mail's other form. `attempts` counts the one under way; `answer` is what the
    last one got, if any."""

    id: UUID
    subscription: UUID
    subject: str
    body: str
    html: str
    opened: int
    closed: int
    created_at: datetime
    attempts: int
    answer: str
    way: str
    address: str
    sealed: str
    language: str


_COLUMNS = """d.id, d.subscription, d.subject, d.body, d.html, d.opened, d.closed, d.created_at, d.attempts, d.answer,
              s.way, s.address, s.sealed, s.language"""


async def told(tx: Transaction, subscription: UUID) -> dict[Cause, str]:
    """The causes the receiver knows to be open, and the sentence he was told."""
    rows = await tx.rows(
        "SELECT cause, connection, sentence FROM notices WHERE subscription = :id AND state = 'open'", id=subscription
    )
    return {(row["cause"], row["connection"]): row["sentence"] for row in rows}


async def add(
    tx: Transaction,
    subscription: UUID,
    *,
    id: UUID,
    subject: str,
    body: str,
    html: str,
    opened: Mapping[Cause, str],
    closed: Collection[Cause],
    now: datetime,
) -> None:
    """Keeps a message and marks its news as on their way. `opened` holds the sentences its causes are told with."""
    await tx.execute(
        """INSERT INTO deliveries (id, subscription, subject, body, html, opened, closed, created_at, due_at)
           VALUES (:id, :subscription, :subject, :body, :html, :opened, :closed, :now, :now)""",
        id=id,
        subscription=subscription,
        subject=subject,
        body=body,
        html=html,
        opened=len(opened),
        closed=len(closed),
        now=now,
    )
    await tx.many(
        """INSERT INTO notices (subscription, cause, connection, state, sentence, since)
           VALUES (:subscription, :cause, :connection, 'opening', :sentence, :now)""",
        [
            {"subscription": subscription, "cause": cause, "connection": connection, "sentence": told, "now": now}
            for (cause, connection), told in opened.items()
        ],
    )
    await tx.many(
        """UPDATE notices SET state = 'closing' WHERE subscription = :subscription AND cause = :cause
             AND connection IS NOT DISTINCT FROM CAST(:connection AS uuid)""",
        [{"subscription": subscription, "cause": cause, "connection": connection} for cause, connection in closed],
    )


async def take(tx: Transaction, now: datetime, until: datetime, limit: int) -> list[Delivery]:
    """Messages whose time has come, now this worker's until `until`; whoever is killed meanwhile leaves them due."""
    rows = await tx.rows(
        f"""UPDATE deliveries d SET attempts = attempts + 1, due_at = :until
            FROM subscriptions s
            WHERE s.id = d.subscription AND d.id IN (SELECT id FROM deliveries WHERE due_at <= :now
                                                     ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING {_COLUMNS}""",
        now=now,
        until=until,
        limit=limit,
    )
    return [Delivery(**row) for row in rows]


async def arrived(tx: Transaction, one: Delivery) -> bool:
    """The receiver has it, and knows its news; False when another worker said so before."""
    if not await _end(tx, one):
        return False
    await tx.execute("DELETE FROM notices WHERE subscription = :id AND state = 'closing'", id=one.subscription)
    await tx.execute("UPDATE notices SET state = 'open' WHERE subscription = :id", id=one.subscription)
    return True


async def given_up(tx: Transaction, one: Delivery) -> bool:
    """The receiver does not have it: its news are news again; False when another worker was faster."""
    if not await _end(tx, one):
        return False
    await tx.execute("DELETE FROM notices WHERE subscription = :id AND state = 'opening'", id=one.subscription)
    await tx.execute("UPDATE notices SET state = 'open' WHERE subscription = :id", id=one.subscription)
    return True


async def again(tx: Transaction, one: Delivery, answer: str, due_at: datetime) -> bool:
    """It could not be delivered; False when another worker has settled it meanwhile."""
    touched = await tx.execute(
        "UPDATE deliveries SET answer = :answer, due_at = :due_at WHERE id = :id",
        id=one.id,
        answer=answer,
        due_at=due_at,
    )
    return touched == 1


async def hurry(tx: Transaction, subscription: UUID, now: datetime) -> None:
    """The way is said to be free: what waits for its next try is due."""
    await tx.execute(
        "UPDATE deliveries SET due_at = :now WHERE subscription = :id AND answer <> ''", id=subscription, now=now
    )


async def under_way(tx: Transaction, subscriptions: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """By subscription, the message on its way, since when, and what the last try got."""
    rows = await tx.rows(
        "SELECT subscription, created_at, attempts, answer FROM deliveries WHERE subscription = ANY(:ids)",
        ids=list(subscriptions),
    )
    return {row["subscription"]: row for row in rows}


async def _end(tx: Transaction, one: Delivery) -> bool:
    return await tx.execute("DELETE FROM deliveries WHERE id = :id", id=one.id) == 1
