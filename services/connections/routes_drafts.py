"""`/connections/drafts`: a new connection step by step, and its owner's consent where a platform asks for that."""

from uuid import UUID

from fastapi import APIRouter, Depends, Response
from fastapi import Request as HttpRequest

from services.connections import draft_book
from services.connections.drafting import Drafting
from services.connections.views import ConnectionView, NewCredentials, unlimited, view
from services.connections.views_journey import DraftFeatures, DraftView, NewDraft, draft_view
from shared.chassis.access import Principal, require
from shared.chassis.idempotency import Once
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.sentences import speaks
from shared.chassis.service import Service
from shared.chassis.versions import etag


def draft_routes(service: Service, drafting: Drafting) -> APIRouter:
    """The router for drafts. They are an administrator's, and of no connection that a key could be limited to."""
    router = APIRouter(route_class=Once)

    async def administrator(caller: Principal = Depends(require("admin"))) -> Principal:
        unlimited(caller)
        return caller

    @router.get("/drafts")
    async def drafts(
        request: HttpRequest, after: After = None, limit: Limit = 50, _: Principal = Depends(administrator)
    ) -> Page[DraftView]:
        """Connections that somebody has begun and not saved; they are thrown away after a day."""
        behind = decode_moment(after)
        async with service.database.transaction() as tx:
            found = await draft_book.page(tx, service.clock(), behind, limit + 1)
        items = [draft_view(draft, speaks(request)) for draft in found[:limit]]
        last = items[-1] if len(found) > limit else None
        return Page(items=items, next=None if last is None else encode_cursor(last.created_at.isoformat(), last.id))

    @router.post("/drafts", status_code=201)
    async def begin(body: NewDraft, request: HttpRequest, caller: Principal = Depends(administrator)) -> DraftView:
        """Step 1, base data: which platform, and what the connection is called."""
        draft = await drafting.begin(body.platform, body.name, body.project, body.options, caller.name)
        return draft_view(draft, speaks(request))

    @router.get("/drafts/{draft_id}")
    async def one(draft_id: UUID, request: HttpRequest, _: Principal = Depends(administrator)) -> DraftView:
        """A draft and what is missing next."""
        return draft_view(await drafting.get(draft_id), speaks(request))

    @router.put("/drafts/{draft_id}/credentials")
    async def credentials(
        draft_id: UUID, body: NewCredentials, request: HttpRequest, _: Principal = Depends(administrator)
    ) -> DraftView:
        """Step 2, credentials: tested live, then sealed. 422 names the wrong field or the missing permission."""
        language = speaks(request)
        return draft_view(await drafting.put_credentials(draft_id, body.credentials, language), language)

    @router.put("/drafts/{draft_id}/features")
    async def features(
        draft_id: UUID, body: DraftFeatures, request: HttpRequest, _: Principal = Depends(administrator)
    ) -> DraftView:
        """Step 3, features: one switch per data type. 422 names one that the platform does not offer."""
        return draft_view(await drafting.put_features(draft_id, body.integration), speaks(request))

    @router.post("/drafts/{draft_id}/save", status_code=201)
    async def save(
        draft_id: UUID, request: HttpRequest, response: Response, caller: Principal = Depends(administrator)
    ) -> ConnectionView:
        """Step 4: the draft becomes a connection of the same id, to be tested and then switched to productive."""
        record = await drafting.save(draft_id, caller.name)
        response.headers["ETag"] = etag(record.version)
        return view(record, speaks(request), await drafting.offered(record.platform))

    @router.delete("/drafts/{draft_id}", status_code=204)
    async def discard(draft_id: UUID, _: Principal = Depends(administrator)) -> Response:
        """Throws a draft away with its credentials. Twice is once."""
        async with service.database.transaction() as tx:
            await draft_book.delete(tx, draft_id)
        return Response(status_code=204)

    return router
