"""A product as WooCommerce's body: what is told of it, and what is left as the shop has it."""

from decimal import Decimal
from typing import Any

import pytest

from services.connectors.woocommerce.outbound import facts, products, properties
from services.connectors.woocommerce.outbound.products import References
from shared.contracts.errors import Rejected
from shared.contracts.money import Money
from shared.contracts.product import ProductAttribute, ProductPush, ProductVariant
from tests.wired.contract.telling import BACK, FRONT, attribute, changed, family, piece, product

UNITS = {"woocommerce_weight_unit": "kg", "woocommerce_dimension_unit": "cm"}
REFS = References(
    units=UNITS, classes=("standard", "reduced-rate"), categories=(7,), tags=(3, 4), brands=(9,), related=()
)


def held(**differing: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "type": "simple",
        "status": "publish",
        "name": "Frühstücksbrett",
        "description": "<p>Ein Brett aus einem Stück.</p>",
        "short_description": "Aus einem Stück.",
        "sku": "NP-1",
        "weight": "0.750",
        "dimensions": {"length": "30.0", "width": "20", "height": "1.5"},
        "tax_class": "",
        "manage_stock": True,
        "backorders": "no",
        "categories": [{"id": 7}],
        "tags": [{"id": 4}, {"id": 3}],
        "brands": [{"id": 9}],
        "cross_sell_ids": [],
        "attributes": [],
        "images": [
            {"id": 11, "src": "https://s.test/wp-content/neu-vorn.jpg", "name": "Brett", "alt": "Das Brett von vorn"},
            {"id": 12, "src": "https://s.test/wp-content/neu-hinten-1.jpg", "name": "", "alt": ""},
        ],
        "meta_data": [
            {"key": "_yoast_wpseo_title", "value": "Frühstücksbrett kaufen"},
            {"key": "_yoast_wpseo_metadesc", "value": "Frühstücksbretter aus Eiche."},
            {"key": "_yoast_wpseo_focuskw", "value": "brett, eiche"},
        ],
    } | differing


def test_a_new_product_is_told_whole_and_without_stock() -> None:
    told = products.body(product(), None, REFS)
    assert told["type"] == "simple"
    assert told["status"] == "publish"
    assert (told["sku"], told["regular_price"], told["weight"]) == ("NP-1", "29.90", "0.75")
    assert told["dimensions"] == {"length": "30", "width": "20", "height": "1.5"}
    assert told["images"][0] == {"src": FRONT, "name": "Brett", "alt": "Das Brett von vorn"}
    assert told["manage_stock"] is True
    assert "stock_quantity" not in told
    assert {row["key"]: row["value"] for row in told["meta_data"]}["_kontor_product"] == str(product().product_id)


def test_of_a_product_that_is_as_told_nothing_is_told() -> None:
    assert products.body(product(), held(), REFS) == {}


@pytest.mark.parametrize(
    ("differing", "told"),
    [
        ({"name": "Anders"}, {"name"}),
        ({"weight": ""}, {"weight"}),
        ({"dimensions": {"length": "31", "width": "20", "height": "1.5"}}, {"dimensions"}),
        ({"tags": [{"id": 3}]}, {"tags"}),
        ({"meta_data": []}, {"meta_data"}),
        ({"manage_stock": False}, {"manage_stock"}),
        ({"backorders": "yes"}, {"backorders"}),
        ({"images": []}, {"images"}),
        ({"status": "draft"}, {"status"}),
        ({"status": "private"}, set()),
    ],
)
def test_only_what_differs_is_told(differing: dict[str, Any], told: set[str]) -> None:
    assert set(products.body(product(), held(**differing), REFS)) == told


def test_what_we_do_not_know_stays_as_the_shop_has_it() -> None:
    bare = ProductPush(
        product_id=product().product_id, version=1, number="NP-1", parts=("variants",),
        variants=(ProductVariant(article_id=product().product_id, number="NP-1"),),
    )  # fmt: skip
    assert products.body(bare, held(), References(units=UNITS)) == {}


def test_measures_are_left_out_where_the_shops_units_are_not_known() -> None:
    told = facts.facts(product(), piece("NP-1"), {})
    assert "weight" not in told
    assert "dimensions" not in told
    ounces = facts.facts(product(), piece("NP-1"), {"woocommerce_weight_unit": "oz"})
    assert ounces["weight"] == "26.455471"


@pytest.mark.parametrize("price", [None, Money(amount=Decimal(5), currency="CHF")])
def test_a_new_piece_needs_a_price_in_the_shops_currency(price: Money | None) -> None:
    with pytest.raises(Rejected) as refused:
        products.body(product(variants=(piece("NP-1", price=price),)), None, REFS)
    assert (refused.value.code, refused.value.field) == ("product_refused", "price")


def test_a_tax_class_the_shop_lacks_refuses_the_product() -> None:
    assert facts.tax_class(piece("NP-1", tax="reduced"), REFS.classes) == "reduced-rate"
    with pytest.raises(Rejected, match="zero-rate"):
        facts.tax_class(piece("NP-1", tax="exempt"), REFS.classes)


