"""What an entry is found by."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.journal import terms
from shared.chassis.sentences import catalogue
from shared.contracts.journal import SearchKey
from tests.pure.journal.lives import entry, parked


def matches(question: str, found: list[str]) -> bool:
    return all(set(word.terms) & set(found) for word in terms.ask(question))


def test_a_shops_number_is_found_with_and_without_its_number_sign() -> None:
    assert terms.key_term("number", "#1001 ") == terms.key_term("number", "1001")


def test_an_article_number_is_found_in_any_case() -> None:
    assert terms.key_term("sku", "Kessel-1") == terms.key_term("sku", "KESSEL-1")


def test_an_entry_is_found_by_its_keys_its_code_and_its_causes() -> None:
    found = terms.of_entry(parked(1))
    assert {"number:4711", "c:order_parked", "c:article_unknown", "a:parked", "n:order"} <= set(found)


def test_a_customer_never_stands_among_an_entrys_terms() -> None:
    found = terms.of_entry(entry(1, "imported", "order_imported", keys=[("customer", "0123abcd")]))
    assert not [term for term in found if "0123abcd" in term]


def test_an_entry_is_found_by_the_words_of_its_parameters() -> None:
    found = terms.of_entry(entry(1, "created", "x", params={"carrier": "DHL Paket", "sku": "ART-0815"}))
    assert matches("dhl", found)
    assert matches("art-0815", found)
    assert matches("0815", found)
    assert not matches("ups", found)


@pytest.mark.parametrize("question", ["lesbar", "unreadable order", "Auftrag nicht lesbar"])
def test_an_entry_is_found_by_the_fixed_words_of_its_sentence_in_both_languages(question: str) -> None:
    found = terms.of_entry(entry(1, "received", "order_unreadable", "error"))
    assert matches(question, found)


def test_every_word_of_a_question_must_be_there() -> None:
    found = terms.of_entry(entry(1, "received", "order_unreadable", "error"))
    assert matches("lesbar 4711", found)
    assert not matches("lesbar 4712", found)


def test_a_word_that_stands_in_no_sentence_is_rare() -> None:
    assert [word.rare for word in terms.ask("lesbar kupferkessel99")] == [False, True]


def test_every_code_is_found_by_each_word_of_its_german_sentence() -> None:
    found = cache(terms.ask)
    for code, sentence in catalogue().items():
        fixed = terms.words(terms._PLACEHOLDER.sub(" ", sentence.de))
        for word in fixed:
            assert any(f"c:{code}" in asked.terms for asked in found(word)), (code, word)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_words(text: str) -> None:
    for word in terms.words(text):
        assert word
        assert len(word) <= terms.LONGEST_WORD


@given(st.text(max_size=300))
def test_every_asked_word_is_among_the_words_of_the_same_text(text: str) -> None:
    assert set(terms.asked_words(text)) <= set(terms.words(text))


def test_a_flood_of_parameters_makes_no_flood_of_terms() -> None:
    flood = {"detail": " ".join(f"wort{n}" for n in range(5000))}
    assert len(terms.of_entry(entry(1, "failed", "x", params=flood))) < terms.MOST_WORDS + 10


def test_a_key_can_be_read_back_and_other_terms_are_none() -> None:
    assert terms.read_key("sku:kessel-1") == SearchKey(kind="sku", value="kessel-1")
    assert terms.read_key("w:kessel") is None
