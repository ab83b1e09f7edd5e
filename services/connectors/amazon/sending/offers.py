"""Quantities and prices: a few listing by listing, many in one feed.

Each listing is read first: only that tells its type of product, and that the goods lie on our own shelf. A quantity
for goods that lie with Amazon would turn them into goods that we send.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.connectors.amazon import outbound
from services.connectors.amazon.client import JSON, Client, Handed
from services.connectors.amazon.sending import feeds
from services.connectors.amazon.vocabulary import LISTINGS_FEED, OWN_STOCK
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.http import json_text

ONE_BY_ONE = 100
"""At five calls a second, twenty seconds; a feed takes minutes."""
Patch = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """What one SKU is told: for these commands, by their numbers, in these marketplaces."""

    sku: str
    kind: str
    patch: Patch
    markets: tuple[str, ...]
    numbers: tuple[int, ...]

    @property
    def said(self) -> str:
        return f"{self.sku}:{self.patch['value']}"


async def stock(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Absolute quantities."""
    return await _send(client, commands, outbound.quantity, "stock", own_shelf=True)


async def prices(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """What a listing costs in its marketplace, tax included."""
    return await _send(client, commands, outbound.price, "price", own_shelf=False)


async def set_again(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """Absolute values may simply be said again."""
    return [None] * len(commands)


async def _send(
    client: Client, commands: Sequence[Command], patch: Callable[[Any], Patch], noun: str, *, own_shelf: bool
) -> Sequence[PushResult]:
    refused = f"{noun}_refused"
    listed = await client.listings([outbound.place(command.payload.external_id)[1] for command in commands])
    results: dict[int, PushResult] = {}
    ready: dict[str, list[tuple[int, str, str, Patch]]] = {}
    for number, command in enumerate(commands):
        market, sku = outbound.place(command.payload.external_id)
        try:
            kind = _product_type(listed.get(sku), market, own_shelf=own_shelf)
            row = number, market, kind, patch(command.payload)
        except Rejected as error:
            results[number] = PushResult("failed", refused, {"detail": error.detail})
        else:
            ready.setdefault(sku, []).append(row)
    changes = [_change(sku, rows) for sku, rows in ready.items()]
    if noun not in client.handed and len(changes) <= ONE_BY_ONE:
        for change in changes:
            results |= dict.fromkeys(change.numbers, await _one(client, change, refused))
    else:
        verdict = await _many(client, changes, noun)
        for change in changes:
            results |= dict.fromkeys(change.numbers, verdict[change.said])
    told = {number: change.patch["value"][0].get("quantity") for change in changes for number in change.numbers}
    return [_told(results[number], command.payload, told.get(number)) for number, command in enumerate(commands)]


def _change(sku: str, rows: Sequence[tuple[int, str, str, Patch]]) -> Change:
    numbers, markets, kinds, patches = zip(*rows, strict=True)
    return Change(sku, kinds[0], outbound.together(patches), tuple(dict.fromkeys(markets)), numbers)


def _told(result: PushResult, payload: Any, quantity: int | None) -> PushResult:
    """A SKU has one quantity in all marketplaces: whoever wanted another one learns it."""
    if result.outcome != "done" or quantity is None or quantity == payload.quantity:
        return result
    return replace(result, actual=quantity)


def _product_type(listing: dict[str, Any] | None, market: str, *, own_shelf: bool) -> str:
    """Raises Rejected for what is not listed there, or not sent by us."""
    rows = (listing or {}).get("summaries") or ()
    summary = next((one for one in rows if one.get("marketplaceId") == market), None)
    if listing is None or summary is None:
        raise Rejected("the SKU is not listed in this marketplace", code="not_found")
    codes = [str(one.get("fulfillmentChannelCode")) for one in listing.get("fulfillmentAvailability") or ()]
    if own_shelf and codes and OWN_STOCK not in codes:
        raise Rejected(f"the goods lie with Amazon ({', '.join(codes)}), which counts them itself", code="rejected")
    return str(summary.get("productType") or "PRODUCT")


async def _one(client: Client, change: Change, refused: str) -> PushResult:
    """What is accepted is worked through later; what is wrong with it is said at once, with the word INVALID."""
    body = {"productType": change.kind, "patches": [change.patch]}
    try:
        answer = await client.patch_listing(change.sku, change.markets, body)
    except Rejected as error:
        return PushResult("failed", refused, {"detail": error.detail})
    if answer.get("status") in ("ACCEPTED", "VALID"):
        return PushResult("done", external_id=change.sku)
    words = [str(one.get("message")) for one in answer.get("issues") or () if one.get("severity") == "ERROR"]
    return PushResult("failed", refused, {"detail": "; ".join(words)[:300] or str(answer.get("status"))})


async def _many(client: Client, changes: Sequence[Change], noun: str) -> Mapping[str, PushResult]:
    """One feed for all that the feed before it did not say already; a SKU stands in it once."""
    refused = f"{noun}_refused"
    known = await feeds.earlier(client, noun, refused)
    if known is None:
        return {change.said: feeds.waits() for change in changes}
    verdict = {words: one for words, one in known.items() if one.outcome != "retrying"}
    rest = [change for change in changes if change.said not in verdict]
    if rest:
        content = outbound.listings_feed(client.seller, [(one.sku, one.kind, one.patch) for one in rest])
        feed = await client.hand_in(LISTINGS_FEED, json_text.encode(content), JSON)
        messages = {change.said: str(number) for number, change in enumerate(rest, 1)}
        verdict |= await feeds.judged(client, noun, Handed(feed, messages), refused)
    return verdict
