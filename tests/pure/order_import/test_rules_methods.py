"""How an order is paid and shipped: from the channel's words to the merchant's methods."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.order_import.rules.unknown import normalised, proposal
from shared.chassis.sentences import sentence
from shared.contracts.order import Address, Order
from tests.pure.order_import.ruled import found, parked, rules, said
from tests.pure.order_import.samples import eur, line, order

TOPICS = [("payments", "payment_method", "payment"), ("shipping", "shipping_method", "shipping")]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@pytest.mark.parametrize(("place", "field", "kind"), TOPICS)
def test_a_table_nobody_uses_leaves_the_word_open_and_parks_nothing(place: str, field: str, kind: str) -> None:
    one = order(**{field: "anything"})
    assert parked(one) == []
    assert said(one)[field] == ("", place)


@pytest.mark.parametrize(("place", "field", "kind"), TOPICS)
@pytest.mark.parametrize(
    ("word", "table", "expected"),
    [
        ("x", {"rows": {"x": "Ours"}}, ("Ours", "{}.rows.x")),
        ("x", {"rows": {"x": "Ours"}, "standard": "Std", "use_standard_if_unmapped": True}, ("Ours", "{}.rows.x")),
        ("", {"standard": "Std"}, ("Std", "{}.standard")),
        ("y", {"standard": "Std", "use_standard_if_unmapped": True}, ("Std", "{}.use_standard_if_unmapped")),
    ],
)
def test_a_row_decides_before_the_standard(
    place: str, field: str, kind: str, word: str, table: dict[str, Any], expected: tuple[str, str]
) -> None:
    one = order(**{field: word})
    value, rule = expected
    assert said(one, **{place: table})[field] == (value, rule.format(place))
    assert parked(one, **{place: table}) == []


@pytest.mark.parametrize(("place", "field", "kind"), TOPICS)
@pytest.mark.parametrize("table", [{"rows": {"x": "Ours"}}, {"standard": "Std"}])
def test_once_the_table_is_in_use_an_unmapped_word_parks_the_order_under_that_word(
    place: str, field: str, kind: str, table: dict[str, Any]
) -> None:
    one = order(**{field: "y"})
    assert parked(one, **{place: table}) == [(f"{kind}_method_unmapped", "y")]
    assert field not in said(one, **{place: table})


@pytest.mark.parametrize(("place", "field", "kind"), TOPICS)
def test_no_word_and_no_standard_is_a_reason_of_its_own(place: str, field: str, kind: str) -> None:
    assert parked(order(**{field: ""}), **{place: {"rows": {"x": "Ours"}}}) == [(f"{kind}_method_missing", "")]


@pytest.mark.parametrize(("place", "field", "kind"), TOPICS)
@given(word=WORDS, blanks=st.sampled_from(["{} ", " {}", "\t{}"]), upper=st.booleans())
def test_a_word_that_differs_in_case_or_blanks_is_only_ever_proposed(
    place: str, field: str, kind: Any, word: str, blanks: str, upper: bool
) -> None:
    near = blanks.format(word.upper() if upper else word.lower())
    assume(near != word)
    assume(normalised(near) == normalised(word))
    table = {"rows": {word: "Ours"}}
    one = order(**{field: near})
    assert parked(one, **{place: table}) == [(f"{kind}_method_unmapped", near)]
    assert field not in said(one, **{place: table})
    assert proposal(kind, near, rules(**{place: table})) == "Ours"


@given(rows=st.dictionaries(WORDS, WORDS.filter(str.strip), max_size=5), word=WORDS)
def test_a_method_comes_from_the_exact_row_and_from_nowhere_else(rows: dict[str, str], word: str) -> None:
    decided = said(order(payment_method=word), payments={"rows": rows}).get("payment_method", ("", ""))[0]
    assert decided == rows.get(word, "")


def test_a_pickup_and_an_order_that_costs_nothing_need_no_method() -> None:
    table = {"rows": {"x": "Ours"}}
    assert parked(order(delivery="pickup", shipping_method=""), shipping=table) == []
    free = order("1", line(price="0.00"), shipping="0.00", payment_method="", total=eur("0.00"))
    assert parked(free, payments=table) == []


@pytest.mark.parametrize("differing", [{"delivery": "none"}, {"fulfilled_by_channel": True}])
def test_what_the_merchant_does_not_ship_is_not_asked_for_a_shipping_method(differing: dict[str, Any]) -> None:
    one = order(shipping_method="strange", **differing)
    assert parked(one, shipping={"rows": {"x": "Ours"}}) == []
    assert "documents" not in said(one)


def test_methods_of_payment_may_stop_automatic_shipping() -> None:
    table = {"rows": {"bacs": "Vorkasse", "paypal": "PayPal"}, "stop_auto_shipping": ["Vorkasse"]}
    assert said(order(payment_method="bacs"), payments=table)["auto_shipping"] == ("no", "payments.stop_auto_shipping")
    assert "auto_shipping" not in said(order(payment_method="paypal"), payments=table)


def test_methods_of_shipping_may_go_first_and_choose_the_documents() -> None:
    table = {"rows": {"DHL": "Standard", "Express": "Kurier"}, "fast_lane": ["Kurier"], "documents": "invoice"}
    fast = said(order(shipping_method="Express"), shipping=table)
    assert (fast["fast_lane"], fast["documents"]) == (("yes", "shipping.fast_lane"), ("invoice", "shipping.documents"))
    assert "fast_lane" not in said(order(shipping_method="DHL"), shipping=table)


def test_several_words_of_the_channel_may_mean_one_method() -> None:
    table = {"rows": {"pp": "PayPal", "paypal_express": "PayPal"}}
    assert {said(order(payment_method=word), payments=table)["payment_method"][0] for word in table["rows"]} == {
        "PayPal"
    }


def test_a_reason_names_the_field_of_the_order() -> None:
    (reason,) = found(order(payment_method="y"), payments={"standard": "Std"}).reasons
    assert (reason.field, reason.params, reason.actor) == ("payment_method", {"word": "y"}, "merchant")


@pytest.mark.parametrize(("place", "field", "kind"), TOPICS)
def test_a_method_that_holds_for_some_countries_parks_the_order_outside_with_method_and_country(
    place: str, field: str, kind: str
) -> None:
    table = {"rows": {"x": "Ours", "y": "Other"}, "standard": "Ours", "countries": {"Ours": ["DE", "AT"]}}
    swiss = to("CH", **{field: "x"})
    (reason,) = found(swiss, **{place: table}).reasons
    assert (reason.code, reason.field, reason.key, reason.actor) == (
        f"{kind}_method_not_for_country", field, "Ours, CH", "merchant"
    )  # fmt: skip
    told = sentence(reason.code, reason.params, "en")
    assert ('"Ours"' in told, "CH" in told, "DE, AT" in told) == (True, True, True)
    assert said(swiss, **{place: table})[f"{kind}_method_country"] == ("no", f"{place}.countries.Ours")
    assert parked(to("CH", **{field: "y"}), **{place: table}) == []
    assert parked(to("CH", **{field: ""}), **{place: table}) == [(f"{kind}_method_not_for_country", "Ours, CH")]


@pytest.mark.parametrize(("place", "field", "kind"), TOPICS)
@pytest.mark.parametrize("country", ["AT", "at"])
def test_inside_its_countries_a_method_holds_and_says_so(place: str, field: str, kind: str, country: str) -> None:
    table = {"rows": {"x": "Ours"}, "countries": {"Ours": ["DE", "AT"]}}
    inside = to(country, **{field: "x"})
    assert parked(inside, **{place: table}) == []
    assert said(inside, **{place: table})[field] == ("Ours", f"{place}.rows.x")
    assert said(inside, **{place: table})[f"{kind}_method_country"] == ("yes", f"{place}.countries.Ours")
    assert f"{kind}_method_country" not in said(inside, **{place: {"rows": {"x": "Ours"}}})


def test_goods_are_where_they_go_and_the_payer_is_where_he_gets_the_bill() -> None:
    table = {"rows": {"x": "Ours"}, "countries": {"Ours": ["DE"]}}
    both = {"payment_method": "x", "shipping_method": "x"}
    one = order(**both).model_copy(update={"shipping_address": abroad("CH")})
    assert parked(one, payments=table, shipping=table) == [("shipping_method_not_for_country", "Ours, CH")]
    other = order(**both).model_copy(update={"billing_address": abroad("CH")})
    assert parked(other, payments=table, shipping=table) == [("payment_method_not_for_country", "Ours, CH")]


def test_who_fetches_his_goods_is_outside_no_country() -> None:
    table = {"rows": {"x": "Ours"}, "countries": {"Ours": ["DE"]}}
    assert parked(to("CH", shipping_method="x", delivery="pickup"), shipping=table) == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"Theirs": ["DE"]}, "Theirs"), ({"Ours": ["Germany"]}, "countries"), ({"Ours": []}, "countries")],
)
def test_a_limit_that_could_never_hold_is_refused_by_its_name(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError, match=named):
        rules(payments={"rows": {"x": "Ours"}, "countries": wrong})


def abroad(country: str) -> Address:
    at_home = order().shipping_address
    assert at_home is not None
    return at_home.model_copy(update={"country": country})


def to(country: str, **facts: Any) -> Order:
    return order(**facts).model_copy(update={"shipping_address": abroad(country), "billing_address": abroad(country)})
