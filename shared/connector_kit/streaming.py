"""Reading the streams of one connection when they are due, with a journal entry for each run."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from shared.chassis.logs import logger
from shared.connector_kit import cursors
from shared.connector_kit.declaration import Stream, Window
from shared.connector_kit.resting import rest_after
from shared.connector_kit.sync import live_cursor
from shared.connector_kit.taking import Counts
from shared.contracts.errors import KontorError, Transient
from shared.persistence.database import Transaction
from shared.persistence.failure import described, is_transient

if TYPE_CHECKING:
    from shared.connector_kit.account import Account

log = logger("streaming")


@dataclass(frozen=True)
class Streams:
    """The streams of an account at work."""

    account: "Account"

    async def step(self) -> bool:
        """Reads every stream that is due."""
        for stream in self.account.connector.streams:
            if not self.account.connection.runs(stream.feature):
                continue
            if (window := await self.due_window(stream)) is not None:
                await self._read(stream, window)
        return False

    async def due_window(self, stream: Stream) -> Window | None:
        """What a stream is to be asked for now; None while it is not due."""
        async with self.account.service.database.transaction() as tx:
            cursor = await cursors.read(tx, self.account.connection.id, stream.noun)
            now: datetime = await tx.value("SELECT now()")
            ready = stream.noun == "article" or await self._articles_known(tx)
        if not ready or cursor.due_at > now:
            return None
        if cursor.position is None or self._full_pass_due(stream, cursor, now):
            return Window()
        return Window(cursor.position - stream.overlap)

    async def _articles_known(self, tx: Transaction) -> bool:
        """The order stream starts after the first pass over the articles, where articles are exchanged at all."""
        stream = self.account.connector.stream("article")
        if stream is None or not self.account.connection.runs(stream.feature):
            return True
        return (await cursors.read(tx, self.account.connection.id, "article")).first_pass_at is not None

    async def _read(self, stream: Stream, window: Window) -> None:
        """One run over a stream with its journal entry, whatever comes of it."""
        run = str(uuid4())
        counts = Counts()
        try:
            reader = await self.account.reader(counts)
            await reader.read_window(stream, window, "poll", live_cursor(self.account.connection.id, stream.noun))
        except (KontorError, OSError) as error:
            await self._failed(stream, error, counts, run)
            raise
        except Exception as error:
            await self._failed(stream, error, counts, run)
            if is_transient(error):
                raise Transient(described(error)) from error
            log.error("stream failed by our own fault", stream=stream.noun, exc_info=error)
            return
        async with self.account.service.database.transaction() as tx:
            every = stream.pace(self.account.connection)
            await cursors.succeeded(tx, self.account.connection.id, stream.noun, every, full=window.since is None)
            words = counts.words() | {"path": "poll", "every": f"{every.total_seconds():.0f}"}
            await self.account.tell(tx, stream, "finished", "ok", "stream_read", words, run)
        self.account.rouse("streams")

    def _full_pass_due(self, stream: Stream, cursor: cursors.Cursor, now: datetime) -> bool:
        if stream.full_every is None or cursor.full_pass_at is None:
            return False
        return cursor.full_pass_at + stream.full_every <= now

    async def _failed(self, stream: Stream, error: Exception, counts: Counts, run: str) -> None:
        code = error.code if isinstance(error, KontorError) else "transient" if is_transient(error) else "defect"
        detail = error.detail if isinstance(error, KontorError) else type(error).__name__
        async with self.account.service.database.transaction() as tx:
            news = await cursors.failed(tx, self.account.connection.id, stream.noun, code, rest_after(error))
            if news:
                words = counts.words() | {"detail": detail, "reason": code}
                await self.account.tell(tx, stream, "failed", "error", "stream_failed", words, run)
