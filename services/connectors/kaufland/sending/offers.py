"""Quantities and prices of offers, up to 150 in a call, each answered by itself."""

from collections.abc import Callable, Sequence
from typing import Any

from services.connectors.kaufland import outbound
from services.connectors.kaufland.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

MOST_IN_A_CALL = 150
Row = dict[str, Any]


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities. The answer shows the quantity behind the offer."""
    return await _change(client, commands, outbound.amount, "stock")


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Prices in the currency of the storefront, with tax; lowest prices of the platform's own repricing stay."""
    return await _change(client, commands, outbound.price, "price")


async def set_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities and prices may simply be set again."""
    return [None] * len(commands)


async def _change(
    client: Client, commands: Sequence[Command], body: Callable[[Any], Row], noun: str
) -> list[PushResult]:
    """As few calls per storefront as hold all. The platform refuses a call that names an offer twice: of two values of
    one offer the newer is sent."""
    results: dict[str, PushResult] = {}
    wanted: dict[str, dict[str, Row]] = {}
    for command in sorted(commands, key=lambda one: one.payload.version):
        id = command.payload.external_id
        try:
            wanted.setdefault(id.partition(":")[0], {})[id] = body(command.payload)
        except Rejected as error:
            results[id] = _refused(noun, error.detail)
    for storefront, changes in wanted.items():
        ids = list(changes)
        for first in range(0, len(ids), MOST_IN_A_CALL):
            part = {id: changes[id] for id in ids[first : first + MOST_IN_A_CALL]}
            results |= await _set(client, storefront, part, noun)
    return [results[command.payload.external_id] for command in commands]


async def _set(client: Client, storefront: str, changes: dict[str, Row], noun: str) -> dict[str, PushResult]:
    if not changes:
        return {}
    try:
        answered = await client.set_units(storefront, list(changes.values()))
    except Rejected as error:
        if len(changes) == 1:
            return {id: _refused(noun, error.detail) for id in changes}
        # Refused as a whole, perhaps for one offer's sake: each by itself, so that none holds back the others.
        alone: dict[str, PushResult] = {}
        for id, change in changes.items():
            alone |= await _set(client, storefront, {id: change}, noun)
        return alone
    rows = {row.get("id_unit"): row for row in answered}
    return {id: _judged(id, rows.get(change["id_unit"]), noun) for id, change in changes.items()}


def _judged(id: str, row: Row | None, noun: str) -> PushResult:
    if row is None:
        return PushResult("retrying", f"{noun}_unanswered", {"detail": "the platform did not answer this offer"})
    status = int(row.get("status_code") or 0)
    if status == 200:
        amount = (row.get("unit") or {}).get("amount") if noun == "stock" else None
        return PushResult("done", external_id=id, actual=amount if isinstance(amount, int) else None)
    errors = [f"{one.get('field', '')}: {one.get('message', '')}" for one in row.get("errors") or ()]
    said = "; ".join([str(row.get("message") or status), *errors])[:300]
    if status >= 500:
        return PushResult("retrying", f"{noun}_unanswered", {"detail": said})
    return _refused(noun, said)


def _refused(noun: str, detail: str) -> PushResult:
    return PushResult("failed", f"{noun}_refused", {"detail": detail})
