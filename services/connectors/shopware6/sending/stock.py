"""Absolute quantities. One call writes all or nothing, and takes an id it does not know for a new product."""

from collections.abc import Sequence
from typing import Any

from services.connectors.shopware6 import outbound, queries
from services.connectors.shopware6.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

FIRST_WITHOUT_SHELF = (6, 6)
GONE = "the shop has no product with this id"


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """One call; where the shop refuses it, ids that it does not know and then rows that it names as bad are left out of
    the next one, so none loses the others."""
    ids = sorted({command.payload.external_id for command in commands})
    reserves = await _shelf_counts(client)
    held = await _held(client, ids) if reserves else dict.fromkeys(ids, 0)
    looked = reserves
    results: dict[int, PushResult] = {}
    while True:
        results |= {at: _refused(GONE) for at, one in enumerate(commands) if one.payload.external_id not in held}
        waiting = [place for place in range(len(commands)) if place not in results]
        if not waiting:
            break
        payloads = [commands[place].payload for place in waiting]
        try:
            await client.set_stock([outbound.quantity(one, held[one.external_id]) for one in payloads])
        except Rejected as error:
            if not looked:
                # Perhaps only for ids that the shop does not know: nothing was written.
                looked, there = True, await _held(client, ids)
                held = {id: 0 for id in held if id in there}
                if len(held) < len(ids):
                    continue
            bad = named(error, "stock")
            if not bad:
                raise
            results |= {waiting[index]: _refused(error.detail) for index in bad}
            continue
        results |= {place: PushResult("done", external_id=commands[place].payload.external_id) for place in waiting}
        break
    return [results[place] for place in range(len(commands))]


async def stock_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities, and prices, may simply be set again."""
    return [None] * len(commands)


async def _held(client: Client, ids: Sequence[str]) -> dict[str, int]:
    """Which products the shop has, and how many pieces of each its open orders hold."""
    includes = {"product": ["id", "stock", "availableStock"]}
    rows = await client.search("product", queries.by_ids(ids, {}, includes))
    return {str(row["id"]): int(row["stock"]) - int(_or(row["availableStock"], row["stock"])) for row in rows}


async def _shelf_counts(client: Client) -> bool:
    """Until 6.5 a quantity lies on the shelf until its order is completed; later versions take it off at once."""
    numbers = tuple(int(part) for part in (await client.version()).split(".")[:2] if part.isdigit())
    return numbers < FIRST_WITHOUT_SHELF


def named(error: Rejected, key: str) -> set[int]:
    """The rows of an operation that the shop complains about: `/<key>/<place>/<field>`."""
    parts = [pointer.split("/") for pointer in error.params.get("pointers", "").split()]
    return {int(part[2]) for part in parts if len(part) > 2 and part[1] == key and part[2].isdigit()}


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "stock_refused", {"detail": detail})


def _or(value: Any, other: Any) -> Any:
    return other if value is None else value
