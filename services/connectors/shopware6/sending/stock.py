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
    """Known ids in one call; rows that the shop names as bad are left out of the next one, so none loses the others."""
    known = await _known(client, sorted({command.payload.external_id for command in commands}))
    reserved = await _shelf_counts(client)
    results: dict[int, PushResult] = {}
    waiting: list[int] = []
    for place, command in enumerate(commands):
        if command.payload.external_id in known:
            waiting.append(place)
        else:
            results[place] = _refused(GONE)
    while waiting:
        rows = []
        for place in waiting:
            one = commands[place].payload
            rows.append(outbound.quantity(one, known[one.external_id] if reserved else 0))
        try:
            await client.set_stock(rows)
        except Rejected as error:
            bad = named(error, "stock")
            if not bad:
                raise
            results |= {waiting[index]: _refused(error.detail) for index in bad}
            waiting = [place for index, place in enumerate(waiting) if index not in bad]
            continue
        results |= {place: PushResult("done", external_id=commands[place].payload.external_id) for place in waiting}
        waiting = []
    return [results[place] for place in range(len(commands))]


async def stock_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities, and prices, may simply be set again."""
    return [None] * len(commands)


async def _known(client: Client, ids: Sequence[str]) -> dict[str, int]:
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
