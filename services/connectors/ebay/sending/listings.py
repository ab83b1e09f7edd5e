"""Quantities of items and prices of offers, 25 in a call, each answered by itself.

A listing may be changed 250 times a day: what is named twice is sent once, the newest of it.
"""

from collections.abc import Sequence
from typing import Any

from services.connectors.ebay import outbound
from services.connectors.ebay.client import Client
from services.connectors.ebay.client.answers import SYSTEM, errors, words
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected

MOST_IN_A_CALL = 25
Row = dict[str, Any]


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities. Offers of one item on several marketplaces share its quantity."""
    wanted: dict[str, Row] = {}
    for command in sorted(commands, key=lambda one: one.payload.version):
        entry = outbound.quantity(command.payload)
        wanted[str(entry["sku"])] = entry
    judged = await _sent(client, wanted, "sku", "stock")
    skus = [str(outbound.quantity(command.payload)["sku"]) for command in commands]
    return [_named(judged[sku], command) for sku, command in zip(skus, commands, strict=True)]


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Prices of offers, each on its own marketplace."""
    wanted: dict[str, Row] = {}
    judged: dict[str, PushResult] = {}
    for command in sorted(commands, key=lambda one: one.payload.version):
        id = command.payload.external_id
        try:
            wanted[id] = outbound.price(command.payload)
        except Rejected as error:
            judged[id] = PushResult("failed", "price_refused", {"detail": error.detail})
    judged = await _sent(client, wanted, "offerId", "price") | judged
    return [_named(judged[command.payload.external_id], command) for command in commands]


async def again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute values may simply be set again."""
    return [None] * len(commands)


async def _sent(client: Client, wanted: dict[str, Row], by: str, noun: str) -> dict[str, PushResult]:
    keys = list(wanted)
    found: dict[str, PushResult] = {}
    for first in range(0, len(keys), MOST_IN_A_CALL):
        found |= await _set(client, {key: wanted[key] for key in keys[first : first + MOST_IN_A_CALL]}, by, noun)
    return found


async def _set(client: Client, wanted: dict[str, Row], by: str, noun: str) -> dict[str, PushResult]:
    try:
        answered = await client.update(list(wanted.values()))
    except Rejected as error:
        if len(wanted) == 1:
            return {key: PushResult("failed", f"{noun}_refused", {"detail": error.detail}) for key in wanted}
        # Refused as a whole, perhaps for one entry's sake: each by itself, so that none holds back the others.
        alone: dict[str, PushResult] = {}
        for key, entry in wanted.items():
            alone |= await _set(client, {key: entry}, by, noun)
        return alone
    rows: dict[str, list[Row]] = {}
    for row in answered:
        rows.setdefault(str(row.get(by)), []).append(row)
    return {key: _judged(rows.get(key, []), noun) for key in wanted}


def _judged(rows: Sequence[Row], noun: str) -> PushResult:
    """An entry is as good as the worst of what is answered for it, whatever the status of the whole call."""
    if not rows:
        return PushResult("retrying", f"{noun}_unanswered", {"detail": "the platform did not answer this entry"})
    bad = next((row for row in rows if not _good(row)), None)
    if bad is None:
        return PushResult("done")
    found = errors(bad)
    said = words(found) or str(bad.get("statusCode") or "")
    if int(bad.get("statusCode") or 0) >= 500 or any(one.get("errorId") in SYSTEM for one in found):
        return PushResult("retrying", f"{noun}_unanswered", {"detail": said})
    if too_often(said):
        return PushResult("retrying", "listing_changed_too_often", {"detail": said})
    return PushResult("failed", f"{noun}_refused", {"detail": said})


def _good(row: Row) -> bool:
    status = row.get("statusCode")
    return isinstance(status, int) and 200 <= status < 300


def too_often(said: str) -> bool:
    """The limit of a day has no number of its own that eBay would publish: only its words tell."""
    plain = said.lower()
    return "revis" in plain and any(word in plain for word in ("exceed", "limit", "maximum"))


def _named(result: PushResult, command: Command) -> PushResult:
    return PushResult(result.outcome, result.code, result.params, external_id=command.payload.external_id)
