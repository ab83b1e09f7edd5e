"""The state of every piece of an order, in the platform's words."""

from typing import Any

from services.connectors.kaufland.client import Client
from services.connectors.kaufland.client.answers import DUPLICATE
from shared.contracts.errors import Rejected


async def words(client: Client, order_id: str) -> dict[str, str]:
    """Which unit is in which state; none where the platform does not know the order."""
    order = await client.order(order_id)
    units: Any = order.get("order_units") if order else None
    return {str(one["id_order_unit"]): str(one["status"]) for one in units or ()}


def repeated(error: Rejected) -> bool:
    """Whether the platform refused because it was already told."""
    return error.params.get("platform_code") == DUPLICATE