def row(id: int, sku: str, colour: str, **differing: Any) -> dict[str, Any]:
    return {
        "id": id,
        "sku": sku,
        "status": "publish",
        "weight": "0.75",
        "dimensions": {"length": "30", "width": "20", "height": "1.5"},
        "manage_stock": True,
        "backorders": "no",
        "attributes": [{"id": 1, "name": "Farbe", "option": colour}],
    } | differing


def test_variations_are_made_changed_and_left_alone() -> None:
    told = family(colours=("Rot", "Blau", "Grün"))
    rows = [row(21, "NP-8-1", "Rot"), row(22, "NP-8-2", "Blau", weight="9"), row(23, "EIGENE", "Lila")]
    made, changed_ones = products.variations(told, held(type="variable"), rows, REFS)
    assert changed_ones == [{"id": 22, "weight": "0.75"}]
    assert [(one["sku"], one["regular_price"], one["attributes"]) for one in made] == [
        ("NP-8-3", "29.90", [{"name": "Farbe", "option": "Grün"}])
    ]


def test_variations_that_show_their_products_number_are_known_by_their_options() -> None:
    one, two = family().variants
    rows = [row(21, "NP-8", "Rot"), row(22, "NP-8", "Blau")]
    assert [(products.matched(each, rows) or {})["id"] for each in (two, one)] == [22, 21]
    named = one.model_copy(update={"external_id": "22"})
    assert (products.matched(named, rows) or {})["id"] == 22


def test_without_the_part_no_variation_is_made() -> None:
    assert products.variations(family(parts=("texts",)), held(type="variable"), [], REFS) == ([], [])


def test_images_are_known_by_what_was_written_down_then_by_their_names() -> None:
    has = held()["images"]
    assert products.known_images([FRONT, BACK], has, {}) == {FRONT: 11, BACK: 12}
    assert products.known_images([FRONT, BACK], has, {"12": FRONT}) == {FRONT: 12}
    assert products.known_images(["https://y.test/neu-vorn-300x200.png"], has, {}) == {
        "https://y.test/neu-vorn-300x200.png": 11
    }


def test_no_images_at_all_take_none_away_unless_they_may() -> None:
    none = product(content={"media": ()})
    assert products.images(none, held(), variable=False) is None
    assert products.images(changed(none, removes_images=True), held(), variable=False) == []


def known(*names: str) -> list[dict[str, Any]]:
    return [{"id": place, "name": name, "slug": f"pa_{name.lower()}"} for place, name in enumerate(names, 1)]


def test_a_product_varies_by_the_options_of_its_variants_and_of_those_the_shop_has() -> None:
    has = {"id": 1, "name": "Farbe", "visible": True, "variation": True, "options": ["Lila"]}
    rows = properties.attributes(family(), held(attributes=[has]), known("Farbe"), visible=False, telling=True)
    assert rows == [has | {"options": ["Lila", "Rot", "Blau"], "position": 0}]
    has["options"] = ["Blau", "Rot"]
    assert properties.attributes(family(), held(attributes=[has]), known(), visible=False, telling=True) is None


def test_what_a_product_varies_by_is_not_overwritten_by_a_property_of_its_name() -> None:
    told = family(attributes=(attribute("Farbe", "bunt", ""),))
    rows = properties.attributes(told, None, known("Farbe"), visible=True, telling=True)
    assert rows is not None
    assert [(one["variation"], one["options"]) for one in rows] == [(True, ["Rot", "Blau"])]


def test_several_values_are_several_options_and_free_fields_are_meta_data() -> None:
    told = product(
        attributes=(attribute("Holz", "Eiche | Buche", ""), attribute("Herkunft", "Bayern", "meta:herkunft"))
    )
    rows = properties.attributes(told, None, known(), visible=True, telling=False)
    assert rows is not None
    assert [(one["id"], one["name"], one["options"]) for one in rows] == [(0, "Holz", ["Eiche", "Buche"])]
    assert properties.meta(told.attributes) == [{"key": "herkunft", "value": "Bayern"}]


def test_what_is_the_same_in_all_languages_comes_first() -> None:
    told = product(attributes=(
        ProductAttribute(name="Holz", value="oak", language="en"), ProductAttribute(name="Holz", value="Eiche"),
    ))  # fmt: skip
    rows = properties.attributes(told, None, known(), visible=False, telling=False)
    assert rows is not None
    assert [one["options"] for one in rows] == [["Eiche"]]


def test_a_product_is_ours_by_its_mark_until_it_is_known_by_its_id() -> None:
    mark = held(meta_data=[{"key": "_kontor_product", "value": str(product().product_id)}])
    assert products.made_by_us(product(), mark)
    assert not products.made_by_us(product(external_id="1"), mark)
    assert not products.made_by_us(product(), held())


def test_what_is_empty_here_tells_nothing() -> None:
    empty = {"description": "", "short_description": "", "meta_title": "", "meta_keywords": "", "media": ()}
    assert products.body(product(title="", content=empty), held(), References(units=UNITS)) == {}


def test_a_piece_without_options_is_never_made_a_variation() -> None:
    with pytest.raises(Rejected, match="names no options"):
        products.variations(product(), held(type="variable"), [row(21, "NP-8-1", "Rot")], REFS)
