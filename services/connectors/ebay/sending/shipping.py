"""Parcels. The platform takes the same one twice, so what it has is read before anything is told."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from services.connectors.ebay import outbound
from services.connectors.ebay.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment

Row = dict[str, Any]


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command, with one tracking number."""
    return await one_by_one(commands, lambda command: _ship(client, command.payload.fulfilment))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the platform has."""
    found: list[PushResult | None] = []
    for command in commands:
        parcel = command.payload.fulfilment
        try:
            found.append(_told(parcel, await client.parcels(parcel.order_external_id)))
        except Rejected as error:
            found.append(_refused(error.detail))
    return found


async def _ship(client: Client, parcel: Fulfilment) -> PushResult:
    try:
        body = outbound.parcel(parcel)
        sent = await client.parcels(parcel.order_external_id)
        known = _told(parcel, sent)
        if known is not None and not (known.outcome == "unchanged" and await _another(client, parcel, sent)):
            return known
        return PushResult("done", external_id=await client.ship(parcel.order_external_id, body))
    except Rejected as error:
        return _refused(error.detail)


def _told(parcel: Fulfilment, sent: Sequence[Row]) -> PushResult | None:
    """A parcel is known by its number and pieces; without a number by its pieces alone. The same number with other
    pieces is told as it is: which of both is right, a person must say."""
    number = outbound.tracking(parcel.tracking_number)
    for row in sent:
        if outbound.tracking(str(row.get("shipmentTrackingNumber") or "")) != number:
            continue
        if _pieces(row) == _wanted(parcel):
            return PushResult("unchanged", external_id=str(row.get("fulfillmentId") or ""))
        if number:
            return _refused(f"the parcel {number} is known there with other pieces")
    return None


async def _another(client: Client, parcel: Fulfilment, sent: Sequence[Row]) -> bool:
    """Two like parcels without a number cannot be told apart: as long as its pieces are open, it is another one."""
    if parcel.tracking_number:
        return False
    order = await client.order(parcel.order_external_id) or {}
    gone = sum((_pieces(row) for row in sent), Counter[str]())
    left = {str(line.get("lineItemId")): int(line.get("quantity") or 1) for line in order.get("lineItems") or ()}
    return all(left.get(id, 0) - gone[id] >= pieces for id, pieces in _wanted(parcel).items())


def _wanted(parcel: Fulfilment) -> Counter[str]:
    return Counter({line.line_external_id: int(line.quantity) for line in parcel.lines})


def _pieces(row: Row) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in row.get("lineItems") or ():
        found[str(line.get("lineItemId"))] += int(line.get("quantity") or 1)
    return found


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "fulfilment_refused", {"detail": detail})
