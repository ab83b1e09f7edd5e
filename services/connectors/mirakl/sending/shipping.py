"""Parcels: as many as there are where the operator allows it (ST01), else one for the whole order (OR23, OR24)."""

from collections.abc import Sequence
from decimal import Decimal

from services.connectors.mirakl import outbound, wire
from services.connectors.mirakl.client import Client
from services.connectors.mirakl.sending import records
from services.connectors.mirakl.vocabulary import LINES_OPEN, ORDER_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.errors import Rejected, Unknown
from shared.contracts.fulfilment import Fulfilment


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command."""
    return await one_by_one(commands, lambda command: _guarded(client, command.payload.fulfilment))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the operator already knows."""
    return [await _looked_up(client, command.payload.fulfilment) for command in commands]


async def _guarded(client: Client, parcel: Fulfilment) -> PushResult:
    try:
        return await _known(client, parcel) or await _fulfil(client, parcel)
    except Rejected as error:
        return PushResult("failed", "fulfilment_refused", {"detail": error.detail})


async def _looked_up(client: Client, parcel: Fulfilment) -> PushResult | None:
    try:
        return await _known(client, parcel)
    except Rejected as error:
        return PushResult("failed", "fulfilment_refused", {"detail": error.detail})


async def _fulfil(client: Client, parcel: Fulfilment) -> PushResult:
    if parcel.ready_for_pickup:
        raise Rejected("Mirakl is not told that goods lie ready; tell it when they are handed over", code="rejected")
    features = await records.features(client)
    registered = wire.Carriers.model_validate(await client.carriers()).carriers
    found = outbound.carrier(parcel, registered, own_allowed=not features.disable_seller_alternative_carrier)
    if not features.shipment.multi_shipment:
        return await _whole_order(client, parcel, outbound.tracking(found))
    answered = await client.create_shipment(outbound.shipment(parcel, found))
    if refused := answered.get("shipment_errors"):
        raise Rejected(str(refused[0].get("message") or "no reason was given")[:300], code="rejected")
    if made := answered.get("shipment_success"):
        return PushResult("done", external_id=str(made[0]["id"]))
    raise Unknown("The operator's Mirakl took a shipment and named neither it nor an error.")


async def _whole_order(client: Client, parcel: Fulfilment, tracking: dict[str, str]) -> PushResult:
    order = await records.order(client, parcel.order_external_id)
    wanted = {line.line_external_id: line.quantity for line in parcel.lines}
    open_lines = {
        line.order_line_id: outbound.left(line) for line in order.order_lines if line.order_line_state in LINES_OPEN
    }
    if wanted != {id: left for id, left in open_lines.items() if left > Decimal(0)}:
        detail = "the operator allows one parcel per order; report it when everything that is left is in it"
        raise Rejected(detail, code="rejected")
    await client.track(parcel.order_external_id, tracking)
    await client.ship(parcel.order_external_id)
    return PushResult("done", external_id=parcel.order_external_id)


async def _known(client: Client, parcel: Fulfilment) -> PushResult | None:
    """By our own reference on the package; where there are no packages, by the order's only tracking number."""
    if (await records.features(client)).shipment.multi_shipment:
        for one in await client.shipments(parcel.order_external_id):
            lines = one.get("shipment_lines") or ()
            if any(line.get("package_reference") == str(parcel.id) for line in lines):
                return PushResult("unchanged", external_id=str(one["id"]))
        return None
    order = await records.order(client, parcel.order_external_id)
    if order.order_state == "SHIPPING":
        return None
    if ORDER_STATES.get(order.order_state) == "completed" and order.shipping_tracking == parcel.tracking_number:
        return PushResult("unchanged", external_id=order.order_id)
    raise Rejected(f"the order is in state {order.order_state} at the operator", code="rejected")
