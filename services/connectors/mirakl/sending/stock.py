"""Stock as one file for many offers."""

from collections.abc import Sequence

from services.connectors.mirakl import outbound
from services.connectors.mirakl.client import Client
from services.connectors.mirakl.sending import imports
from shared.connector_kit.declaration import Command, PushResult


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities, of these offers only."""
    wanted = {command.payload.external_id: command.payload.quantity for command in commands}
    return await imports.send(client, "stock", outbound.stock_file(wanted), commands)


async def set_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities and prices may simply be set again."""
    return [None] * len(commands)
