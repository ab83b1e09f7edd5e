"""What a person may correct at an order, and when the channel's own word wins."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.order_import.corrections import Correction, Refused, applied, check, place, value_at, with_value
from shared.contracts.order import Address, Order
from tests.pure.order_import.samples import NOON, line, order

TWO_LINES = order("1", line("TEA", external_id="l-1"), line(None, external_id="l-2"))


def correction(path: str, before: str, after: str) -> Correction:
    return Correction(uuid4(), uuid4(), path, before, after, "", "Anna", NOON + timedelta(minutes=1))


def corrected(given: Order, path: str, value: str) -> Order:
    return with_value(given, place(path, given), value)


@pytest.mark.parametrize("path", ["line_items.1.sku", "line_items[external_id=l-2].sku"])
def test_a_line_is_named_by_place_or_id_and_kept_by_its_id(path: str) -> None:
    where = place(path, TWO_LINES)
    assert where.path == "line_items[external_id=l-2].sku"
    assert [one.sku for one in with_value(TWO_LINES, where, "COFFEE").line_items] == ["TEA", "COFFEE"]


def test_a_missing_address_comes_into_being_and_goes_with_its_last_value() -> None:
    bare = order("1", billing_address=None)
    whole = corrected(bare, "billing_address.city", "Köln")
    assert whole.billing_address == Address(city="Köln")
    assert corrected(whole, "billing_address.city", "").billing_address is None


def test_what_was_given_back_is_the_order_as_the_channel_stated_it() -> None:
    for path in ("customer.email", "shipping_address.street", "line_items.0.sku", "line_items.1.sku", "note"):
        where = place(path, TWO_LINES)
        assert with_value(with_value(TWO_LINES, where, "x"), where, value_at(TWO_LINES, where)) == TWO_LINES, path


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("total", "correction_field_closed"),
        ("total.amount", "correction_field_closed"),
        ("payments.0.amount", "correction_field_closed"),
        ("line_items.0.quantity", "correction_field_closed"),
        ("line_items.0.unit_price", "correction_field_closed"),
        ("line_items[external_id=l-1].taxes", "correction_field_closed"),
        ("customer.external_id", "correction_field_closed"),
        ("external_id", "correction_field_closed"),
        ("state", "correction_field_closed"),
        ("line_items.0.flavour", "correction_path_unknown"),
        ("customer.shoe_size", "correction_path_unknown"),
        ("shipping_address", "correction_field_closed"),
        ("nothing", "correction_path_unknown"),
        ("__class__", "correction_path_unknown"),
        ("customer.__dict__", "correction_path_unknown"),
        ("line_items.9.sku", "correction_line_unknown"),
        ("line_items[external_id=l-9].sku", "correction_line_unknown"),
    ],
)
def test_money_quantities_and_what_does_not_exist_are_refused_by_their_path(path: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        place(path, TWO_LINES)
    assert (refused.value.code, refused.value.path) == (code, path)


@pytest.mark.parametrize("path", ["line_items.0.sku", "line_items.2.sku"])
def test_lines_that_share_an_id_or_have_none_cannot_be_told_apart(path: str) -> None:
    lines = [line("A", external_id="same"), line("B", external_id="same"), line("C", external_id="")]
    with pytest.raises(Refused) as refused:
        place(path, order("1", *lines))
    assert refused.value.code == "correction_line_unknown"


@pytest.mark.parametrize("value", ["de", "DEU", "Germany", "D"])
def test_a_country_is_a_code_of_two_letters(value: str) -> None:
    where = place("shipping_address.country", TWO_LINES)
    with pytest.raises(Refused) as refused:
        check(where, value)
    assert (refused.value.code, refused.value.part) == ("correction_country_invalid", "value")
    check(where, "AT")


def test_corrections_hold_as_long_as_the_channel_says_the_same_there() -> None:
    kept = correction("line_items[external_id=l-2].sku", "", "COFFEE")
    gone = correction("shipping_address.city", "Bonn", "Berlin")
    moved = TWO_LINES.model_copy(update={"line_items": tuple(reversed(TWO_LINES.line_items)), "note": "new"})
    result, overtaken = applied(moved, [kept, gone])
    assert [one.sku for one in result.line_items] == ["COFFEE", "TEA"]
    assert overtaken == [gone]
    assert result.shipping_address == TWO_LINES.shipping_address


def test_a_correction_of_a_line_that_was_removed_is_over() -> None:
    one = correction("line_items[external_id=l-2].sku", "", "COFFEE")
    left = TWO_LINES.model_copy(update={"line_items": TWO_LINES.line_items[:1]})
    assert applied(left, [one]) == (left, [one])
