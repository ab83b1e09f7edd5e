"""Working at backfills, page by page, in the time the live exchange of the connection leaves over."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from shared.chassis.logs import logger
from shared.chassis.service import Service
from shared.connector_kit import backfills
from shared.connector_kit.backfills import Backfill, State
from shared.connector_kit.declaration import Connector, Page, Window
from shared.connector_kit.resting import RETRIES_ENDED, given_up, rest_after
from shared.connector_kit.sync import Reader
from shared.connector_kit.taking import Counts, Move
from shared.contracts.connection import Connection
from shared.contracts.errors import KontorError, Misconfigured
from shared.contracts.journal import Action, JournalEntry, Outcome
from shared.persistence.database import Transaction
from shared.persistence.failure import described, is_transient

log = logger("backfilling")
TOLD: dict[State, tuple[Action, Outcome]] = {
    "running": ("started", "ok"), "done": ("finished", "ok"), "stopped": ("finished", "ok"),
    "failed": ("failed", "error"),
}  # fmt: skip


@dataclass
class Backfiller:
    """Carries out the backfills of one connection under its lease. `reader` opens the shop; `turn` returns when nothing
    live is under way or due."""

    connector: Connector
    connection: Connection
    service: Service
    reader: Callable[[Counts], Awaitable[Reader]]
    turn: Callable[[], Awaitable[None]]

    async def step(self) -> bool:
        """Works at the oldest backfill until it ends or must wait; answers whether there may be more. Raises
        Misconfigured when the connection must be paused."""
        async with self.service.database.transaction() as tx:
            found = await backfills.due(tx, self.connection.id)
        if found is None:
            return False
        try:
            whole = await self._read(found)
        except (KontorError, OSError) as error:
            detail = error.detail if isinstance(error, KontorError) else described(error)
            await self._put_off(found, error, error.code if isinstance(error, KontorError) else "transient", detail)
            if isinstance(error, Misconfigured):
                raise
        except Exception as error:
            if is_transient(error):
                await self._put_off(found, error, "transient", described(error))
                return True
            log.error("backfill failed by our own fault", stream=found.noun, exc_info=error)
            await self._end(found.id, "failed", "defect", type(error).__name__)
        else:
            if whole:
                await self._end(found.id, "done")
        return True

    async def _read(self, backfill: Backfill) -> bool:
        """Answers whether the range was read to its end."""
        stream = self.connector.stream(backfill.noun)
        if stream is None:
            await self._end(backfill.id, "failed", "stream_unknown", backfill.noun)
            return False

        async def go_on() -> bool:
            await self.turn()
            async with self.service.database.transaction() as tx:
                return await backfills.is_running(tx, backfill.id)

        reader = await self.reader(Counts())
        window = Window(backfill.since if backfill.position is None else backfill.position, backfill.until)
        return await reader.read_window(stream, window, "backfill", cursor_of(backfill.id), go_on=go_on)

    async def _put_off(self, backfill: Backfill, error: Exception, code: str, detail: str) -> None:
        async with self.service.database.transaction() as tx:
            waiting = await backfills.put_off(tx, backfill.id, code, detail, rest_after(error))
            now = await tx.value("SELECT now()")
        if given_up(waiting.failing_since, now, self.service.settings.retry_days):
            await self._end(backfill.id, "failed", RETRIES_ENDED, detail)

    async def _end(self, id: UUID, state: State, code: str = "", detail: str = "") -> None:
        async with self.service.database.transaction() as tx:
            ended = await backfills.end(tx, id, state, code, detail)
            if ended is not None:
                await self.service.journal.write(tx, [entry(self.service, self.connection, ended)])


def cursor_of(id: UUID) -> Move:
    """Moves the backfill's own cursor; the live one stays where it is."""

    async def move(tx: Transaction, page: Page, met: Counts) -> None:
        figures = {"seen": met.seen, "published": met.changed, "unreadable": met.unreadable}
        await backfills.advance(tx, id, page.watermark, figures)

    return move


def entry(service: Service, connection: Connection, backfill: Backfill, actor: str = "") -> JournalEntry:
    """What the journal is told when a backfill begins or ends; its entries are one run."""
    action, outcome = TOLD[backfill.state]
    words = {"connection": connection.name, "reason": backfill.code, "detail": backfill.detail, "path": "backfill"}
    return service.journal.entry(
        noun="stream",
        subject=f"{connection.id}:{backfill.noun}",
        action=action,
        outcome=outcome,
        code=RETRIES_ENDED if backfill.code == RETRIES_ENDED else f"backfill_{backfill.state}",
        params=words | backfill.words() | {"days": str(service.settings.retry_days)},
        connection=connection.id,
        platform=connection.platform,
        actor=actor,
        correlation=str(backfill.id),
    )
