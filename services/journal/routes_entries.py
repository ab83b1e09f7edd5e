"""`/journal/entries`, timelines, and who changed which setting: support's questions, one call each."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime

from services.journal import search, timeline_book
from services.journal.entry_row import entry_of
from services.journal.next_step import next_step
from services.journal.problem_book import label_of
from services.journal.rendering import line, next_line, record_links, step_line
from services.journal.timeline import collapsed, ordered
from services.journal.views import Line, Timeline, Timelines
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import Language, speaks
from shared.chassis.service import Service
from shared.contracts.journal import Action, Outcome

Text = Annotated[str | None, Query(max_length=200)]
# Records that machines and people write all day long; everything else a person creates or changes is a setting.
_RECORDS = ["order", "fulfilment", "parcel", "cancellation", "return", "refund", "document", "article", "listing",
            "stock", "price", "payload", "erasure", "stream", "event"]  # fmt: skip
_SETTINGS = """e.actor <> '' AND e.action IN ('created', 'updated', 'deleted', 'paused', 'resumed')
               AND (e.code LIKE '%setting%' OR NOT e.noun = ANY(CAST(:records AS text[])))"""


def entry_routes(service: Service) -> APIRouter:
    """Search and timelines."""
    router = APIRouter()

    @router.get("/entries")
    async def entries(
        request: Request,
        number: Text = None,
        erp_number: Text = None,
        external_id: Text = None,
        sku: Text = None,
        tracking: Text = None,
        customer: Annotated[str | None, Query(max_length=320, description="An e-mail, number or phone.")] = None,
        connection: UUID | None = None,
        platform: Text = None,
        noun: Text = None,
        subject: Text = None,
        action: Action | None = None,
        outcome: Outcome | None = None,
        code: Text = None,
        correlation: Text = None,
        since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
        q: Annotated[str, Query(max_length=200, description="Words of the sentence, in either language.")] = "",
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("support")),
    ) -> Page[Line]:
        """Entries that fit everything that is given, the newest first. A customer is searched by keyed hash."""
        question = search.Question(
            scope=caller.scope,
            keys=tuple(
                timeline_book.key_terms(
                    number=number, erp_number=erp_number, external_id=external_id, sku=sku, tracking=tracking
                )
            ),
            customer=service.hasher.customer(customer) if customer else None,
            text=q,
            connection=connection,
            platform=platform,
            noun=noun,
            subject=subject,
            action=action,
            outcome=outcome,
            code=code,
            correlation=correlation,
            since=since,
            until=until,
            behind=decode_moment(after),
        )
        return await page_of(service, question, limit, speaks(request))

    @router.get("/settings-changes")
    async def settings_changes(
        request: Request,
        connection: UUID | None = None,
        actor: Text = None,
        since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
        until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
        after: After = None,
        limit: Limit = 50,
        caller: Principal = Depends(require("support")),
    ) -> Page[Line]:
        """Who created, changed, paused or deleted which setting, the newest first."""
        question = search.Question(
            scope=caller.scope,
            connection=connection,
            since=since,
            until=until,
            behind=decode_moment(after),
            only=_SETTINGS + (" AND e.actor = :actor" if actor else ""),
            extra={"records": _RECORDS} | ({"actor": actor} if actor else {}),
        )
        return await page_of(service, question, limit, speaks(request))

    @router.get("/timeline")
    async def timelines(
        request: Request,
        noun: Annotated[str, Query(max_length=60)] = "order",
        number: Text = None,
        erp_number: Text = None,
        external_id: Text = None,
        sku: Text = None,
        tracking: Text = None,
        customer: Annotated[str | None, Query(max_length=320)] = None,
        connection: UUID | None = None,
        caller: Principal = Depends(require("support")),
    ) -> Timelines:
        """Where is it, and what happens next: the whole life of every record that goes by what is given, of one
        connection where shops use the same numbers."""
        keys = timeline_book.key_terms(
            number=number, erp_number=erp_number, external_id=external_id, sku=sku, tracking=tracking
        )
        if not keys and not customer:
            raise Problem(422, "search_key_missing", field="number")
        scope = caller.scope_within(connection)
        async with service.database.transaction() as tx:
            if customer:
                hashed = service.hasher.customer(customer)
                found = (await search.subjects_of(tx, hashed, scope))[: timeline_book.MOST_RECORDS]
            else:
                found = await timeline_book.subjects(tx, noun, keys, scope)
        told = [await told_life(service, noun, subject, caller, speaks(request)) for subject in found]
        records = [one for one in told if one is not None]
        if not records:
            raise not_found(number or erp_number or external_id or sku or tracking or noun)
        return Timelines(records=records)

    @router.get("/timeline/{noun}/{subject:path}")
    async def timeline(
        noun: str, subject: str, request: Request, caller: Principal = Depends(require("support"))
    ) -> Timeline:
        """The whole life of one record by our id."""
        told = await told_life(service, noun, subject, caller, speaks(request))
        if told is None:
            raise not_found(subject)
        return told

    return router


async def page_of(service: Service, question: search.Question, limit: int, language: Language) -> Page[Line]:
    """One page of what is asked."""
    async with service.database.transaction() as tx:
        rows = await search.find(tx, question, limit + 1)
    items = [line(entry_of(row), language) for row in rows[:limit]]
    more = encode_cursor(items[-1].at.isoformat(), items[-1].id) if len(rows) > limit else None
    return Page[Line].model_construct(items=items, next=more)


async def told_life(
    service: Service, noun: str, subject: str, caller: Principal, language: Language
) -> Timeline | None:
    """A record's timeline; None when the caller may see none of its entries."""
    async with service.database.transaction() as tx:
        rows = await timeline_book.entries(tx, noun, subject, caller.scope)
    if not rows:
        return None
    life = ordered(entry_of(row) for row in rows[: timeline_book.MOST_ENTRIES])
    newest = life[-1]
    return Timeline(
        noun=noun,
        subject=subject,
        connection=next((entry.connection for entry in reversed(life) if entry.connection), None),
        platform=next((entry.platform for entry in reversed(life) if entry.platform != "core"), newest.platform),
        label=label_of(newest),
        steps=[step_line(step, language) for step in collapsed(life)],
        next=next_line(next_step(noun, life), language),
        links=record_links(noun, subject),
        truncated=len(rows) > timeline_book.MOST_ENTRIES,
    )
