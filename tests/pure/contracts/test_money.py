"""Money adds up in one currency and never rounds by itself."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.money import Money, minor_unit, total

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=6)


def euros(amount: str | Decimal) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


@given(st.lists(amounts, max_size=50))
def test_a_sum_does_not_depend_on_its_order(values: list[Decimal]) -> None:
    forward = total((euros(value) for value in values), "EUR")
    backward = total((euros(value) for value in reversed(values)), "EUR")
    assert forward == backward
    assert forward.amount == sum(values, Decimal(0))


def test_two_currencies_cannot_be_added() -> None:
    with pytest.raises(ValueError, match="different currencies"):
        euros("1") + Money(amount=Decimal(1), currency="CHF")


@pytest.mark.parametrize(
    ("currency", "amount", "rounded"),
    [("EUR", "2.345", "2.35"), ("EUR", "-2.345", "-2.35"), ("JPY", "99.5", "100"), ("KWD", "0.0005", "0.001")],
)
def test_rounding_is_to_the_currencys_own_coin(currency: str, amount: str, rounded: str) -> None:
    assert Money(amount=Decimal(amount), currency=currency).rounded().amount == Decimal(rounded)
    assert minor_unit(currency) <= 1


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity", "a lot"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"amount": amount, "currency": "EUR"})
