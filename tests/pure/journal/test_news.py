"""What is news to a subscription, and what is not."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.journal.news import Cause, compare

SHOP = UUID("11111111-1111-1111-1111-111111111111")
OTHER = UUID("22222222-2222-2222-2222-222222222222")
BOTH = ("error", "warning")

causes = st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from([SHOP, OTHER, None]))
open_causes = st.dictionaries(causes, st.sampled_from(BOTH))


def test_a_new_cause_is_news_once_and_its_end_is_news_once() -> None:
    cause: Cause = ("article_unknown", SHOP)
    first = compare({cause: "warning"}, (), connections=None, outcomes=BOTH)
    assert first.opened == {cause}
    assert (len(first.closed), first.known) == (0, 0)
    again = compare({cause: "warning"}, {cause}, connections=None, outcomes=BOTH)
    assert not again
    assert again.known == 1
    assert compare({}, {cause}, connections=None, outcomes=BOTH).closed == {cause}
    assert not compare({}, (), connections=None, outcomes=BOTH)


def test_the_same_cause_in_two_shops_is_two_causes() -> None:
    found = compare({("a", SHOP): "error", ("a", OTHER): "error"}, {("a", SHOP)}, connections=None, outcomes=BOTH)
    assert found.opened == {("a", OTHER)}


def test_only_what_was_asked_for_is_told() -> None:
    wrong: dict[Cause, str] = {("b", SHOP): "error", ("b", OTHER): "error", ("c", None): "error"}
    open_now = wrong | {("a", SHOP): "warning"}
    assert compare(open_now, (), connections=[SHOP], outcomes=["error"]).opened == {("b", SHOP)}
    assert compare(open_now, (), connections=None, outcomes=["error"]).opened == wrong.keys()


def test_wanting_less_does_not_say_that_something_was_settled() -> None:
    told: set[Cause] = {("a", SHOP)}
    assert not compare({("a", SHOP): "warning"}, told, connections=[OTHER], outcomes=["error"])


@given(open_causes, st.sets(causes), st.sampled_from([None, [SHOP], [SHOP, OTHER]]), st.sampled_from([["error"], BOTH]))
def test_whoever_has_heard_the_news_has_nothing_more_to_hear(
    open_now: dict[Cause, str], told: set[Cause], connections: list[UUID] | None, outcomes: list[str]
) -> None:
    news = compare(open_now, told, connections=connections, outcomes=outcomes)
    assert not news.opened & told
    assert not news.closed & open_now.keys()
    assert not compare(open_now, (told | news.opened) - news.closed, connections=connections, outcomes=outcomes)
