"""EAN check digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.inventory.gtin import is_gtin


@pytest.mark.parametrize("ean", ["4006381333931", "96385074", "036000291452", "10614141000415"])
def test_eans_printed_on_real_goods_are_valid(ean: str) -> None:
    assert is_gtin(ean)


@pytest.mark.parametrize(
    "ean", ["", "4006381333930", "400638133393", "4006381333931 ", "４００６３８１３３３９３１", "40O6381333931"]
)
def test_a_mistyped_ean_is_not_valid(ean: str) -> None:
    assert not is_gtin(ean)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_exactly_one_check_digit_fits(body: str) -> None:
    assert sum(is_gtin(f"{body}{digit}") for digit in range(10)) == 1
