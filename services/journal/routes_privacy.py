"""`/privacy/erasures`: a customer's data is destroyed or put out of reach, and the report says which and why."""

from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response

from services.journal.erasing import Eraser
from services.journal.erasure_book import Asked
from services.journal.views import ErasedOrder, Erasure, ErasureRequest, Leaver, LeaverView, Lifted, LiftRequest
from shared.chassis.access import Principal, require
from shared.chassis.problems import Problem
from shared.chassis.sentences import Language, sentence, speaks
from shared.chassis.service import Service
from shared.contracts.errors import Transient

Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=8, max_length=200)]


def privacy_routes(service: Service, eraser: Eraser) -> APIRouter:
    """Erasures and their reports."""
    router = APIRouter()

    @router.post("/erasures")
    async def erase(
        body: ErasureRequest,
        request: Request,
        response: Response,
        idempotency_key: Key = None,
        caller: Principal = Depends(require("admin")),
    ) -> Erasure:
        """Erases now. 202 when a neighbour did not answer: it is finished as soon as it does; read the report then."""
        _refuse_limited(caller)
        asked = await eraser.ask(
            customer=body.customer,
            order_ids=body.order_ids,
            mode=body.mode,
            actor=caller.name,
            key=idempotency_key,
        )
        try:
            asked = await eraser.carry_out(asked)
        except Transient:
            response.status_code = 202
        return _report(asked, speaks(request))

    @router.post("/internal/erasures", tags=["internal"])
    async def left(body: Leaver, caller: Principal = Depends(require("service"))) -> LeaverView:
        """A platform says that a buyer is gone. Platforms tell of all their users: one whose orders nobody has leaves
        no trace. Harmless twice. What cannot be finished now is finished as soon as the order book answers."""
        if not await eraser.concerns(body.customer):
            return LeaverView(known=False)
        asked = await eraser.ask(customer=body.customer, order_ids=(), mode="erase", actor=caller.name, key=None)
        with suppress(Transient):
            await eraser.carry_out(asked)
        return LeaverView(known=True, id=asked.id)

    @router.get("/erasures/{erasure_id}")
    async def report(erasure_id: UUID, request: Request, caller: Principal = Depends(require("admin"))) -> Erasure:
        """The report of an erasure, again."""
        _refuse_limited(caller)
        return _report(await eraser.get(erasure_id), speaks(request))

    @router.post("/erasures/{erasure_id}/lift")
    async def lift(
        erasure_id: UUID, body: LiftRequest, request: Request, caller: Principal = Depends(require("admin"))
    ) -> Lifted:
        """Makes the restricted versions of an erasure readable again, for an audit. The reason is journalled."""
        _refuse_limited(caller)
        orders = await eraser.lift(erasure_id, reason=body.reason, actor=caller.name)
        words = {"orders": str(orders), "reason": body.reason}
        return Lifted(id=erasure_id, orders=orders, sentence=sentence("erasure_lifted", words, speaks(request)))

    return router


def _refuse_limited(caller: Principal) -> None:
    """A customer may have bought in every shop: a key for some of them cannot erase him."""
    if caller.connections is not None:
        raise Problem(403, "role_missing", name=caller.name, role=f"{caller.role} (limited)", needed="admin")


def _report(asked: Asked, language: Language) -> Erasure:
    report: dict[str, Any] = dict(asked.report or {"orders": [], "search_keys_deleted": 0})
    orders = [
        ErasedOrder(
            order_id=one["order_id"],
            outcome=one["outcome"],
            kept_until=one["kept_until"],
            payloads_destroyed=one["payloads_destroyed"],
            sentence=sentence(f"erasure_order_{one['outcome']}", {k: str(v) for k, v in one.items()}, language),
        )
        for one in report["orders"]
    ]
    accounts = report.get("shop_customers", 0)
    words = {"orders": str(len(orders)), "customers": str(accounts)}
    codes = ["erasure_under_way"] if asked.finished_at is None else ["erasure_report", "erasure_keeps_journal"]
    if accounts:
        codes.append("erasure_shop_customers")
    if any(one.outcome == "restricted" for one in orders):
        codes.append("erasure_keeps_versions")
    return Erasure(
        id=asked.id,
        mode=asked.mode,
        state="under_way" if asked.finished_at is None else "finished",
        requested_by=asked.requested_by,
        requested_at=asked.requested_at,
        finished_at=asked.finished_at,
        orders=orders,
        shop_customers=accounts,
        search_keys_deleted=report["search_keys_deleted"],
        sentences=[sentence(code, words, language) for code in codes],
    )
