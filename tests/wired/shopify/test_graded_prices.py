"""Prices on price lists: what is told as a whole, what one bad variant would undo, and shops without B2B."""

from decimal import Decimal
from typing import Any

from services.sandbox.shopify.price_lists import Fixed
from shared.contracts.money import Money
from shared.contracts.price import GroupPrice, PriceTier
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_graded_prices import amounts, asked, graded, groups
from tests.wired.contract.test_prices import price, shown
from tests.wired.contract.test_pushes import articles


def fixed(stand: Stand, list_id: str) -> dict[str, Fixed]:
    found: dict[str, Fixed] = stand.shop.price_lists.fixed[list_id]
    return found


async def test_price_lists_are_the_groups_to_choose_from_with_their_currency(stand: Stand) -> None:
    assert stand.connector.price_groups is not None
    labels = [one.label for one in await stand.connector.price_groups(stand.client)]
    assert labels == ["Händler (EUR)", "Kataloge für alle (EUR)", "Stammkunden (EUR)"]


async def test_prices_that_a_person_has_put_on_other_lists_and_other_variants_stay(stand: Stand) -> None:
    mine, other, _ = await groups(stand)
    one, two = await articles(stand, "KR-1001", "KR-1002")
    fixed(stand, other)[one.external_id] = Fixed(Decimal("7"))
    fixed(stand, mine)[two.external_id] = Fixed(Decimal("8"))
    await stand.send("price", [graded(one, "10.00", "", {}, groups={mine: {1: "9.00"}})])
    await stand.send("price", [graded(one, "10.00", "", {}, former_groups=(mine,))])
    assert asked(stand, other, 1) == amounts("7")
    assert asked(stand, mine, 1, sku="KR-1002") == amounts("8")
    assert asked(stand, mine, 1) == amounts("10")


async def test_one_list_is_told_of_many_variants_in_one_call_and_none_where_nothing_was_ever_told(
    stand: Stand,
) -> None:
    mine, *_ = await groups(stand)
    found = await articles(stand, "KR-7001", "KR-7002", "KR-1001")
    stand.opened.requests.clear()
    await stand.send("price", [graded(one, "4", mine, {10: "3"}) for one in found])
    assert stand.opened.requests.requests == 3
    stand.opened.requests.clear()
    await stand.send("price", [price(one, "4") for one in found])
    assert stand.opened.requests.requests == 2


async def test_a_list_in_another_currency_and_one_that_is_gone_refuse_only_their_own(stand: Stand) -> None:
    mine, *_ = await groups(stand)
    found = await articles(stand, "KR-1001", "KR-1002", "KR-1003", "KR-1004")
    before = await shown(stand, "KR-1001", "KR-1002", "KR-1003")
    francs = PriceTier(from_quantity=1, price=Money(amount=Decimal(3), currency="CHF"))
    wrong = price(found[0], "4", groups=(GroupPrice(group=mine, tiers=(francs,)),), sets_tiers=True)
    told: list[Any] = [
        wrong,
        graded(found[1], "4", "", {}, groups={"gid://shopify/PriceList/99": {1: "3"}}),
        graded(found[2], "4", "", {}, groups={"Händler": {1: "3"}}),
        graded(found[3], "4", "", {}, groups={mine: {1: "3"}}),
    ]
    results = await stand.send("price", told)
    assert [(result.outcome, result.params.get("detail")) for result in results] == [
        ("failed", "The list has another currency."), ("failed", "Price list does not exist."),
        ("failed", "the shop has no price list Händler"), ("done", None),
    ]  # fmt: skip
    assert await shown(stand, "KR-1001", "KR-1002", "KR-1003") == before
    assert asked(stand, mine, 1, sku="KR-1004") == amounts("3")


async def test_a_shop_without_b2b_refuses_these_prices_and_takes_all_others(stand: Stand) -> None:
    mine, *_ = await groups(stand)
    stand.shop.price_lists.b2b = False
    one, two = await articles(stand, "KR-1001", "KR-1002")
    results = await stand.send("price", [graded(one, "4", mine, {10: "3"}), price(two, "5")])
    assert [(result.outcome, "B2B" in result.params.get("detail", "")) for result in results] == [
        ("failed", True), ("done", False),
    ]  # fmt: skip
    assert await shown(stand, "KR-1002") == amounts("5")


async def test_a_variant_that_is_gone_takes_nothing_from_its_neighbours_on_the_list(stand: Stand) -> None:
    mine, *_ = await groups(stand)
    one, two = await articles(stand, "KR-7001", "KR-7002")
    gone = one.external_id[:-3] + "998"
    told = [graded(one, "4", mine, {10: "3"}, external_id=gone), graded(two, "5", mine, {10: "4"})]
    results = await stand.send("price", told)
    assert [result.outcome for result in results] == ["failed", "done"]
    assert asked(stand, mine, 1, 10, sku="KR-7002") == amounts("5", "4")
