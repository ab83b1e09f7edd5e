"""Who the buyer is in the ERP."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.order_import.rules.knowledge import KnownCustomer, Matches, Project
from services.order_import.rules.model_customers import CustomerRules, Handling
from shared.contracts.order import Customer
from tests.pure.order_import.rules.asked import Rules, codes, decided, why_not
from tests.pure.order_import.samples import ADDRESS, order

GUEST = Customer(email="erika@example.org", first_name="Erika", last_name="Mustermann")
A, B, C = KnownCustomer("A", "North"), KnownCustomer("B", "South"), KnownCustomer("C", "North")


def ask(customer: Customer | None = GUEST, *, rules: dict[str, Any] | None = None, **facts: Any) -> Any:
    return decided(order(customer=customer), Rules(customers=CustomerRules.model_validate(rules or {})), **facts)


def test_the_number_counts_before_the_e_mail_and_the_e_mail_before_the_address() -> None:
    for matches, number, by in (
        (Matches((A,), (B,), (C,)), "A", "number"),
        (Matches((), (B,), (C,)), "B", "email"),
        (Matches((), (), (C,)), "C", "address"),
    ):
        contents, _ = ask(matches=matches)
        found = contents.customer
        assert (found.action, found.number, found.matched_by) == ("existing", number, by)


def test_only_the_chosen_criteria_count() -> None:
    rules = {"guests": {"criteria": ["address"], "unmatched": "refuse"}}
    contents, ruling = ask(rules=rules, matches=Matches((A,), (B,), ()))
    assert contents.customer.action == "refused"
    assert why_not(ruling) == ["customer_not_matched"]
    assert ruling.reasons[0].params == {"criteria": "address"}


def test_criteria_are_tried_in_their_fixed_order_however_they_are_written() -> None:
    rules = {"guests": {"criteria": ["address", "number", "address"]}}
    assert CustomerRules.model_validate(rules).guests.criteria == ("number", "address")
    assert ask(rules=rules, matches=Matches((A,), (), (B,)))[0].customer.number == "A"


def test_an_ambiguous_criterion_is_told_and_the_next_one_decides() -> None:
    contents, ruling = ask(matches=Matches((), (A, B), (A,)))
    assert (contents.customer.number, contents.customer.matched_by) == ("A", "address")
    assert codes(ruling)[:2] == ["customer_ambiguous", "customer_matched"]


def test_accounts_and_guests_are_told_apart() -> None:
    rules = {"accounts": {"mode": "create"}, "guests": {"mode": "default"}, "default_customer": "10000"}
    account = Customer(external_id="7", last_name="Mustermann")
    matches = Matches((A,), (A,), (A,))
    assert ask(account, rules=rules, matches=matches)[0].customer.action == "create"
    guest = ask(rules=rules, matches=matches)[0].customer
    assert (guest.action, guest.number) == ("default", "10000")


@pytest.mark.parametrize(("unmatched", "action", "reasons"), [
    ("refuse", "refused", ["customer_not_matched"]), ("create", "create", []), ("default", "default", []),
])  # fmt: skip
def test_whom_nothing_matches_is_refused_created_or_the_default_customer(
    unmatched: str, action: str, reasons: list[str]
) -> None:
    project = Project("North", default_customer="10000")
    contents, ruling = ask(rules={"guests": {"unmatched": unmatched}}, project=project)
    assert (contents.customer.action, why_not(ruling)) == (action, reasons)


def test_a_default_customer_that_nobody_named_keeps_the_order_back_and_names_the_project() -> None:
    contents, ruling = ask(rules={"guests": {"mode": "default"}}, project=Project("North"))
    assert contents.customer.action == "refused"
    assert [(one.code, one.key) for one in ruling.reasons] == [("default_customer_missing", "North")]


def test_a_connection_may_have_a_default_customer_of_its_own() -> None:
    rules = {"guests": {"mode": "default"}, "default_customer": "20000"}
    assert ask(rules=rules, project=Project("North", "10000"))[0].customer.number == "20000"


def test_only_within_the_project_a_customer_of_another_project_is_nobody() -> None:
    project = Project("South")
    matches = Matches((), (A,), (B,))
    assert ask(matches=matches, project=project)[0].customer.number == "A"
    narrow = ask(rules={"only_within_project": True}, matches=matches, project=project)[0].customer
    assert (narrow.number, narrow.matched_by) == ("B", "address")


def test_a_stored_address_that_differs_is_kept_and_that_is_told() -> None:
    contents, ruling = ask(matches=Matches((), (A,), ()))
    assert "customer_address_kept" in codes(ruling)
    assert contents.customer.billing_address == ADDRESS
    assert "customer_address_kept" not in codes(ask(matches=Matches((), (A,), (A,)))[1])


def test_a_missing_billing_address_is_copied_from_shipping_only_if_the_merchant_says_so() -> None:
    bare = order(billing_address=None)
    assert decided(bare)[0].customer.billing_address is None
    contents, ruling = decided(bare, Rules(customers=CustomerRules(billing_from_shipping=True)))
    assert contents.customer.billing_address == ADDRESS
    assert contents.customer.billing_copied
    assert "billing_address_copied" in codes(ruling)


def test_sales_in_a_store_go_to_the_pos_customer_if_the_merchant_says_so() -> None:
    till = order(channel="pos", delivery="none", customer=None, billing_address=None, shipping_address=None)
    project = Project("North", pos_customer="90000")
    found = decided(till, Rules(customers=CustomerRules(pos_as_one_customer=True)), project=project)[0].customer
    assert (found.action, found.number) == ("pos", "90000")
    assert decided(till, project=project)[0].customer.action == "anonymous"
    _, ruling = decided(till, Rules(customers=CustomerRules(pos_as_one_customer=True)))
    assert why_not(ruling) == ["pos_customer_missing"]


def test_a_customer_without_a_name_cannot_be_created() -> None:
    bare = order(customer=None, billing_address=None, shipping_address=None)
    _, ruling = decided(bare, Rules(customers=CustomerRules(nameless="refuse")))
    assert why_not(ruling) == ["customer_name_missing"]
    contents, ruling = decided(bare)
    assert (contents.customer.action, codes(ruling)[0], why_not(ruling)) == ("anonymous", "customer_nameless", [])


def test_an_erased_order_asks_for_nobody() -> None:
    contents, ruling = decided(order(customer=None, billing_address=None, shipping_address=None), erased=True)
    assert (contents.customer.action, why_not(ruling)) == ("anonymous", [])


def test_unknown_settings_and_matching_by_nothing_are_refused() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        CustomerRules.model_validate({"surprise": 1})
    with pytest.raises(ValidationError, match="criteria"):
        Handling.model_validate({"criteria": []})
