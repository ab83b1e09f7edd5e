"""How many listings may fall to zero before a person is asked, and what becomes of those that wait."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.guard import Kept, exceeds, judge, moved
from services.inventory.push_decision import Offer, decide, falls_to_zero
from services.inventory.sellable import Level, Supply, sellable
from services.inventory.stock_settings import GuardSettings, StockSettings

LIMITS = GuardSettings()
ids = st.sets(st.integers(0, 60))
kept_states = st.dictionaries(st.integers(0, 60), st.sampled_from(["held", "confirmed", "discarded"]))
limits = st.builds(GuardSettings, zero_share=st.decimals(0, 100, places=1), zero_minimum=st.integers(1, 40))


def test_more_than_a_fifth_of_the_listings_may_not_fall_to_zero_at_once() -> None:
    assert not exceeds(20, 100, LIMITS)
    assert exceeds(21, 100, LIMITS)


def test_a_few_listings_of_a_small_shop_are_nobodys_alarm() -> None:
    assert not exceeds(9, 9, LIMITS)
    assert exceeds(10, 10, LIMITS)
    assert exceeds(1, 1, GuardSettings(zero_minimum=1))


def test_a_share_of_a_hundred_percent_switches_the_guard_off() -> None:
    assert not exceeds(500, 500, GuardSettings(zero_share=Decimal(100)))


@given(ids, kept_states, st.integers(0, 30), st.integers(0, 30), st.integers(0, 200), limits)
def test_what_waits_and_what_goes_is_everything_and_nothing_twice(
    zeroing: set[int], kept: dict[int, Kept], before: int, ahead: int, listings: int, given_limits: GuardSettings
) -> None:
    verdict = judge(zeroing, kept, passed_before=before, ahead=ahead, listings=listings, limits=given_limits)
    confirmed = {id for id in zeroing if kept.get(id) == "confirmed"}
    assert verdict.wait | verdict.passed | confirmed == zeroing
    assert not verdict.wait & (verdict.passed | confirmed)
    assert not verdict.passed & confirmed
    assert verdict.fresh <= verdict.wait
    assert verdict.forget == kept.keys() - verdict.wait


@given(ids, st.integers(0, 30), st.integers(0, 30), st.integers(0, 200), limits)
def test_nothing_is_held_below_the_limit_and_no_more_than_the_limit_ever_passes(
    zeroing: set[int], before: int, ahead: int, listings: int, given_limits: GuardSettings
) -> None:
    verdict = judge(zeroing, {}, passed_before=before, ahead=ahead, listings=listings, limits=given_limits)
    if not exceeds(before + len(zeroing) + ahead, listings, given_limits):
        assert not verdict.wait
    if verdict.passed:
        assert not exceeds(before + len(verdict.passed), listings, given_limits)


@given(kept_states, limits)
def test_what_was_held_waits_for_its_person_whatever_the_limits_say_now(
    kept: dict[int, Kept], given_limits: GuardSettings
) -> None:
    verdict = judge(kept, kept, passed_before=0, ahead=0, listings=1000, limits=given_limits)
    assert verdict.wait == {id for id, state in kept.items() if state != "confirmed"}


@given(st.integers(10, 60), st.integers(0, 5))
def test_sales_go_on_while_a_hold_waits(held: int, sold: int) -> None:
    kept: dict[int, Kept] = dict.fromkeys(range(100, 100 + held), "held")
    verdict = judge(range(sold), kept, passed_before=0, ahead=0, listings=100, limits=LIMITS)
    assert verdict.passed == frozenset(range(sold))


@pytest.mark.parametrize(
    ("offer", "quantity", "falls"),
    [
        (Offer(shop_quantity=7), 0, False),
        (Offer(), 0, False),
        (Offer(1, 5, 5, 1), 0, True),
        (Offer(1, 5, 5, 1), 3, False),
        (Offer(2, 0, 0, 2), 0, False),
    ],
    ids=["read at an unknown time", "never read", "on its way", "lowered only", "told zero already"],
)
def test_a_fall_is_from_something_on_sale_to_nothing(offer: Offer, quantity: int, falls: bool) -> None:
    assert falls_to_zero(offer, quantity) == falls


def test_a_quantity_is_moved_when_it_changes_by_more_than_the_share() -> None:
    assert not moved(100, 70, LIMITS)
    assert moved(100, 69, LIMITS)
    assert moved(100, 131, LIMITS)
    assert not moved(None, 5, LIMITS)
    assert not moved(0, 5, LIMITS)


numbers = st.integers(0, 50)


@given(st.lists(st.tuples(numbers, numbers, st.booleans()), min_size=1), st.integers(0, 5), st.integers(0, 5))
def test_no_listing_is_ever_told_more_than_may_be_sold_at_that_moment(
    steps: list[tuple[int, int, bool]], buffer: int, minimum: int
) -> None:
    offer, settings = Offer(), StockSettings(buffer=buffer, minimum=minimum)
    for level, reserved, held in steps:
        supply = Supply((Level("main", Decimal(level)),), Decimal(reserved))
        quantity = sellable(supply, settings).quantity
        decision = decide(offer, quantity, again="", blocked=held and falls_to_zero(offer, quantity))
        if decision.push:
            assert decision.offer.sent == quantity <= max(level - reserved - buffer, 0)
        else:
            assert decision.offer.sent == offer.sent
        offer = decision.offer
