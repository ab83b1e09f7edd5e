"""What is particular about products at WooCommerce: numbers that are taken, terms, files, variations in batches."""

from decimal import Decimal
from typing import Any

import pytest

from services.connectors.woocommerce.connector import WOOCOMMERCE
from services.sandbox.faults import Rule
from shared.contracts.article import ArticleContent
from tests.wired.contract.shops.woocommerce import VARIETIES, credentials
from tests.wired.contract.stand import Stand, Variety, open_stand
from tests.wired.contract.telling import (
    BACK,
    FRONT,
    attribute,
    changed,
    family,
    of_number,
    piece,
    product,
    shelf,
    shown,
    shown_piece,
    tell,
)

BROKEN = "https://bilder.kramladen.example/kaputt/neu.jpg"


def row(stand: Stand, number: str) -> Any:
    (found,) = stand.shop.store.catalogue.by_skus([number])
    return found


async def test_a_product_that_is_as_told_is_not_written_again(stand: Stand) -> None:
    for told in (product(), family()):
        first = await tell(stand, told)
        before = {id: each.modified_at for id, each in stand.shop.store.catalogue.rows.items()}
        await stand.sleep(60)
        again = await tell(stand, changed(told, external_id=first.external_id))
        assert again.outcome == "unchanged"
        assert {id: each.modified_at for id, each in stand.shop.store.catalogue.rows.items()} == before


async def test_a_number_that_another_product_has_is_refused_in_the_shops_words_and_named(stand: Stand) -> None:
    first = await tell(stand, product())
    owner = row(stand, "KR-1001")
    taken = changed(product(), variants=(piece("KR-1001"),), external_id=first.external_id)
    result = await tell(stand, taken)
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert result.params["detail"] == f"Invalid or duplicated SKU. ({owner.id})"
    assert result.params["platform_code"] == "product_invalid_sku"
    assert shown(stand, "NP-1").title == "Frühstücksbrett"


async def test_an_ean_that_another_product_has_is_refused_in_the_shops_words(stand: Stand) -> None:
    await tell(stand, product("NP-1", variants=(piece("NP-1", ean="4006381333931"),)))
    result = await tell(stand, product("NP-2", variants=(piece("NP-2", ean="4006381333931"),)))
    assert (result.outcome, result.params["platform_code"]) == ("failed", "product_invalid_global_unique_id")
    assert of_number(stand, "NP-2") == []


async def test_one_refused_variation_is_named_and_its_neighbours_arrive(stand: Stand) -> None:
    told = family(colours=("Rot", "Blau", "Grün"))
    await tell(stand, product("NP-1", variants=(piece("NP-1", ean="4006381333931"),)))
    bad = told.variants[1].model_copy(update={"ean": "4006381333931"})
    result = await tell(stand, told.model_copy(update={"variants": (told.variants[0], bad, told.variants[2])}))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert result.params["detail"].startswith("NP-8-2: Invalid or duplicated GTIN")
    assert result.external_id == shown(stand, "NP-8-1").external_id
    assert [each.sku for each in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "NP-8-3"]


async def test_variations_whose_answer_was_lost_are_made_once(stand: Stand) -> None:
    stand.opened.faults.add(Rule("answer_lost", times=1, path_contains="/variations/batch"))
    assert (await tell(stand, family(updates=False))).outcome in ("done", "unchanged")
    assert stand.opened.faults.struck["answer_lost"] == 1
    assert [each.sku for each in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "NP-8-2"]


async def test_more_variations_than_a_batch_takes_are_made_in_several(stand: Stand) -> None:
    colours = tuple(f"Ton {place}" for place in range(60))
    assert (await tell(stand, family(colours=colours))).outcome == "done"
    assert len(shown(stand, "NP-8-1").pieces) == 60


async def test_categories_and_tags_whose_answer_was_lost_are_made_once(stand: Stand) -> None:
    kept = stand.shop.store.catalogue.terms.rows
    for kind in ("categories", "tags"):
        stand.opened.faults.add(Rule("answer_lost", times=1, path_contains=f"/products/{kind}", method="POST"))
    assert (await tell(stand, product())).outcome == "done"
    assert [one["name"] for one in kept["categories"].values()][3:] == ["Küche", "Bretter"]
    assert [one["name"] for one in kept["tags"].values()] == ["Eiche", "Handarbeit"]


