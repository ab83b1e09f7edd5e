"""A product arrives in the shop once, as it was told, whatever becomes of the answers; and only what was told."""

from decimal import Decimal

import pytest

from services.sandbox.faults import Rule
from shared.contracts.money import Money
from tests.wired.contract.stand import Stand, declined
from tests.wired.contract.telling import (
    BACK,
    FRONT,
    changed,
    family,
    of_number,
    piece,
    product,
    shelf,
    shown,
    shown_piece,
    tell,
    tells_products,
)
from tests.wired.contract.test_pushes import ACCEPTED, articles


@pytest.fixture
def stand(stand: Stand) -> Stand:
    tells_products(stand)
    return stand


@pytest.fixture
def any_stand(any_stand: Stand) -> Stand:
    tells_products(any_stand)
    return any_stand


def lost(stand: Stand) -> Rule:
    variety = stand.variety
    return Rule("answer_lost", times=1, path_contains=variety.product_writes, method=variety.product_method)


async def test_a_product_told_twice_is_in_the_shop_once_and_named_by_the_shops_own_id(any_stand: Stand) -> None:
    before = len(shelf(any_stand))
    results = [await tell(any_stand, product()) for _ in range(2)]
    assert [result.outcome in ACCEPTED for result in results] == [True, True]
    made = shown(any_stand, "NP-1")
    assert {result.external_id for result in results} == {made.external_id}
    assert len(shelf(any_stand)) == before + 1


async def test_a_product_with_variants_told_twice_has_each_of_them_once(any_stand: Stand) -> None:
    first = await tell(any_stand, family())
    once = shown(any_stand, "NP-8-1")
    again = changed(family(), external_id=first.external_id)
    assert (await tell(any_stand, again)).outcome in ACCEPTED
    assert shown(any_stand, "NP-8-1") == once
    assert [each.sku for each in once.pieces] == ["NP-8-1", "NP-8-2"]
    assert [dict(each.options) for each in once.pieces] == [{"Farbe": "Rot"}, {"Farbe": "Blau"}]


async def test_a_new_product_whose_answer_was_lost_is_made_once(any_stand: Stand) -> None:
    # Its categories and tags are there already, so that the answer about the product itself is lost.
    await tell(any_stand, product("NP-0"))
    before = len(shelf(any_stand))
    any_stand.opened.faults.add(lost(any_stand))
    result = await tell(any_stand, family())
    assert any_stand.opened.faults.struck["answer_lost"] == 1
    assert result.outcome in ACCEPTED
    made = shown(any_stand, "NP-8-1")
    assert result.external_id == made.external_id
    assert [each.sku for each in made.pieces] == ["NP-8-1", "NP-8-2"]
    assert len(shelf(any_stand)) == before + 1


async def test_a_new_product_that_may_only_be_made_is_finished_after_a_lost_answer(stand: Stand) -> None:
    """It is there already when it is sent again, by ourselves."""
    await tell(stand, product("NP-0"))
    stand.opened.faults.add(lost(stand))
    assert (await tell(stand, family(updates=False))).outcome in ACCEPTED
    assert [each.sku for each in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "NP-8-2"]


async def test_a_change_whose_answer_was_lost_is_made(stand: Stand) -> None:
    first = await tell(stand, product())
    stand.opened.faults.add(lost(stand))
    again = changed(product(), external_id=first.external_id, title="Großes Brett")
    assert (await tell(stand, again)).outcome in ACCEPTED
    assert shown(stand, "NP-1").title == "Großes Brett"


async def test_a_product_the_shop_refuses_holds_back_none_of_its_neighbours(any_stand: Stand) -> None:
    bad = any_stand.variety.spoilt(product("NP-2", title="Schlechtes Brett"))
    results = [await tell(any_stand, one) for one in (product("NP-1"), bad, product("NP-3"))]
    assert [result.outcome in ACCEPTED for result in results] == [True, False, True]
    assert (results[1].outcome, results[1].code) == ("failed", "product_refused")
    assert results[1].params["detail"]
    assert of_number(any_stand, "NP-2") == []


async def test_refused_and_accepted_ones_of_one_call_are_told_apart(stand: Stand) -> None:
    bad = stand.variety.spoilt(product("NP-2", title="Schlechtes Brett"))
    results = await stand.send("product", [product("NP-1"), bad, product("NP-3")])
    handed = {"waiting"} | ACCEPTED
    assert [result.outcome in handed for result in (results[0], results[2])] == [True, True]
    if results[1].outcome != "waiting":
        assert (results[1].outcome, results[1].code) == ("failed", "product_refused")


