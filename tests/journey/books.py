"""The database as its owner reads it, across all services: what no service may do, and an auditor must."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any
from uuid import UUID

import asyncpg

from services.ops.installation import SCHEMAS
from services.origin.definitions import definitions
from shared.contracts.envelope import Event
from shared.messaging.bus import connect
from shared.messaging.message import pack
from shared.messaging.topology import DEAD_LETTERS, UNROUTED

# A message leaves an outbox within a tenth of a second; one that is older has met trouble.
LATE = "interval '2 s'"
OUTBOXES = " + ".join(f"(SELECT count(*) FROM {s}.outbox WHERE created_at < now() - {LATE})" for s in SCHEMAS)
HELD = " + ".join(f"(SELECT count(*) FROM {schema}.held)" for schema in SCHEMAS)
PARKED_EVENTS = " + ".join(f"(SELECT count(*) FROM {schema}.parked_events)" for schema in SCHEMAS)
UNDER_WAY = f"""
SELECT {OUTBOXES} AS outbox,
       {HELD} AS held,
       {PARKED_EVENTS} AS parked_events,
       (SELECT count(*) FROM connectors.work WHERE connection = $1) AS work,
       (SELECT count(*) FROM connectors.backfills WHERE connection = $1 AND state = 'running') AS backfills,
       (SELECT count(*) FROM orders.feed_fresh) AS feed,
       (SELECT count(*) FROM inventory.dirty WHERE marked_at < now() - {LATE}) AS stock,
       (SELECT count(*) FROM orders.parcels p JOIN orders.orders o ON o.id = p.order_id
        WHERE o.connection = $1 AND p.state NOT IN ('reported', 'failed')) AS parcels,
       (SELECT count(*) FROM orders.orders o LEFT JOIN inventory.order_demands d ON d.order_id = o.id
        WHERE o.connection = $1 AND d.version IS DISTINCT FROM o.version) AS reservations
"""
BUSY = f"""
SELECT a.application_name, a.state, a.wait_event, date_trunc('second', now() - a.xact_start)::text AS since,
       left(a.query, 100) AS query, {HELD} AS held
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start < now() - interval '1 s'
ORDER BY a.xact_start LIMIT 10
"""
# An order whose life the journal does not tell.
UNTOLD = """
SELECT count(*) FROM orders.orders o
WHERE o.connection = $1 AND NOT EXISTS (SELECT FROM journal.entries e WHERE e.subject = o.id::text
                                        AND e.action IN ('imported', 'parked', 'waiting', 'cancelled'))
"""
EFFECTS_TWICE = {
    "imported": """
        SELECT subject FROM journal.entries WHERE connection = $1 AND noun = 'order' AND action = 'imported'
        GROUP BY subject HAVING count(*) > 1""",
    "the same state taken in": """
        SELECT v.order_id::text FROM orders.order_versions v JOIN orders.orders o ON o.id = v.order_id
        WHERE o.connection = $1 AND v.cause = 'received'
        GROUP BY v.order_id, v.content_hash, v.stamp HAVING count(*) > 1""",
    "reserved": """
        SELECT o.id::text FROM orders.orders o
        JOIN inventory.demands d ON d.order_id = o.id
        WHERE o.connection = $1 AND o.status = 'imported' AND o.state = 'open'
        GROUP BY o.id HAVING sum(d.quantity) > (SELECT sum(l.quantity - l.cancelled_quantity)
                                                FROM orders.order_lines l WHERE l.order_id = o.id)""",
}


class Books:
    """A connection of its own, opened at first use and again after a loss. Not for several threads."""

    def __init__(self, database_url: str, broker_url: str) -> None:
        self._url = database_url
        self._broker_url = broker_url
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    def __enter__(self) -> "Books":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        """The rows of a query with $1 parameters."""
        return [dict(row) for row in self._runner.run(self._fetch(sql, arguments))]

    def value(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        found = self._runner.run(self._fetch(sql, arguments))
        return found[0][0] if found else None

    def persisted(self, connection: str) -> int:
        """How many of a connection's orders are in the order book, readable or not."""
        return int(
            self.value(
                """SELECT (SELECT count(*) FROM orders.orders WHERE connection = $1)
                        + (SELECT count(*) FROM orders.unreadable_items u WHERE u.connection = $1
                           AND NOT EXISTS (SELECT FROM orders.orders o WHERE o.id = u.order_id))""",
                UUID(connection),
            )
        )

    def confirmed(self, connection: str) -> int:
        """How many of a connection's orders were published and confirmed: only then is an item remembered as seen."""
        return int(
            self.value(
                "SELECT count(*) FROM connectors.seen WHERE connection = $1 AND stream = 'order'", UUID(connection)
            )
        )

    def under_way(self, connection: str) -> dict[str, int]:
        """What still moves, or never will again, by where it stands; nothing when all is quiet."""
        (row,) = self.rows(UNDER_WAY, UUID(connection))
        if not any(row.values()):
            row = {"journal": self.value(UNTOLD, UUID(connection))}
        return {place: count for place, count in row.items() if count}

    def effects_twice(self, connection: str) -> list[str]:
        """Orders on which something was done twice, in words."""
        return [
            f"order {next(iter(row.values()))} was twice {what}"
            for what, sql in EFFECTS_TWICE.items()
            for row in self.rows(sql, UUID(connection))
        ]

    def polled_since(self, connection: str, stream: str, moment: Any) -> bool:
        """Whether a stream was read through to its end by a run that finished after that moment."""
        return bool(
            self.value(
                """SELECT last_success_at > $3 FROM connectors.cursors WHERE connection = $1 AND stream = $2""",
                UUID(connection),
                stream,
                moment,
            )
        )

    def busy(self) -> list[dict[str, Any]]:
        """What the database works at or waits for, oldest first, with what is held until later."""
        return self.rows(BUSY)

    def queues(self) -> dict[str, int]:
        """How many messages wait in each queue that is not empty, the pens of lost and dead ones included."""
        names = sorted({queue.name for one in definitions() for queue in one.queues} | {DEAD_LETTERS, UNROUTED})
        return self._runner.run(_depths(self._broker_url, names))

    def publish(self, *events: Event[Any]) -> None:
        """Sends commands or events as a service would."""
        self._runner.run(_publish(self._broker_url, events))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
        self._runner.close()

    async def _fetch(self, sql: str, arguments: tuple[Any, ...]) -> list[asyncpg.Record]:
        if self._connection is not None:
            with suppress(asyncpg.InterfaceError, asyncpg.PostgresConnectionError, OSError):
                return list(await self._connection.fetch(sql, *arguments))
        self._connection = await asyncpg.connect(self._url, timeout=10)
        return list(await self._connection.fetch(sql, *arguments))


async def _publish(broker_url: str, events: Sequence[Event[Any]]) -> None:
    bus = await connect(broker_url, name="operator")
    try:
        await bus.publish(pack(events))
    finally:
        await bus.close()


async def _depths(broker_url: str, names: list[str]) -> dict[str, int]:
    bus = await connect(broker_url, name="ledger")
    try:
        depths = {name: await bus.depth(name) or 0 for name in names}
    finally:
        await bus.close()
    return {name: depth for name, depth in depths.items() if depth}
