"""Reservations: every event about an order becomes its demand at a version, and the difference is booked.

The order in which events arrive does not matter: each carries the order's whole state, lower versions are ignored. Of
one version, the state that says when the internal system acknowledged it is the newer one.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.inventory.demand import NOTHING, ZERO, Demand, demands
from services.inventory.marks import mark_articles
from services.inventory.return_book import Return, book_returns
from services.inventory.sellable import plain
from services.inventory.shipment_book import Shipment, book_shipments
from shared.chassis.service import Service
from shared.contracts.envelope import Event
from shared.contracts.journal import JournalEntry, SearchKey
from shared.contracts.order import OrderChanged
from shared.persistence.database import Transaction

Changes = dict[str, tuple[Demand, Demand]]


async def changed(service: Service, tx: Transaction, events: Sequence[Event[OrderChanged]]) -> None:
    """Applies the newest version of each order; books shipments, marks listings, tells the journal."""
    newest: dict[UUID, Event[OrderChanged]] = {}
    for event in events:
        rival = newest.get(event.data.order_id)
        if rival is None or _age(event.data) > _age(rival.data):
            newest[event.data.order_id] = event
    winners = [newest[id] for id in await _store_orders(tx, newest)]
    stored = await _stored(tx, [event.data.order_id for event in winners])
    per_order: list[tuple[Event[OrderChanged], Changes]] = []
    for event in winners:
        before = stored.get(event.data.order_id, {})
        after = demands(event.data, before)
        per_order.append(
            (event, {n: (before.get(n, NOTHING), after[n]) for n in after if before.get(n, NOTHING) != after[n]})
        )
    await _store_demands(tx, per_order)
    await book_shipments(service, tx, [s for event, changes in per_order for s in _shipments(service, event, changes)])
    await book_returns(service, tx, [r for event, changes in per_order for r in _returns(service, event, changes)])
    await mark_articles(tx, {number for _, changes in per_order for number in changes}, bulk=False)
    entries = [_entry(service, event, changes) for event, changes in per_order]
    await service.journal.write(tx, [entry for entry in entries if entry is not None])


def _age(order: OrderChanged) -> tuple[int, datetime]:
    return order.version, order.acknowledged_at or datetime.min.replace(tzinfo=UTC)


async def _store_orders(tx: Transaction, newest: Mapping[UUID, Event[OrderChanged]]) -> list[UUID]:
    events = [newest[id] for id in sorted(newest)]
    driver = await tx.driver()
    rows = await driver.fetch(
        """INSERT INTO order_demands AS o (order_id, version, connection, external_id, number, status, acknowledged_at,
                                           shipped_at)
           SELECT * FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::text[],
                                $7::timestamptz[], $8::timestamptz[])
           ON CONFLICT (order_id) DO UPDATE SET version = EXCLUDED.version, connection = EXCLUDED.connection,
               external_id = EXCLUDED.external_id, number = EXCLUDED.number, status = EXCLUDED.status,
               acknowledged_at = EXCLUDED.acknowledged_at, shipped_at = EXCLUDED.shipped_at, updated_at = now()
           WHERE o.version < EXCLUDED.version OR (o.version = EXCLUDED.version
               AND coalesce(o.acknowledged_at, '-infinity') < EXCLUDED.acknowledged_at) RETURNING o.order_id""",
        [one.data.order_id for one in events],
        [one.data.version for one in events],
        [one.connection for one in events],
        [one.data.external_id for one in events],
        [one.data.number for one in events],
        [one.data.status for one in events],
        [one.data.acknowledged_at for one in events],
        [one.data.shipped_at for one in events],
    )
    return sorted(row["order_id"] for row in rows)


async def _stored(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, dict[str, Demand]]:
    driver = await tx.driver()
    found: dict[UUID, dict[str, Demand]] = {}
    for row in await driver.fetch(
        """SELECT order_id, article_number, quantity, shipped, shipped_at, acknowledged, acknowledged_at, returned
           FROM demands WHERE order_id = ANY($1::uuid[])""",
        ids,
    ):
        id, number, *values = row.values()
        found.setdefault(id, {})[number] = Demand(*values)
    return found


async def _store_demands(tx: Transaction, per_order: Sequence[tuple[Event[OrderChanged], Changes]]) -> None:
    rows = [(event.data.order_id, n, new) for event, changes in per_order for n, (_, new) in changes.items()]
    driver = await tx.driver()
    await driver.execute(
        """INSERT INTO demands (order_id, article_number, quantity, shipped, shipped_at, acknowledged, acknowledged_at,
                                returned)
           SELECT * FROM unnest($1::uuid[], $2::text[], $3::numeric[], $4::numeric[], $5::timestamptz[], $6::numeric[],
                                $7::timestamptz[], $8::numeric[])
           ON CONFLICT (order_id, article_number) DO UPDATE SET quantity = EXCLUDED.quantity,
               shipped = EXCLUDED.shipped, shipped_at = EXCLUDED.shipped_at, acknowledged = EXCLUDED.acknowledged,
               acknowledged_at = EXCLUDED.acknowledged_at, returned = EXCLUDED.returned""",
        [id for id, _, _ in rows],
        [number for _, number, _ in rows],
        [new.quantity for _, _, new in rows],
        [new.shipped for _, _, new in rows],
        [new.shipped_at for _, _, new in rows],
        [new.acknowledged for _, _, new in rows],
        [new.acknowledged_at for _, _, new in rows],
        [new.returned for _, _, new in rows],
    )


def _returns(service: Service, event: Event[OrderChanged], changes: Changes) -> list[Return]:
    """The growth of what lies on our shelves again."""
    order = event.data
    return [
        Return(
            order_id=order.order_id,
            connection=event.connection,
            platform=event.platform,
            order_number=order.number,
            version=order.version,
            article_number=number,
            quantity=new.returned - old.returned,
            returned_at=order.returned_at or service.clock(),
        )
        for number, (old, new) in changes.items()
        if new.returned > old.returned
    ]


def _shipments(service: Service, event: Event[OrderChanged], changes: Changes) -> list[Shipment]:
    """The growth of what was shipped. What shrinks (a parcel taken back) is booked back at its old time."""
    order = event.data
    return [
        Shipment(
            order_id=order.order_id,
            connection=event.connection,
            order_number=order.number,
            version=order.version,
            article_number=number,
            quantity=new.shipped - old.shipped,
            shipped_at=_at(new if new.shipped > old.shipped else old, service.clock()),
            acknowledged_at=new.acknowledged_at,
        )
        for number, (old, new) in changes.items()
        if new.shipped != old.shipped
    ]


def _at(demand: Demand, now: datetime) -> datetime:
    return now if demand.shipped_at is None else demand.shipped_at


def _entry(service: Service, event: Event[OrderChanged], changes: Changes) -> JournalEntry | None:
    before = sum((old.quantity for old, _ in changes.values()), ZERO)
    after = sum((new.quantity for _, new in changes.values()), ZERO)
    if all(old.quantity == new.quantity for old, new in changes.values()):
        return None
    order = event.data
    return service.journal.entry(
        noun="order",
        subject=str(order.order_id),
        action="reserved" if after >= before else "released",
        code="order_reserved" if after >= before else "order_released",
        connection=event.connection,
        platform=event.platform,
        params={
            "number": order.number,
            "quantity": plain(abs(after - before)),
            "articles": ", ".join(f"{number} × {plain(new.quantity)}" for number, (_, new) in _first(changes)),
        },
        keys=[
            SearchKey(kind="number", value=order.number),
            *(SearchKey(kind="sku", value=number) for number, _ in _first(changes)),
        ],
        correlation=event.correlationid or "",
    )


def _first(changes: Changes) -> list[tuple[str, tuple[Demand, Demand]]]:
    return list(changes.items())[:20]


async def reservations(
    tx: Transaction, number: str, scope: list[UUID] | None, limit: int, after: tuple[datetime, UUID] | None
) -> list[dict[str, Any]]:
    """The orders of connections in scope that hold an article, the newest first."""
    return await tx.rows(
        """SELECT o.order_id, o.connection, o.external_id, o.number, o.status, o.version, d.quantity, d.shipped,
                  d.shipped_at, d.acknowledged_at, o.updated_at
           FROM demands d JOIN order_demands o USING (order_id)
           WHERE d.article_number = :number AND d.quantity > 0
             AND (CAST(:scope AS uuid[]) IS NULL OR o.connection = ANY(:scope))
             AND (CAST(:at AS timestamptz) IS NULL OR (o.updated_at, o.order_id) < (:at, CAST(:id AS uuid)))
           ORDER BY o.updated_at DESC, o.order_id DESC LIMIT :limit""",
        number=number,
        scope=scope,
        limit=limit,
        at=None if after is None else after[0],
        id=None if after is None else after[1],
    )
