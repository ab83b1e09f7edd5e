"""What is read before something is written: the order, and what the operator decided."""

from pydantic import ValidationError

from services.connectors.mirakl import wire
from services.connectors.mirakl.client import Client
from shared.contracts.errors import Rejected


async def order(client: Client, external_id: str) -> wire.Order:
    """Raises Rejected where there is none or it cannot be read."""
    rows = await client.orders_by_id([external_id])
    if not rows:
        raise Rejected("the order no longer exists at the operator", code="not_found")
    try:
        return wire.Order.model_validate(rows[0])
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Rejected(f"the operator's order cannot be read, field {field}", code="rejected") from None


async def features(client: Client) -> wire.Features:
    """PC01."""
    return wire.Configuration.model_validate(await client.configuration()).features
