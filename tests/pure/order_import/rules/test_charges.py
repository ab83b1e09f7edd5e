"""Shipping, discounts and surcharges: articles, tax rates, and every cent."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.order_import.rules.charges import ChargeLine
from services.order_import.rules.knowledge import ChargeArticle
from services.order_import.rules.model_charges import ChargeRules
from shared.contracts.order import Charge, Order, TaxLine
from tests.pure.order_import.rules.asked import Rules, codes, decided, why_not
from tests.pure.order_import.samples import eur, line, order

FULL, REDUCED = Decimal("0.19"), Decimal("0.07")
ARTICLES = {
    "shipping": ChargeArticle("PORTO", {"en": "Shipping", "de": "Versand"}),
    "discount": ChargeArticle("RABATT"),
    "surcharge": ChargeArticle("ZUSCHLAG"),
}
LINES = Rules(charges=ChargeRules(as_lines=True))


def tax(rate: Decimal, amount: str) -> TaxLine:
    return TaxLine(rate=rate, amount=eur(amount))


def charge(kind: str = "shipping", amount: str = "4.90", *taxes: TaxLine, **differing: Any) -> Charge:
    return Charge.model_validate({"kind": kind, "title": "DHL", "total": eur(amount), "taxes": taxes} | differing)


def goods(rate: Decimal, price: str) -> Any:
    amount = (Decimal(price) * rate / (1 + rate)).quantize(Decimal("0.01"))
    return line(f"at-{rate}", price=price, taxes=(tax(rate, str(amount)),))


def bought(*charges: Charge, lines: tuple[Any, ...] = (), **differing: Any) -> Order:
    lines = lines or (goods(FULL, "59.00"), goods(REDUCED, "41.00"))
    total = sum((one.total.amount for one in (*lines, *charges)), Decimal(0))
    return order("1", *lines, charges=charges, total=eur(str(total)), **differing)


def got(*charges: Charge, rules: dict[str, Any] | None = None, **how: Any) -> tuple[ChargeLine, ...]:
    asked = Rules(charges=ChargeRules.model_validate({"as_lines": True} | (rules or {})))
    known = {"PORTO": "", "RABATT": "", "ZUSCHLAG": ""}
    return decided(bought(*charges, **how), asked, charge_articles=ARTICLES, articles=known)[0].charges


def shown(found: tuple[ChargeLine, ...]) -> list[tuple[str, str, str]]:
    return [(str(one.tax_rate), str(one.gross.amount), str(one.tax.amount)) for one in found]


RATES = st.sampled_from([FULL, REDUCED, Decimal(0)])
MONEY = st.decimals(Decimal("-50.00"), Decimal("50.00"), places=2)
KINDS = st.sampled_from(["shipping", "gift_wrap", "discount", "fee", "deposit", "tip", "duty", "rounding"])


@settings(deadline=None)
@given(
    lines=st.lists(st.tuples(RATES, st.decimals(Decimal("0.01"), Decimal("99.00"), places=2)), min_size=1, max_size=4),
    amounts=st.lists(
        st.tuples(KINDS, MONEY, st.lists(st.tuples(RATES, st.decimals(Decimal(0), Decimal(1), places=2)), max_size=3)),
        max_size=4,
    ),
    included=st.booleans(),
    mixed=st.sampled_from(["proportional", "largest"]),
    source=st.sampled_from(["channel", "goods"]),
)
def test_every_cent_of_every_charge_is_there_again(
    lines: list[Any], amounts: list[Any], included: bool, mixed: str, source: str
) -> None:
    charges = [
        charge(kind, str(amount), *(tax(rate, str(part)) for rate, part in taxes)) for kind, amount, taxes in amounts
    ]
    items = tuple(goods(rate, str(price)) for rate, price in lines)
    rules = {"mixed_rates": mixed, "tax_from": source}
    found = got(*charges, rules=rules, lines=items, prices_include_tax=included)
    for position, one in enumerate(charges):
        beside = Decimal(0) if included else sum((each.amount.amount for each in one.taxes), Decimal(0))
        parts = [part for part in found if part.position == position]
        assert sum((part.gross.amount for part in parts), Decimal(0)) == one.total.amount + beside
        assert all(part.net.amount + part.tax.amount == part.gross.amount for part in parts)
    assert len({one.key for one in found}) == len(found)


def test_shipping_without_a_tax_of_its_own_is_divided_over_the_rates_of_the_goods() -> None:
    assert shown(got(charge())) == [("0.19", "2.89", "0.46"), ("0.07", "2.01", "0.13")]


def test_or_has_the_rate_of_the_largest_share() -> None:
    assert shown(got(charge(), rules={"mixed_rates": "largest"})) == [("0.19", "4.90", "0.78")]


def test_the_rates_that_the_channel_states_stay_as_they_are() -> None:
    stated = charge("shipping", "4.90", tax(FULL, "0.35"), tax(REDUCED, "0.18"))
    assert shown(got(stated)) == [("0.19", "2.17", "0.35"), ("0.07", "2.73", "0.18")]
    one = charge("shipping", "4.90", tax(FULL, "0.78"))
    assert shown(got(one)) == [("0.19", "4.90", "0.78")]


def test_unless_the_merchant_wants_those_of_the_goods() -> None:
    one = charge("shipping", "4.90", tax(FULL, "0.78"))
    assert [rate for rate, _, _ in shown(got(one, rules={"tax_from": "goods"}))] == ["0.19", "0.07"]


def test_two_taxes_on_one_whole_amount_are_one_rate() -> None:
    state, city = tax(Decimal("0.06"), "0.29"), tax(Decimal("0.02"), "0.10")
    assert shown(got(charge("shipping", "4.90", state, city), prices_include_tax=False)) == [("0.08", "5.29", "0.39")]


def test_a_discount_is_negative_and_has_the_rate_of_its_goods() -> None:
    found = got(charge("discount", "-10.00"), lines=(goods(REDUCED, "41.00"),))
    assert shown(found) == [("0.07", "-10.00", "-0.65")]
    assert found[0].article_number == "RABATT"


def test_a_discount_on_a_tax_free_sale_is_kept_without_tax() -> None:
    found = got(charge("discount", "-10.00"), lines=(line("KR-1", taxes=()),), tax_exempt=True)
    assert shown(found) == [("0", "-10.00", "0")]


def test_a_discount_on_shipping_is_subtracted() -> None:
    contents, _ = decided(bought(charge("shipping", "4.90"), charge("shipping", "-4.90", title="Free shipping")))
    assert sum(one.gross.amount for one in contents.charges) == 0
    assert contents.total == eur("100.00")


def test_a_discount_of_one_line_stays_with_the_line() -> None:
    contents, _ = decided(bought(lines=(line("KR-1", price="8.00", discount=eur("2.00")),)), LINES)
    assert contents.charges == ()
    assert contents.lines[0].gross == eur("8.00")


def test_a_tip_is_not_taxed() -> None:
    assert shown(got(charge("tip", "3.00"))) == [("0", "3.00", "0")]


@pytest.mark.parametrize(("kind", "article"), [
    ("shipping", "PORTO"), ("gift_wrap", "PORTO"), ("discount", "RABATT"), ("fee", "ZUSCHLAG"),
    ("deposit", "ZUSCHLAG"), ("tip", "ZUSCHLAG"), ("duty", "ZUSCHLAG"), ("rounding", "ZUSCHLAG"),
])  # fmt: skip
def test_each_kind_of_charge_has_its_article(kind: str, article: str) -> None:
    assert {one.article_number for one in got(charge(kind, "1.00"))} == {article}


def test_a_missing_article_keeps_the_order_back_only_if_charges_become_lines() -> None:
    two = bought(charge("fee", "4.00"), charge("deposit", "3.00"), charge("shipping", "0.00"))
    assert why_not(decided(two)[1]) == []
    _, ruling = decided(two, LINES)
    assert [(one.code, one.key, one.field) for one in ruling.reasons] == [
        ("charge_article_missing", "surcharge", "charges.0")
    ]


def test_an_article_that_is_gone_keeps_the_order_back_until_it_is_there_again() -> None:
    _, ruling = decided(bought(charge()), LINES, charge_articles=ARTICLES)
    assert [(one.code, one.key) for one in ruling.reasons] == [("article_unknown", "PORTO")]


@pytest.mark.parametrize(("locale", "name"), [("en-GB", "Shipping"), ("de", "Versand"), ("fr-FR", "DHL"), ("", "DHL")])
def test_a_charge_is_named_in_the_buyers_language(locale: str, name: str) -> None:
    assert got(charge(), locale=locale)[0].name == name


def test_that_a_charge_was_taxed_like_its_goods_is_told() -> None:
    assert "charge_taxed_like_goods" in codes(decided(bought(charge()))[1])
    assert "charge_taxed_like_goods" not in codes(decided(bought(charge("shipping", "4.90", tax(FULL, "0.78"))))[1])
