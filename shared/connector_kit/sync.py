"""Reading a stream page by page, and single records: fetch, translate, take down, acknowledge."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.chassis.journal import Journal
from shared.connector_kit import cursors, seen, work
from shared.connector_kit.declaration import Page, PushResult, RawItem, Stream, Window
from shared.connector_kit.gathering import Gathering
from shared.connector_kit.taking import Counts, Move, Path, Reading, keys_of, subject_of, take_down
from shared.connector_kit.translation import Read
from shared.contracts.identity import own_id
from shared.contracts.journal import JournalEntry, Outcome
from shared.messaging.bus import Bus
from shared.messaging.message import pack
from shared.persistence.database import Database, Transaction
from shared.persistence.leases import Lease

DECISIONS: dict[str, Outcome] = {"failed": "error", "retrying": "warning"}


def live_cursor(connection: UUID, stream: str) -> Move:
    """Moves the cursor of a stream's live reading."""

    async def move(tx: Transaction, page: Page, met: Counts) -> None:
        if page.watermark is not None:
            await cursors.advance(tx, connection, stream, page.watermark)

    return move


async def always() -> bool:
    return True


@dataclass
class Reader:
    """Reads streams of one connection under its lease."""

    connection: UUID
    platform: str
    client: Any
    lease: Lease
    database: Database
    bus: Bus
    journal: Journal
    counts: Counts = field(default_factory=Counts)

    async def read_window(
        self, stream: Stream, window: Window, path: Path, move: Move, *, go_on: Callable[[], Awaitable[bool]] = always
    ) -> bool:
        """All pages of a window, as long as `go_on` says so before each; answers whether it was read to the end."""
        pages = stream.fetch(self.client, window)
        try:
            while await go_on():
                observed_at = await self.now()
                page = await anext(pages, None)
                if page is None:
                    return True
                await self.take(stream, page, observed_at, path, move)
            return False
        finally:
            await pages.aclose()  # type: ignore[attr-defined]

    async def read_found(
        self,
        stream: Stream,
        found: Sequence[RawItem],
        observed_at: datetime,
        path: Path,
        gathering: Gathering,
        *,
        forced: Sequence[str] = (),
        hints: Sequence[work.Row] = (),
        rest: timedelta = timedelta(0),
    ) -> dict[str, Read]:
        """Records that were asked for one by one, by their ids. Those in `forced` are published even if unchanged;
        `hints` are done with them."""
        if not found:
            return {}
        if forced:
            async with self.database.transaction() as tx:
                await seen.forget(tx, self.connection, stream.noun, forced)
        reading = Reading(
            self.connection, self.platform, self.lease, stream, Page(found), observed_at, path, self.counts,
            hints=hints, rest=rest,
        )  # fmt: skip
        await gathering.take(reading)
        return reading.items

    async def take(self, stream: Stream, page: Page, observed_at: datetime, path: Path, move: Move) -> list[Read]:
        """One page; answers what was read. A crash before the cursor has moved repeats it with the same event ids, one
        before it is acknowledged finds it unchanged."""
        reading = Reading(
            self.connection, self.platform, self.lease, stream, page, observed_at, path, self.counts, move
        )
        items = reading.items
        await take_down(self.database, self.bus, self.journal, [reading])
        if page.acknowledge is not None:
            # Last of all: the platform will not hand these out again. What we could not read stays on its list.
            decided = await page.acknowledge([id for id, item in items.items() if item.contract is not None])
            entries = [self._decision(stream, items[id], result) for id, result in (decided or {}).items()]
            if entries:
                await self.bus.publish(pack(self.journal.events(entries)))
        return list(items.values())

    async def now(self) -> datetime:
        """The database's time, by which readings of the same record are put in order."""
        async with self.database.statement() as tx:
            now: datetime = await tx.value("SELECT clock_timestamp()")
        return now

    def _decision(self, stream: Stream, item: Read, result: PushResult) -> JournalEntry:
        """What was decided about a record while it was acknowledged, told once however often it is decided so."""
        subject, record = subject_of(stream, self.connection, item.raw.external_id)
        outcome = DECISIONS.get(result.outcome, "ok")
        return self.journal.entry(
            id=own_id(self.platform, "acceptance", f"{subject}:{result.outcome}:{result.code}", 1),
            noun=record,
            subject=str(subject),
            action="pushed" if outcome == "ok" else "failed",
            outcome=outcome,
            code=f"acceptance_push_{result.outcome}",
            params={"number": item.raw.number, "code": result.code, **result.params},
            connection=self.connection,
            platform=self.platform,
            keys=keys_of(stream, item),
        )
