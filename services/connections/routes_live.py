"""`/connections/{id}`: checklist, go-live, stop, health, and what a deletion would take away."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi import Request as HttpRequest

from services.connections import book, deletion, readiness
from services.connections.book import Record
from services.connections.checklist import checklist
from services.connections.connectors import WorkState, refuse_unless_offered
from services.connections.desk import Desk
from services.connections.health import age, judge
from services.connections.views import ConnectionView, DeletionPlan, view
from services.connections.views_journey import Checklist, GoLive, Health, StreamAge, checklist_view
from shared.chassis.access import Principal, require
from shared.chassis.idempotency import Once
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import advice, sentence, speaks
from shared.chassis.service import Service
from shared.chassis.versions import IfMatch, etag, seen_versions
from shared.contracts.errors import KontorError


def live_routes(service: Service, desk: Desk) -> APIRouter:
    """The router for everything between saved and deleted."""
    router = APIRouter(route_class=Once)

    async def visible(id: UUID, caller: Principal) -> Record:
        async with service.database.transaction() as tx:
            record = await book.get(tx, id)
        if record is None or not caller.allows(id):
            raise not_found(id)
        return record

    async def work_state(record: Record) -> WorkState | None:
        """None when the connector does not answer or has not heard of the connection yet."""
        try:
            return await desk.connectors.work_state(record.platform, record.id)
        except (Problem, KontorError):
            return None

    @router.get("/{connection_id}/checklist")
    async def check(
        connection_id: UUID, request: HttpRequest, caller: Principal = Depends(require("operate"))
    ) -> Checklist:
        """What is missing before this connection may go live, and what to look at. Asks the shop live."""
        record = await visible(connection_id, caller)
        language = speaks(request)
        return checklist_view(connection_id, await checklist(service, desk, record, language), language)

    @router.post("/{connection_id}/go-live")
    async def go_live(
        connection_id: UUID,
        request: HttpRequest,
        response: Response,
        body: GoLive = GoLive(),
        if_match: IfMatch = None,
        caller: Principal = Depends(require("operate")),
    ) -> ConnectionView:
        """Switches the productive mode on, with the integration modes named. 422 lists what is missing."""
        record, language = await visible(connection_id, caller), speaks(request)
        switches = dict.fromkeys(body.features, True)
        refuse_unless_offered(await desk.connectors.declared(record.platform), switches)
        wanted = {"productive": True, "integration": record.integration | switches}
        readiness.refuse_unless_ready(await checklist(service, desk, record, language, wanted), language)
        values = {"productive": True, "integration": switches}
        changed = await desk.change(connection_id, values, caller.name, language, seen_versions(if_match))
        response.headers["ETag"] = etag(changed.version)
        return view(changed, language, await desk.connectors.offered(changed.platform))

    @router.post("/{connection_id}/stop")
    async def stop(
        connection_id: UUID,
        request: HttpRequest,
        response: Response,
        if_match: IfMatch = None,
        caller: Principal = Depends(require("operate")),
    ) -> ConnectionView:
        """Switches the productive mode off; the integration modes stay, and single records still go by hand."""
        await visible(connection_id, caller)
        values = {"productive": False}
        changed = await desk.change(connection_id, values, caller.name, speaks(request), seen_versions(if_match))
        response.headers["ETag"] = etag(changed.version)
        return view(changed, speaks(request), await desk.connectors.offered(changed.platform))

    @router.get("/{connection_id}/health")
    async def health(connection_id: UUID, request: HttpRequest, caller: Principal = Depends(require("read"))) -> Health:
        """One word with its reason; how far each stream is, what waits, what the shop's limits leave."""
        record = await visible(connection_id, caller)
        work, now, language = await work_state(record), service.clock(), speaks(request)
        verdict = judge(record, work, now)
        known = work or WorkState()
        return Health(
            connection=connection_id,
            state=verdict.state,
            reason=verdict.code,
            sentence=sentence(verdict.code, verdict.params, language),
            advice=advice(verdict.code, verdict.params, language),
            paused_because=record.paused_because,
            credentials_tested_at=record.tested_at,
            credentials_valid_until=record.credentials_valid_until,
            streams=[StreamAge(**one.model_dump(), age_seconds=age(one.last_success_at, now)) for one in known.streams],
            backlog=known.backlog,
            budget=known.budget,
            budget_at=known.budget_at,
        )

    @router.post("/{connection_id}/deletion")
    async def plan_deletion(connection_id: UUID, caller: Principal = Depends(require("admin"))) -> DeletionPlan:
        """What a deletion takes away and what stays, with a token that confirms it for ten minutes."""
        record = await visible(connection_id, caller)
        work = await work_state(record)
        until = service.clock() + deletion.VALID
        key = service.settings.hash_key.get_secret_value()
        return DeletionPlan(
            id=record.id,
            name=record.name,
            deleted=deletion.DELETED,
            kept=deletion.KEPT,
            waiting=None if work is None else work.backlog,
            token=deletion.token(key, record.id, until),
            expires_at=until.replace(microsecond=0),
        )

    return router
