"""Cancellations: an order as a whole, or none of it. What the buyer asked for is agreed to instead of asked again."""

from collections.abc import Sequence
from typing import Any

from services.connectors.ebay import outbound
from services.connectors.ebay.client import Client
from services.connectors.ebay.vocabulary import CANCEL_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Misconfigured, Rejected

Row = dict[str, Any]
OVER = ("COMPLETED", "CLOSED", "REJECTED", "CANCELED")


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whole orders."""
    return await one_by_one(commands, lambda command: _cancel(client, command.payload.cancellation))


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of it is cancelled already."""
    wishes = [command.payload.cancellation for command in commands]
    return [_settled(await client.order(wanted.order_external_id), wanted) for wanted in wishes]


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    order = await client.order(wanted.order_external_id)
    if (known := _settled(order, wanted)) is not None or order is None:
        return known or _refused("the order no longer exists")
    request = _open_request(order, "BUYER")
    try:
        if request:
            await client.approve_cancellation(request)
        else:
            await client.cancel(outbound.cancellation(wanted, order))
    except Rejected as error:
        return _refused(error.detail)
    except Misconfigured as error:
        # Without a signature, or with another one, nothing is wrong with the account: this call alone is refused.
        if error.code != "credentials_refused":
            raise
        return PushResult("failed", "signature_refused", {"detail": error.detail})
    return PushResult("done", external_id=wanted.order_external_id)


def _settled(order: Row | None, wanted: Cancellation) -> PushResult | None:
    """What is not to be sent: because it is cancelled already, or because it cannot be cancelled."""
    if order is None:
        return _refused("the order no longer exists")
    status = order.get("cancelStatus") or {}
    if CANCEL_STATES.get(str(status.get("cancelState"))) == "cancelled":
        return PushResult("unchanged", external_id=wanted.order_external_id)
    if _open_request(order, "SELLER"):
        # Taken, and under way until the buyer has his money back: eBay refuses a second one.
        return PushResult("unchanged", external_id=wanted.order_external_id)
    pieces = {str(line.get("lineItemId")): line.get("quantity") for line in order.get("lineItems") or ()}
    named = {line.line_external_id: line.quantity for line in wanted.lines}
    if named and named != pieces:
        return PushResult("failed", "cancellation_of_lines_not_offered", {"line": wanted.lines[0].line_external_id})
    if order.get("orderFulfillmentStatus") != "NOT_STARTED":
        return _refused("goods of the order were sent already")
    return None


def _open_request(order: Row, initiator: str) -> str:
    for one in (order.get("cancelStatus") or {}).get("cancelRequests") or ():
        if one.get("cancelInitiator") == initiator and one.get("cancelRequestState") not in OVER:
            return str(one.get("cancelRequestId") or "")
    return ""


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail})
