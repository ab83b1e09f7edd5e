"""Shipments: order fulfilments where the shop offers them, meta data and a note elsewhere."""

from collections.abc import Sequence
from typing import Any

from services.connectors.woocommerce import outbound
from services.connectors.woocommerce.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.connector_kit.single import one_by_one
from shared.contracts.errors import Rejected


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One parcel per command: as an order fulfilment where the shop has them, as note and meta data otherwise."""
    return await one_by_one(commands, lambda command: _fulfil(client, command))


async def find_fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Which parcels the shop already knows, by our own id in its meta data."""
    return [await _known(client, command) for command in commands]


async def _fulfil(client: Client, command: Command) -> PushResult:
    parcel = command.payload.fulfilment
    order_id = parcel.order_external_id
    if (known := await _known(client, command)) is not None:
        return known
    try:
        if await client.fulfilments(order_id) is not None:
            external_id = await client.create_fulfilment(order_id, outbound.fulfilment(parcel))
            return PushResult("done", external_id=external_id)
        # The meta data first: it is what tells later that this parcel was reported.
        await client.put_order(order_id, outbound.parcel_meta(parcel))
        await client.add_note(order_id, outbound.note(parcel))
    except Rejected as error:
        return PushResult("failed", "fulfilment_refused", {"detail": error.detail})
    return PushResult("done", external_id=str(parcel.id))


async def _known(client: Client, command: Command) -> PushResult | None:
    parcel = command.payload.fulfilment
    try:
        made = await client.fulfilments(parcel.order_external_id)
    except Rejected as error:
        return PushResult("failed", "fulfilment_refused", {"detail": error.detail})
    if made is not None:
        for one in made:
            if _meta(one).get(outbound.PARCEL_META) == str(parcel.id):
                return PushResult("unchanged", external_id=str(one.get("id", "")))
        return None
    order = await client.order(parcel.order_external_id)
    if order is None:
        return PushResult("failed", "fulfilment_refused", {"detail": "the order no longer exists in the shop"})
    if f"{outbound.PARCEL_META}_{parcel.id}" not in _meta(order):
        return None
    # The meta data were written before the note that people read: a call that broke off left only the first.
    words = parcel.tracking_number or outbound.note(parcel)["note"]
    noted = any(words in text for text in await client.notes(parcel.order_external_id))
    return PushResult("unchanged", external_id=str(parcel.id)) if noted else None


def _meta(record: dict[str, Any]) -> dict[str, Any]:
    return {row.get("key", ""): row.get("value") for row in record.get("meta_data", []) if isinstance(row, dict)}
