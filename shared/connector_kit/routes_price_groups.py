"""The groups of customers that a shop knows prices for, as choices for whoever says which of ours is which."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Depends

from shared.chassis.access import Principal, require
from shared.connector_kit.declaration import Connector
from shared.connector_kit.opening import Opened
from shared.contracts.errors import Rejected
from shared.contracts.price import PriceGroup


def price_group_routes(connector: Connector, opened: Callable[[UUID], Awaitable[Opened]]) -> APIRouter:
    """The router for `/connections/{id}/price-groups`."""
    router = APIRouter()

    @router.get("/connections/{connection_id}/price-groups")
    async def price_groups(connection_id: UUID, _: Principal = Depends(require("service"))) -> list[PriceGroup]:
        """The shop's groups as they are now. A platform that is told prices for none is a problem that says so."""
        if connector.price_groups is None:
            raise Rejected(f"{connector.title} is told no prices of groups", code="price_groups_missing")
        shop = await opened(connection_id)
        try:
            return list(await connector.price_groups(shop.client))
        finally:
            await shop.close()

    return router
