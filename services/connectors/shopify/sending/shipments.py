"""Shipments: one per parcel and location, made from what the order's fulfilment orders still offer."""

from collections.abc import Sequence

from services.connectors.shopify import outbound
from services.connectors.shopify.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.fulfilment import Fulfilment

PREPARED = frozenset({"IN_PROGRESS", "CLOSED"})


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command; goods to be fetched are only said to lie ready."""
    return await one_by_one(commands, lambda command: _report(client, command.payload.fulfilment))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the shop already knows, by tracking number and pieces."""
    return [await _known(client, command.payload.fulfilment) for command in commands]


async def _report(client: Client, parcel: Fulfilment) -> PushResult:
    wanted = outbound.pieces(parcel)
    if not wanted:
        return _refused("the parcel holds nothing, or parts of pieces")
    if parcel.ready_for_pickup:
        return await _ready(client, parcel, wanted)
    sent = await client.fulfilments(parcel.order_external_id)
    if sent is None:
        return _refused("the order no longer exists in the shop")
    rest = outbound.unreported(parcel, wanted, sent)
    if not rest:
        return PushResult("unchanged", external_id=_id_of(parcel, sent))
    made = outbound.plan(rest, await client.fulfilment_orders(parcel.order_external_id))
    if made.missing:
        return _short(made)
    ids = []
    for given in outbound.shipments(parcel, made):
        id, problems = await client.ship(given)
        if problems:
            return _refused(str(problems[0].get("message", "")))
        ids.append(id)
    return PushResult("done", external_id=",".join(ids))


async def _ready(client: Client, parcel: Fulfilment, wanted: outbound.Pieces) -> PushResult:
    rows = outbound.pickup_orders(wanted, await client.fulfilment_orders(parcel.order_external_id))
    if not rows:
        return _refused("the order is not fetched at the shop")
    waiting = [row for row in rows if row["status"] not in PREPARED]
    if not waiting:
        return PushResult("unchanged", external_id=str(rows[0]["id"]))
    if problems := await client.ready_for_pickup(outbound.ready(waiting)):
        return _refused(str(problems[0].get("message", "")))
    return PushResult("done", external_id=str(waiting[0]["id"]))


async def _known(client: Client, parcel: Fulfilment) -> PushResult | None:
    wanted = outbound.pieces(parcel)
    if not wanted:
        return None
    if parcel.ready_for_pickup:
        rows = outbound.pickup_orders(wanted, await client.fulfilment_orders(parcel.order_external_id))
        prepared = bool(rows) and all(row["status"] in PREPARED for row in rows)
        return PushResult("unchanged", external_id=str(rows[0]["id"])) if prepared else None
    sent = await client.fulfilments(parcel.order_external_id) or []
    there = not outbound.unreported(parcel, wanted, sent)
    if there or (not parcel.tracking_number and outbound.same_again(wanted, sent)):
        return PushResult("unchanged", external_id=_id_of(parcel, sent))
    return None


def _id_of(parcel: Fulfilment, sent: Sequence[outbound.Record]) -> str:
    mine = [one for one in sent if any(each["number"] == parcel.tracking_number for each in one["trackingInfo"])]
    return str((mine or list(sent))[-1]["id"])


def _short(made: outbound.Plan) -> PushResult:
    line, quantity = next(iter(made.missing.items()))
    if made.waiting:
        return PushResult("failed", "fulfilment_on_hold", {"line": line, "quantity": str(quantity)})
    return _refused(f"{quantity} pieces of line {line} are not open for shipping in the shop")


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "fulfilment_refused", {"detail": detail[:300]})
