"""Parcels, and finding out whether a lost answer was a success."""

from collections.abc import Sequence
from typing import Any

from services.connectors.otto import outbound
from services.connectors.otto.client import Client
from services.connectors.otto.sending.rows import rows
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment

DUPLICATE, ELSEWHERE = "DUPLICATE_TRACKING_KEY", "POSITION_ITEM_INCLUDED_IN_OTHER_SHIPMENT"


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command."""
    return await one_by_one(commands, lambda command: _ship(client, command.payload.fulfilment))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the platform already has."""
    found = []
    for command in commands:
        try:
            found.append(await _shipped(client, command.payload.fulfilment))
        except Rejected as error:
            found.append(_refused(error))
    return found


async def _ship(client: Client, parcel: Fulfilment) -> PushResult:
    if parcel.ready_for_pickup:
        return PushResult("failed", "fulfilment_refused", {"detail": "the platform knows no pick-up by the customer"})
    try:
        return PushResult("done", external_id=await client.ship(outbound.shipment(parcel, client.merchant)))
    except Rejected as error:
        refused = error
    # A conflict is a success only where the platform has this parcel with these pieces.
    if refused.params.get("platform_code") in (DUPLICATE, ELSEWHERE):
        if (known := await _shipped(client, parcel)) is not None:
            return known
        if refused.params["platform_code"] == DUPLICATE:
            return await _add(client, parcel)
    return _refused(refused)


async def _add(client: Client, parcel: Fulfilment) -> PushResult:
    """The parcel is known without these pieces: they came into it later, or belong to another order."""
    code = outbound.carrier(parcel)
    try:
        missing = await _missing(client, parcel)
        await client.add_to_shipment(code, parcel.tracking_number, missing)
    except Rejected as error:
        return _refused(error)
    return PushResult("done", external_id=parcel.tracking_number)


async def _shipped(client: Client, parcel: Fulfilment) -> PushResult | None:
    """Whether all pieces of the parcel are told already. Raises Rejected for a parcel that cannot be told at all."""
    if parcel.tracking_number:
        row = await client.shipment(outbound.carrier(parcel), parcel.tracking_number)
        told = {(one.get("salesOrderId"), one.get("positionItemId")) for one in rows(row, "positionItems")}
        ours = {(parcel.order_external_id, line.line_external_id) for line in parcel.lines}
        return PushResult("unchanged", external_id=str(row.get("shipmentId", ""))) if row and ours <= told else None
    # Without a number only the order tells who took a piece.
    code, order = outbound.carrier(parcel), await client.order(parcel.order_external_id)
    sent = {one["positionItemId"]: one.get("trackingInfo") or {} for one in rows(order, "positionItems")}
    ours_sent = [sent.get(line.line_external_id, {}) for line in parcel.lines]
    found = bool(ours_sent) and all(one.get("carrier") == code for one in ours_sent)
    return PushResult("unchanged") if found else None


async def _missing(client: Client, parcel: Fulfilment) -> list[dict[str, Any]]:
    row = await client.shipment(outbound.carrier(parcel), parcel.tracking_number)
    told = {one.get("positionItemId") for one in rows(row, "positionItems")}
    return [item for item in outbound.items(parcel, client.merchant) if item["positionItemId"] not in told]


def _refused(error: Rejected) -> PushResult:
    if error.code == "carrier_unknown":
        return PushResult("failed", error.code, error.params)
    if error.params.get("json_path", "").endswith("returnTrackingKey"):
        return PushResult("failed", "return_number_missing", {"detail": error.detail})
    return PushResult("failed", "fulfilment_refused", {"detail": error.detail})