async def test_a_product_the_shop_has_is_not_changed_where_only_new_ones_are_wanted(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1001")
    before = shown(stand, "KR-1001")
    for known in (article.parent_external_id or article.external_id, None):
        wanted = product("KR-1001", title="Anderer Becher", external_id=known, updates=False)
        result = await tell(stand, wanted)
        assert (result.outcome, result.code) == ("failed", "product_exists")
    assert shown(stand, "KR-1001") == before


async def test_a_product_the_shop_lacks_is_not_made_where_only_known_ones_are_wanted(stand: Stand) -> None:
    before = shelf(stand)
    result = await tell(stand, product(creates=False))
    assert (result.outcome, result.code) == ("failed", "product_missing")
    assert shelf(stand) == before


async def test_a_product_that_the_shop_has_under_its_number_is_changed_and_not_made_again(stand: Stand) -> None:
    before = len(shelf(stand))
    result = await tell(stand, product("KR-1001", title="Neuer Becher", parts=("texts",)))
    assert result.outcome == "done"
    changed_one = shown(stand, "KR-1001")
    assert (changed_one.title, changed_one.external_id) == ("Neuer Becher", result.external_id)
    assert len(shelf(stand)) == before


@pytest.mark.proves("article-inactive", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_an_inactive_product_is_not_on_sale_until_it_is_active_again(any_stand: Stand) -> None:
    told = family(active=False)
    first = await tell(any_stand, told)
    assert not shown(any_stand, "NP-8-1").active
    for active in (True, False):
        told = changed(told, active=active, external_id=first.external_id)
        assert (await tell(any_stand, told)).outcome in ACCEPTED
        assert shown(any_stand, "NP-8-1").active is active


async def test_a_plain_product_that_is_inactive_with_its_only_piece_is_made_out_of_sight(stand: Stand) -> None:
    result = await tell(stand, product(active=False, variants=(piece("NP-1", active=False),)))
    assert result.outcome in ACCEPTED
    assert not shown(stand, "NP-1").active


async def test_what_is_not_among_the_parts_stays_as_the_shop_has_it(stand: Stand) -> None:
    first = await tell(stand, family())
    before = shown(stand, "NP-8-1")
    bare = changed(
        family(), title="Anderer Name", external_id=first.external_id, parts=(),
        content={"description": "", "tags": (), "media": (), "categories": (), "meta_title": "", "related": ()},
    )  # fmt: skip
    assert (await tell(stand, bare)).outcome in ACCEPTED
    assert shown(stand, "NP-8-1") == before


async def test_what_the_merchant_made_in_the_shop_himself_stays_there(stand: Stand) -> None:
    """A seeded product of two variants, images, stock and prices: only its name is told."""
    before = shown(stand, "KR-7001")
    own = [each.sku for each in before.pieces]
    assert len(own) > 1
    told = product("KR-7001", title="Neue Schürze", parts=("texts",), external_id=before.external_id)
    assert (await tell(stand, told)).outcome == "done"
    after = shown(stand, "KR-7001")
    assert after.title == "Neue Schürze"
    assert [(each.sku, each.price, each.stock) for each in after.pieces] == [
        (each.sku, each.price, each.stock) for each in before.pieces
    ]
    assert after.images == before.images


async def test_stock_and_later_prices_are_told_by_others(stand: Stand) -> None:
    (article,) = await articles(stand, "KR-1002")
    before = shown_piece(stand, "KR-1002")
    known = article.parent_external_id or article.external_id
    dear = piece("KR-1002", price=Money(amount=Decimal("99.00"), currency="EUR"))
    assert (await tell(stand, product("KR-1002", variants=(dear,), external_id=known))).outcome == "done"
    after = shown_piece(stand, "KR-1002")
    assert (after.price, after.stock) == (before.price, before.stock)


async def test_a_variant_that_is_no_longer_told_stays_in_the_shop(stand: Stand) -> None:
    """Nobody said that it is to go: it may be the merchant's own, or only be filtered out here."""
    told = family(colours=("Rot", "Blau", "Grün"))
    first = await tell(stand, told)
    result = await tell(stand, changed(told, variants=told.variants[:2], external_id=first.external_id))
    assert result.outcome in ACCEPTED
    assert [each.sku for each in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "NP-8-2", "NP-8-3"]


async def test_images_are_only_added_unless_they_may_be_removed(stand: Stand) -> None:
    first = await tell(stand, product())
    further = "https://bilder.kramladen.example/neu-oben.jpg"
    told = changed(product(), content={"media": (FRONT, further)}, external_id=first.external_id)
    left = [FRONT, BACK, further] if declined(stand.connector, "images-removed") else [FRONT, further]
    for removes, expected in ((False, [FRONT, BACK, further]), (True, left)):
        told = changed(told, removes_images=removes)
        assert (await tell(stand, told)).outcome in ACCEPTED
        assert [one.address for one in shown(stand, "NP-1").images] == expected


async def test_a_withdrawn_product_is_on_sale_no_more_and_gone_where_it_is_to_be(stand: Stand) -> None:
    told = family()
    first = await tell(stand, told)
    for _ in range(2):
        told = changed(told, withdrawn=True, external_id=first.external_id)
        assert (await tell(stand, told)).outcome in ACCEPTED
        assert not shown(stand, "NP-8-1").active
    for _ in range(2):
        told = changed(told, deletes=True)
        assert (await tell(stand, told)).outcome in ACCEPTED
        if declined(stand.connector, "products-deleted"):
            assert not shown(stand, "NP-8-1").active
        else:
            assert of_number(stand, "NP-8-1", "NP-8-2") == []


async def test_what_was_never_there_is_withdrawn_without_a_word(stand: Stand) -> None:
    before = shelf(stand)
    for deletes in (False, True):
        assert (await tell(stand, product(withdrawn=True, deletes=deletes))).outcome == "unchanged"
    assert shelf(stand) == before
