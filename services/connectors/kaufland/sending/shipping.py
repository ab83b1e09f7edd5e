"""Parcels, piece by piece. The platform does not show a parcel's number again: a piece that was sent was told."""

from collections.abc import Mapping, Sequence

from services.connectors.kaufland import outbound
from services.connectors.kaufland.client import Client
from services.connectors.kaufland.sending.units import repeated, words
from services.connectors.kaufland.vocabulary import UNIT_STATES
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment

SENT = ("sent", "returned")


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command."""
    return await one_by_one(commands, lambda command: _ship(client, command.payload.fulfilment))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels were told in full; what is left of one goes on with the pieces that were not."""
    parcels = [command.payload.fulfilment for command in commands]
    return [_told(parcel, await words(client, parcel.order_external_id)) for parcel in parcels]


async def _ship(client: Client, parcel: Fulfilment) -> PushResult:
    try:
        pieces = outbound.pieces(parcel)
        carrier = outbound.carrier(parcel.carrier, await client.carriers())
    except Rejected as error:
        return _refused(error)
    states = await words(client, parcel.order_external_id)
    if (known := _told(parcel, states)) is not None:
        return known
    waiting = [id for id in pieces if UNIT_STATES.get(states.get(id, "")) not in SENT]
    # Nothing of a parcel is told while a piece of it cannot be: half a parcel would be nobody's parcel.
    for id in waiting:
        if UNIT_STATES.get(states.get(id, "")) != "processable":
            return _failed(f"the order unit {id} is {states.get(id, 'not of this order')}")
    for id in waiting:
        try:
            await client.send_unit(id, parcel.tracking_number, carrier)
        except Rejected as error:
            if not repeated(error):
                return _refused(error)
    return PushResult("done", external_id=parcel.tracking_number)


def _told(parcel: Fulfilment, states: Mapping[str, str]) -> PushResult | None:
    ids = [line.line_external_id for line in parcel.lines]
    if ids and all(UNIT_STATES.get(states.get(id, "")) in SENT for id in ids):
        return PushResult("unchanged", external_id=parcel.tracking_number)
    return None


def _refused(error: Rejected) -> PushResult:
    return PushResult("failed", error.code, error.params) if error.code == "carrier_unknown" else _failed(error.detail)


def _failed(detail: str) -> PushResult:
    return PushResult("failed", "fulfilment_refused", {"detail": detail})
