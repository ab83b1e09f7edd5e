"""Conditions of a filter become SQL whose text depends on fields and operators alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.inventory.participation_book import next_night
from services.inventory.participation_filter import FIELDS, OPERATORS, Condition, Filter, compiled

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
NUMBER = st.decimals(-(10**9), 10**9, places=3).map(str) | st.integers(-(10**9), 10**9)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT, "texts": TEXT, "number": NUMBER, "flag": st.booleans(),
}  # fmt: skip
WHERE = [(field, operator) for field, known in FIELDS.items() for operator in OPERATORS[known.kind]]


@st.composite
def conditions(draw: st.DrawFn, where: list[tuple[str, str]]) -> list[Condition]:
    found = []
    for field, operator in where:
        one = VALUES[FIELDS[field].kind]  # type: ignore[index]
        value = draw(st.lists(one, min_size=1, max_size=3) if operator in ("IN", "NOT IN") else one)
        found.append(Condition.model_validate({"field": field, "operator": operator, "value": value}))
    return found


@given(st.data(), st.lists(st.sampled_from(WHERE), max_size=5))
def test_a_value_is_never_part_of_the_statement(data: st.DataObject, where: list[tuple[str, str]]) -> None:
    one, two = data.draw(conditions(where)), data.draw(conditions(where))
    assert compiled(one)[0] == compiled(two)[0]
    sql, params = compiled(one)
    assert len(params) == len(where)
    assert all(sql.count(f":{name} ") == 1 for name in params)
    assert list(params.values()) == [each.typed for each in one]


@given(st.data(), st.lists(st.sampled_from(WHERE), max_size=5))
def test_a_filter_is_the_same_after_it_was_stored(data: st.DataObject, where: list[tuple[str, str]]) -> None:
    saved = Filter(conditions=tuple(data.draw(conditions(where))))
    assert Filter.model_validate_json(saved.model_dump_json()) == saved


@given(st.text(max_size=20), st.text(max_size=20))
def test_only_declared_fields_and_operators_are_known(field: str, operator: str) -> None:
    if (field, operator) not in WHERE:
        with pytest.raises(ValidationError):
            Condition.model_validate({"field": field, "operator": operator, "value": "x"})


def test_without_a_condition_every_article_takes_part() -> None:
    assert compiled(()) == ("TRUE", {})


def test_the_next_night_begins_at_the_full_hour_and_never_now() -> None:
    three = datetime(2026, 11, 29, 3, tzinfo=UTC)
    assert next_night(three - timedelta(seconds=1), 3) == three
    assert next_night(three, 3) == three + timedelta(days=1)
