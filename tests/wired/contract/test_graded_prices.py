"""Prices by quantity and of groups of customers: what the shop asks of whoever buys so many, and for whom."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from services.sandbox.faults import Rule
from shared.contracts.article import ListedArticle
from shared.contracts.money import Money
from shared.contracts.price import GroupPrice, PricePush, PriceTier
from tests.wired.contract.stand import Stand, declined
from tests.wired.contract.test_prices import price, sends_prices, shown
from tests.wired.contract.test_pushes import ACCEPTED, articles, settled

Tiers = Mapping[int, str]


def offers(stand: Stand, row: str) -> None:
    sends_prices(stand)
    if why := declined(stand.connector, row):
        pytest.skip(f"{stand.connector.title} is told none of these: {why}")


async def groups(stand: Stand) -> list[str]:
    """The shop's groups, the first of which stands for everybody; none where it needs none for prices by quantity."""
    if stand.connector.price_groups is None:
        return [""]
    return [one.id for one in await stand.connector.price_groups(stand.client)]


def tiers(article: ListedArticle, amounts: Tiers) -> tuple[PriceTier, ...]:
    currency = article.price.currency if article.price is not None else "EUR"
    return tuple(
        PriceTier(from_quantity=count, price=Money(amount=Decimal(amount), currency=currency))
        for count, amount in amounts.items()
    )


def graded(article: ListedArticle, amount: str, everybody: str, own: Tiers, **of_groups: Any) -> PricePush:
    """A push as the inventory makes it of a listing that has, or had, prices by quantity."""
    of = of_groups.pop("groups", {})
    told = tuple(GroupPrice(group=id, tiers=tiers(article, amounts)) for id, amounts in of.items())
    group = everybody if own else ""
    more = {"tiers": tiers(article, own), "tiers_group": group, "groups": told, "sets_tiers": True}
    return price(article, amount, **(more | of_groups))


def asked(stand: Stand, group: str, *quantities: int, sku: str = "KR-1001") -> list[Decimal]:
    """What one piece costs a customer of a group who buys so many."""
    return [stand.shop.price_of(sku, group, quantity) for quantity in quantities]


def amounts(*written: str) -> list[Decimal]:
    return [Decimal(one) for one in written]


@pytest.mark.proves("price-tiers")
async def test_prices_by_quantity_come_change_and_go_and_twice_is_once(any_stand: Stand) -> None:
    offers(any_stand, "price-tiers")
    everybody = (await groups(any_stand))[0]
    (article,) = await articles(any_stand, "KR-1001")
    for own, wanted in (
        ({10: "9.00", 100: "8.00"}, ("10", "10", "9", "9", "8")),
        ({10: "8.50"}, ("10", "10", "8.5", "8.5", "8.5")),
        ({}, ("10", "10", "10", "10", "10")),
    ):
        former = (everybody,) if everybody and not own else ()
        for _ in range(2):
            told = graded(article, "10.00", everybody, own, former_groups=former)
            (result,) = await any_stand.send("price", [told])
            assert (result.outcome in ACCEPTED, result.code) == (True, "")
            assert asked(any_stand, everybody, 1, 9, 10, 99, 100) == amounts(*wanted)
    assert await shown(any_stand, "KR-1001") == amounts("10")


@pytest.mark.proves("price-groups")
async def test_each_group_pays_its_own_prices_and_one_that_is_not_named_any_more_the_usual_one(
    any_stand: Stand,
) -> None:
    offers(any_stand, "price-groups")
    everybody, *others = await groups(any_stand)
    of = {id: {1: f"{9 - place}.00", 5: f"{8 - place}.50"} for place, id in enumerate(others or [everybody])}
    (article,) = await articles(any_stand, "KR-1001")
    (result,) = await any_stand.send("price", [graded(article, "10.00", everybody, {}, groups=of)])
    assert (result.outcome in ACCEPTED, result.code) == (True, "")
    for place, id in enumerate(of):
        assert asked(any_stand, id, 1, 4, 5) == amounts(f"{9 - place}", f"{9 - place}", f"{8 - place}.5")
    first, *_ = of
    left = {id: one for id, one in of.items() if id != first}
    for _ in range(2):
        told = graded(article, "10.00", everybody, {}, groups=left, former_groups=(first,))
        (result,) = await any_stand.send("price", [told])
        assert result.outcome in ACCEPTED
    assert asked(any_stand, first, 1, 5) == amounts("10", "10")
    for id in left:
        assert asked(any_stand, id, 1) == amounts(of[id][1])


async def test_prices_by_quantity_whose_answer_was_lost_are_there_once(stand: Stand) -> None:
    offers(stand, "price-tiers")
    everybody = (await groups(stand))[0]
    (article,) = await articles(stand, "KR-1001")
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=stand.variety.price_writes))
    result = await settled(stand, "price", graded(article, "10.00", everybody, {10: "9.00"}))
    assert result.outcome in ACCEPTED
    assert stand.opened.faults.struck["answer_lost"] == 1
    assert asked(stand, everybody, 1, 10) == amounts("10", "9")


async def test_an_unknown_article_takes_no_prices_by_quantity_from_its_neighbours(any_stand: Stand) -> None:
    offers(any_stand, "price-tiers")
    if any_stand.push("price").blind:
        pytest.skip(f"{any_stand.connector.title} does not answer article by article")
    everybody = (await groups(any_stand))[0]
    one, two, three = await articles(any_stand, "KR-1001", "KR-7001", "KR-7002")
    gone = two.external_id[:-3] + "998"
    told = [
        graded(one, "10.00", everybody, {10: "9.00"}),
        graded(two, "4.00", everybody, {10: "3.00"}, external_id=gone),
        graded(three, "5.00", everybody, {10: "4.50"}),
    ]
    results = await any_stand.send("price", told)
    assert [result.outcome for result in results] == ["done", "failed", "done"]
    assert results[1].code == "price_refused"
    assert asked(any_stand, everybody, 1, 10) == amounts("10", "9")
    assert asked(any_stand, everybody, 1, 10, sku="KR-7002") == amounts("5", "4.5")
