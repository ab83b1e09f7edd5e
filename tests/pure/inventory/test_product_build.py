"""One product as a shop is to be told it: its pieces, its ids, its price, and what stands in the way."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.inventory.article_book import article_id
from services.inventory.price_settings import PriceSettings
from services.inventory.pricing import StoredPrice
from services.inventory.product_build import Built, Family, Listed, Piece, Terms, build
from services.inventory.product_checks import option_problems
from services.inventory.product_difference import difference
from services.inventory.product_guarding import exceeds
from services.inventory.product_settings import ProductSettings
from shared.chassis.sentences import catalogue
from shared.contracts.article import ArticleContent

EUR = StoredPrice(price_list="", currency="EUR", amount=Decimal("11.90"), basis="gross", tax="standard")
TERMS = Terms(ProductSettings(), PriceSettings(currency="EUR"), None)


def piece(number: str, **more: Any) -> Piece:
    given = {"title": number, "prices": [EUR]} | more
    if "options" in given:
        given["content"] = ArticleContent(options=given.pop("options"))
    return Piece(id=article_id(number), number=number, **given)


def plain(terms: Terms = TERMS, told: str | None = None, **more: Any) -> Built:
    return build(Family(article_id("A"), "A", piece("A", **more), told=told), terms)


def family(*variants: Piece, head: Piece | None = None, terms: Terms = TERMS, **more: Any) -> Built:
    return build(Family(article_id("H"), "H", head or piece("H", prices=[]), variants, **more), terms)


def codes(built: Built) -> list[tuple[str, str]]:
    return [(one.article, one.code) for one in built.problems]


def test_a_plain_article_is_a_product_with_one_piece_that_says_only_what_a_piece_is() -> None:
    content = ArticleContent(
        description="lang", media=("https://i.example/1",), weight_grams=Decimal(3), options={"Farbe": "rot"}
    )
    built = plain(content=content, attributes={("Stoff", ""): "Ton"})
    command, (one,) = built.command, built.command.variants
    assert (built.action, built.problems, command.options) == ("create", (), ())
    assert (command.content.description, command.content.options, len(command.attributes)) == ("lang", {}, 1)
    assert one.content == ArticleContent(weight_grams=Decimal(3))
    assert (one.attributes, one.number, one.article_id) == ((), "A", article_id("A"))


def test_a_listing_makes_it_a_change_and_a_price_is_only_told_of_a_new_piece() -> None:
    listed = plain(listed=Listed("17"))
    assert (listed.action, listed.command.external_id) == ("update", "17")
    assert (listed.command.variants[0].external_id, listed.command.variants[0].price) == ("17", None)
    below = plain(listed=Listed("V-17", "P-17"))
    assert (below.command.external_id, below.command.variants[0].external_id) == ("P-17", "V-17")
    learned = plain(told="P-3")
    assert (learned.action, learned.command.external_id) == ("update", "P-3")
    assert str(learned.command.variants[0].price) == "11.90 EUR"


def test_prices_come_from_the_rules_and_never_from_a_float() -> None:
    net = Terms(ProductSettings(), PriceSettings(currency="EUR", net=True), None)
    (one,) = plain(net).command.variants
    assert one.price is not None
    assert (one.price.amount, one.includes_tax, one.tax_rate, one.tax) == (
        Decimal("10.00"), False, Decimal(19), "standard",
    )  # fmt: skip
    assert codes(plain(prices=[])) == [("A", "product_price_missing")]
    assert codes(plain(prices=[], listed=Listed("17"))) == []
    unknown = Terms(ProductSettings(), PriceSettings(), None)
    francs = EUR.model_copy(update={"currency": "CHF"})
    assert codes(plain(unknown)) == []
    assert codes(plain(unknown, prices=[EUR, francs])) == [("A", "price_currency_unknown")]
    assert codes(plain(Terms(ProductSettings(), PriceSettings(), "USD"))) == [("A", "product_price_missing")]
    assert codes(plain(Terms(ProductSettings(), PriceSettings(), "EUR"))) == []


def test_options_are_checked_and_named_in_the_order_of_the_first() -> None:
    built = family(piece("H-1", options={"B": "1", "A": "2"}), piece("H-2", options={"A": "3", "B": "1"}))
    assert (built.command.options, built.problems) == (("B", "A"), ())
    found = option_problems(
        {"1": {"A": "x"}, "2": {}, "3": {"B": "x"}, "4": {"A": " "}, "5": {"A": "x"}, "6": {"A": "y"}}
    )
    assert [(one.article, one.code) for one in found] == [
        ("2", "product_variant_without_options"), ("3", "product_options_differ"), ("4", "product_option_empty"),
        ("5", "product_options_twice"),
    ]  # fmt: skip
    assert option_problems({"1": {}}) == []


def test_what_takes_no_part_is_no_variant_and_blocks_where_nothing_is_left() -> None:
    built = family(piece("H-1", options={"A": "1"}), piece("H-2", options={"A": "1"}, takes_part=False))
    assert ([one.number for one in built.command.variants], built.problems) == (["H-1"], ())
    assert not family(piece("H-1", takes_part=False)).takes_part
    assert not family(piece("H-1"), head=piece("H", takes_part=False)).takes_part
    assert plain().takes_part


def test_inactive_and_deleted_variants_are_named_only_where_the_shop_has_them() -> None:
    pieces = [
        piece("H-1", options={"A": "1"}), piece("H-2", active=False, options={"A": "2"}),
        piece("H-3", active=False, options={"A": "3"}, listed=Listed("V-3", "P")), piece("H-4", deleted=True),
        piece("H-5", deleted=True),
    ]  # fmt: skip
    built = family(*pieces, told_pieces={"H-5": "V-5"})
    assert [(one.number, one.external_id, one.active) for one in built.command.variants] == [
        ("H-1", None, True), ("H-3", "V-3", False), ("H-5", "V-5", False),
    ]  # fmt: skip
    assert (built.command.active, built.command.withdrawn, built.action) == (True, False, "update")


def test_what_is_deleted_is_withdrawn_and_nobody_hears_of_it_who_does_not_have_it() -> None:
    gone = plain(deleted=True, listed=Listed("17"), title="")
    assert (gone.action, gone.command.withdrawn, gone.command.active, gone.problems) == ("update", True, False, ())
    assert plain(deleted=True).action == "none"
    emptied = family(piece("H-1", deleted=True), told="P", told_pieces={"H-1": "V-1"})
    assert (emptied.action, emptied.command.withdrawn) == ("update", True)


def test_a_product_that_stands_otherwise_in_the_shop_is_not_sent() -> None:
    assert codes(plain(listed=Listed("V", "P", siblings=2))) == [("A", "product_variant_there")]
    assert codes(plain(listed=Listed("V", "P"))) == []
    apart = family(piece("H-1", options={"A": "1"}, listed=Listed("17")))
    assert codes(apart) == [("H-1", "product_variant_apart")]
    split = family(piece("H-1", listed=Listed("1", "P")), piece("H-2", listed=Listed("2", "Q")))
    assert codes(split) == [("H", "product_split_there")]
    orphan = build(Family(article_id("H"), "H", None, [piece("H-1", parent="H")]), TERMS)
    assert codes(orphan) == [("H-1", "product_parent_missing")]
    assert codes(plain(parent="Z")) == [("A", "product_parent_is_variant")]


def test_a_title_is_needed_where_it_is_told() -> None:
    assert codes(plain(title=" ")) == [("A", "product_title_missing")]
    untold = Terms(ProductSettings(parts=("images",)), PriceSettings(currency="EUR"), None)
    assert codes(plain(untold, title="")) == [("A", "product_title_missing")]
    assert codes(plain(untold, title="", listed=Listed("17"))) == []


def test_ids_prices_and_wishes_for_new_ones_are_no_news_but_everything_told_is() -> None:
    first = plain()
    assert plain(told="P-1").digest == first.digest
    assert plain(prices=[EUR.model_copy(update={"amount": Decimal(5)})]).digest == first.digest
    assert plain(prices=[EUR.model_copy(update={"tax": "reduced"})]).digest != first.digest
    other = Terms(ProductSettings(strategy="create", channels=("x",), deletes=True), TERMS.prices, None)
    assert plain(other).digest == first.digest
    for news in (
        {"title": "B"}, {"active": False}, {"ean": "4006381333931"}, {"description": "x"},
        {"attributes": {("a", ""): "b"}}, {"content": ArticleContent(tags=("x",))},
    ):  # fmt: skip
        assert plain(**news).digest != first.digest
    for untold in ({"meta_title": "x"}, {"texts": {"en": {"title": "x"}}}):
        assert plain(content=ArticleContent.model_validate(untold)).digest == first.digest
    gone = {"deleted": True, "listed": Listed("17")}
    assert plain(**gone).digest != plain(other, **gone).digest


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_the_guard_lets_single_ones_go_and_never_more_than_a_fifth(leaving: int, known: int) -> None:
    assert exceeds(leaving, known) == (leaving >= 5 and leaving > known / 5)


def test_a_difference_names_the_variant_and_the_field() -> None:
    old = {"version": 1, "content": {"tags": ["a"], "texts": {}}, "variants": [{"number": "V", "ean": "1"}]}
    pieces = [{"number": "V", "ean": "2"}, {"number": "W"}]
    new = {"version": 2, "content": {"tags": ["a", "b"]}, "variants": pieces}
    assert {one.field: (one.before, one.now) for one in difference(old, new)} == {
        "content.tags": (["a"], ["a", "b"]), "variants[V].ean": ("1", "2"), "variants[W].number": (None, "W"),
    }  # fmt: skip
    assert difference(new, new) == []


def test_every_code_about_products_has_a_sentence() -> None:
    folder = Path(__file__).parents[3] / "services" / "inventory"
    used = {
        code
        for path in [*folder.glob("product_*.py"), folder / "told_product_book.py", folder / "content_rows.py"]
        if path.name not in ("product_book.py", "product_marks.py")
        for code in re.findall(r'"((?:product|content|article|price)_[a-z_]+)"', path.read_text("utf-8"))
    }
    assert len(used) > 20
    tables = {"article_number", "article_numbers", "price_list", "product_settings", "product_settings_history"}
    assert {code for code in used if code not in catalogue()} <= {"product_id", *tables}
