"""One article's item and offers as eBay has them, and as they are to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from services.connectors.ebay import outbound
from services.connectors.ebay.client import Client
from services.connectors.ebay.sending.terms import Terms
from services.connectors.ebay.vocabulary import CURRENCIES, EVERYWHERE_ELSE
from shared.connector_kit.declaration import PushResult
from shared.contracts.errors import Rejected
from shared.contracts.mapped_product import MappedProductPush
from shared.contracts.product import ProductVariant

Row = dict[str, Any]
NO_STOCK = {"detail": "the offer is there and has no stock yet"}


@dataclass(frozen=True)
class Wish:
    """What is wanted, under which SKU, and what is there: its `item` if any, its offers by marketplace."""

    wanted: MappedProductPush
    article: ProductVariant
    sku: str
    item: Row | None
    offers: dict[str, Row]

    @classmethod
    async def read(cls, client: Client, wanted: MappedProductPush) -> Self:
        """A listing that is matched may have a SKU other than the article's number. Raises Rejected without article."""
        article = wanted.article
        if article is None:
            raise Rejected("the article is not told")
        matched = await client.offer(article.external_id) if article.external_id else None
        sku = str(matched["sku"]) if matched else wanted.article_number
        item = await client.item(sku)
        rows = await client.offers(sku) if item else []
        return cls(wanted, article, sku, item, {str(one.get("marketplaceId")): one for one in rows})


@dataclass(frozen=True)
class Placed:
    id: str
    site: str
    published: bool


async def place_offers(client: Client, wish: Wish, terms: Terms) -> list[Placed] | PushResult:
    """An offer on every marketplace whose currency the price is in, or that has one; the item must be there. Raises
    Unclear and Rejected."""
    article = wish.article
    if article.price is not None and not article.includes_tax:
        return PushResult("failed", "product_refused", {"detail": "the platform takes prices that include tax"})
    found = []
    for site in client.merchant.sites:
        known = wish.offers.get(site)
        currency = CURRENCIES.get(site, EVERYWHERE_ELSE)
        if known is None and (article.price is None or article.price.currency != currency):
            continue
        held = known or {}
        policies = await terms.policies(site, held.get("listingPolicies") or {})
        location = await terms.location(str(held.get("merchantLocationKey") or ""))
        body = outbound.offer(wish.wanted, article, known, policies, location)
        if known is None:
            new = {"sku": wish.sku, "marketplaceId": site, "format": "FIXED_PRICE", **body}
            found.append(Placed(await client.listings.create_offer(new, site), site, published=False))
        else:
            await client.listings.put_offer(str(known["offerId"]), body, site)
            found.append(Placed(str(known["offerId"]), site, published=known.get("status") == "PUBLISHED"))
    if not found:
        currencies = dict.fromkeys(CURRENCIES.get(site, EVERYWHERE_ELSE) for site in client.merchant.sites)
        return PushResult("failed", "product_without_price", {"currency": ", ".join(currencies)})
    return found


async def withdraw(client: Client, wish: Wish) -> PushResult:
    """Off sale: its listings end, its offers stay and may be published again."""
    live = [str(one["offerId"]) for one in wish.offers.values() if one.get("status") == "PUBLISHED"]
    for id in live:
        await client.listings.withdraw(id)
    return PushResult("done" if live else "unchanged", external_id=live[0] if live else "")


def listed(offers: Sequence[Placed]) -> PushResult:
    """All of it is published now; what is new is read at once."""
    return PushResult("done", external_id=offers[0].id, listings=_new(offers))


def waiting(offers: Sequence[Placed]) -> PushResult:
    """Nothing is wrong: the offer is there, is read at once, and told its stock."""
    return PushResult("waiting", "product_waits", NO_STOCK, external_id=offers[0].id, listings=_new(offers))


def _new(offers: Sequence[Placed]) -> tuple[str, ...]:
    return tuple(one.id for one in offers if not one.published)
