"""Near matches are proposals with a reason, never matches."""

import pytest

from services.inventory.likeness import likeness


@pytest.mark.parametrize(
    ("sku", "number", "reason"),
    [
        ("A-1 ", "A-1", "proposal_blanks"),
        ("A 1", "A1", "proposal_blanks"),
        ("a-1", "A-1", "proposal_case"),
        ("a 1", "A1", "proposal_blanks_and_case"),
        ("A-1", "A-2", None),
        ("A-1", "A-1", None),
        (None, "A-1", None),
    ],
)
def test_a_sku_that_differs_by_blanks_or_case_only_is_proposed(
    sku: str | None, number: str, reason: str | None
) -> None:
    assert likeness(sku, None, number, None) == reason


def test_the_same_ean_is_proposed_when_the_sku_says_nothing() -> None:
    assert likeness("other", "4006381333931", "A-1", "4006381333931") == "proposal_ean"
    assert likeness(None, "4006381333931", "A-1", "4006381333931") == "proposal_ean"


def test_two_articles_without_an_ean_are_not_alike() -> None:
    assert likeness("other", None, "A-1", None) is None
    assert likeness("other", "", "A-1", "") is None
