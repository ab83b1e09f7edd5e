"""Variants: one listing of all members of a group, whose key is the number of their parent."""

from collections.abc import Sequence
from typing import Any

from services.connectors.ebay import outbound
from services.connectors.ebay.client import Client
from services.connectors.ebay.sending.offers import Placed, Wish, listed, place_offers, waiting
from services.connectors.ebay.sending.terms import Terms, Unclear, refused
from shared.connector_kit.declaration import PushResult
from shared.contracts.errors import Rejected
from shared.contracts.mapped_product import MappedProductPush

Row = dict[str, Any]


def key_of(wanted: MappedProductPush) -> str:
    """The group of a variant; empty for an article that is none."""
    article = wanted.article
    if article is None or article.content.head is None or not article.content.options:
        return ""
    return article.content.head.number


async def list_group(client: Client, key: str, wanted: Sequence[MappedProductPush], terms: Terms) -> list[PushResult]:
    """One result per variant. A variant that is refused stays out, and the others are listed without it; one that is
    off sale has no stock, because a group is published as a whole."""
    results: dict[int, PushResult] = {}
    placed: dict[int, tuple[Wish, list[Placed]]] = {}
    for place, one in enumerate(wanted):
        try:
            wish = await Wish.read(client, one)
            body = outbound.item(one, wish.article, wish.item)
            await client.listings.put_item(wish.sku, body, client.merchant.sites[0])
            offers = await place_offers(client, wish, terms)
            if isinstance(offers, PushResult):
                results[place] = offers
            else:
                placed[place] = wish, offers
        except Unclear as unclear:
            results[place] = unclear.result
        except Rejected as error:
            results[place] = refused(error)
    if placed:
        results |= await _together(client, key, placed)
    return [results[place] for place in range(len(wanted))]


async def _together(client: Client, key: str, placed: dict[int, tuple[Wish, list[Placed]]]) -> dict[int, PushResult]:
    wishes = [wish for wish, _ in placed.values()]
    try:
        known = await client.listings.group(key)
        before = [str(sku) for sku in (known or {}).get("variantSKUs") or ()]
        members = list(dict.fromkeys([*before, *(wish.sku for wish in wishes)]))
        items = await client.listings.items(members)
        there = {sku: items[sku] for sku in members if sku in items}
        body = outbound.group([wish.wanted for wish in wishes], there, known)
        await client.listings.put_group(key, body, client.merchant.sites[0])
        missing = {one.site for _, offers in placed.values() for one in offers if not one.published}
        if missing and not any(outbound.in_stock(one) for one in items.values()):
            return {place: waiting(offers) for place, (_, offers) in placed.items()}
        for site in client.merchant.sites:
            if site in missing:
                await client.listings.publish_group(key, site)
    except Rejected as error:
        return dict.fromkeys(placed, refused(error))
    return {place: listed(offers) for place, (_, offers) in placed.items()}
