"""One record's life, in order."""

import random

from services.journal.timeline import collapsed, ordered
from tests.pure.journal.lives import acknowledged, entry, imported, parked, push, read


def test_a_life_is_told_from_its_beginning_whatever_order_the_entries_arrived_in() -> None:
    life = [read(0), parked(1), imported(2), acknowledged(3), push(4, "done", "ok")]
    mixed = random.Random(7).sample(life, len(life))
    assert ordered(mixed) == life


def test_steps_of_one_moment_are_told_in_the_order_of_a_life() -> None:
    moment = [imported(1), read(1), acknowledged(1)]
    assert [one.action for one in ordered(moment)] == ["received", "imported", "acknowledged"]


def test_the_same_entry_twice_is_one_step() -> None:
    once = imported(1)
    assert [(step.times, step.entry.id) for step in collapsed(ordered([once, once]))] == [(1, once.id)]


def test_ten_equal_tries_are_one_step_that_says_ten() -> None:
    tries = [push(minute, "retrying", "warning", code="transient") for minute in range(10)]
    numbered = [one.model_copy(update={"params": one.params | {"attempts": str(n)}}) for n, one in enumerate(tries)]
    (step,) = collapsed(ordered(numbered))
    assert (step.times, step.first_at, step.last_at) == (10, tries[0].at, tries[-1].at)
    assert step.entry.params["attempts"] == "9"


def test_a_step_between_keeps_equal_steps_apart() -> None:
    steps = collapsed(ordered([parked(1), imported(2), parked(3)]))
    assert [(step.entry.action, step.times) for step in steps] == [("parked", 1), ("imported", 1), ("parked", 1)]


def test_another_cause_is_another_step() -> None:
    steps = collapsed(ordered([parked(1, "KESSEL-1"), parked(2, "KESSEL-2")]))
    assert [step.times for step in steps] == [1, 1]


def test_another_value_is_another_step() -> None:
    first = entry(1, "pushed", "stock_push_done", params={"sku": "K", "quantity": "5"})
    second = entry(2, "pushed", "stock_push_done", params={"sku": "K", "quantity": "4"})
    assert len(collapsed(ordered([first, second]))) == 2
