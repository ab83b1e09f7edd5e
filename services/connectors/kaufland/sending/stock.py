"""Quantities of offers, up to 150 in a call, each answered by itself."""

from collections.abc import Sequence
from typing import Any

from services.connectors.kaufland import outbound
from services.connectors.kaufland.client import Client
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

Row = dict[str, Any]


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities, one call per storefront. The platform refuses a call that names an offer twice: of two
    quantities of one offer the newer is sent."""
    results: dict[str, PushResult] = {}
    wanted: dict[str, dict[str, Row]] = {}
    for command in sorted(commands, key=lambda one: one.payload.version):
        id = command.payload.external_id
        try:
            wanted.setdefault(id.partition(":")[0], {})[id] = outbound.amount(command.payload)
        except Rejected as error:
            results[id] = _refused(error.detail)
    for storefront, changes in wanted.items():
        results |= await _set(client, storefront, changes)
    return [results[command.payload.external_id] for command in commands]


async def stock_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute quantities may simply be set again."""
    return [None] * len(commands)


async def _set(client: Client, storefront: str, changes: dict[str, Row]) -> dict[str, PushResult]:
    if not changes:
        return {}
    try:
        answered = await client.set_units(storefront, list(changes.values()))
    except Rejected as error:
        if len(changes) == 1:
            return {id: _refused(error.detail) for id in changes}
        # Refused as a whole, perhaps for one offer's sake: each by itself, so that none holds back the others.
        alone: dict[str, PushResult] = {}
        for id, change in changes.items():
            alone |= await _set(client, storefront, {id: change})
        return alone
    rows = {row.get("id_unit"): row for row in answered}
    return {id: _judged(id, rows.get(change["id_unit"])) for id, change in changes.items()}


def _judged(id: str, row: Row | None) -> PushResult:
    if row is None:
        return PushResult("retrying", "stock_unanswered", {"detail": "the platform did not answer this offer"})
    status = int(row.get("status_code") or 0)
    if status == 200:
        actual = (row.get("unit") or {}).get("amount")
        return PushResult("done", external_id=id, actual=actual if isinstance(actual, int) else None)
    errors = [f"{one.get('field', '')}: {one.get('message', '')}" for one in row.get("errors") or ()]
    said = "; ".join([str(row.get("message") or status), *errors])[:300]
    if status >= 500:
        return PushResult("retrying", "stock_unanswered", {"detail": said})
    return _refused(said)


def _refused(detail: str) -> PushResult:
    return PushResult("failed", "stock_refused", {"detail": detail})
