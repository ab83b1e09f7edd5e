"""Reading what webhooks and operators asked for: record by record, or as a page where there are many."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.chassis.logs import logger
from shared.connector_kit import cursors, runs, work
from shared.connector_kit.declaration import RECORDS, RawItem, Stream
from shared.connector_kit.resting import RETRIES_ENDED, given_up
from shared.connector_kit.taking import Counts, Path
from shared.connector_kit.translation import Read
from shared.contracts.errors import Misconfigured, Rejected, Transient
from shared.contracts.identity import record_id
from shared.contracts.journal import JournalEntry, SearchKey
from shared.persistence.failure import is_transient

if TYPE_CHECKING:
    from shared.connector_kit.account import Account

log = logger("hints")
AT_ONCE = 20
FLOOD = 100
FLOOD_PAUSE = 10.0
HASTE_SECONDS = 60.0
# A product that sells is told once per sale, and our own pushes come back this way, too.
PAUSES = {"article": 2.0}


@dataclass(frozen=True)
class _Asked:
    """What the platform answered about one hinted record: what it has of it, or why it could not be asked."""

    row: work.Row
    found: Sequence[RawItem] = ()
    failure: Transient | Rejected | None = None


@dataclass
class Hints:
    """The hints of one stream of an account at work."""

    account: "Account"
    stream: Stream
    hastened: float = -math.inf

    @property
    def kind(self) -> str:
        return f"read:{self.stream.noun}"

    async def step(self) -> bool:
        """Reads some of the hinted records; answers whether there may be more that nobody has woken us for."""
        account = self.account
        async with account.service.database.statement() as tx:
            rows = await work.due(tx, account.connection.id, self.kind, AT_ONCE)
        if not rows or account.connection.deleted or account.connection.paused_because:
            return False
        many = len(rows) == AT_ONCE
        if many and await self._flooded():
            self.hastened = time.monotonic()
            account.rouse("streams")
            await asyncio.sleep(FLOOD_PAUSE)
        else:
            await self._read_all(rows)
        return many

    async def _flooded(self) -> bool:
        """Whether there are so many that the stream's own pages are cheaper than a call for each, and then hastens it.
        Our own pushes come back this way."""
        connection = self.account.connection
        if not connection.runs(self.stream.feature) or time.monotonic() <= self.hastened + HASTE_SECONDS:
            return False
        async with self.account.service.database.transaction() as tx:
            flooded = await work.told_by_webhook(tx, connection.id, self.kind) >= FLOOD
            if flooded:
                await cursors.hasten(tx, connection.id, self.stream.noun)
        return flooded

    async def _read_all(self, rows: Sequence[work.Row]) -> None:
        wanted: dict[Path, list[work.Row]] = {}
        for row in rows:
            wanted.setdefault(row.body.get("path", "webhook"), []).append(row)
        if not self.account.connection.runs(self.stream.feature) and (unwanted := wanted.pop("webhook", None)):
            async with self.account.service.database.transaction() as tx:
                await work.done(tx, unwanted)
        for path, mine in wanted.items():
            await self._read(path, mine)

    async def _read(self, path: Path, rows: Sequence[work.Row]) -> None:
        """Each record by a call of its own; what was found, in as few transactions as a page of the stream takes."""
        reader = await self.account.reader(Counts())
        # By the database's time before anything was asked, readings of the same record are put in order.
        observed_at = min(row.found_at for row in rows)
        asked = await asyncio.gather(*(self._ask(row) for row in rows))
        found = [raw for one in asked for raw in one.found]
        forced = [raw.external_id for one in asked if one.row.body.get("force") for raw in one.found]
        # What a person waits for is settled with what came of it.
        answered = [one.row for one in asked if one.found and path != "manual"]
        left = [one for one in asked if not one.found or path == "manual"]
        items: dict[str, Read] = {}
        try:
            items = await reader.read_found(
                self.stream,
                found,
                observed_at,
                path,
                self.account.gathering,
                forced=forced,
                hints=answered,
                rest=self._rest,
            )
        except Transient as error:
            left = [one if one.failure else replace(one, found=(), failure=error) for one in asked]
        if left:
            await self._settle(path, left, items)

    async def _ask(self, row: work.Row) -> "_Asked":
        async with self.account.turns[self.stream.noun]:
            opened = await self.account.opened()
            try:
                return _Asked(row, await self.stream.fetch_one(opened.client, row.subject))
            except Rejected as error:
                log.warning("hinted record cannot be read", stream=self.stream.noun, error=error.detail)
                return _Asked(row, failure=error)
            except Transient as error:
                return _Asked(row, failure=error)
            except Exception as error:
                if is_transient(error) or isinstance(error, Misconfigured):
                    raise
                # An answer that we cannot cope with must not hold the connection up.
                log.error("hinted record failed by our own fault", stream=self.stream.noun, exc_info=error)
                return _Asked(row, failure=Transient(type(error).__name__, code="defect"))

    async def _settle(self, path: Path, asked: Sequence["_Asked"], items: Mapping[str, Read]) -> None:
        """Records that could not be asked for are tried again later, unless that has gone on in vain for so long that a
        person must act."""
        account, service = self.account, self.account.service
        async with service.database.transaction() as tx:
            over = []
            for one in asked:
                failure, row = one.failure, one.row
                if isinstance(failure, Transient):
                    now = await tx.value("SELECT now()")
                    if not given_up(row.failing_since, now, service.settings.retry_days):
                        pause = timedelta(seconds=min(2.0 ** min(row.attempts, 8), 300))
                        await work.again(tx, [row], failure.detail, pause, count=True)
                        continue
                    await service.journal.write(tx, [self._retries_ended(row.subject, failure)])
                elif not one.found:
                    words = {"external_id": row.subject}
                    await account.tell(tx, self.stream, "skipped", "skipped", "record_gone", words, "")
                if path == "manual":
                    outcome = runs.outcome_of([items[raw.external_id] for raw in one.found], failure)
                    await runs.settle(tx, account.connection.id, self.stream.noun, row.subject, outcome)
                over.append(row)
            await work.done(tx, over, rest=self._rest)

    @property
    def _rest(self) -> timedelta:
        return timedelta(seconds=PAUSES.get(self.stream.noun, 0.0))

    def _retries_ended(self, external_id: str, error: Transient) -> JournalEntry:
        service, connection = self.account.service, self.account.connection
        noun = RECORDS[self.stream.noun]
        return service.journal.entry(
            noun=noun,
            subject=str(record_id(noun, connection.id, external_id)),
            action="received",
            outcome="error",
            code=RETRIES_ENDED,
            params={"external_id": external_id, "detail": error.detail, "days": str(service.settings.retry_days)},
            keys=[SearchKey(kind="external_id", value=external_id)],
            connection=connection.id,
            platform=connection.platform,
        )
