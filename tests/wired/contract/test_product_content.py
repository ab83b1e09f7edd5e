"""What of a product arrives in the shop: one test per row of the feature matrix, or for rows that stand and fall
together. A connector whose platform has no such thing says so in a capability of the row's name, and is left out; one
that has it is named in the mark."""

from decimal import Decimal

import pytest

from tests.wired.contract.stand import Stand
from tests.wired.contract.telling import (
    BACK,
    FRONT,
    attribute,
    changed,
    family,
    piece,
    product,
    shown,
    shown_piece,
    tell,
    tells_products,
)
from tests.wired.contract.test_pushes import ACCEPTED


@pytest.fixture
def any_stand(any_stand: Stand) -> Stand:
    tells_products(any_stand)
    return any_stand


@pytest.mark.proves("article-name", "shopify", "woocommerce", "shopware6", "tradebyte")
@pytest.mark.proves("article-number", "shopify", "woocommerce", "shopware6", "tradebyte")
@pytest.mark.proves("article-description", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_name_number_and_description(any_stand: Stand) -> None:
    await tell(any_stand, product())
    made = shown(any_stand, "NP-1")
    assert (made.title, made.description) == ("Frühstücksbrett", "<p>Ein Brett aus einem Stück.</p>")
    assert [each.sku for each in made.pieces] == ["NP-1"]
    assert made.pieces[0].price == Decimal("29.90")


@pytest.mark.proves("article-weight", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_weight(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown_piece(any_stand, "NP-1").weight_grams == 750


@pytest.mark.proves("article-length", "woocommerce", "shopware6", "tradebyte")
@pytest.mark.proves("article-width", "woocommerce", "shopware6", "tradebyte")
@pytest.mark.proves("article-height", "woocommerce", "shopware6", "tradebyte")
async def test_length_width_and_height(any_stand: Stand) -> None:
    await tell(any_stand, family())
    made = shown_piece(any_stand, "NP-8-2")
    step = any_stand.variety.millimetres
    assert (made.length_mm, made.width_mm, made.height_mm) == tuple(-(-size // step) * step for size in (300, 200, 15))


@pytest.mark.proves("article-ean", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_ean(any_stand: Stand) -> None:
    await tell(any_stand, product(variants=(piece("NP-1", ean="4006381333931"),)))
    assert shown_piece(any_stand, "NP-1").ean == "4006381333931"


@pytest.mark.proves("article-customs-number", "shopify", "tradebyte")
async def test_customs_number(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown_piece(any_stand, "NP-1").customs_number == "44190090"


@pytest.mark.proves("article-origin", "shopify", "tradebyte")
async def test_country_of_origin(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown_piece(any_stand, "NP-1").origin == "DE"


@pytest.mark.proves("article-manufacturer", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_manufacturer(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown(any_stand, "NP-1").manufacturer == "Holzwerk"


@pytest.mark.proves("article-short-text", "woocommerce", "tradebyte")
async def test_short_text(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown(any_stand, "NP-1").short_description == "Aus einem Stück."


@pytest.mark.proves("article-meta-title", "shopify", "woocommerce", "shopware6")
@pytest.mark.proves("article-meta-description", "shopify", "woocommerce", "shopware6")
async def test_texts_for_search_engines(any_stand: Stand) -> None:
    await tell(any_stand, product())
    made = shown(any_stand, "NP-1")
    assert (made.meta_title, made.meta_description) == ("Frühstücksbrett kaufen", "Frühstücksbretter aus Eiche.")


@pytest.mark.proves("article-meta-keywords", "woocommerce", "shopware6", "tradebyte")
async def test_keywords_for_search_engines(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown(any_stand, "NP-1").meta_keywords == "brett, eiche"


@pytest.mark.proves("article-english", "shopify", "shopware6", "tradebyte")
@pytest.mark.proves("article-languages", "shopify", "shopware6", "tradebyte")
async def test_texts_in_further_languages(any_stand: Stand) -> None:
    first = await tell(any_stand, product())
    assert shown(any_stand, "NP-1").titles == {"en": "Breakfast board", "fr": "Planche"}
    assert (await tell(any_stand, changed(product(), external_id=first.external_id))).outcome in ACCEPTED
    assert shown(any_stand, "NP-1").titles == {"en": "Breakfast board", "fr": "Planche"}


@pytest.mark.proves("article-tags", "shopify", "woocommerce", "shopware6")
async def test_tags(any_stand: Stand) -> None:
    first = await tell(any_stand, product())
    assert sorted(shown(any_stand, "NP-1").tags) == ["Eiche", "Handarbeit"]
    fewer = changed(product(), content={"tags": ("Handarbeit",)}, external_id=first.external_id)
    await tell(any_stand, fewer)
    assert shown(any_stand, "NP-1").tags == ("Handarbeit",)


@pytest.mark.proves("article-properties", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_properties(any_stand: Stand) -> None:
    told = product(attributes=(attribute("Material", "Eiche", any_stand.variety.property),))
    first = await tell(any_stand, told)
    assert "Eiche" in shown(any_stand, "NP-1").properties.values()
    other = changed(told, external_id=first.external_id)
    await tell(any_stand, other.model_copy(update={"attributes": (told.attributes[0].model_copy(
        update={"value": "Buche"}
    ),)}))  # fmt: skip
    values = list(shown(any_stand, "NP-1").properties.values())
    assert "Buche" in values
    assert "Eiche" not in values


@pytest.mark.proves("article-free-fields", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_free_fields(any_stand: Stand) -> None:
    await tell(any_stand, product(attributes=(attribute("Herkunft", "Bayern", any_stand.variety.free_field),)))
    assert "Bayern" in shown(any_stand, "NP-1").fields.values()


@pytest.mark.proves("article-cross-selling", "woocommerce", "shopware6", "tradebyte")
async def test_related_articles(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown(any_stand, "NP-1").related == ("KR-1001",)


@pytest.mark.proves("article-images", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_images_in_their_order(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert [one.address for one in shown(any_stand, "NP-1").images] == [FRONT, BACK]


@pytest.mark.proves("article-image-title", "woocommerce", "shopware6")
async def test_the_title_of_an_image(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown(any_stand, "NP-1").images[0].title == "Brett"


@pytest.mark.proves("article-image-description", "shopify", "woocommerce", "shopware6")
async def test_the_description_of_an_image(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown(any_stand, "NP-1").images[0].description == "Das Brett von vorn"


@pytest.mark.proves("article-product-group", "shopify")
async def test_the_product_group_is_the_last_part_of_its_first_category(any_stand: Stand) -> None:
    await tell(any_stand, product())
    assert shown(any_stand, "NP-1").group == "Bretter"


@pytest.mark.proves("category-tree", "woocommerce", "shopware6", "tradebyte")
async def test_categories_that_the_shop_lacks_are_made_with_their_path_once(any_stand: Stand) -> None:
    await tell(any_stand, product("NP-1"))
    await tell(any_stand, product("NP-2", content={"categories": ("Küche > Bretter", "Küche > Messer")}))
    assert shown(any_stand, "NP-1").categories == ("Küche > Bretter",)
    assert sorted(shown(any_stand, "NP-2").categories) == ["Küche > Bretter", "Küche > Messer"]


@pytest.mark.proves("article-counted-flag", "shopify", "woocommerce")
async def test_whether_stock_is_counted(any_stand: Stand) -> None:
    await tell(any_stand, product("NP-1"))
    await tell(any_stand, product("NP-2", variants=(piece("NP-2", content={"counted": False}),)))
    assert shown_piece(any_stand, "NP-1").stock == 0
    assert shown_piece(any_stand, "NP-2").stock is None


@pytest.mark.proves("article-sell-off", "shopify", "woocommerce", "shopware6")
async def test_what_is_sold_until_none_is_left_is_not_sold_after_that(any_stand: Stand) -> None:
    await tell(any_stand, product(variants=(piece("NP-1", content={"sell_off": True}),)))
    assert not shown_piece(any_stand, "NP-1").oversold


@pytest.mark.proves("variant-parents-created", "shopify", "woocommerce", "shopware6", "tradebyte")
@pytest.mark.proves("variants-created", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_a_new_variant_joins_its_product(any_stand: Stand) -> None:
    first = await tell(any_stand, family())
    more = changed(family(colours=("Rot", "Blau", "Grün")), external_id=first.external_id)
    assert (await tell(any_stand, more)).outcome in ACCEPTED
    pieces = shown(any_stand, "NP-8-1").pieces
    assert {each.sku: dict(each.options) for each in pieces} == {
        "NP-8-1": {"Farbe": "Rot"}, "NP-8-2": {"Farbe": "Blau"}, "NP-8-3": {"Farbe": "Grün"},
    }  # fmt: skip
    assert len({each.external_id for each in pieces}) == 3


@pytest.mark.proves("variants-updated", "shopify", "woocommerce", "shopware6", "tradebyte")
@pytest.mark.proves("variant-parents-updated", "shopify", "woocommerce", "shopware6", "tradebyte")
async def test_a_product_and_its_variant_are_changed_where_they_are(any_stand: Stand) -> None:
    told = family()
    first = await tell(any_stand, told)
    before = shown(any_stand, "NP-8-1")
    heavy = piece("NP-8-1", content={"options": {"Farbe": "Rot"}, "weight_grams": Decimal(900)})
    await tell(any_stand, changed(
        told, title="Großes Brett", variants=(heavy, told.variants[1]), external_id=first.external_id
    ))  # fmt: skip
    after = shown(any_stand, "NP-8-1")
    assert (after.title, after.external_id) == ("Großes Brett", before.external_id)
    assert [each.external_id for each in after.pieces] == [each.external_id for each in before.pieces]
    assert [each.weight_grams for each in after.pieces] == [900, 750]
