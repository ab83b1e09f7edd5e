"""Shipments: confirmed package by package, after the order was read again."""

from collections.abc import Sequence
from typing import Any

from services.connectors.amazon import outbound, wire
from services.connectors.amazon.client import Client
from services.connectors.amazon.inbound.lines import state_of
from services.connectors.amazon.sending.orders import order
from services.connectors.amazon.vocabulary import PENDING
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One package per command."""
    return await one_by_one(commands, lambda command: _confirm(client, command.payload.fulfilment))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which packages Amazon knows already."""
    found: list[PushResult | None] = []
    for command in commands:
        parcel: Fulfilment = command.payload.fulfilment
        try:
            _, packages = await order(client, parcel.order_external_id)
        except Rejected as error:
            found.append(_refused(error))
        else:
            found.append(_known(parcel, packages))
    return found


async def _confirm(client: Client, parcel: Fulfilment) -> PushResult:
    try:
        if parcel.ready_for_pickup:
            raise Rejected("goods that lie ready for the customer are not told to Amazon", code="rejected")
        found, packages = await order(client, parcel.order_external_id)
        if (known := _known(parcel, packages)) is not None:
            return known
        _require_open(found, parcel)
        await client.confirm_shipment(
            parcel.order_external_id, outbound.confirmation(parcel, found.sales_channel.marketplace_id)
        )
    except Rejected as error:
        return _refused(error)
    return PushResult("done", external_id=outbound.package(parcel))


def _known(parcel: Fulfilment, packages: Sequence[dict[str, Any]]) -> PushResult | None:
    """A package of our number, or one with the parcel's tracking number and all its pieces, whoever told it."""
    for one in packages:
        number = str(one.get("packageReferenceId", ""))
        inside = {str(row.get("orderItemId")): row.get("quantity") or 0 for row in one.get("packageItems") or ()}
        whole = all(inside.get(line.line_external_id, 0) >= line.quantity for line in parcel.lines)
        tracked = bool(parcel.tracking_number) and one.get("trackingNumber") == parcel.tracking_number
        if number == outbound.package(parcel) or (tracked and whole):
            return PushResult("unchanged", external_id=number)
    return None


def _require_open(found: wire.Order, parcel: Fulfilment) -> None:
    """Raises Rejected for goods that are not ours to send, or pieces that are not open."""
    status = found.fulfillment.fulfillment_status
    if found.fulfillment.fulfilled_by != "MERCHANT":
        raise Rejected("the order is sent by Amazon itself", code="rejected")
    if status in PENDING:
        raise Rejected(f"the order is {status}: its payment is not sure yet", code="rejected")
    items = {item.order_item_id: item for item in found.order_items}
    for line in parcel.lines:
        item = items.get(line.line_external_id)
        left = state_of(item).open if item else 0
        if line.quantity > left:
            raise Rejected(
                f"of the item {line.line_external_id}, {left} are open, not {line.quantity:f}", code="rejected"
            )


def _refused(error: Rejected) -> PushResult:
    if error.code == "carrier_unknown":
        return PushResult("failed", error.code, error.params)
    return PushResult("failed", "fulfilment_refused", {"detail": error.detail})
