"""Items that a connector could not translate: one row per external id, open until the order arrives readable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from shared.chassis.consumer import Apply
from shared.chassis.outbox import emit
from shared.chassis.service import Service
from shared.contracts.connection import SyncRun
from shared.contracts.envelope import Event
from shared.contracts.errors import Defect
from shared.contracts.identity import record_id
from shared.contracts.journal import JournalEntry, SearchKey
from shared.contracts.order import OrderUnreadable
from shared.persistence.database import Transaction

_ITEM = """u.order_id, u.connection, u.external_id, u.platform, u.number, u.code, u.field, u.value, u.payload,
           u.times, u.first_seen_at, u.last_seen_at, u.retries, u.retried_at, u.closed_at"""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """`order_id` is the id the order has, or will have."""

    order_id: UUID
    connection: UUID
    external_id: str
    platform: str
    number: str
    code: str
    field: str
    value: str
    payload: UUID | None
    times: int
    first_seen_at: datetime
    last_seen_at: datetime
    retries: int
    retried_at: datetime | None
    closed_at: datetime | None


def taker(service: Service) -> Apply:
    """What the consumer of `order.unreadable` does with a batch."""
    return partial(take, service)


async def take(service: Service, tx: Transaction, events: Sequence[Event[OrderUnreadable]]) -> None:
    """Keeps the newest report of each item; an older one changes nothing. The connector has journalled it."""
    for event in sorted(events, key=lambda event: (str(event.connection), event.data.external_id)):
        data = event.data
        if event.connection is None:
            raise Defect("An unreadable order was reported without its connection")
        await tx.execute(
            """INSERT INTO unreadable_items (order_id, connection, external_id, platform, number, code, field, value,
                                             payload, stamp, observed_at)
               VALUES (:order_id, :connection, :external_id, :platform, :number, :code, :field, :value, :payload,
                       :stamp, :observed_at)
               ON CONFLICT (order_id) DO UPDATE SET number = excluded.number, code = excluded.code,
                   field = excluded.field, value = excluded.value, payload = excluded.payload,
                   stamp = excluded.stamp, observed_at = excluded.observed_at, times = unreadable_items.times + 1,
                   last_seen_at = now(), closed_at = NULL
               WHERE unreadable_items.observed_at < excluded.observed_at""",
            order_id=record_id("order", event.connection, data.external_id),
            connection=event.connection,
            external_id=data.external_id,
            platform=event.platform,
            number=data.number,
            code=data.code,
            field=data.field,
            value=data.value[:200],
            payload=data.observed.payload,
            stamp=data.observed.stamp,
            observed_at=data.observed.observed_at,
        )


async def close_readable(tx: Transaction, limit: int) -> list[Unreadable]:
    """Closes open items whose order was read since."""
    rows = await tx.rows(
        f"""UPDATE unreadable_items u SET closed_at = now()
            FROM (SELECT i.order_id FROM unreadable_items i JOIN orders o ON o.id = i.order_id
                  WHERE i.closed_at IS NULL AND o.observed_at >= i.observed_at
                  ORDER BY i.order_id LIMIT :limit FOR UPDATE OF i SKIP LOCKED) ready
            WHERE u.order_id = ready.order_id RETURNING {_ITEM}""",
        limit=limit,
    )
    return [Unreadable(**row) for row in rows]


async def listing(
    tx: Transaction,
    *,
    scope: list[UUID] | None,
    connection: UUID | None,
    code: str | None,
    closed: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Unreadable]:
    """Unreadable items, the newest first."""
    rows = await tx.rows(
        f"""SELECT {_ITEM} FROM unreadable_items u
            WHERE (CAST(:scope AS uuid[]) IS NULL OR connection = ANY(:scope))
              AND (CAST(:connection AS uuid) IS NULL OR connection = :connection)
              AND (CAST(:code AS text) IS NULL OR code = :code)
              AND (closed_at IS NOT NULL) = :closed
              AND (CAST(:seen_at AS timestamptz) IS NULL OR (first_seen_at, order_id) < (:seen_at, CAST(:id AS uuid)))
            ORDER BY first_seen_at DESC, order_id DESC LIMIT :limit""",
        scope=scope,
        connection=connection,
        code=code,
        closed=closed,
        seen_at=after[0] if after else None,
        id=after[1] if after else None,
        limit=limit,
    )
    return [Unreadable(**row) for row in rows]


async def of_order(tx: Transaction, order_id: UUID) -> Unreadable | None:
    """The open unreadable item behind an order's external id."""
    row = await tx.row(
        f"SELECT {_ITEM} FROM unreadable_items u WHERE order_id = :id AND closed_at IS NULL", id=order_id
    )
    return None if row is None else Unreadable(**row)


async def retry(service: Service, tx: Transaction, items: Sequence[Unreadable], actor: str) -> None:
    """Asks the connectors to read these items again."""
    commands: list[Event[Any]] = []
    entries = []
    for item in sorted(items, key=lambda item: (item.platform, item.connection)):
        await tx.execute(
            "UPDATE unreadable_items SET retries = retries + 1, retried_at = now() WHERE order_id = :id",
            id=item.order_id,
        )
        commands.append(
            service.event(
                SyncRun(noun="order", external_id=item.external_id),
                subject=str(item.order_id),
                version=f"retry-{item.retries + 1}",
                connection=item.connection,
                platform=item.platform,
            )
        )
        entries.append(_entry(service, item, "unreadable_retried", actor))
    await emit(tx, commands)
    await service.journal.write(tx, entries)


def closing(service: Service, item: Unreadable) -> JournalEntry:
    """The entry of an item whose order arrived readable."""
    return _entry(service, item, "unreadable_closed", "")


def _entry(service: Service, item: Unreadable, code: str, actor: str) -> JournalEntry:
    keys = [SearchKey(kind="external_id", value=item.external_id)]
    if item.number:
        keys.append(SearchKey(kind="number", value=item.number))
    return service.journal.entry(
        noun="order",
        subject=str(item.order_id),
        action="started" if code == "unreadable_retried" else "finished",
        code=code,
        connection=item.connection,
        platform=item.platform,
        params={"number": item.number or item.external_id, "external_id": item.external_id},
        keys=keys,
        payload=item.payload,
        actor=actor,
    )
