"""An account in several storefronts of one platform, from the shop's own words to what each storefront is told."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from services.connectors.kaufland.connector import KAUFLAND
from services.sandbox import seeds
from shared.connector_kit.translation import read
from shared.contracts.article import ArticleReceived, ListedArticle
from tests.integration.inventory.stockroom import SHOP, Stockroom, seen
from tests.wired.contract.shops import kaufland
from tests.wired.contract.stand import open_stand

CURRENCIES = {"de": "EUR", "at": "EUR", "cz": "CZK"}
NUMBER = "KR-1001"


@pytest.fixture
async def abroad(stockroom: Stockroom) -> Stockroom:
    """The merchant's articles, and his offers in three storefronts as the connector reads them."""
    await stockroom.connect(integration={"stock": True, "prices": True})
    await stockroom.articles(*(one.sku for one in seeds.articles()))
    stand = open_stand(kaufland.VARIETIES[1], KAUFLAND)
    for item in (await stand.items("article")).values():
        article = read(stand.stream("article"), item).contract
        assert isinstance(article, ListedArticle)
        if article.sku in (NUMBER, "KR-1002"):
            await stockroom.take(stockroom.says(ArticleReceived(article=article, observed=seen(0)), connection=SHOP))
    await stand.close()
    return stockroom


async def places(room: Stockroom) -> dict[str, dict[str, Any]]:
    """The number's listings by storefront."""
    items = (await room.get("/listings", sku=NUMBER))["items"]
    return {one["external_id"].partition(":")[0]: one for one in items}


async def test_one_number_in_three_storefronts_is_one_article_in_each(abroad: Stockroom) -> None:
    found = await places(abroad)
    assert set(found) == set(CURRENCIES)
    assert {(one["article_number"], one["match"]["code"]) for one in found.values()} == {(NUMBER, "listing_matched")}
    assert {storefront: one["currency"] for storefront, one in found.items()} == CURRENCIES


async def test_all_storefronts_are_told_the_one_quantity_that_they_share(abroad: Stockroom) -> None:
    await abroad.count(NUMBER, 7)
    told = {one.external_id.partition(":")[0]: one.quantity for one in await abroad.pushes() if one.sku == NUMBER}
    assert told == dict.fromkeys(CURRENCIES, 7)


async def test_each_storefront_is_told_the_price_in_its_own_currency(abroad: Stockroom) -> None:
    await abroad.priced(
        {"article_number": NUMBER, "amount": "9.90"}, {"article_number": NUMBER, "amount": "249", "currency": "CZK"}
    )
    told: defaultdict[str, set[tuple[Decimal, str]]] = defaultdict(set)
    for one in await abroad.price_pushes():
        if one.sku == NUMBER:
            told[one.external_id.partition(":")[0]].add((one.price.amount, one.price.currency))
    euros = {(Decimal("9.90"), "EUR")}
    assert told == {"de": euros, "at": euros, "cz": {(Decimal(249), "CZK")}}
