"""An order's parts make its total, to the cent, or the difference is named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.order_import.money_proof import absurd, foreign, prove, sound
from services.order_import.order_rules import judge
from shared.contracts.money import MINOR_DIGITS, Money, minor_unit
from shared.contracts.order import Charge, LineItem, Order, Payment, TaxLine
from tests.pure.order_import.samples import eur, line, order

CURRENCIES = st.sampled_from(["EUR", "CHF", "JPY", "KWD"])
KNOWN = {"KR-1": 1}


@st.composite
def balanced(draw: st.DrawFn) -> Order:
    """An order whose total is exactly what its parts make, in any currency, net or gross."""
    currency = draw(CURRENCIES)
    digits = MINOR_DIGITS.get(currency, 2)
    gross = draw(st.booleans())

    def money(least: int, most: int) -> Money:
        return Money(amount=Decimal(draw(st.integers(least, most))).scaleb(-digits), currency=currency)

    def taxes() -> tuple[TaxLine, ...]:
        return tuple(TaxLine(rate=Decimal("0.19"), amount=money(0, 5000)) for _ in range(draw(st.integers(0, 2))))

    lines = tuple(
        LineItem(
            external_id=str(n), sku="KR-1", quantity=Decimal(draw(st.integers(1, 5))), unit_price=money(0, 10),
            total=money(0, 10**7), taxes=taxes(),
        )
        for n in range(draw(st.integers(1, 6)))
    )  # fmt: skip
    kinds = st.sampled_from(["shipping", "discount", "fee", "tip"])
    charges = tuple(
        Charge(kind=draw(kinds), total=money(-5000, 5000), taxes=taxes()) for _ in range(draw(st.integers(0, 3)))
    )
    payments = tuple(
        Payment(method="gift_card", amount=money(0, 5000), deducted=draw(st.booleans()))
        for _ in range(draw(st.integers(0, 2)))
    )
    parts = [one.total.amount for one in lines] + [one.total.amount for one in charges]
    if not gross:
        parts += [tax.amount.amount for one in (*lines, *charges) for tax in one.taxes]
    total = sum(parts, Decimal(0)) - sum((p.amount.amount for p in payments if p.deducted), Decimal(0))
    return order(
        "1", *lines, shipping="0", currency=currency, prices_include_tax=gross, charges=charges, payments=payments,
        total=Money(amount=total, currency=currency),
    )  # fmt: skip


@given(balanced())
def test_an_order_whose_parts_make_its_total_is_proved(one: Order) -> None:
    assert sound(one)
    assert prove(one).difference == 0
    assert judge(one, KNOWN, tolerance=0).status == "imported"


@given(balanced(), st.integers(-5, 5))
def test_a_difference_within_the_tolerance_is_kept_as_its_own_figure(one: Order, units: int) -> None:
    off = one.model_copy(update={"total": one.total + _units(one, units)})
    verdict = judge(off, KNOWN, tolerance=5)
    assert verdict.status == "imported"
    assert verdict.rounding == units * minor_unit(one.currency)
    assert prove(off).computed + verdict.rounding == off.total.amount


@given(balanced(), st.integers(6, 10**6), st.sampled_from([1, -1]))
def test_a_larger_difference_parks_the_order_with_both_figures(one: Order, units: int, sign: int) -> None:
    off = one.model_copy(update={"total": one.total + _units(one, sign * units)})
    (reason,) = judge(off, KNOWN, tolerance=5).reasons
    assert reason.code == "totals_mismatch"
    stated, computed = Decimal(reason.params["stated"]), Decimal(reason.params["computed"])
    assert (stated, computed) == (off.total.amount, one.total.amount)
    assert Decimal(reason.params["difference"]) == sign * units * minor_unit(one.currency)


def test_fractions_of_a_cent_are_no_difference() -> None:
    one = order("1", line(price="10.00", total=eur("10.0049")))
    assert prove(one.model_copy(update={"total": eur("14.90")})).difference == 0


def test_an_order_taxed_as_a_whole_is_proved_with_its_tax_total() -> None:
    one = order("1", line(price="100.00", taxes=()), prices_include_tax=False, total=eur("124.83"))
    assert prove(one.model_copy(update={"tax_total": eur("19.93")})).difference == 0


def test_taxes_inside_the_prices_are_not_added() -> None:
    assert prove(order("1", line(price="119.00"))).difference == 0


@pytest.mark.parametrize("part", ["total", "tax_total"])
def test_an_amount_in_another_currency_is_named(part: str) -> None:
    one = order().model_copy(update={part: Money(amount=Decimal("14.90"), currency="CHF")})
    found = foreign(one)
    assert found is not None
    assert (found.field, found.currency) == (part, "CHF")
    assert [reason.code for reason in judge(one, KNOWN, tolerance=5).reasons] == ["currency_mismatch"]


def test_what_the_buyer_saw_in_his_own_currency_is_no_mismatch() -> None:
    one = order(presentment=Money(amount=Decimal("14.03"), currency="CHF"))
    assert judge(one, KNOWN, tolerance=5).status == "imported"


def test_a_number_no_shop_can_mean_parks_the_order_instead_of_breaking_the_sum() -> None:
    one = order("1", line(total=Money(amount=Decimal("1E+400"), currency="EUR")), total=eur("14.90"))
    found = absurd(one)
    assert found is not None
    assert found.field == "line_items.0.total"
    assert [reason.code for reason in judge(one, KNOWN, tolerance=5).reasons] == ["absurd_value"]
    negative = order("1", line(quantity=1).model_copy(update={"quantity": Decimal(-1)}))
    assert [reason.field for reason in judge(negative, KNOWN, tolerance=5).reasons] == ["line_items.0.quantity"]


def _units(one: Order, units: int) -> Money:
    return Money(amount=units * minor_unit(one.currency), currency=one.currency)
