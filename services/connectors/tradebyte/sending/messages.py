"""Sending messages. What TB.One made of them cannot be asked, so they are sent once and never again."""

from collections.abc import Callable, Sequence
from uuid import UUID

import orjson
from pydantic import ValidationError

from services.connectors.tradebyte import outbound, wire
from services.connectors.tradebyte.client import Client
from services.connectors.tradebyte.outbound import About
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected


async def fulfilments(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One file of SHIP messages per parcel."""
    return [await _shipped(client, command) for command in commands]


async def cancellations(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One file of messages per cancellation."""
    return [await _cancelled(client, command) for command in commands]


async def goods_back(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One file of RETURN messages per return."""
    return [await _returned(client, command) for command in commands]


async def unsure(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """An answer was lost. Messages add up over there and are listed nowhere: a person must look. Only of a file that
    lies where it was put, or beside its name, more is known."""
    sent: Sequence[bool | None] = [None] * len(commands)
    if client.files is not None:
        sent = await client.files.messages_sent([command.key for command in commands])
    found = {True: PushResult("done"), False: None, None: PushResult("failed", "message_unsure")}
    return [found[one] for one in sent]


async def _shipped(client: Client, command: Command) -> PushResult:
    parcel = command.payload.fulfilment
    parcel_type = client.settings.parcel_type(parcel.carrier)
    return await _told(
        client,
        command.key,
        parcel.order_external_id,
        "fulfilment_refused",
        lambda about: outbound.shipment(about, parcel, parcel_type),
    )


async def _cancelled(client: Client, command: Command) -> PushResult:
    wanted = command.payload.cancellation
    return await _told(
        client,
        command.key,
        wanted.order_external_id,
        "cancellation_refused_by_shop",
        lambda about: outbound.cancellation(about, wanted),
    )


async def _returned(client: Client, command: Command) -> PushResult:
    goods, settings = command.payload.goods, client.settings
    return await _told(
        client,
        command.key,
        goods.order_external_id,
        "return_refused_by_shop",
        lambda about: outbound.goods_back(about, goods, settings.return_cause, settings.return_state),
    )


async def _said(client: Client, external_id: str) -> list[dict[str, str]]:
    notes = await client.notes.of([external_id])
    return [orjson.loads(note) for note in notes.get(external_id, ())]


async def _told(
    client: Client, key: UUID, external_id: str, refusal: str, made: Callable[[About], bytes | None]
) -> PushResult:
    """Reads the order, makes the messages about it and sends them. Raises Unknown when their answer is lost.

    Whether TB.One shows orders that are flagged is not documented: one it does not show is written about unseen.
    """
    sign, _, tb_id = external_id.rpartition(":")
    try:
        row = await client.order(tb_id) if tb_id.isdecimal() else None
        order = (
            None
            if row is None
            else wire.Order.model_validate(row | {"CURRENCY": "", "MESSAGES": await _said(client, external_id)})
        )
        if order is not None and sign != order.ORDER_DATA.CHANNEL_SIGN:
            raise Rejected("the account has no order of this number in this channel")
        file = made(About(sign, tb_id, order))
        if file is None:
            return PushResult("unchanged", external_id=external_id)
        await client.send_messages(file, key)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors()[0]["loc"])
        return PushResult("failed", refusal, {"detail": f"{field} of the order cannot be read"})
    except Rejected as error:
        return PushResult("failed", refusal, {"detail": error.detail})
    return PushResult("done", external_id=external_id)
