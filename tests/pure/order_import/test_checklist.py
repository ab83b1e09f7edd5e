"""The master-data checklist: done, missing or optional, and why."""

from typing import Any

from services.order_import.checklist import Item, Stock, items
from services.order_import.master_data import ChargeArticleData, ProjectData
from shared.chassis.sentences import catalogue
from tests.pure.chassis.test_sentences import words

NOTHING: dict[str, Any] = {
    "project": "", "projects": {}, "articles": {}, "known_numbers": {}, "lists": {}, "countries": (),
}  # fmt: skip
EVERYTHING: dict[str, Any] = {
    "project": "North",
    "projects": {"North": ProjectData(default_customer="1", pos_customer="2")},
    "articles": {
        kind: ChargeArticleData(article_number=kind, names={"de": "x", "en": "y"})
        for kind in ("shipping", "discount", "surcharge")
    },
    "known_numbers": {"shipping": 1, "discount": 1, "surcharge": 1},
    "lists": {
        "payment-methods": ["a"], "shipping-methods": ["a"], "delivery-terms": ["a"], "languages": ["de", "en"],
    },
    "countries": ("AT",),
}  # fmt: skip


def found(**differing: Any) -> dict[str, Item]:
    """Items by name; each has a sentence with all its words."""
    listed = items(Stock(**(NOTHING | differing)))
    for one in listed:
        assert words(catalogue()[one.code].en) <= one.params.keys(), one
    return {one.name: one for one in listed}


def test_of_nothing_the_needed_things_are_missing_and_the_others_optional() -> None:
    missing = [one.number for one in found().values() if one.state == "missing"]
    assert missing == [2, 3, 4, 5, 6]
    assert [one.number for one in found().values() if one.state == "optional"] == [7, 8, 9, 10, 11, 13, 15]


def test_of_everything_all_is_done() -> None:
    assert {one.state for one in found(**EVERYTHING).values()} == {"done"}
    assert [one.number for one in found().values()] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15]


def test_a_project_that_nobody_created_is_missing() -> None:
    assert found(**(EVERYTHING | {"projects": {}}))["project"].code == "checklist_project_unknown"


def test_an_article_that_is_gone_is_missing_even_where_it_was_optional() -> None:
    gone = found(**(EVERYTHING | {"known_numbers": {"shipping": 1, "discount": 2}}))
    assert gone["shipping_article"].state == "done"
    assert (gone["discount_article"].state, gone["surcharge_article"].state) == ("missing", "missing")


def test_names_that_are_missing_in_a_language_are_named() -> None:
    articles = {**EVERYTHING["articles"], "discount": ChargeArticleData(article_number="discount", names={"de": "x"})}
    item = found(**(EVERYTHING | {"articles": articles}))["translations"]
    assert (item.state, item.params) == ("missing", {"lacking": "discount: en"})


def test_each_item_says_where_it_is_mended() -> None:
    for item in found().values():
        assert item.where.startswith(("/orders/master-data/", "/connections")) or item.state == "done"
