"""Dividing an amount loses none of it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.order_import.rules.spreading import spread

AMOUNTS = st.decimals(Decimal("-99999.999999"), Decimal("99999.999999"), places=6)
WEIGHTS = st.lists(st.decimals(Decimal(0), Decimal("9999.99"), places=2), min_size=1, max_size=8)
CENT = Decimal("0.01")


@given(amount=AMOUNTS, weights=WEIGHTS)
def test_the_parts_of_an_amount_are_the_amount(amount: Decimal, weights: list[Decimal]) -> None:
    parts = spread(amount, weights, CENT)
    assert sum(parts, Decimal(0)) == amount
    assert len(parts) == len(weights)


@given(amount=AMOUNTS, weights=WEIGHTS)
def test_each_part_is_as_large_as_its_weight_to_the_cent_and_what_is_left_over_has_the_largest(
    amount: Decimal, weights: list[Decimal]
) -> None:
    whole = sum(weights, Decimal(0))
    if whole == 0:
        return
    largest = weights.index(max(weights))
    for place, part in enumerate(spread(amount, weights, CENT)):
        tolerance = CENT * (len(weights) + 1 if place == largest else 1)
        assert abs(part - amount * weights[place] / whole) <= tolerance


def test_three_cents_over_four_equal_parts_stay_three_cents() -> None:
    assert sum(spread(Decimal("0.03"), [Decimal(1)] * 4, CENT)) == Decimal("0.03")
