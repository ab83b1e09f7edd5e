"""Which orders go on, which are parked and why, and what they want from stock."""

from decimal import Decimal
from typing import Any

import pytest

from services.order_import.demand import Left, demand
from services.order_import.order_rules import judge
from shared.contracts.order import Address, Order
from tests.pure.order_import.samples import ADDRESS, eur, line, order

KNOWN = {"KR-1": 1, "KR-2": 1, "TWICE": 2}


def codes(one: Order, **how: Any) -> list[str]:
    return [reason.code for reason in judge(one, KNOWN, tolerance=5, **how).reasons]


def wanted(one: Order, shipped: dict[str, Decimal] | None = None) -> dict[str, Decimal]:
    numbers = judge(one, KNOWN, tolerance=5).numbers
    return {line.article_number: line.quantity for line in demand(one, numbers, Left(shipped or {}))}


def test_a_sound_order_is_imported() -> None:
    verdict = judge(order(), KNOWN, tolerance=5)
    assert (verdict.status, verdict.numbers) == ("imported", ("KR-1",))


def test_every_broken_rule_is_named_at_once() -> None:
    one = order("1", line("NEW"), line("KR-1"), line(None, external_id="x"), billing_address=None, total=eur("99"))
    assert codes(one) == ["article_unknown", "article_number_missing", "billing_address_missing", "totals_mismatch"]


def test_an_unknown_number_is_named_once_however_many_lines_carry_it() -> None:
    twice = order("1", line("NEW", external_id="a"), line("NEW", external_id="b"))
    (reason,) = judge(twice, KNOWN, tolerance=5).reasons
    assert (reason.key, reason.field, reason.params) == ("NEW", "line_items.0.sku", {"sku": "NEW"})


def test_blanks_around_a_number_make_it_another_number() -> None:
    (reason,) = judge(order("1", line(" KR-1 ")), KNOWN, tolerance=5).reasons
    assert (reason.code, reason.key) == ("article_unknown", " KR-1 ")


def test_a_number_of_two_articles_is_ambiguous() -> None:
    assert codes(order("1", line("TWICE"))) == ["article_ambiguous"]


@pytest.mark.parametrize(("kind", "expected"), [
    ("goods", ["article_number_missing"]), ("custom", ["article_number_missing"]),
    ("deposit", ["article_number_missing"]), ("digital", []), ("gift_card", []),
])  # fmt: skip
def test_only_what_leaves_the_shelf_or_is_booked_needs_an_article_number(kind: Any, expected: list[str]) -> None:
    assert codes(order("1", line(None, external_id="x", kind=kind))) == expected


def test_a_line_cancelled_altogether_needs_no_article() -> None:
    gone = line("NEW", 2).model_copy(update={"cancelled_quantity": Decimal(2)})
    assert codes(order("1", gone, line("KR-1"))) == []


@pytest.mark.parametrize("differing", [{"channel": "pos"}, {"delivery": "pickup"}, {"delivery": "none"}])
def test_nobody_asks_for_addresses_at_a_till_or_at_the_counter(differing: dict[str, Any]) -> None:
    assert codes(order(billing_address=None, shipping_address=None, **differing)) == []


def test_an_address_without_a_street_is_named_with_what_it_lacks() -> None:
    lacking = ADDRESS.model_copy(update={"street": ""})
    (reason,) = judge(order(shipping_address=lacking), KNOWN, tolerance=5).reasons
    assert (reason.code, reason.field) == ("shipping_address_missing", "shipping_address.street")
    assert codes(order(billing_address=Address(country="DE"))) == ["billing_address_missing"]


def test_goods_shipped_by_the_marketplace_need_no_shipping_address_and_no_stock() -> None:
    one = order(shipping_address=None, fulfilled_by_channel=True)
    assert codes(one) == []
    assert wanted(one) == {}


def test_an_erased_order_is_not_asked_for_its_addresses() -> None:
    one = order(billing_address=Address(country="DE"), shipping_address=Address(country="DE"))
    assert codes(one, addressless=True) == []


def test_an_order_whose_platform_withholds_data_waits_and_is_not_asked_for_it() -> None:
    verdict = judge(order(withheld=("shipping_address",), shipping_address=None), KNOWN, tolerance=5)
    assert (verdict.status, verdict.reasons) == ("waiting", ())
    assert wanted(order(withheld=("shipping_address",))) == {"KR-1": 1}


def test_a_cancelled_order_is_never_parked_and_wants_nothing() -> None:
    one = order("1", line("NEW"), state="cancelled", billing_address=None, total=eur("99"))
    verdict = judge(one, KNOWN, tolerance=5)
    assert (verdict.status, verdict.reasons) == ("cancelled", ())
    assert wanted(one) == {}


def test_a_parked_order_wants_the_articles_that_are_known() -> None:
    one = order("1", line("KR-1", 3), line("NEW", 2))
    assert codes(one) == ["article_unknown"]
    assert wanted(one) == {"KR-1": 3}


@pytest.mark.parametrize("differing", [{"test": True}, {"state": "completed"}])
def test_test_orders_and_completed_orders_want_nothing(differing: dict[str, Any]) -> None:
    assert wanted(order(**differing)) == {}


def test_digital_goods_gift_cards_deposits_and_services_want_nothing_from_stock() -> None:
    lines = [line("KR-1", external_id=kind, kind=kind) for kind in ("digital", "gift_card", "deposit")]
    service = line("KR-2", requires_shipping=False)
    assert wanted(order("1", *lines, service)) == {}


def test_what_was_cancelled_or_shipped_is_wanted_no_more() -> None:
    one = line("KR-1", 5).model_copy(update={"cancelled_quantity": Decimal(1), "fulfilled_quantity": Decimal(1)})
    assert wanted(order("1", one)) == {"KR-1": 3}
    assert wanted(order("1", one), {"KR-1": Decimal(2)}) == {"KR-1": 2}
    assert wanted(order("1", one), {"KR-1": Decimal(9)}) == {}


def test_a_shipment_the_shop_has_confirmed_is_not_counted_twice() -> None:
    one = line("KR-1", 5).model_copy(update={"fulfilled_quantity": Decimal(2)})
    assert wanted(order("1", one), {"KR-1": Decimal(2)}) == {"KR-1": 3}
