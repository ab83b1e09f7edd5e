"""Cancellations, piece by piece."""

from collections.abc import Mapping, Sequence

from services.connectors.kaufland.client import Client
from services.connectors.kaufland.sending.units import repeated, words
from services.connectors.kaufland.vocabulary import CANCEL_REASONS, UNIT_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected

CANCELLABLE = ("waiting", "processable", "cancelled")


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whole orders, or single pieces of them."""
    return await one_by_one(commands, lambda command: _cancel(client, command.payload.cancellation))


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of it is cancelled already."""
    wishes = [command.payload.cancellation for command in commands]
    return [_settled(await words(client, wanted.order_external_id), wanted) for wanted in wishes]


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    states = await words(client, wanted.order_external_id)
    if (known := _settled(states, wanted)) is not None:
        return known
    for id in _named(states, wanted):
        if UNIT_STATES[states[id]] == "cancelled":
            continue
        try:
            await client.cancel_unit(id, CANCEL_REASONS[wanted.reason])
        except Rejected as error:
            if not repeated(error):
                return _refused(f"the order unit {id}: {error.detail}")
    return PushResult("done", external_id=wanted.order_external_id)


def _named(states: Mapping[str, str], wanted: Cancellation) -> list[str]:
    return [line.line_external_id for line in wanted.lines] or list(states)


def _settled(states: Mapping[str, str], wanted: Cancellation) -> PushResult | None:
    """What is not to be sent: because it is cancelled already, or because a piece of it cannot be cancelled any more.
    Nothing is cancelled then: the ERP must not believe in half of it."""
    named = _named(states, wanted)
    several = next((line for line in wanted.lines if line.quantity != 1), None)
    closed = next((id for id in named if UNIT_STATES.get(states.get(id, "")) not in CANCELLABLE), None)
    if not states:
        return _refused("the order no longer exists")
    if several is not None:
        return _refused(f"the order unit {several.line_external_id} is one piece, not {several.quantity:f}")
    if closed is not None:
        return _refused(f"the order unit {closed} is {states.get(closed, 'not of this order')}")
    if all(UNIT_STATES[states[id]] == "cancelled" for id in named):
        return PushResult("unchanged", external_id=wanted.order_external_id)
    return None


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail})
