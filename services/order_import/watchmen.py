"""The order book's watch: overdue acknowledgements, shipments the shop does not know yet, unusually few orders."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.order_import.few_orders import Span, spans, unusually_few
from services.order_import.watch_settings import WatchSettings
from shared.chassis.service import Service
from shared.chassis.watching import MOST, Sighting, Watchman, alone, report, subjects
from shared.contracts.journal import SearchKey
from shared.persistence.database import Transaction

UNACKNOWLEDGED = Watchman("acknowledgement", "error")
UNREPORTED = Watchman("shipment", "error")
FEW = Watchman("orders", "warning")
RETURN_NUMBERS = Watchman("returnnumbers", "warning")


async def watch_acknowledgements(service: Service, settings: WatchSettings) -> None:
    """Orders that wait for a registered consumer, and that no internal system has acknowledged in time."""
    async with service.database.transaction() as tx:
        if await alone(tx, UNACKNOWLEDGED):
            rows = await tx.rows(
                """SELECT o.id, o.number, o.external_id, o.connection, o.platform, min(q.queued_at) AS since,
                          string_agg(q.consumer, ', ' ORDER BY q.consumer) AS consumer
                   FROM feed_queue q JOIN orders o ON o.id = q.order_id
                   WHERE q.queued_at < :before AND o.acknowledged_at IS NULL AND NOT o.test
                     AND o.status IN ('imported', 'cancelled')
                   GROUP BY o.id ORDER BY CAST(o.id AS text) = ANY(:known) DESC, min(q.queued_at) LIMIT :most""",
                before=service.clock() - settings.acknowledged_within,
                known=await subjects(tx, UNACKNOWLEDGED),
                most=MOST,
            )
            await report(service, tx, UNACKNOWLEDGED, [_order(row, row["id"], "consumer") for row in rows])


async def watch_shipments(service: Service, settings: WatchSettings) -> None:
    """Parcels that are recorded and neither reported to the shop nor refused by it; a refusal is an entry of its own.
    Several parcels of an order are one sighting, the oldest."""
    async with service.database.transaction() as tx:
        if await alone(tx, UNREPORTED):
            rows = await tx.rows(
                """SELECT * FROM (
                       SELECT DISTINCT ON (o.id) o.id, o.number, o.external_id, o.connection, o.platform, p.reference,
                              p.created_at AS since
                       FROM parcels p JOIN orders o ON o.id = p.order_id
                       WHERE p.state IN ('pending', 'blocked') AND p.created_at < :before
                       ORDER BY o.id, p.created_at) AS oldest
                   ORDER BY CAST(id AS text) = ANY(:known) DESC, since LIMIT :most""",
                before=service.clock() - settings.reported_within,
                known=await subjects(tx, UNREPORTED),
                most=MOST,
            )
            await report(service, tx, UNREPORTED, [_order(row, row["id"], "reference") for row in rows])


async def watch_few_orders(service: Service, settings: WatchSettings) -> None:
    """Connections with far fewer orders than at this time of the last weeks."""
    asked = spans(service.clock(), settings.few_orders_hours, ZoneInfo(settings.zone), settings.few_orders_lag)
    async with service.database.transaction() as tx:
        if await alone(tx, FEW):
            accounts = await tx.rows(
                "SELECT id, platform, name FROM connections WHERE productive AND NOT deleted ORDER BY id"
            )
            counted = await _counts(tx, asked)
            found = (_few(account, asked, counted) for account in accounts)
            await report(service, tx, FEW, [one for one in found if one is not None])


async def watch_return_numbers(service: Service, settings: WatchSettings) -> None:
    """Connections whose pool of return numbers runs dry. One without a pool needs none."""
    async with service.database.transaction() as tx:
        if await alone(tx, RETURN_NUMBERS):
            rows = await tx.rows(
                """SELECT c.id, c.platform, c.name, count(*) FILTER (WHERE r.taken_at IS NULL) AS free
                   FROM return_numbers r JOIN connections c ON c.id = r.connection
                   WHERE NOT c.deleted GROUP BY c.id
                   HAVING count(*) FILTER (WHERE r.taken_at IS NULL) < :low ORDER BY c.id LIMIT :most""",
                low=settings.return_numbers_low,
                most=MOST,
            )
            words = [{"connection": row["name"], "name": row["name"], "free": str(row["free"])} for row in rows]
            found = [
                Sighting("connection", str(row["id"]), row["id"], row["platform"], one)
                for row, one in zip(rows, words, strict=True)
            ]
            await report(service, tx, RETURN_NUMBERS, found)


Counts = Mapping[tuple[Any, int], int]
"""How many orders a connection had in which span."""


async def _counts(tx: Transaction, asked: Sequence[Span]) -> Counts:
    rows = await tx.rows(
        """SELECT o.connection, s.place, count(*) AS count
           FROM unnest(CAST(:since AS timestamptz[]), CAST(:until AS timestamptz[]))
                    WITH ORDINALITY AS s(since, until, place)
           JOIN orders o ON o.placed_at >= s.since AND o.placed_at < s.until
           WHERE NOT o.test GROUP BY o.connection, s.place""",
        since=[span.since for span in asked],
        until=[span.until for span in asked],
    )
    return {(row["connection"], row["place"] - 1): row["count"] for row in rows}


def _few(account: Mapping[str, Any], asked: Sequence[Span], counted: Counts) -> Sighting | None:
    """The first of the spans that is unusual, with its numbers."""
    for hours in dict.fromkeys(span.hours for span in asked):
        places = [place for place, span in enumerate(asked) if span.hours == hours]
        present, *past = (counted.get((account["id"], place), 0) for place in places)
        if unusually_few(present, past):
            span = asked[places[0]]
            words = {"connection": account["name"], "name": account["name"], "count": str(present),
                     "past": ", ".join(map(str, past)), "since": f"{span.since:%Y-%m-%d %H:%M}",
                     "until": f"{span.until:%Y-%m-%d %H:%M}"}  # fmt: skip
            return Sighting("connection", str(account["id"]), account["id"], account["platform"], words)
    return None


def _order(row: Mapping[str, Any], id: object, *words: str) -> Sighting:
    params = {"number": row["number"], "since": _clock_time(row["since"])} | {word: row[word] for word in words}
    return Sighting("order", str(id), row["connection"], row["platform"], params, tuple(_keys(row)))


def _keys(row: Mapping[str, Any]) -> Iterable[SearchKey]:
    yield SearchKey(kind="number", value=row["number"])
    yield SearchKey(kind="external_id", value=row["external_id"])


def _clock_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
