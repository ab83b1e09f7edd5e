"""A watchman tells what he finds again after a while, once, and tells when it is over."""

from hypothesis import given
from hypothesis import strategies as st

from shared.chassis.watching import Sighting, Stage, compare


def sighting(subject: str) -> Sighting:
    return Sighting("order", subject, None, "shop", {})


def test_a_record_is_told_once_it_was_seen_long_enough_and_over_when_it_is_no_longer_found() -> None:
    one = sighting("a")
    assert compare([one], {}).new == (one,)
    assert compare([one], {}).told == ()
    assert compare([one], {"a": (one, "young")}).told == ()
    assert compare([one], {"a": (one, "ripe")}).told == (one,)
    told = compare([one], {"a": (one, "told")})
    assert (told.new, told.told, told.over, told.gone) == ((), (), (), ())
    assert compare([], {"a": (one, "told")}).over == (one,)


def test_a_record_that_went_on_in_time_is_never_told() -> None:
    passed = compare([], {"a": (sighting("a"), "young"), "b": (sighting("b"), "ripe")})
    assert (passed.told, passed.over, passed.gone) == ((), (), ("a", "b"))


@given(st.lists(st.tuples(st.sets(st.sampled_from("abcd")), st.booleans()), max_size=12))
def test_every_record_told_is_told_over_exactly_once_when_it_ends(looks: list[tuple[set[str], bool]]) -> None:
    """A look finds some records; between two looks there may be long enough or not."""
    known: dict[str, tuple[Sighting, Stage]] = {}
    alarms: set[str] = set()
    for look, long in [*looks, (set[str](), False)]:
        changes = compare([sighting(name) for name in sorted(look)], known)
        told = {one.subject for one in changes.told}
        over = {one.subject for one in changes.over}
        assert not told & alarms
        assert over <= alarms
        alarms = (alarms | told) - over
        for gone in (*changes.gone, *over):
            del known[gone]
        known |= {one.subject: (one, "young") for one in changes.new}
        known |= {one.subject: (one, "told") for one in changes.told}
        if long:
            known = {name: (one, "ripe" if stage == "young" else stage) for name, (one, stage) in known.items()}
    assert not alarms
