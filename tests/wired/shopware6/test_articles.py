"""Products and variants: a variant holds only what differs from its parent."""

from datetime import timedelta
from typing import Any

from services.sandbox.shopware6.values import stamp
from shared.connector_kit.declaration import Window
from shared.connector_kit.translation import read
from tests.wired.contract.stand import Stand
from tests.wired.contract.test_pushes import articles


async def everything(stand: Stand) -> list[Any]:
    return [read(stand.stream("article"), item).contract for item in (await stand.items("article")).values()]


async def test_a_variant_has_its_parents_name_and_price_and_its_own_options(any_version: Stand) -> None:
    (found,) = await articles(any_version, "KR-7102")
    row = any_version.shop.store.catalogue.rows[found.external_id]
    assert (row["name"], row["price"]) == (None, None)
    assert found.title == "Arbeitshemd - M, Blau"
    assert str(found.price) == "59.9 EUR"


async def test_parents_are_no_articles_and_stand_for_their_variants(stand: Stand) -> None:
    found = await everything(stand)
    families = {one.parent_external_id for one in found if one.parent_external_id}
    assert len(families) == 5
    assert not families & {one.external_id for one in found}
    parent = families.pop()
    variants = await stand.stream("article").fetch_one(stand.client, parent)
    assert {raw.external_id for raw in variants} == {
        one.external_id for one in found if one.parent_external_id == parent
    }


async def test_a_changed_parent_brings_its_variants_though_they_do_not_move(stand: Stand) -> None:
    (variant,) = await articles(stand, "KR-7001")
    stand.sandbox.clock.shift(timedelta(hours=1))
    window = Window(stand.sandbox.clock() - timedelta(minutes=1))
    assert await stand.items("article", window) == {}
    parent = stand.shop.store.catalogue.rows[variant.parent_external_id]
    parent["translated"] = {"name": "Küchenschürze", "customFields": []}
    parent["updatedAt"] = stamp(stand.sandbox.clock())
    titles = {
        read(stand.stream("article"), item).contract.title for item in (await stand.items("article", window)).values()
    }  # type: ignore[union-attr]
    assert titles == {"Küchenschürze - Blau", "Küchenschürze - Grün", "Küchenschürze - Natur"}


async def test_what_can_be_sold_counts_and_not_what_lies_on_the_shelf(old_stand: Stand) -> None:
    (before,) = await articles(old_stand, "KR-1001")
    old_stand.shop.place_many(40, old_stand.sandbox.plain_baskets)
    (after,) = await articles(old_stand, "KR-1001")
    row = old_stand.shop.store.catalogue.rows[after.external_id]
    assert row["stock"] == before.quantity
    assert after.quantity == row["availableStock"]


async def test_an_article_that_is_gone_is_gone(stand: Stand) -> None:
    assert await stand.stream("article").fetch_one(stand.client, "0" * 32) == []
