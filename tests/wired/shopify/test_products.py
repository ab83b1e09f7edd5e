"""What is particular about products at Shopify: lists that are replaced, images that take their time, metafields."""

from decimal import Decimal
from typing import Any

import pytest

from shared.contracts.article import ArticleContent
from shared.contracts.product import ProductAttribute
from tests.wired.contract.stand import Stand
from tests.wired.contract.telling import (
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


def record(stand: Stand, number: str) -> Any:
    return stand.shop.catalogue.variant(number, "")["product"]


async def test_a_product_that_is_as_told_is_not_written_again(stand: Stand) -> None:
    first = await tell(stand, product())
    before = record(stand, "NP-1")["updatedAt"]
    await stand.sleep(60)
    again = await tell(stand, changed(product(), external_id=first.external_id))
    assert again.outcome == "unchanged"
    assert record(stand, "NP-1")["updatedAt"] == before


async def test_a_product_whose_images_are_worked_on_waits_for_them(stand: Stand) -> None:
    (result,) = await stand.send("product", [product()])
    assert (result.outcome, result.code) == ("waiting", "product_images_pending")
    (again,) = await stand.send("product", [product()])
    assert (again.outcome, again.code) == ("retrying", "product_images_pending")
    assert len(record(stand, "NP-1")["media"]) == 2


async def test_an_image_that_cannot_be_fetched_is_told_in_the_shops_words_and_tried_again(stand: Stand) -> None:
    told = product(content={"media": (FRONT, BROKEN)})
    first = await tell(stand, told)
    assert (first.outcome, first.code) == ("failed", "product_refused")
    assert "could not be downloaded" in first.params["detail"]
    mended = changed(told, content={"media": (FRONT,)}, external_id=first.external_id)
    assert (await tell(stand, mended)).outcome == "done"
    assert [one["_source"] for one in record(stand, "NP-1")["media"]] == [FRONT]


async def test_two_images_of_the_same_name_are_two_images(stand: Stand) -> None:
    same = tuple(f"https://bilder.kramladen.example/{place}/bild.jpg" for place in "ab")
    told = product(content={"media": same})
    first = await tell(stand, told)
    for _ in range(2):
        told = changed(told, external_id=first.external_id)
        assert (await tell(stand, told)).outcome == "unchanged"
    assert [one.address for one in shown(stand, "NP-1").images] == list(same)


@pytest.mark.parametrize(
    ("target", "value", "kept"),
    [
        ("custom.teile", "12", "12"),
        ("custom.volumen", "0,75", "0.75"),
        ("custom.spuelmaschine", "Ja", "true"),
        ("custom.erschienen", "3.11.2026", "2026-11-03"),
        ("custom.farben", "Rot | Blau", '["Rot","Blau"]'),
        ("custom.durchmesser", "12,5 cm", '{"value":12.5,"unit":"cm"}'),
    ],
)
async def test_a_value_is_written_as_its_metafield_wants_it(stand: Stand, target: str, value: str, kept: str) -> None:
    told = product(attributes=(attribute("Angabe", value, target),))
    first = await tell(stand, told)
    assert first.outcome == "done", first.params
    (row,) = record(stand, "NP-1")["metafields"]
    assert row["value"] == kept
    assert (await tell(stand, changed(told, external_id=first.external_id))).outcome == "unchanged"


@pytest.mark.parametrize(
    ("target", "value"),
    [("custom.teile", "viele"), ("custom.spuelmaschine", "vielleicht"), ("custom.gibt_es_nicht", "1")],
)
async def test_a_value_that_does_not_fit_refuses_its_product_and_names_the_field(
    stand: Stand, target: str, value: str
) -> None:
    first = await tell(stand, product())
    bad = (attribute("Angabe", value, target),)
    told = changed(product(), title="Anders", attributes=bad, external_id=first.external_id)
    result = await tell(stand, told)
    assert (result.outcome, result.code, result.params["field"]) == ("failed", "product_refused", target)
    assert target in result.params["detail"]
    assert shown(stand, "NP-1").title == "Frühstücksbrett"


async def test_an_attribute_without_a_target_goes_where_the_merchant_defined_its_name_and_nowhere_else(
    stand: Stand,
) -> None:
    told = product(attributes=(attribute("Material", "Eiche", ""), attribute("Niemandes", "x", "")))
    await tell(stand, told)
    assert shown(stand, "NP-1").fields == {"custom.material": "Eiche"}


async def test_metafields_of_others_stay_when_ours_change(stand: Stand) -> None:
    first = await tell(stand, product(attributes=(attribute("Material", "Eiche", "custom.material"),)))
    record(stand, "NP-1")["metafields"].append(
        {"id": "gid://shopify/Metafield/1", "namespace": "reviews", "key": "rating", "type": "number_integer",
         "value": "5", "updatedAt": "2026-01-01T00:00:00Z", "__typename": "Metafield"}
    )  # fmt: skip
    other = (attribute("Material", "Buche", "custom.material"),)
    await tell(stand, changed(product(), title="Anders", attributes=other, external_id=first.external_id))
    assert shown(stand, "NP-1").fields == {"custom.material": "Buche", "reviews.rating": "5"}


async def test_attributes_of_a_variant_are_its_own_metafields(stand: Stand) -> None:
    tones = {"NP-8-1": "kräftig", "NP-8-2": "hell"}
    told = family()
    variants = tuple(
        one.model_copy(update={"attributes": (ProductAttribute(name="Farbton", value=tones[one.number]),)})
        for one in told.variants
    )
    first = await tell(stand, told.model_copy(update={"variants": variants}))
    pale = variants[0].model_copy(update={"attributes": (ProductAttribute(name="Farbton", value="blass"),)})
    await tell(stand, changed(told, variants=(pale, variants[1]), external_id=first.external_id))
    kept = [variant["metafields"][0]["value"] for variant in record(stand, "NP-8-1")["variants"]]
    assert kept == ["blass", "hell"]


async def test_variants_of_the_merchants_own_keep_their_ids_prices_and_stock(stand: Stand) -> None:
    told = family()
    first = await tell(stand, told)
    blue = stand.shop.catalogue.variant("NP-8-2", "")
    blue |= {"price": "12.00", "sku": "EIGENE"}
    blue["inventoryItem"]["inventoryLevels"][0]["_quantities"]["available"] = 9
    stand.shop.catalogue.numbered()
    more = family(colours=("Rot", "Grün"))
    green = more.variants[1].model_copy(update={"number": "NP-8-3"})
    again = changed(told, variants=(told.variants[0], green), external_id=first.external_id)
    assert (await tell(stand, again)).outcome == "done"
    assert [variant["id"] for variant in record(stand, "NP-8-1")["variants"]][1] == blue["id"]
    assert (shown_piece(stand, "EIGENE").price, shown_piece(stand, "EIGENE").stock) == (Decimal(12), 9)
    assert [each.sku for each in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "EIGENE", "NP-8-3"]


async def test_options_that_do_not_fit_those_of_the_shop_refuse_the_product(stand: Stand) -> None:
    first = await tell(stand, family())
    sizes = tuple(
        piece(f"NP-8-{place}", content={"options": {"Größe": size}}) for place, size in enumerate(("S", "M"), 1)
    )
    result = await tell(stand, changed(family(), variants=sizes, external_id=first.external_id))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "options do not fit" in result.params["detail"]
    assert [dict(each.options) for each in shown(stand, "NP-8-1").pieces] == [{"Farbe": "Rot"}, {"Farbe": "Blau"}]


async def test_variants_that_cannot_be_told_apart_are_refused_in_the_shops_words(stand: Stand) -> None:
    twins = tuple(piece(f"NP-8-{place}", content={"options": {"Farbe": "Rot"}}) for place in (1, 2))
    result = await tell(stand, family(variants=twins))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "already exists" in result.params["detail"]
    assert of_number(stand, "NP-8-1") == []


async def test_an_inactive_variant_is_not_made_and_never_taken_away(stand: Stand) -> None:
    told = family()
    off = told.variants[1].model_copy(update={"active": False})
    first = await tell(stand, told.model_copy(update={"variants": (told.variants[0], off)}))
    assert [each.sku for each in shown(stand, "NP-8-1").pieces] == ["NP-8-1"]
    told = changed(told, external_id=first.external_id)
    await tell(stand, told)
    await tell(stand, changed(told, variants=(told.variants[0], off)))
    assert [each.sku for each in shown(stand, "NP-8-1").pieces] == ["NP-8-1", "NP-8-2"]


async def test_a_new_number_of_a_plain_product_is_told_to_the_same_piece(stand: Stand) -> None:
    first = await tell(stand, product())
    before = shown_piece(stand, "NP-1").external_id
    again = changed(product(), number="NP-1A", variants=(piece("NP-1A"),), external_id=first.external_id)
    assert (await tell(stand, again)).outcome == "done"
    assert shown_piece(stand, "NP-1A").external_id == before


async def test_a_new_piece_without_a_price_is_not_given_away(stand: Stand) -> None:
    before = shelf(stand)
    result = await tell(stand, product(variants=(piece("NP-1", price=None),)))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "no price" in result.params["detail"]
    assert shelf(stand) == before


async def test_numbers_of_several_products_are_left_to_a_person(stand: Stand) -> None:
    await tell(stand, product("NP-1"))
    await tell(stand, product("NP-2"))
    both = family(variants=tuple(
        piece(number, content={"options": {"Farbe": number}}) for number in ("NP-1", "NP-2")
    ))  # fmt: skip
    result = await tell(stand, both)
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "several products" in result.params["detail"]


async def test_a_new_product_is_shown_in_the_chosen_channels_and_only_there(stand: Stand) -> None:
    await tell(stand, product("NP-1", channels=("Online Store",)))
    await tell(stand, product("NP-2"))
    assert (shown(stand, "NP-1").channels, shown(stand, "NP-2").channels) == (("Online Store",), ())
    unknown = await tell(stand, product("NP-3", channels=("Marktstand",)))
    assert (unknown.outcome, unknown.params["field"]) == ("failed", "channels")
    assert unknown.external_id == shown(stand, "NP-3").external_id
    assert "Marktstand" in unknown.params["detail"]


async def test_a_translation_follows_its_original_and_a_language_the_shop_lacks_is_left_out(stand: Stand) -> None:
    texts = product().content.texts
    told = product(content={"texts": texts | {"nl": texts["en"]}})
    first = await tell(stand, told)
    assert set(shown(stand, "NP-1").titles) == {"en", "fr"}
    other = {"en": texts["en"].model_copy(update={"title": "Board"})}
    await tell(stand, changed(told, title="Brett", content={"texts": other}, external_id=first.external_id))
    assert shown(stand, "NP-1").titles["en"] == "Board"


async def test_without_the_rights_to_it_a_product_is_told_without_translations(stand: Stand) -> None:
    stand.shop.access.scopes -= {"read_locales"}
    assert (await tell(stand, product())).outcome == "done"
    assert shown(stand, "NP-1").titles == {}


async def test_a_category_of_the_platforms_own_tree_becomes_the_products_category(stand: Stand) -> None:
    content = {"categories": ("gid://shopify/TaxonomyCategory/hg-11-6", "Küche > Bretter")}
    await tell(stand, product(content=content))
    made = shown(stand, "NP-1")
    assert made.categories == ("Home & Garden > Kitchen & Dining > Kitchen Tools & Utensils",)
    assert made.group == "Bretter"


async def test_archived_and_unlisted_products_stay_so(stand: Stand) -> None:
    first = await tell(stand, product())
    for status, active in (("ARCHIVED", False), ("UNLISTED", True)):
        record(stand, "NP-1")["status"] = status
        told = changed(product(), active=active, external_id=first.external_id, content={"description": status})
        assert (await tell(stand, told)).outcome == "done"
        assert record(stand, "NP-1")["status"] == status


async def test_tax_free_goods_are_not_taxed_and_uncounted_ones_not_counted(stand: Stand) -> None:
    content = ArticleContent(counted=False)
    await tell(stand, product(variants=(piece("NP-1", tax="exempt").model_copy(update={"content": content}),)))
    made = shown_piece(stand, "NP-1")
    assert (made.tax, made.stock) == ("exempt", None)


async def test_a_variant_shows_an_image_of_its_own_which_is_one_of_its_products(stand: Stand) -> None:
    told = family()
    red = told.variants[0]
    red = red.model_copy(update={"content": red.content.model_copy(update={"media": (FRONT,)})})
    told = told.model_copy(update={"variants": (red, told.variants[1])})
    first = await tell(stand, told)
    shows = [[one["_source"] for one in variant["media"]] for variant in record(stand, "NP-8-1")["variants"]]
    assert shows == [[FRONT], []]
    assert (await tell(stand, changed(told, external_id=first.external_id))).outcome == "unchanged"
    blue = told.variants[1]
    blue = blue.model_copy(update={"content": blue.content.model_copy(update={"media": (FRONT,)})})
    await tell(stand, changed(told, variants=(red, blue), external_id=first.external_id))
    shows = [[one["_source"] for one in variant["media"]] for variant in record(stand, "NP-8-1")["variants"]]
    assert shows == [[FRONT], [FRONT]]
    assert len(record(stand, "NP-8-1")["media"]) == 2


async def test_a_right_that_the_app_lacks_is_told_of_the_product_and_stops_nothing_else(stand: Stand) -> None:
    stand.shop.access.scopes -= {"write_publications", "read_publications"}
    result = await tell(stand, product("NP-1", channels=("Online Store",)))
    assert (result.outcome, result.code) == ("failed", "product_refused")
    assert "read_publications" in result.params["detail"]
    assert (await tell(stand, product("NP-2"))).outcome == "done"


async def test_a_metafield_defined_meanwhile_is_known(stand: Stand) -> None:
    told = product(attributes=(attribute("Pflege", "ölen", "custom.pflege"),))
    assert (await tell(stand, told)).outcome == "failed"
    defined = stand.shop.catalogue.definitions
    defined.append(defined[0] | {"key": "pflege", "name": "Pflege"})
    assert (await tell(stand, told)).outcome == "done"
    assert shown(stand, "NP-1").fields == {"custom.pflege": "ölen"}


@pytest.mark.proves("article-sell-off", "shopify")
async def test_what_was_sold_beyond_its_stock_is_not_once_it_is_sold_off(stand: Stand) -> None:
    first = await tell(stand, product(content={"sell_off": False}))
    stand.shop.catalogue.variant("NP-1", "")["inventoryPolicy"] = "CONTINUE"
    for sells_off, oversold in ((False, True), (True, False)):
        told = changed(product(content={"sell_off": sells_off}), external_id=first.external_id)
        await tell(stand, told)
        assert shown_piece(stand, "NP-1").oversold is oversold