async def test_a_category_with_an_ampersand_is_the_one_that_is_there(stand: Stand) -> None:
    before = dict(stand.shop.store.catalogue.terms.rows["categories"])
    await tell(stand, product(content={"categories": ("Kramladen > Küche & Tisch",)}))
    assert shown(stand, "NP-1").categories == ("Kramladen > Küche & Tisch",)
    assert stand.shop.store.catalogue.terms.rows["categories"] == before


async def test_an_image_that_cannot_be_fetched_refuses_the_product_and_leaves_nothing_behind(stand: Stand) -> None:
    before = shelf(stand)
    result = await tell(stand, product(content={"media": (FRONT, BROKEN)}))
    assert (result.outcome, result.params["platform_code"]) == ("failed", "woocommerce_product_image_upload_error")
    assert BROKEN in result.params["detail"]
    assert shelf(stand) == before


async def test_images_are_fetched_once_even_under_the_same_name(stand: Stand) -> None:
    same = tuple(f"https://bilder.kramladen.example/{place}/bild.jpg" for place in "ab")
    told = product(content={"media": same})
    first = await tell(stand, told)
    files = len(stand.shop.store.catalogue.pictures.files)
    for _ in range(2):
        told = changed(told, external_id=first.external_id)
        assert (await tell(stand, told)).outcome == "unchanged"
    assert len(stand.shop.store.catalogue.pictures.files) == files
    assert [one.address for one in shown(stand, "NP-1").images] == list(same)


async def test_images_whose_origin_could_not_be_written_down_are_known_by_their_names(stand: Stand) -> None:
    first = await tell(stand, product())
    made = row(stand, "NP-1")
    made.meta = [one for one in made.meta if one["key"] != "_kontor_images"]
    assert (await tell(stand, changed(product(), external_id=first.external_id))).outcome == "unchanged"
    assert [one.address for one in shown(stand, "NP-1").images] == [FRONT, BACK]


async def test_a_variation_shows_an_image_of_its_own(stand: Stand) -> None:
    told = family()
    red = told.variants[0]
    red = red.model_copy(update={"content": red.content.model_copy(update={"media": (BACK,)})})
    told = told.model_copy(update={"variants": (red, told.variants[1])})
    first = await tell(stand, told)
    assert [[one["_source"] for one in each.images] for each in row(stand, "NP-8").variations] == [[BACK], []]
    assert (await tell(stand, changed(told, external_id=first.external_id))).outcome == "unchanged"


async def test_properties_stand_beside_what_the_product_varies_by(stand: Stand) -> None:
    told = family(attributes=(attribute("Holzart", "Eiche", ""),))
    first = await tell(stand, told)
    for _ in range(2):
        kept = {one["name"]: (one["id"] > 0, one["variation"]) for one in row(stand, "NP-8").attributes}
        # The merchant has a global attribute for colours, and none for kinds of wood.
        assert kept == {"Farbe": (True, True), "Holzart": (False, False)}
        told = changed(told, title="Anders", external_id=first.external_id)
        assert (await tell(stand, told)).outcome in ("done", "unchanged")
    assert [dict(each.options) for each in shown(stand, "NP-8-1").pieces] == [{"Farbe": "Rot"}, {"Farbe": "Blau"}]


async def test_a_global_attribute_is_named_by_its_slug_and_one_that_is_missing_is_refused(stand: Stand) -> None:
    await tell(stand, product("NP-1", attributes=(attribute("Ton", "Rot", "pa_farbe"),)))
    assert shown(stand, "NP-1").properties == {"Farbe": "Rot"}
    result = await tell(stand, product("NP-2", attributes=(attribute("Ton", "Rot", "pa_ton"),)))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "pa_ton" in result.params["detail"]


async def test_customers_see_properties_where_the_merchant_wants_it() -> None:
    def seen(shop: Any, url: str) -> dict[str, Any]:
        return credentials(shop, url) | {"properties_visible": True}

    for wanted, variety in ((False, VARIETIES[0]), (True, Variety(**vars(VARIETIES[0]) | {"credentials": seen}))):
        stand = open_stand(variety, WOOCOMMERCE)
        await tell(stand, product(attributes=(attribute("Material", "Eiche", ""),)))
        assert [one["visible"] for one in row(stand, "NP-1").attributes] == [wanted]
        await stand.close()


