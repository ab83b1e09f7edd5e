"""Cancelling a whole order. The shop leaves deliveries and open payments as they are, so they are cancelled, too."""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopware6.client import Client
from services.connectors.shopware6.sending.states import reach, word
from services.connectors.shopware6.vocabulary import DELIVERY_STATES, STILL_TO_PAY
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected

CANCELLED = "cancelled"


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Whole orders only: lines can only be taken out by editing the order, which changes what was ordered."""
    return await one_by_one(commands, lambda command: _cancel(client, command.payload.cancellation))


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which orders are cancelled in the shop already, with all that hangs on them."""
    found: list[PushResult | None] = []
    for command in commands:
        wanted = command.payload.cancellation
        order = await _order(client, wanted)
        found.append(None if order is None else _settled(order, wanted))
    return found


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    order = await _order(client, wanted)
    if order is None:
        return _refused("the order no longer exists in the shop")
    if (known := _settled(order, wanted)) is not None:
        return known
    try:
        if problem := await reach(client, "order", order, CANCELLED, mail=wanted.notify_customer):
            return _refused(problem)
        for machine, row in _still_open(order):
            if problem := await reach(client, machine, row, CANCELLED, mail=False):
                return _refused(problem)
    except Rejected as error:
        return _refused(error.detail)
    return PushResult("done", external_id=wanted.order_external_id)


async def _order(client: Client, wanted: Cancellation) -> dict[str, Any] | None:
    found = await client.orders([wanted.order_external_id])
    return found[0] if found else None


def _settled(order: dict[str, Any], wanted: Cancellation) -> PushResult | None:
    """What is decided without asking the shop for anything."""
    if wanted.lines:
        return PushResult("failed", "cancellation_of_lines_not_offered", {"line": wanted.lines[0].line_external_id})
    if any(DELIVERY_STATES.get(word(row)) in ("in_part", "sent") for row in order.get("deliveries") or ()):
        return _refused("goods of the order have been shipped")
    if word(order) == "completed":
        return _refused("the order is completed in the shop")
    if word(order) == CANCELLED and not _still_open(order):
        return PushResult("unchanged", external_id=wanted.order_external_id)
    return None


def _still_open(order: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What is paid stays paid: nothing is given back here."""
    deliveries = [row for row in order.get("deliveries") or () if word(row) != CANCELLED]
    payments = [row for row in order.get("transactions") or () if word(row) in STILL_TO_PAY]
    return [("order_delivery", row) for row in deliveries] + [("order_transaction", row) for row in payments]


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail})
