"""Listings: an item per article, an offer per marketplace, a group where it is a variant, then published.

All of it is found again by the SKU, so what was begun may be done again. What has no stock yet cannot be published: it
waits as an offer, is read as one, told its stock, and published then.
"""

from collections.abc import Sequence
from typing import Any

from services.connectors.ebay import outbound
from services.connectors.ebay.client import Client
from services.connectors.ebay.sending import groups
from services.connectors.ebay.sending.offers import NO_STOCK, Wish, listed, place_offers, waiting, withdraw
from services.connectors.ebay.sending.terms import Terms, Unclear, refused
from shared.connector_kit.declaration import Command, PushResult
from shared.contracts.errors import Rejected
from shared.contracts.mapped_product import MappedProductPush

Row = dict[str, Any]


async def products(client: Client, commands: Sequence[Command]) -> Sequence[PushResult]:
    """Each article by itself, variants of one product together. What eBay refuses is told in its own words."""
    terms = Terms(client)
    results: dict[int, PushResult] = {}
    families: dict[str, list[int]] = {}
    for place, command in enumerate(commands):
        wanted = command.payload
        if wanted.format != "operator" or wanted.article is None:
            results[place] = PushResult("failed", "product_refused", {"detail": "eBay maps no columns of the seller"})
        elif key := groups.key_of(wanted):
            families.setdefault(key, []).append(place)
        else:
            results[place] = await _single(client, wanted, terms)
    for key, places in families.items():
        found = await groups.list_group(client, key, [commands[place].payload for place in places], terms)
        results |= dict(zip(places, found, strict=True))
    return [results[place] for place in range(len(commands))]


async def listed_yet(client: Client, commands: Sequence[Command]) -> Sequence[PushResult | None]:
    """What waited for stock and is published by now, or still has none; all else is simply sent again."""
    return [await _waits(client, command.ticket) if command.ticket else None for command in commands]


async def _single(client: Client, wanted: MappedProductPush, terms: Terms) -> PushResult:
    try:
        wish = await Wish.read(client, wanted)
        if not wish.article.active:
            return await withdraw(client, wish)
        body = outbound.item(wanted, wish.article, wish.item)
        await client.listings.put_item(wish.sku, body, client.merchant.sites[0])
        offers = await place_offers(client, wish, terms)
        if isinstance(offers, PushResult):
            return offers
        open_ones = [one for one in offers if not one.published]
        if open_ones and not outbound.in_stock(wish.item):
            return waiting(offers)
        for one in open_ones:
            await client.listings.publish(one.id)
        return listed(offers)
    except Unclear as unclear:
        return unclear.result
    except Rejected as error:
        return refused(error)


async def _waits(client: Client, offer_id: str) -> PushResult | None:
    offer = await client.offer(offer_id)
    if offer is None:
        return None
    if offer.get("status") == "PUBLISHED":
        return PushResult("done", external_id=offer_id)
    if outbound.in_stock(await client.item(str(offer.get("sku")))):
        return None
    return PushResult("waiting", "product_waits", NO_STOCK, external_id=offer_id)
