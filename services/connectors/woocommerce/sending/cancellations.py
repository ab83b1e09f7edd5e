"""Cancellations of whole orders."""

from collections.abc import Sequence

from services.connectors.woocommerce import outbound
from services.connectors.woocommerce.client import Client
from services.connectors.woocommerce.vocabulary import ORDER_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whole orders only: the REST API has no cancellation of single lines that keeps what was ordered."""
    return await one_by_one(commands, lambda command: _cancel(client, command.payload.cancellation))


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which orders are cancelled in the shop already."""
    return [await _cancelled(client, command.payload.cancellation) for command in commands]


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    if (known := await _cancelled(client, wanted)) is not None:
        return known
    try:
        await client.put_order(wanted.order_external_id, outbound.CANCELLED)
    except Rejected as error:
        return PushResult("failed", "cancellation_refused_by_shop", {"detail": error.detail})
    return PushResult("done", external_id=wanted.order_external_id)


async def _cancelled(client: Client, wanted: Cancellation) -> PushResult | None:
    if wanted.lines:
        return PushResult("failed", "cancellation_of_lines_not_offered", {"line": wanted.lines[0].line_external_id})
    order = await client.order(wanted.order_external_id)
    detail = "the order no longer exists in the shop"
    if order is not None:
        state = ORDER_STATES.get(str(order.get("status")), "open")
        if state == "cancelled":
            return PushResult("unchanged", external_id=wanted.order_external_id)
        if state == "open":
            return None
        detail = "the order is completed in the shop"
    return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail})
