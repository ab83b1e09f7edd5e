"""Whoever says which version he has seen overwrites nobody; whoever does not, writes last."""

import pytest

from shared.chassis.problems import Problem
from shared.chassis.versions import etag, refuse_stale, seen_versions


@pytest.mark.parametrize(
    ("header", "seen"),
    [(None, None), ("*", None), (' "7" ', {7}), ('"3", "4"', {3, 4}), (etag(12), {12})],
)
def test_what_a_caller_has_seen(header: str | None, seen: set[int] | None) -> None:
    assert seen_versions(header) == seen


@pytest.mark.parametrize("header", ["7", "seven", '"7', 'W/"7"', '"7";', '"-1"', "", '"7",'])
def test_what_is_no_etag_of_ours_is_refused_by_name(header: str) -> None:
    with pytest.raises(Problem) as caught:
        seen_versions(header)
    assert (caught.value.status, caught.value.code, caught.value.field) == (422, "if_match_invalid", "If-Match")


@pytest.mark.parametrize(
    ("header", "seen"), [('"7"', {7}), ('W/"7"', {7}), ("7", {7}), ('W/"3", 4', {3, 4}), ("*", None), (None, None)]
)
def test_a_weakened_tag_and_a_bare_number_are_taken_where_a_service_says_so(
    header: str | None, seen: set[int] | None
) -> None:
    assert seen_versions(header, rough=True) == seen


@pytest.mark.parametrize("header", ["seven", '"7', '7"', 'w/"7"', "-1", "", '"7",', "٧"])
def test_even_then_what_is_no_version_is_refused(header: str) -> None:
    with pytest.raises(Problem, match="if_match_invalid"):
        seen_versions(header, rough=True)


def test_a_stale_version_shows_both_values_of_every_field() -> None:
    with pytest.raises(Problem) as caught:
        refuse_stale(frozenset({3}), 5, wanted={"name": "North"}, current={"name": "South", "project": "x"})
    assert (caught.value.status, caught.value.code) == (409, "changed_meanwhile")
    assert caught.value.extra == {
        "your_version": 3,
        "current_version": 5,
        "values": [{"field": "name", "yours": "North", "current": "South"}],
    }


@pytest.mark.parametrize("seen", [None, frozenset({5}), frozenset({4, 5})])
def test_who_has_seen_the_newest_or_does_not_say_may_write(seen: frozenset[int] | None) -> None:
    refuse_stale(seen, 5, wanted={"name": "North"}, current={"name": "South"})
