"""An article that is not active at an operator of Mirakl, where an offer without pieces is one that is off sale."""

from uuid import uuid4

import pytest

from shared.contracts.article import ArticleReceived
from tests.integration.conftest import OpenAs
from tests.integration.inventory.stockroom import Stockroom, seen
from tests.integration.inventory.test_sets_reach_the_shop import FIRST, listed, stock
from tests.wired.contract.conftest import CONNECTORS
from tests.wired.contract.stand import open_stand


@pytest.mark.proves("article-inactive", "mirakl")
async def test_an_inactive_article_takes_its_offer_off_sale_and_nothing_else_of_it_changes(
    stockroom: Stockroom, open_as: OpenAs
) -> None:
    room, stand, connection = stockroom, open_stand(FIRST["mirakl"], CONNECTORS["mirakl"]), uuid4()
    database = open_as("connectors")
    await room.connect(connection, integration={"stock": True})
    await room.articles("KR-1001")
    one = await listed(stand, "KR-1001")
    await room.take(room.says(ArticleReceived(article=one, observed=seen(0)), connection=connection, platform="mirakl"))
    await room.count("KR-1001", 5)
    assert await stock(room, stand, connection, database) == 5
    offer = stand.shop.store.offers.by_sku["KR-1001"]
    before = offer.shown()
    assert before["active"]
    await room.articles("KR-1001", active=False)
    assert await stock(room, stand, connection, database) == 0
    off = {"quantity": 0, "active": False, "inactivity_reasons": ["ZERO_QUANTITY"]}
    assert offer.shown() == before | off
    await room.articles("KR-1001", active=True)
    assert await stock(room, stand, connection, database) == 5
    assert offer.shown() == before
    await stand.close()
