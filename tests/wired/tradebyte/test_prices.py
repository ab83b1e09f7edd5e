"""Prices go as a catalogue of prices alone, to the channels that were entered."""

from decimal import Decimal
from typing import Any

from services.sandbox.tradebyte.goods import Price
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_prices import eur, price, shown
from tests.wired.contract.test_pushes import articles


def entered(stand: Stand, **differing: Any) -> None:
    stand.client.settings = stand.client.settings.model_copy(update=differing)


async def test_prices_of_many_articles_are_one_file_for_every_channel_that_is_told_prices(stand: Stand) -> None:
    found = await articles(stand, "KR-1001", "KR-7001", "KR-7002")
    stand.opened.requests.clear()
    amounts = ("7.35", "11.00", "12.00")
    results = await stand.send("price", [price(one, amount) for one, amount in zip(found, amounts, strict=True)])
    assert {result.outcome for result in results} == {"done"}
    assert stand.opened.requests.requests == 1
    held = stand.shop.account.articles
    for one, amount in zip(found, amounts, strict=True):
        assert held[str(one.sku)].prices == {sign: Price(amount) for sign in ("chde", "chat")}


async def test_a_price_has_two_decimals_its_tax_inside_and_the_class_for_its_rate(stand: Stand) -> None:
    one, two, three = await articles(stand, "KR-1001", "KR-1002", "KR-1003")
    reduced, austria = Decimal("7.00"), Decimal(20)
    await stand.send("price", [
        price(one, "10", includes_tax=False, tax_rate=reduced),
        price(two, "9.9", strike=eur("12"), tax_rate=Decimal(0)),
        price(three, "5", strike=eur("5"), tax_rate=austria),
    ])  # fmt: skip
    held = stand.shop.account.articles
    told = [held[str(article.sku)].prices["chat"] for article in (one, two, three)]
    assert told == [Price("10.70", "", "1"), Price("9.90", "12.00", "3"), Price("5.00", "", "2")]


async def test_without_channels_no_price_is_sent_and_the_field_is_named(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    entered(stand, price_channels="")
    stand.opened.requests.clear()
    (result,) = await stand.send("price", [price(article, "7.35")])
    assert (result.outcome, result.code) == ("failed", "price_refused")
    assert "price_channels" in result.params["detail"]
    assert stand.opened.requests.requests == 0


async def test_an_article_costs_what_it_costs_in_the_first_channel_that_is_told_prices(stand: Stand) -> None:
    stand.shop.account.articles["KR-1001"].prices = {"chde": Price("7.00"), "chat": Price("8.00")}
    assert await shown(stand, "KR-1001") == [Decimal(7)]
    # Only one channel is read, and it is not the one whose price counts: nobody knows then.
    entered(stand, price_channels="chat", channels="1701")
    assert await shown(stand, "KR-1001") == []
    entered(stand, channels="1702")
    assert await shown(stand, "KR-1001") == [Decimal(8)]


async def test_an_article_that_is_not_in_the_catalogue_holds_nobody_back(stand: Stand) -> None:
    one, two = await articles(stand, "KR-1001", "KR-1002")
    await stand.send("price", [price(one, "1.00", external_id="KR-0000"), price(two, "2.00")])
    assert stand.shop.account.articles["KR-1002"].prices["chde"].now == "2.00"
