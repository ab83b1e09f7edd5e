"""The same person is recognised however his address is written, and nobody else is."""

from typing import Any

import pytest

from services.order_import.person_key import address_text

ERIKA = {
    "first_name": "Erika", "last_name": "Mustermann", "company": "", "street": "Heidestraße 17", "addition": "",
    "postcode": "51147", "city": "Köln", "country": "DE",
}  # fmt: skip


def text(**differing: str) -> str:
    facts: dict[str, Any] = ERIKA | differing
    return address_text(**facts)


@pytest.mark.parametrize("differing", [
    {"first_name": "ERIKA", "city": "köln "}, {"street": "Heidestr. 17"}, {"street": "Heidestrasse  17"},
    {"street": "heidestraße", "addition": "17"}, {"first_name": "", "last_name": "Mustermann, Erika"},
    {"city": "Ko\u0308ln"}, {"company": "Muster GmbH"}, {"country": "de"}, {"postcode": "51 147"},
])  # fmt: skip
def test_other_spellings_are_the_same(differing: dict[str, str]) -> None:
    assert text(**differing) == text()


@pytest.mark.parametrize("differing", [
    {"first_name": "Erik"}, {"street": "Heidestraße 18"}, {"postcode": "51148"}, {"city": "Bonn"}, {"country": "AT"},
    {"first_name": "", "last_name": "", "company": "Muster GmbH"},
])  # fmt: skip
def test_other_people_and_places_are_not(differing: dict[str, str]) -> None:
    assert text(**differing) not in ("", text())


@pytest.mark.parametrize("lacking", [
    {"first_name": "", "last_name": ""}, {"street": ""}, {"city": " "}, {"street": "-", "addition": "."},
])  # fmt: skip
def test_too_little_recognises_nobody(lacking: dict[str, str]) -> None:
    assert text(**lacking) == ""


def test_a_name_that_runs_into_the_street_is_not_another_name_and_street() -> None:
    assert text(first_name="", last_name="Erika Heide", street="straße 17") != text(last_name="", street="Heide str 17")
