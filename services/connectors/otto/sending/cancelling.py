"""Cancellations of whole orders, or of single pieces."""

from collections.abc import Sequence

from services.connectors.otto.client import Client
from services.connectors.otto.sending.rows import rows
from services.connectors.otto.vocabulary import ITEM_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whole orders, or single pieces of them."""
    return await one_by_one(commands, lambda command: _cancel(client, command.payload.cancellation))


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of it is cancelled already."""
    wishes = [command.payload.cancellation for command in commands]
    return [_cancelled(await _states(client, wanted), wanted) for wanted in wishes]


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    states = await _states(client, wanted)
    if (known := _cancelled(states, wanted)) is not None:
        return known
    # A piece that the platform cancelled itself would spoil a call that names it.
    pieces = [line.line_external_id for line in wanted.lines if states[line.line_external_id] == "PROCESSABLE"]
    refused: PushResult | None = None
    try:
        await client.cancel(wanted.order_external_id, pieces)
    except Rejected as error:
        refused = PushResult("failed", "cancellation_refused_by_shop", {"detail": error.detail})
    # Of a whole order the platform skips what left in this very moment, and a repeated call finds nothing to cancel.
    known = _cancelled(await _states(client, wanted), wanted)
    if known is not None and known.outcome == "failed":
        return known
    if refused is not None:
        return known or refused
    return PushResult("done", external_id=wanted.order_external_id)


async def _states(client: Client, wanted: Cancellation) -> dict[str, str]:
    """The state of every piece of the order, in the platform's words; none where it does not know the order."""
    order = await client.order(wanted.order_external_id)
    return {str(one["positionItemId"]): str(one["fulfillmentStatus"]) for one in rows(order, "positionItems")}


def _cancelled(states: dict[str, str], wanted: Cancellation) -> PushResult | None:
    """What is not to be sent: because it is cancelled already, or because part of it cannot be cancelled any more. The
    platform would cancel the rest of an order without a word."""
    named = [line.line_external_id for line in wanted.lines] or list(states)
    several = next((line for line in wanted.lines if line.quantity != 1), None)
    closed = next((id for id in named if not _cancellable(states.get(id, ""))), None)
    detail = ""
    if not states:
        detail = "the order no longer exists"
    elif several is not None:
        detail = f"the position item {several.line_external_id} is one piece, not {several.quantity:f}"
    elif closed is not None:
        detail = f"the position item {closed} is {states.get(closed, 'not of this order')}"
    if detail:
        return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail})
    if all(states[id] != "PROCESSABLE" for id in named):
        return PushResult("unchanged", external_id=wanted.order_external_id)
    return None


def _cancellable(word: str) -> bool:
    return word == "PROCESSABLE" or ITEM_STATES.get(word) == "cancelled"
