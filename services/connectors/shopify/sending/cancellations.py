"""Cancellations: of a whole order by a job that the shop does later, of lines as units taken off without money."""

import asyncio
from collections.abc import Sequence

from services.connectors.shopify import outbound
from services.connectors.shopify.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.cancellation import Cancellation
from shared.contracts.errors import Unknown

JOB_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One cancellation per command. Raises Unknown where the shop's job does not come to an end."""
    return await one_by_one(commands, lambda command: _cancel(client, command))


async def find_cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which of them the shop has already carried out."""
    return [await _known(client, command.payload.cancellation) for command in commands]


async def _cancel(client: Client, command: Command) -> PushResult:
    wanted: Cancellation = command.payload.cancellation
    if (known := await _known(client, wanted)) is not None:
        return known
    if wanted.lines:
        return await _take_off(client, wanted, str(command.key))
    job, problems = await client.cancel_order(outbound.cancellation(wanted))
    if problems:
        return _refused(str(problems[0].get("message", "")))
    for pause in JOB_PAUSES:
        if await client.job_done(job):
            break
        await asyncio.sleep(pause)
    else:
        raise Unknown("The shop has not carried out a cancellation yet.")
    found = await _known(client, wanted)
    if found is None:
        return _refused("the shop's job ended without cancelling the order")
    return PushResult("done", external_id=found.external_id) if found.outcome == "unchanged" else found


async def _take_off(client: Client, wanted: Cancellation, key: str) -> PushResult:
    pieces = outbound.taken_off(wanted)
    if not pieces:
        return _refused("the cancellation names nothing, or parts of pieces")
    offered = outbound.open_pieces(await client.fulfilment_orders(wanted.order_external_id))
    for line, quantity in pieces.items():
        if quantity > offered.get(line, 0):
            return _refused(f"{quantity} pieces of line {line} are not open in the shop")
    id, problems = await client.make_refund(outbound.removal(wanted, pieces), key)
    if problems:
        return _refused(str(problems[0].get("message", "")))
    return PushResult("done", external_id=id)


async def _known(client: Client, wanted: Cancellation) -> PushResult | None:
    order = await client.cancellation_of(wanted.order_external_id)
    if order is None:
        return _refused("the order no longer exists in the shop")
    if order["cancelledAt"]:
        return PushResult("unchanged", external_id=str(order["id"]))
    mine = [row for row in order["refunds"] if row["note"] and str(wanted.id) in row["note"]]
    return PushResult("unchanged", external_id=str(mine[0]["id"])) if mine else None


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "cancellation_refused_by_shop", {"detail": detail[:300]})
