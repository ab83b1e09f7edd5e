"""Ids that must never change, and texts as values."""

from decimal import Decimal
from uuid import UUID

import pytest

from services.connectors.shopware6.outbound import Known, Language, both_prices
from services.connectors.shopware6.outbound.ids import id_of
from services.connectors.shopware6.outbound.pictures import file_name
from services.connectors.shopware6.outbound.references import language_words
from services.connectors.shopware6.outbound.values import decimal, definition, moment, truth, typed, whole
from shared.contracts.errors import Rejected
from shared.contracts.money import Money

ARTICLE = UUID("7a1f0c52-5a0e-4f5c-9a55-1f2f3a4b5c6d")


@pytest.mark.parametrize(
    ("kind", "parts", "id"),
    [
        ("product", (ARTICLE,), "c11ad1077ac252b3b1f74dc225ffabbe"),
        ("article", (ARTICLE,), "3963f514afb854d2a9a422833c0b17a7"),
        ("media", ("https://bilder.example/a.jpg",), "088c8ba88b6d552983c031610df8fca0"),
    ],
)
def test_an_id_is_the_same_for_ever_else_everything_would_be_made_again(
    kind: str, parts: tuple[str | UUID, ...], id: str
) -> None:
    assert id_of(kind, *parts) == id


def test_names_that_the_shop_takes_for_one_have_one_id() -> None:
    assert id_of("tag", "Eiche ") == id_of("tag", "EICHE")
    assert id_of("tag", "Eiche") != id_of("unit", "Eiche")
    assert id_of("category", "a", "bc") != id_of("category", "ab", "c")


@pytest.mark.parametrize(("text", "number"), [("7", 7.0), ("7.5", 7.5), ("7,5", 7.5), (" -1 ", -1.0)])
def test_numbers_with_a_point_or_a_comma(text: str, number: float) -> None:
    assert decimal("maße", text) == number


@pytest.mark.parametrize("text", ["", "1.000,5", "1,5,0", "NaN", "Infinity", "zwei"])
def test_what_is_no_number_or_could_be_two_is_refused(text: str) -> None:
    for parse in (decimal, whole):
        with pytest.raises(Rejected, match=r"maße: a (whole )?number is expected"):
            parse("maße", text)


def test_yes_and_no_in_two_languages() -> None:
    assert [truth("x", text) for text in ("ja", "Yes", "1", "TRUE")] == [True] * 4
    assert [truth("x", text) for text in ("nein", "No", "0", "false")] == [False] * 4


def test_a_moment_is_told_in_utc() -> None:
    assert moment("x", "2026-12-01T10:00:00+01:00") == "2026-12-01T09:00:00.000+00:00"
    assert moment("x", "2026-12-01") == "2026-12-01T00:00:00.000+00:00"


def test_a_field_of_a_kind_that_no_text_can_fill_is_refused() -> None:
    with pytest.raises(Rejected, match="hersteller_link: a field of the kind entity cannot be filled"):
        typed(definition({"name": "hersteller_link", "type": "entity", "config": None}), "x")


def test_a_choice_without_labels_is_known_by_its_value() -> None:
    field = definition({"name": "guete", "type": "select", "config": {"options": [{"value": "a", "label": []}]}})
    assert typed(field, " A ") == "a"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://bilder.example/a/Brett%20vorn.JPG?w=1", ("Brett-vorn", "jpg")),
        ("https://bilder.example/" + "x" * 300 + ".png", ("x" * 80, "png")),
        ("https://bilder.example/%C3%BC.webp", ("", "webp")),
    ],
)
def test_a_file_is_named_after_its_address_with_a_mark_of_its_own(url: str, name: tuple[str, str]) -> None:
    mark = id_of("media", url)[:8]
    assert file_name(url) == (f"{name[0]}-{mark}".strip("-"), name[1])


@pytest.mark.parametrize("url", ["ftp://bilder.example/a.jpg", "https://bilder.example/a", "a.jpg"])
def test_an_address_that_names_no_image_file_is_refused(url: str) -> None:
    with pytest.raises(Rejected, match="media: the address"):
        file_name(url)


def test_words_of_the_very_locale_come_before_those_of_the_language() -> None:
    languages = [Language("1", "de-DE", default=True), Language("2", "de-AT", default=False)]
    texts = {"de": {"name": "Brötchen"}, "de_AT": {"name": "Semmel"}, "fr": {"name": "Petit pain"}}
    assert language_words(Known(languages=languages), texts) == {"1": {"name": "Brötchen"}, "2": {"name": "Semmel"}}


def test_a_net_price_is_told_with_its_tax_and_without() -> None:
    ten = Money(amount=Decimal(10), currency="EUR")
    assert both_prices(ten, Decimal(19), includes_tax=False) == {"gross": 11.9, "net": 10.0}
    assert both_prices(ten, Decimal(19), includes_tax=True) == {"gross": 10.0, "net": 8.403361}
