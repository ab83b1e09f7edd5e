"""Which of the shop's orders the book holds: what the completeness ledger asks with the shop's own list in hand."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.order_import.showing import Neighbour
from services.order_import.wishes import Wish
from shared.chassis.service import Service


class KnownWish(Wish):
    external_ids: list[str] = Field(max_length=500)


class KnownOrder(BaseModel):
    """`status` is the order's, or "unreadable" for an item of which there is no order yet."""

    external_id: str
    status: str
    reasons: list[str]


class KnownOrders(BaseModel):
    items: list[KnownOrder]


def routes(service: Service) -> APIRouter:
    router = APIRouter()

    @router.post("/known/{connection}", tags=["internal"])
    async def known(connection: UUID, wish: KnownWish, _neighbour: Neighbour) -> KnownOrders:
        """Those of the external ids that we hold; what is left out is missing."""
        async with service.database.transaction() as tx:
            rows = await tx.rows(
                """SELECT o.external_id, o.status,
                          ARRAY(SELECT DISTINCT r.code FROM parked_reasons r
                                WHERE r.order_id = o.id ORDER BY 1) AS reasons
                   FROM orders o WHERE o.connection = :connection AND o.external_id = ANY(:external_ids)
                   UNION ALL
                   SELECT u.external_id, 'unreadable', ARRAY[u.code] FROM unreadable_items u
                   WHERE u.connection = :connection AND u.external_id = ANY(:external_ids) AND u.closed_at IS NULL
                     AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = u.order_id)""",
                connection=connection,
                external_ids=wish.external_ids,
            )
        return KnownOrders(items=[KnownOrder.model_validate(row) for row in rows])

    return router
