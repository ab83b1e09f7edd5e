"""The journal's watch: what its entries and runs, the list of connections, and the broker show to stand still."""

from datetime import datetime, timedelta
from typing import Any

import orjson

from services.journal.alert_settings import WatchSettings
from services.journal.watchmen import (
    EXPIRING,
    SET_ASIDE,
    SILENT,
    STREAMS,
    STUCK,
    USUAL,
    Account,
    LastRun,
    expiring,
    set_aside,
    silent,
    stuck,
)
from shared.chassis.service import Service
from shared.chassis.watching import MOST, alone, report, subjects
from shared.messaging.topology import PENS
from shared.persistence.database import Transaction

# An order that hangs longer was told long ago.
LOOK_BACK = timedelta(days=1)


class Watch:
    """The loops' work."""

    def __init__(self, service: Service, settings: WatchSettings) -> None:
        self._service = service
        self._settings = settings

    async def orders(self) -> None:
        """Read from the channel, and neither imported nor parked nor waiting since."""
        now = self._service.clock()
        async with self._service.database.transaction() as tx:
            if await alone(tx, STUCK):
                known = await subjects(tx, STUCK)
                rows = await _unheard(tx, known, now - LOOK_BACK, now - self._settings.stuck_after)
                await report(self._service, tx, STUCK, stuck(rows))

    async def connections(self) -> None:
        """Streams without success, and credentials that end soon."""
        shown = await self._service.peers.get(self._service.settings.connections_url, "/connections")
        accounts = [Account.read(one) for one in shown]
        now = self._service.clock()
        async with self._service.database.transaction() as tx:
            if await alone(tx, SILENT):
                runs = await _last_successes(tx, accounts)
                await report(self._service, tx, SILENT, silent(accounts, runs, now, self._settings.silent_after))
        async with self._service.database.transaction() as tx:
            if await alone(tx, EXPIRING):
                found = expiring(accounts, now, self._settings.expiring_within)
                await report(self._service, tx, EXPIRING, found)

    async def pens(self) -> None:
        """Messages that wait for an operator in the broker, where nobody else would see them."""
        depths = {pen.name: await self._service.bus.depth(pen.name) or 0 for pen in PENS}
        async with self._service.database.transaction() as tx:
            if await alone(tx, SET_ASIDE):
                await report(self._service, tx, SET_ASIDE, set_aside(depths))


async def _unheard(tx: Transaction, known: list[str], since: datetime, before: datetime) -> list[dict[str, Any]]:
    """Orders read in that time, or seen before, without a word of the order book since: the last reading of each."""
    rows = await tx.rows(
        """SELECT * FROM (
               SELECT DISTINCT ON (subject) subject, connection, platform, params, at FROM (
                   SELECT e.* FROM entries e WHERE e.code = 'order_received' AND e.at > :since AND e.at <= :before
                   UNION ALL
                   SELECT e.* FROM entries e WHERE e.code = 'order_received' AND e.subject = ANY(:known)) AS read
               WHERE NOT EXISTS (SELECT 1 FROM entries o WHERE o.subject = read.subject AND o.service = 'order_import'
                                 AND o.at >= read.at - interval '5 seconds')
               ORDER BY subject, at DESC) AS last
           ORDER BY subject = ANY(:known) DESC, at LIMIT :most""",
        known=known,
        since=since,
        before=before,
        most=MOST,
    )
    return [row | {"params": orjson.loads(row["params"])} for row in rows]


async def _last_successes(tx: Transaction, accounts: list[Account]) -> list[LastRun]:
    rows = await tx.rows(
        """SELECT c.id AS connection, s.stream, r.at, r.params
           FROM unnest(CAST(:ids AS uuid[])) AS c(id)
           CROSS JOIN unnest(CAST(:streams AS text[])) AS s(stream)
           CROSS JOIN LATERAL (SELECT at, params FROM runs
                               WHERE connection = c.id AND stream = s.stream AND outcome = 'ok'
                                 AND CAST(params AS jsonb) ->> 'path' = 'poll'
                               ORDER BY at DESC LIMIT 1) AS r""",
        ids=[one.id for one in accounts],
        streams=sorted(STREAMS),
    )
    return [LastRun(row["connection"], row["stream"], row["at"], _every(row["params"])) for row in rows]


def _every(params: str) -> timedelta:
    seconds = orjson.loads(params).get("every", "")
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() and len(seconds) < 9 else USUAL