async def test_properties_of_the_merchants_own_stay(stand: Stand) -> None:
    first = await tell(stand, product())
    row(stand, "NP-1").attributes = [
        {"id": 0, "name": "Pflege", "position": 0, "visible": True, "variation": False, "options": ["ölen"]}
    ]
    told = changed(product(), attributes=(attribute("Material", "Eiche", ""),), external_id=first.external_id)
    await tell(stand, told)
    assert shown(stand, "NP-1").properties == {"Pflege": "ölen", "Material": "Eiche"}


async def test_reduced_and_exempt_goods_get_the_shops_classes(stand: Stand) -> None:
    for number, tax, named in (
        ("NP-1", "standard", ""),
        ("NP-2", "reduced", "reduced-rate"),
        ("NP-3", "exempt", "zero-rate"),
    ):
        await tell(stand, product(number, variants=(piece(number, tax=tax),)))
        assert shown_piece(stand, number).tax == named


async def test_an_inactive_variation_is_out_of_the_customers_sight(stand: Stand) -> None:
    told = family()
    off = told.variants[1].model_copy(update={"active": False})
    first = await tell(stand, told.model_copy(update={"variants": (told.variants[0], off)}))
    assert [each.active for each in shown(stand, "NP-8-1").pieces] == [True, False]
    await tell(stand, changed(told, external_id=first.external_id))
    assert [each.active for each in shown(stand, "NP-8-1").pieces] == [True, True]


async def test_a_plain_product_of_the_shop_never_becomes_one_with_variants(stand: Stand) -> None:
    first = await tell(stand, product("NP-8"))
    result = await tell(stand, family(external_id=first.external_id))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert [each.sku for each in shown(stand, "NP-8").pieces] == ["NP-8"]


async def test_a_product_with_the_number_of_its_own_variant_is_refused(stand: Stand) -> None:
    told = family()
    result = await tell(stand, told.model_copy(update={"number": "NP-8-1"}))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "its own variant" in result.params["detail"]


async def test_what_lies_in_the_bin_is_made_anew(stand: Stand) -> None:
    first = await tell(stand, product())
    await tell(stand, changed(product(), withdrawn=True, deletes=True, external_id=first.external_id))
    again = await tell(stand, product(external_id=first.external_id, version=3))
    assert (again.outcome, again.external_id == first.external_id) == ("done", False)
    assert shown(stand, "NP-1").external_id == again.external_id


async def test_an_article_of_no_weight_is_told_without_one_and_text_keys_are_of_the_plugin(stand: Stand) -> None:
    bare = piece("NP-1").model_copy(update={"content": ArticleContent(weight_grams=Decimal("0.5"))})
    await tell(stand, product(variants=(bare,)))
    made = row(stand, "NP-1")
    assert (made.weight, made.dimensions["length"]) == ("0.0005", "")
    assert {one["key"] for one in made.meta if one["key"].startswith("_yoast")} == {
        "_yoast_wpseo_title", "_yoast_wpseo_metadesc", "_yoast_wpseo_focuskw",
    }  # fmt: skip


async def test_an_older_shop_over_plain_http_takes_products_too(old_stand: Stand) -> None:
    assert (await tell(old_stand, family())).outcome == "done"


async def test_a_category_deleted_meanwhile_is_made_anew(stand: Stand) -> None:
    first = await tell(stand, product())
    kept = stand.shop.store.catalogue.terms.rows["categories"]
    (gone,) = [id for id, one in kept.items() if one["name"] == "Bretter"]
    del kept[gone]
    row(stand, "NP-1").categories.clear()
    await tell(stand, changed(product(), external_id=first.external_id))
    assert shown(stand, "NP-1").categories == ("Küche > Bretter",)


async def test_a_tag_among_many_like_it_is_the_one_that_is_there(stand: Stand) -> None:
    terms = stand.shop.store.catalogue.terms
    for place in range(90):
        terms.add("tags", {"name": f"Eiche {place}"})
    kept = terms.add("tags", {"name": "eiche"})
    await tell(stand, product(content={"tags": ("Eiche",)}))
    assert row(stand, "NP-1").tags == [kept["id"]]


@pytest.mark.proves("article-sell-off", "woocommerce")
async def test_what_was_sold_beyond_its_stock_is_not_once_it_is_sold_off(stand: Stand) -> None:
    first = await tell(stand, product(content={"sell_off": False}))
    row(stand, "NP-1").backorders = "yes"
    for sells_off, oversold in ((False, True), (True, False)):
        told = changed(product(content={"sell_off": sells_off}), external_id=first.external_id)
        await tell(stand, told)
        assert shown_piece(stand, "NP-1").oversold is oversold
