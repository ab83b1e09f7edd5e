"""Rows of stock uploads: each is read and answered by itself."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.inventory.article_rows import read_articles
from services.inventory.counts import read_counts, with_defaults
from services.inventory.movement_rows import read_movements

NOW = datetime(2025, 11, 24, 12, tzinfo=UTC)


def row(**more: Any) -> dict[str, Any]:
    return {
        "article_number": "A-1", "warehouse": "main", "quantity": 5, "counted_at": NOW.isoformat(),
        "meaning": "physical",
    } | more  # fmt: skip


def test_a_good_row_next_to_a_bad_one_is_taken() -> None:
    rows, refusals = read_counts([row(), row(article_number="A-2", quantity="many")], NOW)
    assert list(rows) == [0]
    assert (refusals[1].code, refusals[1].field, refusals[1].params["value"]) == (
        "level_quantity_invalid", "quantity", "many"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"quantity": -1}, "level_quantity_negative", "quantity"),
        ({"quantity": "NaN"}, "level_quantity_invalid", "quantity"),
        ({"quantity": "1.00001"}, "level_quantity_invalid", "quantity"),
        ({"counted_at": "2025-11-24T09:00:00"}, "level_counted_at_invalid", "counted_at"),
        ({"counted_at": (NOW + timedelta(hours=1)).isoformat()}, "level_counted_in_future", "counted_at"),
        ({"meaning": "guessed"}, "level_meaning_invalid", "meaning"),
        ({"warehouse": ""}, "level_warehouse_invalid", "warehouse"),
        ({"article_number": None}, "level_article_number_invalid", "article_number"),
        ({"article_number": "A\x001"}, "level_article_number_invalid", "article_number"),
        ({"colour": "red"}, "row_field_unknown", "colour"),
    ],
)
def test_a_refused_row_names_its_field_and_why(change: dict[str, Any], code: str, field: str) -> None:
    rows, refusals = read_counts([row(**change)], NOW)
    assert rows == {}
    assert (refusals[0].code, refusals[0].field) == (code, field)


def test_a_row_without_a_field_says_which() -> None:
    _, refusals = read_counts([{"article_number": "A-1"}], NOW)
    assert refusals[0].field in {"warehouse", "quantity", "counted_at", "meaning"}


def test_something_that_is_no_row_is_refused_and_not_a_failure() -> None:
    assert read_counts(["A-1;5"], NOW)[1][0].code == "row_unreadable"


def test_an_available_level_may_be_negative() -> None:
    rows, _ = read_counts([row(quantity=-3, meaning="available")], NOW)
    assert rows[0].quantity == Decimal(-3)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_counts_of_one_article_the_newer_is_taken(order: tuple[int, int]) -> None:
    pair = [row(quantity=5), row(quantity=7, counted_at=(NOW - timedelta(minutes=5)).isoformat())]
    rows, refusals = read_counts([pair[n] for n in order], NOW)
    assert [one.quantity for one in rows.values()] == [Decimal(5)]
    assert [one.code for one in refusals.values()] == ["level_row_twice"]


def test_what_holds_for_the_whole_file_fills_empty_cells_only() -> None:
    filled = with_defaults(
        [{"warehouse": "", "quantity": "1"}, {"warehouse": "b"}], {"warehouse": "a", "meaning": None}
    )
    assert filled == [{"warehouse": "a", "quantity": "1"}, {"warehouse": "b"}]


def test_a_movement_of_nothing_is_refused() -> None:
    _, refusals = read_movements([{"reference": "R", "article_number": "A", "warehouse": "w", "quantity": 0}])
    assert refusals[0].code == "movement_quantity_invalid"


def test_an_article_twice_in_one_request_is_taken_in_neither_form() -> None:
    rows, refusals = read_articles([{"number": "A"}, {"number": "B"}, {"number": "A", "title": "x"}])
    assert list(rows) == [1]
    assert [refusals[n].code for n in (0, 2)] == ["article_twice", "article_twice"]


def test_case_and_blanks_make_different_articles() -> None:
    rows, _ = read_articles([{"number": "A"}, {"number": "a"}, {"number": "A "}])
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ({"number": "A", "ean": "4006381333930"}, "article_ean_wrong"),
        ({"number": "A", "parent_number": "A"}, "article_own_parent"),
        ({"number": ""}, "article_number_invalid"),
        ({"number": 7.5}, "article_number_invalid"),
        ({"title": "no number"}, "article_number_invalid"),
    ],
)
def test_an_impossible_article_is_refused_with_its_field(raw: dict[str, Any], code: str) -> None:
    rows, refusals = read_articles([raw])
    assert rows == {}
    assert refusals[0].code == code
