"""Rules about contents among the others: what nobody set parks nothing."""

from hypothesis import given
from hypothesis import strategies as st

from services.order_import.order_rules import judge
from services.order_import.rules.decide import decide
from services.order_import.rules.facts import Facts
from services.order_import.rules.knowledge import Component, Knowledge, KnownCustomer, Matches, Project
from services.order_import.rules.model import OrderRules, changes
from shared.contracts.order import Order
from tests.pure.order_import.ruled import rules
from tests.pure.order_import.samples import ADDRESS, eur, line, order

TILL = order(channel="pos", delivery="none", customer=None, billing_address=None, shipping_address=None)
NAMELESS = order(delivery="pickup", customer=None, billing_address=None, shipping_address=None)
FREE = order("1", line(taxes=()))
ABROAD = order(shipping_address=ADDRESS.model_copy(update={"country": "CH"}))


@given(
    given=st.sampled_from([order(), TILL, NAMELESS, FREE, ABROAD]),
    known=st.sampled_from(
        [
            Knowledge(),
            Knowledge(project=Project("North"), articles={"KR-1": "Mug"}),
            Knowledge(matches=Matches(email=(KnownCustomer("1"), KnownCustomer("2")))),
            Knowledge(erased=True),
        ]
    ),
)
def test_nobodys_order_is_parked_by_a_rule_that_he_never_set(given: Order, known: Knowledge) -> None:
    plain = judge(given, {"KR-1": 1}, tolerance=5)
    found = decide(given, OrderRules(), Facts(), 0, known)
    asked = judge(given, {"KR-1": 1}, tolerance=5, found=found)
    assert (asked.status, asked.reasons, asked.numbers) == (plain.status, plain.reasons, plain.numbers)
    assert (asked.status, found.reasons) == ("imported", ())
    assert found.contents is not None


def test_defaults_decide_nothing_about_contents_and_anything_else_does() -> None:
    assert not OrderRules().decides_contents
    assert not rules(payments={"standard": "PayPal"}).decides_contents
    for part in (
        {"customers": {"guests": {"mode": "create"}}},
        {"lines": {"name": "erp"}},
        {"charges": {"as_lines": True}},
        {"taxes": {"vat_id_is_verified": True}},
    ):
        assert rules(**part).decides_contents


def test_a_change_of_contents_is_told_field_by_field() -> None:
    after = rules(customers={"accounts": {"criteria": ["address", "number"]}}, taxes={"exempt_when_missing": False})
    assert changes(OrderRules(), after) == {
        "customers.accounts.criteria": ("number, email, address", "number, address"),
        "taxes.exempt_when_missing": ("yes", "no"),
    }


def test_what_a_bill_needs_is_told_once_when_the_order_names_it_too() -> None:
    bought = order("1", line("SET", external_id="s"), line("PART", external_id="p"))
    known = Knowledge(articles={"SET": "Set"}, bills={"SET": (Component("PART", eur("2").amount),)})
    found = decide(bought, OrderRules(), Facts(), 0, known)
    verdict = judge(bought, {"SET": 1}, tolerance=5, found=found)
    assert [(one.code, one.key) for one in verdict.reasons] == [("article_unknown", "PART")]
    assert verdict.bills == {"SET": known.bills["SET"]}


def test_amounts_that_cannot_be_added_up_have_no_contents_and_park_the_order_as_ever() -> None:
    mixed = order("1", line(total=eur("10.00").model_copy(update={"currency": "USD"})))
    found = decide(mixed, OrderRules(), Facts(), 0, Knowledge())
    assert found.contents is None
    verdict = judge(mixed, {"KR-1": 1}, tolerance=5, found=found)
    assert [one.code for one in verdict.reasons] == ["currency_mismatch"]
