"""Prices in the shop's own currency. The shop replaces a product's list of prices as a whole, so what the list holds in
other currencies is read and written back. What was never told a price by quantity or group is written without a look
at such, for which a role needs further rights."""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopware6 import outbound, queries
from services.connectors.shopware6.client import Client
from services.connectors.shopware6.sending.graded import graded, refused
from services.connectors.shopware6.sending.stock import GONE, named
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.price import PricePush


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Known ids in one call; rows that the shop names as bad are left out of the next one, so none loses the others."""
    currency, code = await client.currency()
    held = await _held(client, sorted({command.payload.external_id for command in commands}))
    results: dict[int, PushResult] = {}
    waiting: dict[int, dict[str, Any]] = {}
    beside: dict[int, PricePush] = {}
    for place, command in enumerate(commands):
        push = command.payload
        if push.external_id not in held:
            results[place] = refused(GONE)
        elif push.price.currency != code:
            results[place] = refused(f"the shop keeps its prices in {code}")
        elif push.sets_tiers:
            beside[place] = push
        else:
            waiting[place] = outbound.price(push, currency, held[push.external_id])
    while waiting:
        places = list(waiting)
        try:
            await client.set_prices(list(waiting.values()))
        except Rejected as error:
            bad = named(error, "price")
            if not bad:
                raise
            results |= {places[index]: refused(error.detail) for index in bad}
            waiting = {place: row for index, (place, row) in enumerate(waiting.items()) if index not in bad}
            continue
        results |= {place: PushResult("done", external_id=commands[place].payload.external_id) for place in places}
        break
    results |= await graded(client, beside, currency, held)
    return [results[place] for place in range(len(commands))]


async def _held(client: Client, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What each product costs now, per currency; a variant without a price of its own has its parent's."""
    rows = await client.search("product", queries.by_ids(ids, {}, {"product": ["id", "price"]}), inherit=True)
    return {str(row["id"]): list(row.get("price") or ()) for row in rows}
