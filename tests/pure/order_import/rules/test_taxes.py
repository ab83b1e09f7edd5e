"""Where and how an order is taxed, and that nobody's money changes by it unseen."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from services.order_import.money_proof import prove
from services.order_import.rules.model_taxes import TaxRules
from services.order_import.rules.tax_terms import Abroad, Rates, Threshold
from services.order_import.rules.vat_id import is_well_formed, tidy
from shared.contracts.order import Charge, Customer, Order, TaxLine
from tests.pure.order_import.rules.asked import Rules, codes, decided, why_not, worth
from tests.pure.order_import.samples import ADDRESS, eur, line, order

AUSTRIA = Threshold(
    "AT", Rates(Decimal("0.20"), Decimal("0.10"), Decimal("0.13")), date(2021, 7, 1), active=True, vat_id="ATU00000000"
)
DAY = date(2026, 3, 4)


def to(country: str, *lines: Any, vat_id: str = "", **differing: Any) -> Order:
    there = ADDRESS.model_copy(update={"country": country})
    customer = Customer(last_name="Mustermann", vat_id=vat_id)
    facts = {"billing_address": there, "shipping_address": there, "customer": customer} | differing
    return order("1", *lines, **facts)


def rules(**taxes: Any) -> Rules:
    return Rules(taxes=TaxRules.model_validate(taxes))


def treated(order: Order, asked: Rules = Rules(), threshold: Threshold | None = AUSTRIA) -> str:
    known = {} if threshold is None else {threshold.country: threshold}
    return decided(order, asked, thresholds=known)[0].tax.treatment


@pytest.mark.proves("order-vat-id-verified", "shopify", "woocommerce", "shopware6", "shopware5", "mirakl", "tradebyte")
def test_the_country_and_the_vat_id_decide() -> None:
    assert treated(to("DE")) == "domestic"
    assert treated(to("CH")) == "export"
    assert treated(to("AT")) == "oss"
    assert treated(to("AT"), threshold=None) == "domestic"
    assert treated(to("AT", vat_id="ATU12345678")) == "domestic"
    assert treated(to("AT", vat_id="ATU12345678"), rules(vat_id_is_verified=True)) == "intra_community"
    assert treated(to("AT", vat_id="nonsense"), rules(vat_id_is_verified=True)) == "oss"
    assert treated(to("AT", vat_id="DE123456789"), rules(vat_id_is_verified=True)) == "domestic"
    assert treated(to("DE", vat_id="DE123456789"), rules(vat_id_is_verified=True)) == "domestic"
    assert treated(to("AT", tax_exempt=True)) == "exempt"
    assert treated(to("AT"), rules(warehouse_country="AT")) == "domestic"
    assert treated(to("AT"), rules(by_warehouse_country=True)) == "domestic"
    assert treated(to("AT", delivery="pickup")) == "domestic"
    assert treated(to("AT", channel="pos", delivery="none")) == "domestic"


@pytest.mark.parametrize(("differing", "applies"), [
    ({"active": False}, False), ({"active": False, "threshold_eur": Decimal(1)}, True),
    ({"active": False, "own_warehouse": True}, True), ({"valid_from": date(2026, 3, 5)}, False),
    ({"valid_from": DAY}, True),
])  # fmt: skip
def test_a_threshold_counts_from_its_day_when_it_is_reached_or_there_is_a_warehouse(
    differing: dict[str, Any], applies: bool
) -> None:
    facts = {"country": "AT", "rates": Rates(Decimal("0.20")), "valid_from": DAY, "active": True}
    assert Threshold(**(facts | differing)).applies(DAY) is applies


def test_with_an_own_warehouse_there_its_rates_count_even_if_thresholds_do_not() -> None:
    own = Threshold("AT", Rates(Decimal("0.20")), date(2021, 7, 1), own_warehouse=True)
    assert treated(to("AT"), rules(by_warehouse_country=True), own) == "local"
    assert treated(to("AT", vat_id="ATU12345678"), rules(vat_id_is_verified=True), own) == "local"


def test_abroad_a_line_has_that_countrys_rate_of_its_class_and_the_buyer_pays_the_same() -> None:
    reduced = line("BOOK", price="10.70", taxes=(TaxLine(rate=Decimal("0.07"), amount=eur("0.70")),))
    contents, ruling = decided(to("AT", line("KR-1", price="12.00"), reduced), thresholds={"AT": AUSTRIA})
    assert [(str(one.tax_rate), str(one.gross.amount), str(one.tax.amount)) for one in contents.lines] == [
        ("0.20", "12.00", "2.00"), ("0.10", "10.70", "0.97"),
    ]  # fmt: skip
    assert contents.total == to("AT", line("KR-1", price="12.00"), reduced).total
    assert [one.params["before"] for one in ruling.decisions if one.code == "tax_rate_of_country"] == ["7", "19"]
    assert contents.tax.own_vat_id == "ATU00000000"


def test_an_article_of_another_class_abroad_has_the_rate_of_that_class() -> None:
    wine = Threshold("AT", AUSTRIA.rates, date(2021, 7, 1), active=True, articles={"WINE": Abroad("special")})
    contents, _ = decided(to("AT", line("WINE"), line("KR-1")), thresholds={"AT": wine})
    assert [str(one.tax_rate) for one in contents.lines] == ["0.13", "0.20"]
    assert contents.tax.articles == {"WINE": Abroad("special")}


def test_a_rate_the_country_has_itself_stays_and_one_of_no_class_is_told() -> None:
    def at(rate: str) -> Any:
        return line("KR-1", taxes=(TaxLine(rate=Decimal(rate), amount=eur("1.00")),))

    contents, ruling = decided(to("AT", at("0.13")), thresholds={"AT": AUSTRIA})
    assert (str(contents.lines[0].tax_rate), contents.lines[0].tax.amount) == ("0.13", 1)
    contents, ruling = decided(to("AT", at("0.22")), thresholds={"AT": AUSTRIA})
    assert str(contents.lines[0].tax_rate) == "0.22"
    assert "tax_rate_kept" in codes(ruling)


@pytest.mark.parametrize(("handling", "gross"), [("always", "11.90"), ("none", "12.00"), ("flagged", "12.00")])
def test_of_net_prices_the_gross_or_the_net_stays(handling: Any, gross: str) -> None:
    net = line("KR-1", price="10.00", taxes=(TaxLine(rate=Decimal("0.19"), amount=eur("1.90")),))
    bought = to("AT", net, charges=(), prices_include_tax=False, total=eur("11.90"))
    threshold = Threshold("AT", AUSTRIA.rates, date(2021, 7, 1), active=True, net_handling=handling)
    contents, ruling = decided(bought, thresholds={"AT": threshold})
    assert str(contents.lines[0].gross.amount) == gross
    assert contents.auto_shipping is (gross == "11.90")
    assert ("total_differs" in codes(ruling)) is (gross != "11.90")


def test_a_flagged_article_keeps_its_gross_price() -> None:
    net = line("KR-1", price="10.00", taxes=(TaxLine(rate=Decimal("0.19"), amount=eur("1.90")),))
    bought = to("AT", net, charges=(), prices_include_tax=False, total=eur("11.90"))
    flagged = Threshold(
        "AT", AUSTRIA.rates, DAY, active=True, net_handling="flagged", articles={"KR-1": Abroad(keeps_gross=True)}
    )
    assert str(decided(bought, thresholds={"AT": flagged})[0].lines[0].gross.amount) == "11.90"


RATES = st.sampled_from([Decimal("0.19"), Decimal("0.07"), Decimal("0.20"), Decimal("0.22"), Decimal(0)])
AMOUNTS = st.decimals(Decimal("0.00"), Decimal("999.99"), places=2)


@settings(deadline=None)
@given(
    items=st.lists(st.tuples(RATES, AMOUNTS, st.booleans()), min_size=1, max_size=5),
    shipping=st.tuples(RATES, AMOUNTS, st.booleans()), country=st.sampled_from(["DE", "AT", "CH"]),
    included=st.booleans(), net_handling=st.sampled_from(["none", "always"]), verified=st.booleans(),
)  # fmt: skip
def test_the_buyer_pays_what_the_channel_states_wherever_he_lives(
    items: list[Any], shipping: Any, country: str, included: bool, net_handling: Any, verified: bool
) -> None:
    def taxed(rate: Decimal, amount: Decimal, stated: bool) -> tuple[TaxLine, ...]:
        inside = amount * rate / (1 + rate) if included else amount * rate
        return (TaxLine(rate=rate, amount=eur(str(inside.quantize(Decimal("0.01"))))),) if stated else ()

    lines = [
        line("KR-1", external_id=str(place), price=str(amount), taxes=taxed(rate, amount, stated))
        for place, (rate, amount, stated) in enumerate(items)
    ]
    charges = (Charge(kind="shipping", total=eur(str(shipping[1])), taxes=taxed(*shipping)),)
    bought = to(country, *lines, charges=charges, prices_include_tax=included, vat_id="ATU12345678" if verified else "")
    bought = bought.model_copy(update={"total": eur(str(prove(bought).computed))})
    threshold = Threshold("AT", AUSTRIA.rates, date(2021, 7, 1), active=True, net_handling=net_handling)
    asked = rules(vat_id_is_verified=verified, maximum_difference="0")
    contents, _ = decided(bought, asked, thresholds={"AT": threshold})
    assert worth(contents) + contents.difference.amount == bought.total.amount
    if included or net_handling == "always":
        assert worth(contents) == bought.total.amount
    assert contents.auto_shipping is (contents.difference.amount == 0)
    for one in (*contents.lines, *contents.charges):
        assert one.net + one.tax == one.gross


def test_the_rates_of_an_orders_creation_stay_when_the_record_changes() -> None:
    bought = to("AT", line("KR-1", price="12.00"))
    first, _ = decided(bought, thresholds={"AT": AUSTRIA})
    raised = Threshold("AT", Rates(Decimal("0.25")), date(2021, 7, 1), active=True)
    again, ruling = decided(bought, thresholds={"AT": raised}, frozen=first.tax)
    assert (again.lines, again.tax) == (first.lines, first.tax)
    assert "tax_frozen" in codes(ruling)
    assert str(decided(bought, thresholds={"AT": raised})[0].lines[0].tax_rate) == "0.25"


def test_without_any_tax_the_order_is_kept_back_unless_that_means_exempt() -> None:
    bare = to("DE", line("KR-1", taxes=()))
    contents, ruling = decided(bare, rules(exempt_when_missing=False))
    assert [(one.code, one.field) for one in ruling.reasons] == [("tax_missing", "line_items.0.taxes")]
    contents, ruling = decided(bare)
    assert (why_not(ruling), contents.lines[0].tax_rate) == ([], 0)
    assert "tax_missing_exempt" in codes(ruling)


def test_a_line_without_tax_beside_others_is_told_and_what_needs_none_is_not_asked() -> None:
    strict = rules(exempt_when_missing=False)
    _, ruling = decided(to("DE", line("KR-1"), line("FREE", taxes=())), strict)
    assert (why_not(ruling), "tax_missing_exempt" in codes(ruling)) == ([], True)
    assert why_not(decided(to("CH", line("KR-1", taxes=())), strict)[1]) == []
    assert why_not(decided(to("DE", line("CARD", kind="gift_card", taxes=())), strict)[1]) == []
    assert why_not(decided(to("DE", line("GIFT", price="0.00", taxes=())), strict)[1]) == []


def test_a_tax_that_only_the_order_states_is_divided_over_its_amounts() -> None:
    bare = to(
        "DE", line("KR-1", taxes=()), line("KR-2", taxes=()), prices_include_tax=False, tax_total=eur("4.73"),
        total=eur("29.63"),
    )  # fmt: skip
    contents, ruling = decided(bare)
    assert why_not(ruling) == []
    assert worth(contents) == Decimal("29.63")
    assert {str(one.tax_rate) for one in contents.lines} == {"0.1900"}


def test_tax_that_was_charged_where_none_is_due_stays_and_is_told() -> None:
    contents, ruling = decided(to("CH", line("KR-1")))
    assert contents.lines[0].tax.amount == Decimal("1.60")
    assert contents.prices == "exempt"
    assert "tax_charged_though_free" in codes(ruling)


@pytest.mark.parametrize(("prices", "included", "shown"), [
    ("channel", True, "gross"), ("channel", False, "net"), ("gross", False, "gross"), ("net", True, "net"),
])  # fmt: skip
def test_prices_are_shown_gross_or_net(prices: str, included: bool, shown: str) -> None:
    assert decided(to("DE", prices_include_tax=included), rules(prices=prices))[0].prices == shown


def off(by: str) -> Order:
    fitting = to("DE")
    return fitting.model_copy(update={"total": eur(str(fitting.total.amount + Decimal(by)))})


def test_a_small_difference_to_the_channels_total_is_taken_over() -> None:
    contents, ruling = decided(off("0.05"))
    assert (contents.fixed, contents.auto_shipping, contents.total) == (True, True, off("0.05").total)
    assert "total_fixed" in codes(ruling)


def test_a_larger_one_is_not_and_the_order_is_not_shipped_by_itself() -> None:
    contents, ruling = decided(off("-0.06"))
    assert (contents.fixed, contents.auto_shipping, contents.total) == (False, False, off("0.00").total)
    (told,) = [one for one in ruling.decisions if one.field == "auto_shipping"]
    assert (told.code, told.value, told.params["difference"]) == ("total_differs", "off", "-0.06")


def test_a_merchant_may_want_his_own_sum_or_another_limit() -> None:
    contents, _ = decided(off("0.03"), rules(fix_total=False))
    assert (contents.fixed, contents.total) == (False, off("0.00").total)
    assert not decided(off("0.03"), rules(maximum_difference="0.02"))[0].auto_shipping


@pytest.mark.parametrize(("text", "country", "tidied", "good"), [
    ("DE123456789", "", "DE123456789", True), ("de 123 456 789", "", "DE123456789", True),
    ("123456789", "DE", "DE123456789", True), ("ATU12345678", "DE", "ATU12345678", True),
    ("EL123456789", "GR", "EL123456789", True), ("123456789", "GR", "EL123456789", True),
    ("GR123456789", "GR", "EL123456789", True), ("FRXX123456789", "", "FRXX123456789", True),
    ("NL123456789B01", "", "NL123456789B01", True), ("DE12345678", "", "DE12345678", False),
    ("AT12345678", "", "AT12345678", False), ("CHE-123.456.789", "CH", "CHCHE123456789", False), ("", "DE", "", False),
    ("IE1234567WA", "", "IE1234567WA", True), ("XI123456789", "", "XI123456789", True),
    ("unknown", "", "UNKNOWN", False),
])  # fmt: skip
def test_a_vat_id_is_looked_at_for_its_form(text: str, country: str, tidied: str, good: bool) -> None:
    assert (tidy(text, country), is_well_formed(tidy(text, country))) == (tidied, good)


@pytest.mark.parametrize("wrong", [
    {"surprise": 1}, {"warehouse_country": "de"}, {"normal_rate": "19"}, {"maximum_difference": "-1"},
])  # fmt: skip
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TaxRules.model_validate(wrong)


def test_a_day_counts_where_the_order_was_placed() -> None:
    tomorrow = Threshold("AT", AUSTRIA.rates, date(2026, 3, 5), active=True)
    assert treated(to("AT"), threshold=tomorrow) == "domestic"
    assert treated(to("AT", placed_at=datetime(2026, 3, 5, tzinfo=UTC)), threshold=tomorrow) == "oss"
