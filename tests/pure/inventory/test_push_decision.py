"""When a channel is told a number, and when it is left in peace."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.inventory.push_decision import Again, Decision, Offer, decide

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)


def told(quantity: int, version: int = 1) -> Offer:
    """The channel accepted this number."""
    return Offer(version, quantity, quantity, version, quantity, NOON, "done", version)


def decided(offer: Offer, quantity: int, again: Again = "", blocked: bool = False) -> Decision:
    return decide(offer, quantity, again=again, blocked=blocked)


def test_the_first_number_is_always_told() -> None:
    first = decided(Offer(), 0)
    assert (first.push, first.changed, first.offer.version, first.expected) == (True, True, 1, None)


def test_a_number_the_channel_knows_is_not_told_again() -> None:
    assert not decided(told(5), 5).push


def test_a_new_number_goes_out_at_a_higher_version_and_says_what_the_channel_should_hold() -> None:
    step = decided(told(5), 3)
    assert (step.push, step.offer.sent, step.offer.sent_version, step.expected) == (True, 3, 2, 5)


def test_five_three_five_is_three_pushes_because_the_second_may_still_arrive() -> None:
    second = decided(told(5), 3)
    third = decided(second.offer, 5)
    assert (third.push, third.offer.sent_version, third.expected) == (True, 3, None)


def test_a_failed_number_is_not_sent_again_by_itself() -> None:
    failed = replace(decided(told(5), 3).offer, outcome="failed", settled_version=2)
    assert not decided(failed, 3).push
    assert decided(failed, 4).push
    assert decided(failed, 3, "failed").push


def test_asking_again_sends_a_known_number_at_a_new_version() -> None:
    step = decided(told(5), 5, "always")
    assert (step.push, step.changed, step.offer.sent_version) == (True, False, 2)


def test_retrying_failed_ones_leaves_good_ones_in_peace() -> None:
    assert not decided(told(5), 5, "failed").push


def test_a_blocked_number_waits_and_goes_out_once_when_the_switch_is_on() -> None:
    waiting = decided(told(5), 3, blocked=True)
    assert (waiting.push, waiting.waits, waiting.changed) == (False, True, True)
    assert decided(waiting.offer, 3).push


def test_a_blocked_number_that_comes_back_to_what_was_told_waits_no_longer() -> None:
    waiting = decided(told(5), 3, blocked=True).offer
    back = decided(waiting, 5, blocked=True)
    assert (back.push, back.waits) == (False, False)


def test_what_was_read_in_the_shop_after_the_last_push_is_what_we_expect_there() -> None:
    read = replace(told(5), shop_quantity=4, shop_read_at=LATER)
    assert decided(read, 7).expected == 4
    assert decided(replace(read, shop_read_at=NOON - timedelta(minutes=1)), 7).expected == 5


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans())))
def test_the_last_number_sent_is_the_last_number_computed_whenever_nothing_blocks(
    steps: list[tuple[int, bool, bool]],
) -> None:
    offer, versions = Offer(), [0]
    for quantity, blocked, fails in [*steps, (1, False, False)]:
        step = decided(offer, quantity, blocked=blocked)
        offer = step.offer
        if step.push:
            versions.append(offer.sent_version)
            offer = replace(offer, outcome="failed" if fails else "done", settled_version=offer.sent_version)
    assert offer.sent == offer.quantity == 1
    assert versions == sorted(set(versions))
