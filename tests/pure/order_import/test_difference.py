"""Two versions of an order, field by field."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.order_import.difference import Difference, changed_fields, differences
from tests.pure.order_import.samples import eur, line, order

# A null means the same as nothing there, and no list of a contract holds one.
JSON = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=4),
    max_leaves=12,
)


def of(before: Any, after: Any) -> list[tuple[str, Any, Any]]:
    found = differences(before.model_dump(mode="json"), after.model_dump(mode="json"))
    return [(one.path, one.before, one.after) for one in found]


def test_a_changed_quantity_is_found_at_its_line_wherever_the_line_stands() -> None:
    before = order("1", line("KR-1", 4, external_id="a"), line("KR-2", external_id="b"))
    after = order("1", line("KR-2", external_id="b"), line("KR-1", 2, external_id="a"), payments=before.payments)
    paths = {path: (old, new) for path, old, new in of(before, after)}
    assert paths["line_items[external_id=a].quantity"] == ("4", "2")
    assert paths["total.amount"] == ("54.90", "34.90")
    assert not [path for path in paths if "external_id=b" in path]


def test_a_removed_line_is_whole_on_one_side_only() -> None:
    before = order("1", line("KR-1", external_id="a"), line("KR-2", external_id="b"))
    after = order("1", line("KR-1", external_id="a"))
    removed = [one for one in of(before, after) if one[0] == "line_items[external_id=b]"]
    assert len(removed) == 1
    assert removed[0][1]["sku"] == "KR-2"
    assert removed[0][2] is None


def test_names_of_changed_fields_carry_no_content() -> None:
    before, after = order().model_dump(mode="json"), order(note="ring twice", total=eur("1")).model_dump(mode="json")
    assert changed_fields(before, after) == ["total", "note"]


@given(JSON, JSON)
def test_no_difference_means_equal_and_equal_means_no_difference(before: Any, after: Any) -> None:
    assert (differences(before, after) == []) == (before == after)
    assert differences(before, before) == []


@given(JSON, JSON)
def test_the_other_way_round_is_the_mirror_image(before: Any, after: Any) -> None:
    forth = {(one.path, repr(one.before), repr(one.after)) for one in differences(before, after)}
    back = {(one.path, repr(one.after), repr(one.before)) for one in differences(after, before)}
    assert forth == back


def test_a_difference_is_a_value() -> None:
    assert differences(1, 2, "total") == [Difference("total", 1, 2)]
