"""`/connections`: create, test, list, change, pause, delete; and what connectors fetch for themselves."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Request as HttpRequest

from services.connections import book, deletion
from services.connections.authorising import Authorising
from services.connections.book import Record
from services.connections.connectors import in_words, refuse_unless_offered
from services.connections.desk import Desk
from services.connections.drafting import Drafting
from services.connections.routes_authorisation import authorisation_routes
from services.connections.routes_drafts import draft_routes
from services.connections.routes_live import live_routes
from services.connections.views import (
    ConnectionChange,
    ConnectionView,
    Deleted,
    NewConnection,
    NewCredentials,
    Pause,
    TestResult,
    unlimited,
    view,
)
from shared.chassis.access import Principal, require
from shared.chassis.idempotency import HEADER, Once
from shared.chassis.problems import not_found
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.chassis.versions import IfMatch, etag, seen_versions
from shared.contracts.connection import Connection


def connection_routes(service: Service) -> APIRouter:
    """The router for `/connections`."""
    router = APIRouter(route_class=Once)
    desk = Desk(service)
    drafting = Drafting(service, desk)
    # Fixed words come before the routes that begin with an id.
    router.include_router(draft_routes(service, drafting))
    router.include_router(authorisation_routes(service, Authorising(service, desk, drafting), drafting))
    router.include_router(live_routes(service, desk))

    async def visible(id: UUID, caller: Principal) -> Record:
        async with service.database.transaction() as tx:
            record = await book.get(tx, id)
        if record is None or not caller.allows(id):
            raise not_found(id)
        return record

    async def seen(record: Record, request: HttpRequest) -> ConnectionView:
        return view(record, speaks(request), await desk.connectors.offered(record.platform))

    async def shown(record: Record, request: HttpRequest, response: Response) -> ConnectionView:
        response.headers["ETag"] = etag(record.version)
        return await seen(record, request)

    @router.get("")
    async def list_connections(
        request: HttpRequest, platform: str | None = None, caller: Principal = Depends(require("read"))
    ) -> list[ConnectionView]:
        """All connections the key may see."""
        async with service.database.transaction() as tx:
            records = await book.listed(tx, platform=platform, scope=caller.scope)
        return [await seen(record, request) for record in records]

    @router.post("", status_code=201)
    async def create(
        body: NewConnection,
        request: HttpRequest,
        response: Response,
        caller: Principal = Depends(require("admin")),
    ) -> ConnectionView:
        """Creates a connection after a live test of its credentials. 422 names the wrong field or missing scope."""
        unlimited(caller)
        # Kept with the connection itself: not even a process that dies in between makes a second one.
        given = request.headers.get(HEADER)
        key = f"{caller.id}:{given}" if given else None
        return await shown(await desk.create(body, caller.name, key, speaks(request)), request, response)

    @router.get("/internal")
    async def snapshot(
        platform: str | None = None, _: Principal = Depends(require("service"))
    ) -> dict[str, list[Connection]]:
        """Every connection of a platform, tombstones too, for replicas."""
        async with service.database.transaction() as tx:
            records = await book.listed(tx, platform=platform, deleted=True)
        return {"items": [record.contract() for record in records]}

    @router.get("/internal/{connection_id}")
    async def one_for_replica(connection_id: UUID, _: Principal = Depends(require("service"))) -> Connection:
        """One connection with its sealed credentials, for the connector that opens them."""
        async with service.database.transaction() as tx:
            record = await book.get(tx, connection_id, deleted=True)
        if record is None:
            raise not_found(connection_id)
        return record.contract()

    @router.post("/internal/{connection_id}/pause")
    async def pause_from_connector(
        connection_id: UUID, body: Pause, caller: Principal = Depends(require("service"))
    ) -> dict[str, str]:
        """A connector found that the merchant must act."""
        record = await desk.pause(connection_id, body.code, body.detail, caller.name)
        return {"paused_because": record.paused_because}

    @router.post("/reseal")
    async def reseal(caller: Principal = Depends(require("admin"))) -> dict[str, int]:
        """After a new key was put at the top of the key ring: seals everything with it."""
        unlimited(caller)
        return {"resealed": await desk.reseal(caller.name)}

    @router.get("/{connection_id}")
    async def one(
        connection_id: UUID, request: HttpRequest, response: Response, caller: Principal = Depends(require("read"))
    ) -> ConnectionView:
        """One connection, and for every feature which switch blocks it. Its ETag goes into If-Match."""
        return await shown(await visible(connection_id, caller), request, response)

    @router.patch("/{connection_id}")
    async def change(
        connection_id: UUID,
        body: ConnectionChange,
        request: HttpRequest,
        response: Response,
        if_match: IfMatch = None,
        caller: Principal = Depends(require("operate")),
    ) -> ConnectionView:
        """Changes name, project, options or switches. Every change is journalled with its author. 409 shows both values
        when somebody else was faster; 422 lists what is missing before something may be switched on."""
        known = await visible(connection_id, caller)
        values = body.model_dump(exclude_unset=True)
        if news := [
            name for name, on in values.get("integration", {}).items() if on and not known.integration.get(name)
        ]:
            refuse_unless_offered(await desk.connectors.declared(known.platform), dict.fromkeys(news, True))
        record = await desk.change(connection_id, values, caller.name, speaks(request), seen_versions(if_match))
        return await shown(record, request, response)

    @router.put("/{connection_id}/credentials")
    async def renew(
        connection_id: UUID,
        body: NewCredentials,
        request: HttpRequest,
        response: Response,
        if_match: IfMatch = None,
        caller: Principal = Depends(require("admin")),
    ) -> ConnectionView:
        """Replaces the credentials after a live test; a pause for refused credentials ends."""
        await visible(connection_id, caller)
        versions = seen_versions(if_match)
        record = await desk.renew(connection_id, body.credentials, caller.name, speaks(request), versions)
        return await shown(record, request, response)

    @router.post("/{connection_id}/test")
    async def test(
        connection_id: UUID, request: HttpRequest, caller: Principal = Depends(require("operate"))
    ) -> TestResult:
        """Tests the stored credentials live."""
        tested = await desk.test_stored(await visible(connection_id, caller))
        return TestResult(ok=tested.ok, findings=in_words(tested.findings, speaks(request)), facts=tested.facts)

    @router.post("/{connection_id}/pause")
    async def pause(
        connection_id: UUID, body: Pause, request: HttpRequest, caller: Principal = Depends(require("operate"))
    ) -> ConnectionView:
        """Stops all exchange until it is resumed. Nothing is lost: what is due waits."""
        await visible(connection_id, caller)
        return await seen(await desk.pause(connection_id, body.code, body.detail, caller.name), request)

    @router.post("/{connection_id}/resume")
    async def resume(
        connection_id: UUID, request: HttpRequest, caller: Principal = Depends(require("operate"))
    ) -> ConnectionView:
        """Goes on where it stopped."""
        await visible(connection_id, caller)
        return await seen(await desk.resume(connection_id, caller.name), request)

    @router.delete("/{connection_id}")
    async def delete(
        connection_id: UUID,
        confirm: Annotated[str, Query(description="The connection's name, typed again, or the token of its deletion.")],
        caller: Principal = Depends(require("admin")),
    ) -> Deleted:
        """Deletes a connection and its credentials. Orders, articles and the journal stay."""
        record = await visible(connection_id, caller)
        key = service.settings.hash_key.get_secret_value()
        deletion.refuse_unless_confirmed(confirm, key=key, id=connection_id, name=record.name, now=service.clock())
        await desk.delete(connection_id, caller.name)
        return Deleted(id=connection_id, deleted=deletion.DELETED, kept=deletion.KEPT)

    return router
