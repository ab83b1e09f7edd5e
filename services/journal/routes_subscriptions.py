"""`/journal/subscriptions`: who is told of problems by mail or webhook, and how often."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response

from services.journal import delivery_book, subscription_book
from services.journal.subscribing import Registrar
from services.journal.subscription_book import Subscription
from services.journal.subscription_views import (
    CreatedSubscription,
    NewSubscription,
    Resealed,
    SubscriptionChange,
    SubscriptionView,
    TrialResult,
    UnderWay,
)
from shared.chassis.access import Principal, require
from shared.chassis.pages import After, Limit, Page, decode_moment, encode_cursor
from shared.chassis.problems import Problem
from shared.chassis.sentences import advice, sentence, speaks
from shared.chassis.service import Service
from shared.contracts.errors import KontorError, Transient
from shared.persistence.database import Transaction

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]


def subscription_routes(service: Service, registrar: Registrar) -> APIRouter:
    """Subscriptions to alerts."""
    router = APIRouter(prefix="/subscriptions", tags=["alerts"])

    async def shown(tx: Transaction, found: list[Subscription]) -> list[dict[str, Any]]:
        waiting = await delivery_book.under_way(tx, [one.id for one in found])
        return [view(one, waiting.get(one.id)) for one in found]

    @router.get("")
    async def listed(
        after: After = None, limit: Limit = 50, caller: Principal = Depends(require("support"))
    ) -> Page[SubscriptionView]:
        """Subscriptions about connections the key may see, the oldest first."""
        async with service.database.transaction() as tx:
            found = await subscription_book.listed(tx, scope=caller.scope, behind=decode_moment(after), limit=limit + 1)
            items = [SubscriptionView(**one) for one in await shown(tx, found[:limit])]
        more = encode_cursor(items[-1].created_at.isoformat(), items[-1].id) if len(found) > limit else None
        return Page[SubscriptionView](items=items, next=more)

    @router.post("", status_code=201)
    async def subscribe(
        body: NewSubscription, idempotency_key: Key = None, caller: Principal = Depends(require("operate"))
    ) -> CreatedSubscription:
        """Subscribes a mail address or a webhook to problems.

        While a cause is open it is told once, with how many records it holds, five examples and what to do; that it is
        closed is told once, too. A webhook gets a POST with JSON and must answer 2xx within five seconds. Its secret
        stands in this answer only (and again for the same Idempotency-Key). Every call is signed:
        `Kontor-Signature: t=<unix seconds>,v1=<hex>`. To verify it, compute HMAC-SHA256 with the secret over
        `<t>.<raw body>`, compare in constant time, and refuse a `t` more than five minutes from your clock. The same
        message may come again after a crash: drop an `id` you have seen.
        """
        one, secret = await registrar.create(body, caller, idempotency_key)
        return CreatedSubscription(**view(one, None), secret=secret)

    @router.post("/reseal")
    async def reseal(caller: Principal = Depends(require("admin"))) -> Resealed:
        """After a new key was put at the top of the key ring: seals every webhook's secret with it."""
        if caller.connections is not None:
            raise Problem(403, "role_missing", name=caller.name, role=f"{caller.role} (limited)", needed="admin")
        return Resealed(resealed=await registrar.reseal())

    @router.get("/{subscription_id}")
    async def one(subscription_id: UUID, caller: Principal = Depends(require("support"))) -> SubscriptionView:
        """One subscription, and the message on its way to it, if it has not arrived yet."""
        async with service.database.transaction() as tx:
            found = await registrar.visible(tx, subscription_id, caller)
            return SubscriptionView(**(await shown(tx, [found]))[0])

    @router.patch("/{subscription_id}")
    async def change(
        subscription_id: UUID, body: SubscriptionChange, caller: Principal = Depends(require("operate"))
    ) -> SubscriptionView:
        """Changes what is given. What was told stays told."""
        changed = await registrar.change(subscription_id, body.model_dump(exclude_unset=True), caller)
        async with service.database.transaction() as tx:
            return SubscriptionView(**(await shown(tx, [changed]))[0])

    @router.delete("/{subscription_id}", status_code=204)
    async def delete(subscription_id: UUID, caller: Principal = Depends(require("operate"))) -> Response:
        """Ends a subscription; the journal keeps what it was told."""
        await registrar.delete(subscription_id, caller)
        return Response(status_code=204)

    @router.post("/{subscription_id}/test")
    async def try_out(
        subscription_id: UUID, request: Request, caller: Principal = Depends(require("operate"))
    ) -> TrialResult:
        """Sends a test message now and says whether it was taken."""
        language = speaks(request)
        try:
            await registrar.try_out(subscription_id, caller)
        except KontorError as error:
            code = "alert_trial_failed" if isinstance(error, Transient) else error.code
            words = {"answer": error.detail, "detail": error.detail}
            return TrialResult(ok=False, sentence=sentence(code, words, language), advice=advice(code, words, language))
        return TrialResult(ok=True, sentence=sentence("alert_trial_taken", {}, language))

    return router


def view(one: Subscription, waiting: dict[str, Any] | None) -> dict[str, Any]:
    """A subscription without its secret."""
    under_way = None
    if waiting is not None:
        under_way = UnderWay(since=waiting["created_at"], attempts=waiting["attempts"], answer=waiting["answer"])
    fields = {name: value for name, value in vars(one).items() if name not in ("sealed", "due_at")}
    return fields | {"next_at": one.due_at, "under_way": under_way}
