"""Quantities and prices: a few listing by listing, many in one feed.

Each listing is read first: only that tells its type of product, and that the goods lie on our own shelf. A quantity
for goods that lie with Amazon would turn them into goods that we send.
"""

from collections.abc import Callable, Mapping, Sequence
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
Ready = dict[int, tuple[str, str, str, Patch]]


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
    ready: Ready = {}
    for number, command in enumerate(commands):
        market, sku = outbound.place(command.payload.external_id)
        try:
            kind = _product_type(listed.get(sku), market, own_shelf=own_shelf)
            ready[number] = market, sku, kind, patch(command.payload)
        except Rejected as error:
            results[number] = PushResult("failed", refused, {"detail": error.detail})
    if noun not in client.handed and len(ready) <= ONE_BY_ONE:
        for number, row in ready.items():
            results[number] = await _one(client, *row, refused)
    else:
        results |= await _many(client, ready, noun)
    return [results[number] for number in range(len(commands))]


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


async def _one(client: Client, market: str, sku: str, kind: str, patch: Patch, refused: str) -> PushResult:
    """What is accepted is worked through later; what is wrong with it is said at once, with the word INVALID."""
    try:
        answer = await client.patch_listing(sku, market, {"productType": kind, "patches": [patch]})
    except Rejected as error:
        return PushResult("failed", refused, {"detail": error.detail})
    if answer.get("status") in ("ACCEPTED", "VALID"):
        return PushResult("done", external_id=sku)
    words = [str(one.get("message")) for one in answer.get("issues") or () if one.get("severity") == "ERROR"]
    return PushResult("failed", refused, {"detail": "; ".join(words)[:300] or str(answer.get("status"))})


async def _many(client: Client, ready: Ready, noun: str) -> dict[int, PushResult]:
    """One feed for all that the feed before it did not say already."""
    said = {number: f"{market}:{sku}:{patch['value']}" for number, (market, sku, _, patch) in ready.items()}
    refused = f"{noun}_refused"
    known = await feeds.earlier(client, noun, refused)
    if known is None:
        return dict.fromkeys(said, feeds.waits())
    verdict: Mapping[str, PushResult] = {words: one for words, one in known.items() if one.outcome != "retrying"}
    rest = {number: row for number, row in ready.items() if said[number] not in verdict}
    if rest:
        content = outbound.listings_feed(client.seller, [(sku, kind, patch) for _, sku, kind, patch in rest.values()])
        feed = await client.hand_in(LISTINGS_FEED, json_text.encode(content), JSON)
        messages = {said[number]: str(place) for place, number in enumerate(rest, 1)}
        verdict = {**verdict, **await feeds.judged(client, noun, Handed(feed, messages), refused)}
    return {number: verdict[words] for number, words in said.items()}
