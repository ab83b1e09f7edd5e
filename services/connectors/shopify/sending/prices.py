"""Prices: one call per product, in which every variant is judged by itself."""

from collections.abc import Sequence

from services.connectors.shopify import outbound
from services.connectors.shopify.client import Client
from services.connectors.shopify.sending.price_lists import on_lists
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

VARIANTS_PER_CALL = 250


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Sets what variants cost, on price lists first. One bad item never holds back its neighbours."""
    graded = {place: command.payload for place, command in enumerate(commands) if command.payload.sets_tiers}
    results = {place: _refused(problem) for place, problem in (await on_lists(client, graded)).items()}
    by_product: dict[str, list[int]] = {}
    for place, command in enumerate(commands):
        if place in results:
            continue
        by_product.setdefault(command.payload.parent_external_id or "", []).append(place)
    for product, places in by_product.items():
        for start in range(0, len(places), VARIANTS_PER_CALL):
            part = places[start : start + VARIANTS_PER_CALL]
            results |= zip(part, await _set(client, product, [commands[place] for place in part]), strict=True)
    return [results[place] for place in range(len(commands))]


async def prices_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """A price may be set again: it is the same afterwards."""
    return [None] * len(commands)


async def _set(client: Client, product: str, commands: Sequence[Command]) -> list[PushResult]:
    if not product:
        return [_refused("nobody knows which product the variant belongs to")] * len(commands)
    try:
        problems = await client.set_prices(product, [outbound.price(command.payload) for command in commands])
    except Rejected as error:
        return [_refused(error.detail)] * len(commands)
    about = {outbound.place_of(problem, "variants"): problem for problem in reversed(problems)}
    found = []
    for place, command in enumerate(commands):
        problem = about.get(place) or about.get(None)
        if problem is None:
            untold = command.payload.tiers and not command.payload.tiers_group
            code = "price_tiers_without_group" if untold else ""
            found.append(PushResult("done", code, external_id=command.payload.external_id))
        else:
            found.append(_refused(str(problem.get("message", "")), str(problem.get("code") or "")))
    return found


def _refused(detail: str, platform_code: str = "") -> PushResult:
    return PushResult("failed", "price_refused", {"detail": detail[:300], "platform_code": platform_code})
