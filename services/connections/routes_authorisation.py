"""`/connections/…/authorisation`: sending an account's owner to his platform, and taking him back."""

import html
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi import Request as HttpRequest
from fastapi.responses import HTMLResponse

from services.connections import book
from services.connections.authorising import Authorising
from services.connections.drafting import Drafting
from services.connections.views import unlimited
from services.connections.views_journey import Consent, ConsentBegun, ConsentDone
from shared.chassis.access import Principal, require
from shared.chassis.idempotency import SHOWN_ONCE, Once
from shared.chassis.problems import Problem, not_found
from shared.chassis.sentences import advice, sentence, speaks
from shared.chassis.service import Service

Word = Annotated[str, Query(max_length=2000)]


def authorisation_routes(service: Service, authorising: Authorising, drafting: Drafting) -> APIRouter:
    """The router for consent."""
    router = APIRouter(route_class=Once)

    @router.get("/authorisation/callback", response_model=ConsentDone)
    async def callback(
        request: HttpRequest, state: Word = "", code: Word = "", error: Word = "", error_description: Word = ""
    ) -> Response | ConsentDone:
        """Where a platform sends the owner back to. No key is asked for: the state is random, lives ten minutes, works
        once. A browser gets a page with one sentence."""
        language = speaks(request)
        page = "text/html" in request.headers.get("accept", "")
        try:
            found = await authorising.finish(state, code, error, error_description, language)
        except Problem as problem:
            if not page:
                raise
            said = sentence(problem.code, problem.params, language)
            return _page(said, advice(problem.code, problem.params, language), problem.status)
        words = {"connection": found.name}
        said = sentence("authorisation_done", words, language)
        if page:
            return _page(said, advice("authorisation_done", words, language), 200)
        return ConsentDone(id=found.id, platform=found.platform, name=found.name, sentence=said)

    @router.post("/drafts/{draft_id}/authorisation", openapi_extra=SHOWN_ONCE)
    async def for_draft(draft_id: UUID, body: Consent, caller: Principal = Depends(require("admin"))) -> ConsentBegun:
        """Instead of typing credentials: the platform's address where the owner agrees."""
        unlimited(caller)
        begun = await authorising.begin(await drafting.get(draft_id), body.credentials, caller.name)
        return ConsentBegun(address=begun.address, expires_at=begun.expires_at)

    @router.post("/{connection_id}/authorisation", openapi_extra=SHOWN_ONCE)
    async def for_connection(
        connection_id: UUID, body: Consent, caller: Principal = Depends(require("admin"))
    ) -> ConsentBegun:
        """Renews a connection's credentials by its owner's consent."""
        async with service.database.transaction() as tx:
            record = await book.get(tx, connection_id)
        if record is None or not caller.allows(connection_id):
            raise not_found(connection_id)
        begun = await authorising.begin(record, body.credentials, caller.name)
        return ConsentBegun(address=begun.address, expires_at=begun.expires_at)

    return router


def _page(said: str, todo: str, status: int) -> HTMLResponse:
    """One sentence and what to do; loads nothing and names no secret."""
    text = "".join(f"<p>{html.escape(line)}</p>" for line in (said, todo) if line)
    headers = {"Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer"}
    return HTMLResponse(f"<!DOCTYPE html><meta charset=utf-8><title>Kontor</title>{text}", status, headers)
