"""Cancellations: whole orders (OR29), and whole lines with their money (OR30).

A part of a line is refused by name. Mirakl has no key by which a second cancellation of one piece could be told from
the first one whose answer was lost; a line that is gone is gone, however often one looks.
"""

from collections.abc import Sequence

from services.connectors.mirakl import outbound, wire
from services.connectors.mirakl.client import Client
from services.connectors.mirakl.sending import records
from services.connectors.mirakl.vocabulary import LINES_DEAD, LINES_OPEN, ORDER_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Rejected


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One after the other; what is cancelled already is said to be."""
    return await one_by_one(commands, lambda command: _cancel(client, command.payload.cancellation))


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of them the operator has already."""
    return [await _looked_up(client, command.payload.cancellation) for command in commands]


async def _cancel(client: Client, wanted: Cancellation) -> PushResult:
    try:
        order = await records.order(client, wanted.order_external_id)
        if (known := _settled(order, wanted)) is not None:
            return known
        if wanted.lines:
            body = await _body(client, order, wanted)
            await client.cancel_lines(body)
        else:
            await client.cancel_order(order.order_id)
    except Rejected as error:
        return PushResult("failed", "cancellation_refused_by_shop", {"detail": error.detail})
    return PushResult("done", external_id=wanted.order_external_id)


async def _looked_up(client: Client, wanted: Cancellation) -> PushResult | None:
    try:
        return _settled(await records.order(client, wanted.order_external_id), wanted)
    except Rejected as error:
        return PushResult("failed", "cancellation_refused_by_shop", {"detail": error.detail})


def _settled(order: wire.Order, wanted: Cancellation) -> PushResult | None:
    """Done already, or impossible; None where it is still to be done."""
    if not wanted.lines:
        if ORDER_STATES.get(order.order_state) == "cancelled":
            return PushResult("unchanged", external_id=order.order_id)
        if not order.can_cancel:
            raise Rejected(f"in state {order.order_state} the order can no longer be cancelled", code="rejected")
        return None
    lines = {line.order_line_id: line for line in order.order_lines}
    for one in wanted.lines:
        line = lines.get(one.line_external_id)
        if line is None:
            raise Rejected(f"the order has no line {one.line_external_id}", code="not_found")
        if line.order_line_state in LINES_DEAD:
            continue
        if line.order_line_state not in LINES_OPEN:
            raise Rejected(f"the line {line.order_line_id} is in state {line.order_line_state}", code="rejected")
        if one.quantity < outbound.left(line):
            return PushResult("failed", "cancellation_of_lines_not_offered", {"line": line.order_line_id})
    if all(lines[one.line_external_id].order_line_state in LINES_DEAD for one in wanted.lines):
        return PushResult("unchanged", external_id=order.order_id)
    return None


async def _body(client: Client, order: wire.Order, wanted: Cancellation) -> dict[str, object]:
    reason = await _reason(client)
    ids = {one.line_external_id for one in wanted.lines}
    rows = [
        outbound.cancelation(line, order.currency_iso_code, reason)
        for line in order.order_lines
        if line.order_line_id in ids and line.order_line_state not in LINES_DEAD
    ]
    return {"cancelations": rows, "order_tax_mode": order.order_tax_mode}


async def _reason(client: Client) -> str:
    """The merchant's choice, or the only one there is: the operator's words are not guessed at."""
    offered = {
        one.code: one.label
        for one in wire.Reasons.model_validate(await client.reasons()).reasons
        if one.type == "CANCELATION" and one.is_shop_right
    }
    wanted = client.cancellation_reason or (next(iter(offered)) if len(offered) == 1 else "")
    if wanted in offered:
        return wanted
    known = ", ".join(f"{code} ({label})" for code, label in offered.items()) or "none"
    raise Rejected(
        f"enter the reason for cancelled lines in the credentials; the operator offers {known}", code="rejected"
    )
