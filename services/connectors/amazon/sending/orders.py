"""What is read before something is said about an order."""

import re

from pydantic import ValidationError

from services.connectors.amazon import wire
from services.connectors.amazon.client import Client
from services.connectors.amazon.vocabulary import ORDER_ID
from shared.contracts.errors import Rejected


async def order(client: Client, external_id: str) -> tuple[wire.Order, list[dict[str, object]]]:
    """The order and its packages. Raises Rejected where there is none, or it cannot be read."""
    row = await client.order(external_id) if re.fullmatch(ORDER_ID, external_id) else None
    if row is None:
        raise Rejected("the order does not exist at Amazon", code="not_found")
    try:
        return wire.Order.model_validate(row), row.get("packages") or []
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise Rejected(f"Amazon's order cannot be read, field {field}", code="rejected") from None
