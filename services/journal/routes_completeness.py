"""`/journal/completeness`: is anything missing, proved against the shop's own list."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request

from services.journal import completeness_book
from services.journal.completeness import colour, overall, signed_off
from services.journal.counting import Counter
from services.journal.settings import JournalSettings
from services.journal.views import Completeness, CountRequest, DayView, Missing
from shared.chassis.access import Principal, require
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, sentence, speaks
from shared.chassis.service import Service

LONGEST = 366


def completeness_routes(service: Service, settings: JournalSettings, counter: Counter) -> APIRouter:
    """The completeness ledger."""
    router = APIRouter()
    zone = ZoneInfo(settings.completeness_zone)

    async def kept(
        caller: Principal, connection: UUID | None, first: date, last: date, language: Language
    ) -> Completeness:
        async with service.database.transaction() as tx:
            rows = await completeness_book.days(tx, scope=caller.scope, connection=connection, first=first, last=last)
        return _answer(rows, zone, language)

    @router.get("/completeness")
    async def completeness(
        request: Request,
        connection: UUID | None = None,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        caller: Principal = Depends(require("support")),
    ) -> Completeness:
        """What is missing: today without dates, of all connections without one. Days are the merchant's."""
        today = service.clock().astimezone(zone).date()
        until = last or max(today, first or today)
        since = first or min(today, until)
        if until < since or (until - since).days > LONGEST:
            raise Problem(422, "days_out_of_order", field="to")
        if connection is not None and not caller.allows(connection):
            raise not_found(connection)
        return await kept(caller, connection, since, until, speaks(request))

    @router.post("/completeness")
    async def count_now(
        body: CountRequest, request: Request, caller: Principal = Depends(require("support"))
    ) -> Completeness:
        """Counts again now, against the shop. Counting twice is the same."""
        account = next((one for one in await counter.accounts() if one.id == body.connection), None)
        if account is None or not caller.allows(body.connection):
            raise not_found(body.connection)
        await counter.count(account, body.since, body.until, actor=caller.name)
        return await kept(caller, body.connection, body.since, body.until, speaks(request))

    return router


def _answer(rows: list[dict[str, Any]], zone: ZoneInfo, language: Language) -> Completeness:
    days = [_day(row, zone, language) for row in rows]
    missing = sum(day.missing_count for day in days)
    code = overall([day.colour for day in days])
    words = {"missing": str(missing), "days": str(len(days))}
    return Completeness(
        days=days,
        missing_total=missing,
        complete=bool(days) and not missing,
        sentence=sentence(code, words, language),
    )


def _day(row: Mapping[str, Any], zone: ZoneInfo, language: Language) -> DayView:
    missing, under_way = row["missing_count"], row["under_way"]
    shade = colour(missing=missing, parked=row["parked"], waiting=row["waiting"], under_way=under_way)
    done = signed_off(missing=missing, under_way=under_way, day=row["day"], counted_at=row["counted_at"], zone=zone)
    words = {name: str(row[name]) for name in ("in_shop", "known", "parked", "waiting", "under_way", "day")}
    code = "completeness_red" if missing else ("completeness_signed_off" if done else "completeness_open")
    return DayView.model_validate(
        dict(row)
        | {
            "missing": [Missing.model_validate(one) for one in row["missing"]],
            "signed_off": done,
            "colour": shade,
            "sentence": sentence(code, words | {"missing": str(missing)}, language),
        }
    )
