"""Sending stock and prices."""

from collections.abc import Sequence

from services.connectors.tradebyte import outbound
from services.connectors.tradebyte.client import Client
from shared.connector_kit.declaration import Command, PushResult


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One file of absolute quantities."""
    await client.send_stock(outbound.stock_file([command.payload for command in commands]))
    return [PushResult("done", external_id=command.payload.external_id) for command in commands]


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One catalogue file for all channels that are told prices. TB.One reads it in later and says nothing of it."""
    channels = client.settings.price_signs
    results: dict[int, PushResult] = {}
    for place, command in enumerate(commands):
        if not channels:
            results[place] = _refused_price("no channel is entered that is told prices (price_channels)")
        elif not command.payload.parent_external_id:
            results[place] = _refused_price("nobody knows which product the article belongs to")
    wanted = [command.payload for place, command in enumerate(commands) if place not in results]
    if wanted:
        await client.send_catalogue(outbound.price_file(wanted, channels, client.settings.classes))
    return [
        results.get(place) or PushResult("done", external_id=command.payload.external_id)
        for place, command in enumerate(commands)
    ]


def _refused_price(detail: str) -> PushResult:
    return PushResult("failed", "price_refused", {"detail": detail})


async def set_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Quantities, prices and articles say how things are: they may simply be set again."""
    return [None] * len(commands)
