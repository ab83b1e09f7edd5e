"""An article in a channel's words: what is spelled alike needs no row, and what is missing is named."""

from typing import Any

import pytest

from services.inventory.product_mapping import Article, Asked, Mapped, Open, map_product
from shared.contracts.taxonomy import TaxonomyAttribute

COLOURS = {"COLOURS": {"C-1": "Rot", "C-2": "Blau", "X": "Grün", "Y": "grün"}}


def attribute(code: str, **more: Any) -> TaxonomyAttribute:
    return TaxonomyAttribute.model_validate({"code": code, "label": code.title(), **more})


def article(**attributes: str) -> Article:
    words = {("category", ""): "Tassen", **{(name, ""): value for name, value in attributes.items()}}
    return Article("A-1", "4006381333931", "Becher", "", "P-1", words)


def asked(*attributes: TaxonomyAttribute, **more: Any) -> Asked:
    facts = {"known": True, "leaf": True, "leaves_only": True, "separator": "~"} | more
    return Asked(above=("MUGS", "KITCHEN"), attributes=attributes, lists=COLOURS, **facts)


def mapped(given: Article, *attributes: TaxonomyAttribute, rows: dict[Open, str | None] | None = None) -> Mapped:
    return map_product(given, "MUGS", asked(*attributes), rows or {})


def codes(found: Mapped) -> list[str]:
    return [one.code for one in found.problems]


def test_what_every_article_has_and_what_is_spelled_alike_is_mapped_by_itself() -> None:
    found = mapped(
        article(Inhalt="0.3", farbe="rot"),
        attribute("cat", role="category"), attribute("sku", role="number"), attribute("group", role="variant_group"),
        attribute("inhalt", requirement="required"), attribute("farbe", list_code="COLOURS"),
    )  # fmt: skip
    assert found.values == {"cat": "MUGS", "sku": "A-1", "group": "P-1", "inhalt": "0.3", "farbe": "C-1"}
    assert (found.problems, found.open) == ([], [])


@pytest.mark.parametrize(
    ("source", "expected"), [("@ean", "4006381333931"), ("=Neu", "Neu"), ("Name[en]", "Mug"), ("@secret", None)]
)
def test_a_row_says_where_the_value_comes_from(source: str, expected: str | None) -> None:
    given = article()
    words = {**given.attributes, ("Name", "en"): "Mug", ("Name", ""): "Becher"}
    one = Article(given.number, given.ean, given.title, given.description, given.parent, words)
    found = mapped(one, attribute("x"), rows={("attribute", "", "x"): source})
    assert found.values.get("x") == expected


def test_the_row_of_the_category_comes_before_the_one_above_it_and_that_before_the_one_for_all() -> None:
    rows: dict[Open, str | None] = {
        ("attribute", "", "x"): "=all", ("attribute", "KITCHEN", "x"): "=kitchen", ("attribute", "MUGS", "x"): "=mugs",
    }  # fmt: skip
    for scope, expected in (("MUGS", "mugs"), ("KITCHEN", "kitchen"), ("", "all")):
        assert mapped(article(), attribute("x"), rows=rows).values == {"x": expected}
        del rows["attribute", scope, "x"]


def test_a_demanded_attribute_without_a_source_is_an_open_row_and_one_without_a_value_is_not() -> None:
    found = mapped(article(), attribute("x", requirement="required"))
    assert codes(found) == ["product_attribute_unmapped"]
    assert found.open == [("attribute", "MUGS", "x")]
    found = mapped(article(), attribute("x", requirement="required"), rows={("attribute", "MUGS", "x"): "Menge"})
    assert (codes(found), found.open) == (["product_attribute_empty"], [])
    assert mapped(article(), attribute("x", requirement="recommended")).problems == []


def test_a_value_that_is_not_in_the_list_is_an_open_row_of_that_list() -> None:
    colour = attribute("farbe", list_code="COLOURS")
    found = mapped(article(farbe="petrol"), colour)
    assert (codes(found), found.open) == (["product_value_unmapped"], [("value", "COLOURS", "petrol")])
    assert (
        mapped(article(farbe="petrol"), colour, rows={("value", "COLOURS", "petrol"): "C-2"}).values["farbe"] == "C-2"
    )
    gone = mapped(article(farbe="petrol"), colour, rows={("value", "COLOURS", "petrol"): "C-9"})
    assert (codes(gone), gone.open) == (["product_value_gone"], [])


def test_two_values_spelled_alike_are_nobodys_choice_but_the_merchants() -> None:
    assert codes(mapped(article(farbe="GRÜN"), attribute("farbe", list_code="COLOURS"))) == ["product_value_unmapped"]


def test_several_values_are_joined_as_the_channel_joins_them() -> None:
    many = attribute("farbe", list_code="COLOURS", multiple=True)
    assert mapped(article(farbe="rot | blau"), many).values == {"farbe": "C-1~C-2"}
    assert codes(mapped(article(farbe="rot | blau"), attribute("farbe", list_code="COLOURS"))) == [
        "product_value_unmapped"
    ]


@pytest.mark.parametrize(
    ("limits", "value", "code"),
    [
        ({"longest": 3}, "abcd", "product_value_length"),
        ({"shortest": 3}, "ab", "product_value_length"),
        ({"kind": "integer"}, "1.5", "product_value_no_number"),
        ({"kind": "decimal"}, "1,5", "product_value_no_number"),
        ({"kind": "decimal"}, "NaN", "product_value_no_number"),
        ({"kind": "decimal"}, "1.5", ""),
        ({"kind": "integer"}, "-3", ""),
    ],
)
def test_a_value_that_the_channel_would_refuse_is_refused_here(limits: dict[str, Any], value: str, code: str) -> None:
    assert codes(mapped(article(x=value), attribute("x", **limits))) == ([code] if code else [])


def test_a_category_that_is_missing_unmapped_gone_or_too_high_stops_the_article_with_one_sentence() -> None:
    bare = Article("A-1", "", "", "", "", {})
    assert codes(map_product(bare, "", asked(), {})) == ["product_without_category"]
    unmapped = map_product(article(), "", asked(), {})
    assert (codes(unmapped), unmapped.open) == (["product_category_unmapped"], [("category", "", "Tassen")])
    assert codes(map_product(article(), "MUGS", asked(known=False), {})) == ["product_category_gone"]
    assert codes(map_product(article(), "MUGS", asked(leaf=False), {})) == ["product_category_no_leaf"]
    assert codes(map_product(article(), "MUGS", asked(leaf=False, leaves_only=False), {})) == []
