"""Approving, refusing or putting off an order that waits for a person's word."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from services.order_import.approving import say
from services.order_import.rule_views import ApprovalView
from services.order_import.rules.facts import Approval
from services.order_import.settings import OrderSettings
from services.order_import.showing import Operator, visible
from services.order_import.wishes import PutOffWish
from shared.chassis.access import Principal
from shared.chassis.problems import Problem
from shared.chassis.service import Service


def routes(service: Service, settings: OrderSettings) -> APIRouter:
    router = APIRouter(tags=["approval"])

    async def said(id: UUID, operator: Principal, word: Approval, until: datetime | None = None) -> ApprovalView:
        async with service.database.transaction() as tx:
            await visible(tx, id, operator)
            after = await say(service, settings, tx, id, word, operator.name, until)
        return ApprovalView(
            order_id=id,
            approval=after.approval,
            until=after.approval_until,
            status=after.status,
            version=after.version,
        )

    @router.post("/{id}/approve")
    async def approve(id: UUID, operator: Operator) -> ApprovalView:
        """Lets the order be imported, now or as soon as nothing else is wrong with it. Twice is the same."""
        return await said(id, operator, "approved")

    @router.post("/{id}/refuse")
    async def refuse(id: UUID, operator: Operator) -> ApprovalView:
        """The order is never imported, whatever becomes of it in the shop, and wants no stock. Twice is the same."""
        return await said(id, operator, "refused")

    @router.post("/{id}/later")
    async def later(id: UUID, wish: PutOffWish, operator: Operator) -> ApprovalView:
        """Nobody is asked about the order until then. The same time twice is the same."""
        if wish.until <= service.clock():
            raise Problem(422, "approval_until_past", field="until", until=wish.until.isoformat())
        return await said(id, operator, "later", wish.until)

    return router
