"""Counting: asks the connector for the shop's list and the order book for ours, and keeps what differs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.journal import completeness_book
from services.journal.completeness import Day, Listed, bounds, compare
from services.journal.settings import JournalSettings
from shared.chassis.logs import logger
from shared.chassis.problems import Problem
from shared.chassis.service import Service
from shared.contracts.errors import KontorError, Transient
from shared.contracts.journal import JournalEntry

log = logger("counting")
RECOUNT = timedelta(hours=1)
STRAGGLERS = timedelta(hours=2)
AT_ONCE = 500


@dataclass(frozen=True)
class Account:
    """A connection whose orders are counted."""

    id: UUID
    platform: str
    name: str


def due(rows: Sequence[Mapping[str, Any]], *, now: datetime, zone: ZoneInfo, days: int) -> tuple[date, date] | None:
    """Which of the last days to count now: not counted, counted before they were over, or not complete an hour ago."""
    today = now.astimezone(zone).date()
    counted = {row["day"]: row for row in rows}
    wanted = [
        day
        for day in (today - timedelta(days=back) for back in range(days + 1))
        if _is_due(counted.get(day), bounds(day, day, zone)[1] + STRAGGLERS, now)
    ]
    return (min(wanted), max(wanted)) if wanted else None


def _is_due(row: Mapping[str, Any] | None, over_at: datetime, now: datetime) -> bool:
    if row is None:
        return True
    settled = row["counted_at"] >= over_at and not row["missing_count"] and not row["under_way"]
    return not settled and row["counted_at"] + RECOUNT <= now


class Counter:
    """Counts one connection's days, or all that are due."""

    def __init__(self, service: Service, settings: JournalSettings) -> None:
        self._service = service
        self._settings = settings
        self._zone = ZoneInfo(settings.completeness_zone)

    async def accounts(self) -> list[Account]:
        """Every connection there is, as its owner lists them."""
        found = await self._service.peers.get(self._service.settings.connections_url, "/connections")
        return [Account(UUID(one["id"]), one["platform"], one["name"]) for one in found]

    async def step(self) -> None:
        """The loop's work: counts what is due, connection by connection; one that fails stops no other."""
        for account in await self.accounts():
            now = self._service.clock()
            today = now.astimezone(self._zone).date()
            async with self._service.database.transaction() as tx:
                first = today - timedelta(days=self._settings.completeness_days)
                rows = await completeness_book.days(tx, scope=None, connection=account.id, first=first, last=today)
            span = due(rows, now=now, zone=self._zone, days=self._settings.completeness_days)
            if span is None:
                continue
            try:
                await self.count(account, *span)
            except Problem as problem:
                # Just created, and its connector has not heard of it yet; or just deleted.
                log.info("count put off", connection=str(account.id), error=problem.code)
            except Transient as error:
                log.info("count put off", connection=str(account.id), error=error.detail)
            except KontorError as error:
                await self._not_counted(account, today, error)

    async def count(self, account: Account, first: date, last: date, *, actor: str = "") -> list[Day]:
        """Compares now. Raises what the connector answers when the platform has no list or cannot be reached."""
        since, until = bounds(first, last, self._zone)
        counted_at = self._service.clock()
        base = self._service.settings.connector_url.format(platform=account.platform)
        listed = await self._service.peers.get(
            base, f"/connections/{account.id}/census", since=since.isoformat(), until=until.isoformat()
        )
        found = compare(
            [Listed(one["external_id"], one["number"], datetime.fromisoformat(one["stamp"])) for one in listed],
            await self._known(account.id, sorted({one["external_id"] for one in listed})),
            first=first,
            last=last,
            zone=self._zone,
            young_after=counted_at - self._settings.completeness_grace,
        )
        async with self._service.database.transaction() as tx:
            before = await completeness_book.store(tx, account.id, account.platform, found, counted_at)
            news = [day for day in found if before.get(day.day) != len(day.missing)]
            await self._service.journal.write(tx, [self._entry(account, day, actor) for day in news])
        return found

    async def _known(self, connection: UUID, external_ids: Sequence[str]) -> dict[str, str]:
        """Which of these the order book holds, and in which status."""
        known: dict[str, str] = {}
        for begin in range(0, len(external_ids), AT_ONCE):
            answer = await self._service.peers.post(
                self._service.settings.orders_url,
                f"/orders/known/{connection}",
                {"external_ids": external_ids[begin : begin + AT_ONCE]},
            )
            known |= {one["external_id"]: one["status"] for one in answer["items"]}
        return known

    def _entry(self, account: Account, day: Day, actor: str) -> JournalEntry:
        numbers = ", ".join(one.number or one.external_id for one in day.missing[:5])
        return self._service.journal.entry(
            noun="completeness",
            subject=f"{account.id}:{day.day}",
            action="finished",
            outcome="error" if day.missing else "ok",
            code="completeness_day_missing" if day.missing else "completeness_day_complete",
            params={
                "day": str(day.day), "connection": account.name, "in_shop": str(day.in_shop),
                "missing": str(len(day.missing)), "numbers": numbers,
            },
            connection=account.id,
            platform=account.platform,
            actor=actor,
        )  # fmt: skip

    async def _not_counted(self, account: Account, today: date, error: KontorError) -> None:
        entry = self._service.journal.entry(
            id=None,
            noun="completeness",
            subject=f"{account.id}:{today}",
            action="skipped",
            outcome="skipped",
            code="completeness_not_counted",
            params={"connection": account.name, "day": str(today), "detail": error.detail, "reason": error.code},
            connection=account.id,
            platform=account.platform,
        )
        async with self._service.database.transaction() as tx:
            await self._service.journal.write(tx, [entry])
