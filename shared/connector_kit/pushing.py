"""Sending commands: check the switches, say that a call is about to be made, call, record what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from shared.chassis.clock import Clock
from shared.chassis.journal import Journal
from shared.chassis.logs import logger
from shared.connector_kit import work
from shared.connector_kit.contents import Contents
from shared.connector_kit.declaration import Command, Push, PushResult
from shared.connector_kit.outside import recorded
from shared.connector_kit.resting import RETRIES_ENDED, given_up
from shared.connector_kit.telling import Teller
from shared.connector_kit.untold import noted
from shared.contracts.connection import Connection
from shared.contracts.errors import Misconfigured, Rejected, Transient, Unknown
from shared.http.redaction import Exchange
from shared.persistence.database import Database, Transaction
from shared.persistence.failure import is_transient
from shared.persistence.leases import Lease, fence

log = logger("pushing")
BLOCKED_PAUSE = timedelta(minutes=5)
JUDGED_PAUSE = timedelta(minutes=5)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
MOST_COMPANIONS = 9


@dataclass
class Pusher:
    """Sends the commands of one connection under its lease; what has failed for `retry_days` has failed for good."""

    connection: Connection
    client: Any
    lease: Lease
    database: Database
    journal: Journal
    clock: Clock
    retry_days: int
    contents: Contents | None = None

    @property
    def _teller(self) -> Teller:
        return Teller(self.connection, self.journal, self.clock)

    async def step(self, push: Push) -> bool:
        """One batch; answers whether there may be more. Raises Misconfigured when the connection must be paused."""
        async with self.database.transaction() as tx:
            if push.every is not None:
                await work.gather(tx, self.connection.id, push.noun, push.every)
            rows = await work.due(tx, self.connection.id, push.noun, push.batch)
            full = len(rows) == push.batch
            if push.together:
                rows += await work.companions(tx, rows, push.together, MOST_COMPANIONS * push.batch)
        if not rows:
            return False
        rows = await self._unblocked(push, rows)
        unsure = [row for row in rows if row.state == "sending"]
        if unsure:
            await self._read_back(push, unsure)
            return True
        if rows:
            await self._send(push, rows)
        return full

    async def _unblocked(self, push: Push, rows: Sequence[work.Row]) -> list[work.Row]:
        """What may be sent now; the rest is put off. By hand needs no automatic exchange: that is how one tests."""
        may_go = []
        for by_hand in (False, True):
            mine = [row for row in rows if _by_hand(row) == by_hand]
            switch = self.connection.blocked_by(push.feature, by_hand=by_hand)
            if switch and mine:
                await self._blocked(push, mine, switch)
            elif mine:
                may_go += mine
        return may_go

    async def _blocked(self, push: Push, rows: Sequence[work.Row], switch: str) -> None:
        async with self.database.transaction() as tx:
            news = await work.block(tx, rows, switch, BLOCKED_PAUSE)
            await self._teller.report(
                tx, push, [(row, PushResult("retrying", code=switch)) for row in news], (), blocked=True
            )

    async def _read_back(self, push: Push, rows: Sequence[work.Row]) -> list[work.Row]:
        """Answers those that the platform does not have: they may be sent again."""
        try:
            with recorded() as calls:
                commands = [_command(push, row) for row in rows]
                found = await push.verify(self.client, commands)
        except (Transient, Rejected) as error:
            await self._unread(push, rows, error.code, error.detail, calls)
            return []
        except Exception as error:  # noqa: BLE001 - one row must not stop the connection
            code, detail = _defect(push, error)
            if len(rows) == 1:
                await self._unread(push, rows, code, detail, calls)
                return []
            return [left for row in rows for left in await self._read_back(push, [row])]
        settled, open_rows = [], []
        for row, result in zip(rows, found, strict=True):
            if result is not None or self._given_up(row):
                settled.append((row, result or self._ended("answer_lost", "")))
            else:
                open_rows.append(row)
        async with self.database.transaction() as tx:
            await fence(tx, self.lease)
            await work.again(tx, open_rows, "", timedelta(0))
            await self._record(tx, push, settled, calls)
        return open_rows

    async def _unread(
        self, push: Push, rows: Sequence[work.Row], code: str, detail: str, calls: Sequence[Exchange]
    ) -> None:
        """The platform could not be asked what it has: later once more, unless that has gone on for too long."""
        over = [(row, self._ended(code, detail)) for row in rows if self._given_up(row)]
        later = [row for row in rows if not self._given_up(row)]
        async with self.database.transaction() as tx:
            await fence(tx, self.lease)
            await work.again(tx, later, detail, _pause(rows[0].attempts), unsure=True)
            await self._record(tx, push, over, calls)

    def _given_up(self, row: work.Row) -> bool:
        return given_up(row.failing_since, self.clock(), self.retry_days)

    def _ended(self, reason: str, detail: str) -> PushResult:
        return PushResult("failed", RETRIES_ENDED, {"reason": reason, "detail": detail, "days": str(self.retry_days)})

    async def _send(self, push: Push, rows: Sequence[work.Row]) -> None:
        async with self.database.transaction() as tx:
            await fence(tx, self.lease)
            await work.sending(tx, rows)
        try:
            with recorded() as calls:
                commands = [_command(push, row) for row in rows]
                if self.contents is not None:
                    commands = await self.contents.fill(commands)
                results = noted(push, commands, await push.send(self.client, commands))
        except Unknown as error:
            await self._unsure(push, rows, error.code, error.detail, calls, FIRST_PAUSE)
            return
        except Transient as error:
            results = [PushResult("retrying", error.code, {"detail": error.detail}) for _ in rows]
        except Rejected as error:
            if len(rows) > 1:
                # The call was refused as a whole: only one by one can the bad item be told from its neighbours.
                for row in rows:
                    await self._send(push, [row])
                return
            results = [PushResult("failed", error.code, {"detail": error.detail})]
        except Misconfigured:
            async with self.database.transaction() as tx:
                await work.again(tx, rows, "misconfigured", FIRST_PAUSE)
            raise
        except Exception as error:  # noqa: BLE001 - one row must not stop the connection
            code, detail = _defect(push, error)
            if len(rows) == 1:
                await self._unsure(push, rows, code, detail, calls, _pause(rows[0].attempts))
                return
            # One of them is more than we can cope with: it holds back neither its neighbours nor the connection.
            for row in rows:
                for left in await self._read_back(push, [row]):
                    await self._send(push, [left])
            return
        async with self.database.transaction() as tx:
            await fence(tx, self.lease)
            await self._record(tx, push, list(zip(rows, results, strict=True)), calls)

    async def _unsure(
        self,
        push: Push,
        rows: Sequence[work.Row],
        code: str,
        detail: str,
        calls: Sequence[Exchange],
        pause: timedelta,
    ) -> None:
        """Nobody knows what became of them: they are read back before anything is repeated."""
        unsure = PushResult("retrying", code, {"detail": detail})
        async with self.database.transaction() as tx:
            await work.again(tx, rows, detail, pause, unsure=True)
            await self._teller.report(tx, push, [(row, unsure) for row in rows], calls)

    async def _record(
        self, tx: Transaction, push: Push, results: Sequence[tuple[work.Row, PushResult]], calls: Sequence[Exchange]
    ) -> None:
        final, later, waiting = [], [], []
        for row, result in results:
            if result.outcome == "waiting":
                waiting.append((row, result))
            elif result.outcome != "retrying":
                final.append((row, result))
            elif self._given_up(row):
                final.append((row, self._ended(result.code, result.params.get("detail", ""))))
            else:
                later.append((row, result))
        await work.finished(tx, [(row, result.outcome) for row, result in final])
        for row, result in later:
            await work.again(tx, [row], result.params.get("detail", result.code), _pause(row.attempts))
        await work.judged_later(tx, [(row, result.external_id) for row, result in waiting], JUDGED_PAUSE)
        # Only that it waits is news, not that it still does.
        taken = [(row, result) for row, result in waiting if row.ticket != result.external_id]
        await self._teller.report(tx, push, [*final, *later, *taken], calls)
        if listings := {id for _, result in [*final, *taken] for id in result.listings}:
            await work.hint(tx, [work.Hinted(self.connection.id, "read:article", id) for id in sorted(listings)])


def _by_hand(row: work.Row) -> bool:
    return bool(row.body.get("asked_by"))


def _command(push: Push, row: work.Row) -> Command:
    return Command(row.subject, row.version, row.key, push.payload.model_validate(row.body), ticket=row.ticket)


def _defect(push: Push, error: Exception) -> tuple[str, str]:
    """Code and words of a mistake of ours, which no shop's answer may hold a connection up with. Raises the error again
    where the merchant must act, or where it is a passing disturbance of our own database."""
    if isinstance(error, Misconfigured) or is_transient(error):
        raise error
    log.error("push failed by our own fault", push=push.noun, exc_info=error)
    return "defect", type(error).__name__


def _pause(attempts: int) -> timedelta:
    return min(FIRST_PAUSE * 2.0 ** min(attempts, 12), LONGEST_PAUSE)
