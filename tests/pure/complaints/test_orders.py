"""What merchants complain about in other systems: orders that are refused or counted wrongly."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

import pytest

from services.order_import.money_proof import prove
from services.order_import.order_rules import judge
from shared.chassis.sentences import Language, advice, catalogue, sentence
from shared.contracts.money import Money
from shared.contracts.order import Charge, Customer, Order
from tests.pure.golden.test_golden_pairs import FOLDER, translated
from tests.pure.order_import.samples import ADDRESS, eur, line, order

KNOWN = {"KR-1": 1}


def judged(given: Order) -> Any:
    return judge(given, KNOWN, tolerance=1)


def test_a_company_without_a_vat_number_orders_like_anybody_else() -> None:
    company = ADDRESS.model_copy(update={"company": "Beispiel GmbH"})
    buyer = Customer(email="einkauf@example.org", company="Beispiel GmbH", vat_id="")
    assert judged(order(customer=buyer, billing_address=company, shipping_address=company)).status == "imported"


def test_an_address_without_any_name_is_named() -> None:
    nobody = ADDRESS.model_copy(update={"first_name": "", "last_name": "", "company": ""})
    (reason,) = judged(order(billing_address=nobody)).reasons
    assert (reason.code, reason.field) == ("billing_address_missing", "billing_address.last_name")


def test_a_discount_on_shipping_is_taken_off_and_never_added() -> None:
    _, free = translated(FOLDER / "shopify" / "free-shipping-by-a-code.json")
    assert free is not None
    assert [one.total.amount for one in free.charges if one.kind == "shipping"] == [0]
    assert prove(free).difference == 0
    off = (Charge(kind="shipping", total=eur("4.90")), Charge(kind="discount", total=eur("-4.90")))
    assert prove(order(charges=off, total=eur("10.00"))).difference == 0
    assert judged(order(charges=off, total=eur("19.80"))).reasons[0].code == "totals_mismatch"


@dataclass(frozen=True)
class Kept:
    """An order that is kept back for one reason."""

    code: str
    order: Order


KEPT = [
    Kept("article_unknown", order("1", line("NOBODY"))),
    Kept("article_number_missing", order("1", line(None))),
    Kept("billing_address_missing", order(billing_address=None)),
    Kept("shipping_address_missing", order(shipping_address=None)),
    Kept("totals_mismatch", order(total=eur("99.00"))),
    Kept("currency_mismatch", order(charges=(Charge(kind="fee", total=Money(amount=Decimal(1), currency="USD")),))),
]


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.code)
def test_an_order_that_is_kept_back_says_why_where_what_to_do_and_who(kept: Kept) -> None:
    reasons = {reason.code: reason for reason in judged(kept.order).reasons}
    reason = reasons[kept.code]
    assert reason.field
    for language in get_args(Language):
        said = sentence(reason.code, reason.params, language)
        assert len(said) > 20
        assert "?" not in said
        assert len(advice(reason.code, reason.params, language)) > 10
    assert catalogue()[reason.code].actor in ("merchant", "operator", "developer", "time")


@pytest.mark.parametrize("platform", ["shopify", "woocommerce"])
def test_a_word_for_a_payment_that_nobody_knows_is_never_taken_for_paid(platform: str) -> None:
    cases = {
        "shopify": ("no-word-about-the-payment", "unknown-kind-of-payment"),
        "woocommerce": ("completed-without-a-payment-date",),
    }
    for case in cases[platform]:
        _, found = translated(FOLDER / platform / f"{case}.json")
        assert found is None or found.payment_state == "unconfirmed", case
