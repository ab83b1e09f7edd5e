"""Prices arrive in the shop as they were sent, whatever becomes of the answers."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.sandbox.faults import Rule
from shared.contracts.article import ListedArticle
from shared.contracts.money import Money
from shared.contracts.price import PricePush
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import ACCEPTED, articles, settled


def sends_prices(stand: Stand) -> None:
    if not any(push.noun == "price" for push in stand.connector.pushes):
        pytest.skip(f"{stand.connector.title} is told no prices")


def price(article: ListedArticle, amount: str, **differing: Any) -> PricePush:
    """A push as the inventory makes it from a listing, in the currency the shop sells it in."""
    currency = article.price.currency if article.price is not None else "EUR"
    facts = {
        "listing_id": uuid4(),
        "version": 1,
        "external_id": article.external_id,
        "parent_external_id": article.parent_external_id,
        "sku": article.sku,
        "price": Money(amount=Decimal(amount), currency=currency),
        "tax_rate": Decimal(19),
    }
    return PricePush.model_validate(facts | differing)


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


async def shown(stand: Stand, *skus: str) -> list[Decimal]:
    """What the shop shows for these articles when they are read again."""
    return [article.price.amount for article in await articles(stand, *skus) if article.price is not None]


@pytest.mark.proves("price-sales")
async def test_prices_arrive_in_the_shop_for_products_and_for_variants(any_stand: Stand) -> None:
    sends_prices(any_stand)
    wanted = {"KR-1001": "7.35", "KR-1002": "1234.50", "KR-7001": "11.00", "KR-7002": "12.99"}
    found = await articles(any_stand, *wanted)
    results = await any_stand.send("price", [price(article, wanted[str(article.sku)]) for article in found])
    assert [result.outcome for result in results] == ["done"] * 4
    assert await shown(any_stand, *wanted) == [Decimal(amount) for amount in wanted.values()]


async def test_a_price_leaves_the_stock_and_the_neighbours_alone(stand: Stand) -> None:
    sends_prices(stand)
    before, stock = await shown(stand, "KR-1002", "KR-7002"), stand.shop.stock()
    one, two = await articles(stand, "KR-1001", "KR-7001")
    await stand.send("price", [price(one, "7.35"), price(two, "7.36")])
    assert await shown(stand, "KR-1002", "KR-7002") == before
    assert stand.shop.stock() == stock


async def test_the_same_price_may_be_told_twice(stand: Stand) -> None:
    sends_prices(stand)
    (article,) = await articles(stand, "KR-1003")
    for _ in range(2):
        (result,) = await stand.send("price", [price(article, "5.55")])
        assert result.outcome in ACCEPTED
    assert await shown(stand, "KR-1003") == [Decimal("5.55")]


async def test_an_article_the_shop_does_not_know_never_holds_back_the_prices_of_its_neighbours(
    any_stand: Stand,
) -> None:
    sends_prices(any_stand)
    if any_stand.push("price").blind:
        pytest.skip(f"{any_stand.connector.title} does not answer article by article")
    one, two, three = await articles(any_stand, "KR-1004", "KR-7001", "KR-7002")
    gone = two.external_id[:-3] + "998"
    results = await any_stand.send("price", [price(one, "3"), price(two, "4", external_id=gone), price(three, "5")])
    assert [result.outcome for result in results] == ["done", "failed", "done"]
    assert results[1].code == "price_refused"
    assert results[1].params["detail"]
    assert await shown(any_stand, "KR-1004", "KR-7002") == [Decimal(3), Decimal(5)]


async def test_a_price_whose_answer_was_lost_is_set_and_known_to_be(stand: Stand) -> None:
    sends_prices(stand)
    (article,) = await articles(stand, "KR-1006")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=stand.variety.price_writes))
    result = await settled(stand, "price", price(article, "9.90"))
    assert result.outcome in ACCEPTED
    assert stand.opened.faults.struck["answer_lost"] == 1
    assert await shown(stand, "KR-1006") == [Decimal("9.90")]


@pytest.mark.proves("price-suggested")
async def test_a_strike_price_comes_and_goes_and_the_price_stays_what_was_told(stand: Stand) -> None:
    sends_prices(stand)
    (article,) = await articles(stand, "KR-1005")
    for strike in (eur("29.00"), None):
        (result,) = await stand.send("price", [price(article, "19.00", strike=strike, sets_strike=True)])
        assert result.outcome == "done"
        assert await shown(stand, "KR-1005") == [Decimal(19)]
        assert stand.shop.strike_price("KR-1005") == (strike and strike.amount)
