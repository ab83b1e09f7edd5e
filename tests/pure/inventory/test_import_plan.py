"""What an import would do with a listing, and why."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.inventory.import_merge import article_row, content_of, head_row
from services.inventory.import_plan import Found, plan
from services.inventory.import_wish import ImportWish
from shared.contracts.article import ArticleContent, ArticleHead

LISTING = Found(
    id=UUID(int=1), external_id="L1", sku="A-1", ean="4006381001007", title="Becher", content=ArticleContent(),
    price=Decimal("9.90"), currency="EUR", quantity=3, observed_at=datetime(2026, 11, 29, tzinfo=UTC),
)  # fmt: skip
HEAD = ArticleHead(number="A", title="Becher")
VARIANT = ArticleContent(head=HEAD, options={"Farbe": "Rot"})


def refusals(listing: Found, wish: ImportWish = ImportWish(), **known: bool) -> list[str]:
    made = plan(listing, wish, known)
    assert (made.action == "refuse") == bool(made.problems)
    return [one.code for one in made.problems]


def test_a_listing_that_nobody_knows_becomes_an_article() -> None:
    made = plan(LISTING, ImportWish(), {})
    assert (made.action, made.article_number, made.problems) == ("create", "A-1", ())


@pytest.mark.parametrize(("strategy", "action"), [("create", "match"), ("fill", "update"), ("overwrite", "update")])
def test_an_article_that_is_there_is_treated_as_the_strategy_says(strategy: Any, action: str) -> None:
    assert plan(LISTING, ImportWish(strategy=strategy), {"A-1": True}).action == action


def test_an_article_that_was_deleted_is_not_brought_back() -> None:
    made = plan(LISTING, ImportWish(strategy="overwrite"), {"A-1": False})
    assert (made.action, made.code) == ("refuse", "import_article_deleted")


def test_an_external_number_names_the_article_and_leaves_it_as_it_is() -> None:
    made = plan(replace(LISTING, means="B-9"), ImportWish(strategy="overwrite"), {"B-9": True})
    assert (made.action, made.article_number) == ("match", "B-9")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sku": ""}, "listing_sku_missing"),
        ({"sku": "  "}, "listing_sku_missing"),
        ({"sku": " A-1"}, "import_sku_blanks"),
        ({"same_sku": 2, "like_sku": 2}, "listing_sku_shared"),
        ({"sku": "9" * 201}, "import_sku_long"),
        ({"title": "x" * 501}, "import_title_long"),
        ({"ean": "4006381001008"}, "import_ean_wrong"),
        ({"content": ArticleContent(options={"Farbe": "Rot"})}, "import_variant_without_head"),
        ({"content": ArticleContent(is_head=True)}, "import_head_without_variants"),
        ({"content": ArticleContent(head=ArticleHead(number=" "))}, "import_head_without_number"),
        ({"content": ArticleContent(head=ArticleHead(number="A-1"))}, "import_head_number_taken"),
        ({"content": VARIANT, "head_listed": True}, "import_head_number_taken"),
        ({"content": ArticleContent(head=ArticleHead(number=" A"))}, "import_head_invalid"),
        ({"near": ("a-1",)}, "import_near_article"),
        ({"like_sku": 2}, "import_near_listing"),
        ({"same_ean": 2}, "import_near_listing"),
        ({"readable": False}, "import_unreadable"),
        ({"deleted": True}, "import_listing_deleted"),
    ],
)
def test_what_is_wrong_with_a_listing_is_named_and_it_is_not_imported(change: dict[str, Any], code: str) -> None:
    assert refusals(replace(LISTING, **change)) == [code]


def test_everything_that_is_wrong_is_named_at_once() -> None:
    listing = replace(LISTING, sku="", ean="1", content=ArticleContent(options={"Farbe": "Rot"}))
    assert refusals(listing) == ["listing_sku_missing", "import_variant_without_head", "import_ean_wrong"]


def test_a_variant_of_a_deleted_head_waits_for_the_merchant() -> None:
    assert refusals(replace(LISTING, content=VARIANT), A=False) == ["import_head_deleted"]


def test_the_merchant_may_want_near_ones_and_wrong_eans_all_the_same() -> None:
    wish = ImportWish(near="create", wrong_ean="leave_out")
    listing = replace(LISTING, near=("a-1",), like_sku=2, ean="1")
    made = plan(listing, wish, {})
    assert (made.action, [one.code for one in made.problems]) == ("create", ["import_ean_wrong"])
    assert article_row(listing, made, None, "create").ean is None


def test_what_is_there_is_no_near_article() -> None:
    assert plan(replace(LISTING, near=("a-1",), same_ean=2), ImportWish(), {"A-1": True}).action == "match"


def test_filling_adds_what_is_missing_and_overwriting_empties_nothing() -> None:
    old = {"ean": None, "title": "Tasse", "description": "", "parent_number": None, "active": False}
    made = plan(LISTING, ImportWish(strategy="fill"), {"A-1": True})
    filled = article_row(LISTING, made, old, "fill")
    assert (filled.title, filled.ean, filled.active) == ("Tasse", "4006381001007", False)
    taken = article_row(replace(LISTING, ean=""), made, old | {"ean": "4006381005012"}, "overwrite")
    assert (taken.title, taken.ean, taken.active) == ("Becher", "4006381005012", False)


def test_a_head_that_is_there_is_left_alone_when_only_new_ones_are_wanted() -> None:
    old = {"ean": None, "title": "Tasse", "description": "", "parent_number": None, "active": True}
    assert head_row(HEAD, old, "create") is None
    created, taken = head_row(HEAD, None, "create"), head_row(HEAD, old, "overwrite")
    assert created is not None
    assert taken is not None
    assert (created.number, created.title, taken.title) == ("A", "Becher", "Becher")


def test_content_is_added_or_taken_and_the_head_is_no_part_of_it() -> None:
    new = ArticleContent(head=HEAD, options={"Farbe": "Rot"}, media=("https://shop.example/1.jpg",))
    old = {"options": {"Farbe": "Blau"}, "manufacturer": "Kramladen"}
    filled = content_of(new, old, "fill")
    assert (filled["options"], filled["media"]) == ({"Farbe": "Blau"}, ["https://shop.example/1.jpg"])
    assert content_of(new, old, "overwrite")["options"] == {"Farbe": "Rot"}
    assert content_of(new, old, "overwrite")["manufacturer"] == "Kramladen"
    assert "head" not in filled


def test_a_description_too_long_for_documents_is_kept_with_the_content() -> None:
    listing = replace(LISTING, content=ArticleContent(description="x" * 5001))
    made = plan(listing, ImportWish(), {})
    assert (made.action, [one.code for one in made.problems]) == ("create", ["import_description_long"])
    assert article_row(listing, made, None, "create").description == ""
    assert len(content_of(listing.content, None, "create")["description"]) == 5001
