"""What a golden pair cannot say about an order: the same again, twice, and where nothing may be guessed."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.connectors.mirakl.connector import MIRAKL
from services.order_import.money_proof import prove
from shared.connector_kit.declaration import RawItem
from shared.connector_kit.translation import Read, read
from shared.contracts.order import Order
from shared.http import json_text

GOLDEN = Path(__file__).parents[1] / "golden" / "mirakl"


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json_text.decode((GOLDEN / f"{name}.json").read_bytes())
    return found


def item(raw: dict[str, Any]) -> Read:
    stream = MIRAKL.stream("order")
    assert stream is not None
    return read(stream, RawItem(raw["order_id"], datetime(2026, 11, 28, tzinfo=UTC), json_text.encode(raw)))


def order(raw: dict[str, Any]) -> Order:
    found = item(raw).contract
    assert isinstance(found, Order), item(raw).unreadable
    return found


def test_a_message_of_the_customer_moves_the_stamp_and_changes_nothing() -> None:
    before = payload("guest")
    after = before | {"last_updated_date": "2026-11-27T00:00:00Z", "has_customer_message": True, "has_incident": True}
    assert item(before).hash == item(after).hash


def test_the_commission_is_no_part_of_what_the_customer_pays() -> None:
    raw = payload("guest")
    raw["order_lines"][0] |= {"commission_fee": 900, "total_commission": 1071}
    assert order(raw | {"total_commission": 1071}) == order(payload("guest"))


def test_dates_are_read_with_and_without_milliseconds() -> None:
    raw = payload("guest") | {"created_date": "2026-11-20T09:30:00.125Z", "last_updated_date": "2026-11-20T09:30:00Z"}
    assert order(raw).placed_at == datetime(2026, 11, 20, 9, 30, 0, 125_000, tzinfo=UTC)
    assert order(raw).changed_at == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_amounts_with_trailing_zeros_are_the_same_amounts() -> None:
    long, short = order(payload("amounts-with-trailing-zeros")), order(payload("guest"))
    assert (long.total, long.charges) == (short.total, short.charges)


def test_a_refund_is_read_whatever_it_says_about_pieces_and_whatever_state_it_is_in() -> None:
    raw = payload("refunded-in-part")
    line = raw["order_lines"][0]
    (known,) = order(raw).refunds
    line["refunds"][0] |= {"quantity": None, "refund_state": "WAITING_REFUND"}
    (without,) = order(raw).refunds
    assert (without.total, without.lines) == (known.total, ())
    total = order(raw).total
    line["refunds"] = []
    assert order(raw).total == total


@pytest.mark.parametrize("state", ["STAGING", "WAITING_ACCEPTANCE", "WAITING_DEBIT", "WAITING_DEBIT_PAYMENT"])
def test_an_order_waits_as_long_as_the_operator_keeps_something_back(state: str) -> None:
    raw = payload("waiting-for-acceptance") | {"order_state": state}
    assert order(raw).withheld
    assert order(raw).payment_state == "unpaid"
    assert order(payload("guest")).withheld == ()


@pytest.mark.parametrize(
    ("workflow", "debited", "expected"),
    [
        ("PAY_ON_ACCEPTANCE", True, "paid"),
        ("PAY_ON_ACCEPTANCE", False, "paid"),
        ("NO_CUSTOMER_PAYMENT_CONFIRMATION", False, "paid"),
        ("PAY_ON_SHIPMENT", False, "authorised"),
        ("PAY_ON_DELIVERY", False, "unpaid"),
        ("PAY_ON_DUE_DATE", False, "unpaid"),
        ("PAY_ON_DUE_DATE", True, "paid"),
        (None, False, "unconfirmed"),
    ],
)
def test_paid_is_what_the_workflow_or_the_date_of_the_payment_says(
    workflow: str | None, debited: bool, expected: str
) -> None:
    raw = payload("guest") | {
        "payment_workflow": workflow,
        "customer_debited_date": "2026-11-20T09:31:00Z" if debited else None,
    }
    assert order(raw).payment_state == expected


def test_an_order_whose_lines_are_all_cancelled_is_cancelled_although_its_price_is_what_it_was() -> None:
    raw = payload("guest")
    raw["order_lines"][0]["order_line_state"] = "CANCELED"
    found = order(raw)
    assert (found.state, found.total) == ("cancelled", order(payload("guest")).total)


def test_two_lines_with_one_number_stay_two_lines() -> None:
    found = order(payload("two-lines-with-one-number"))
    assert len({line.external_id for line in found.line_items}) == len(found.line_items) == 3
    assert found.line_items[0].sku == found.line_items[1].sku


@pytest.mark.proves("order-vat-id", "mirakl")
def test_a_companys_tax_number_and_its_purchase_number_stand_in_the_order() -> None:
    found = order(payload("company-buys-with-a-purchase-number"))
    assert found.customer is not None
    assert (found.customer.company, found.customer.vat_id) == ("Muster AG", "DE123456789")
    assert found.purchase_number == "EK-4711"


def test_taxes_that_are_stated_for_the_order_alone_are_part_of_what_the_customer_pays() -> None:
    raw = payload("prices-without-tax")
    known = order(raw)
    assert known.tax_total is not None
    for line in raw["order_lines"]:
        line |= {"taxes": [], "shipping_taxes": []}
    raw["order_taxes"] = [{"code": "DE", "rate": 19, "total_amount": float(known.tax_total.amount)}]
    found = order(raw)
    assert (found.total, found.tax_total) == (known.total, known.tax_total)
    assert prove(found).difference == 0


@pytest.mark.parametrize(("cents", "off"), [("0.01", "0.01"), ("-0.02", "-0.02"), ("5.00", None)])
def test_cents_between_the_taxes_of_the_order_and_those_of_its_lines_are_rounding_and_more_is_not(
    cents: str, off: str | None
) -> None:
    raw = payload("prices-without-tax")
    known = order(raw)
    assert known.tax_total is not None
    whole = known.tax_total.amount + Decimal(cents)
    found = order(raw | {"order_taxes": [{"code": "DE", "rate": 19, "total_amount": float(whole)}]})
    rounding = [charge.total.amount for charge in found.charges if charge.kind == "rounding"]
    assert rounding == ([] if off is None else [Decimal(off)])
    assert found.total.amount - known.total.amount == Decimal(off or 0)
    assert prove(found).difference == 0


def test_an_order_whose_customer_pays_the_shop_itself_is_not_paid_until_it_says_so() -> None:
    raw = payload("guest") | {"customer_directly_pays_seller": True, "customer_debited_date": None}
    assert order(raw).payment_state == "unpaid"
    assert order(raw | {"customer_debited_date": "2026-11-20T09:31:00Z"}).payment_state == "paid"


def test_the_older_name_of_the_payment_counts_where_the_newer_one_is_empty() -> None:
    raw = payload("guest") | {"payment_type": None, "paymentType": "Visa"}
    assert order(raw).payment_method == "Visa"
    assert order(raw | {"payment_type": "PayPal"}).payment_method == "PayPal"


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("POL", "", "PL"),
        ("XKX", "", "XK"),
        ("", "Czechia", "CZ"),
        ("", " Reino Unido", "GB"),
        ("", "ÖSTERREICH", "AT"),
    ],
)
def test_a_country_is_known_by_three_letters_or_by_its_name_in_an_operators_language(
    code: str, name: str, expected: str
) -> None:
    raw = payload("guest")
    raw["customer"]["shipping_address"] |= {"country_iso_code": code, "country": name}
    found = order(raw).shipping_address
    assert found is not None
    assert found.country == expected
