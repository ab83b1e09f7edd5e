"""Money that adds up to the cent, however Amazon writes it."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from services.connectors.amazon import inbound, wire
from services.order_import.money_proof import prove, sound
from shared.contracts.order import Order
from tests.pure.order_import.rules.asked import decided

PAIRS = Path(__file__).parents[1] / "golden" / "amazon"
CENTS = some.integers(0, 10**7)


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAIRS / f"{name}.json").read_text("utf-8"))
    return found


def translated(body: dict[str, Any]) -> Order:
    return inbound.order(wire.Order.model_validate_json(json.dumps(body)))


def written(cents: int, currency: str = "EUR") -> dict[str, str]:
    return {"amount": str(Decimal(cents).scaleb(-2)), "currencyCode": currency}


@settings(deadline=None)
@given(
    some.lists(
        some.tuples(CENTS, some.integers(0, 5000), some.integers(0, 2000), some.integers(0, 30), some.booleans()),
        min_size=1,
        max_size=12,
    ),
    some.booleans(),
    some.sampled_from([1, -1]),
    some.booleans(),
)
def test_whatever_the_items_cost_the_order_adds_up_to_the_cent(
    items: list[tuple[int, int, int, int, bool]], net: bool, sign: int, detailed: bool
) -> None:
    base = raw("consumer-without-a-word-of-tax")
    rows, whole = [], 0
    for id, (price, shipping, wrap, percent, reduced) in enumerate(items, 1):
        off = price // 3 if reduced else 0
        parts = price + shipping + wrap - off
        tax = parts * percent // 100 if net else parts * percent // (100 + percent)
        total = parts + (tax if net else 0)
        breakdowns = [
            {"type": name, "subtotal": written(worth)}
            for name, worth in (("ITEM", price), ("SHIPPING", shipping), ("GIFT_WRAP", wrap))
        ]
        if off:
            breakdowns.append({"type": "DISCOUNT", "subtotal": written(sign * off)})
        if percent:
            told: dict[str, Any] = {"type": "TAX", "subtotal": written(tax)}
            if detailed:
                told["detailedBreakdowns"] = [{"subtype": "SHIPPING", "value": written(tax // 4)}]
            breakdowns.append(told)
        proceeds = {"proceedsTotal": written(total), "breakdowns": breakdowns}
        rows.append(base["orderItems"][0] | {"orderItemId": str(id), "proceeds": proceeds})
        whole += total
    order = translated(base | {"orderItems": rows, "proceeds": {"grandTotal": written(whole)}})
    assert sound(order)
    assert prove(order).difference == 0
    assert order.total.amount == Decimal(whole).scaleb(-2)
    contents, _ = decided(order)
    assert contents.total == order.total


def test_a_sum_that_no_reading_explains_does_not_prove_and_shows_both_figures() -> None:
    body = raw("tax-inside-the-parts-and-told")
    body["orderItems"][0]["proceeds"]["proceedsTotal"]["amount"] = "30.00"
    body["proceeds"]["grandTotal"]["amount"] = "30.00"
    proof = prove(translated(body))
    assert (proof.stated, proof.computed) == (Decimal("30.00"), Decimal("24.89"))


def test_one_item_that_has_its_tax_on_top_decides_for_those_that_tell_none() -> None:
    body = raw("tax-on-top-of-net-parts-and-detailed")
    plain = raw("consumer-without-a-word-of-tax")["orderItems"][0] | {"orderItemId": "2"}
    body["orderItems"].append(plain)
    body["proceeds"]["grandTotal"]["amount"] = "49.78"
    order = translated(body)
    assert (order.prices_include_tax, prove(order).difference) == (False, 0)


@pytest.mark.parametrize(("pieces", "each"), [(0, "19.99"), (3, "6.66"), (7, "2.86")])
def test_the_price_of_a_piece_is_worked_out_of_the_line_and_never_divided_by_nothing(pieces: int, each: str) -> None:
    body = raw("item-that-states-its-sum-alone")
    body["orderItems"][0]["quantityOrdered"] = pieces
    body["orderItems"][0]["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": pieces}
    (line,) = translated(body).line_items
    assert (line.unit_price.amount, line.total.amount) == (Decimal(each), Decimal("19.99"))


def test_a_few_cents_of_tax_take_the_rate_of_the_country_and_not_the_nearest_one() -> None:
    order = translated(raw("two-tax-rates-in-one-order"))
    assert [tax.rate for line in order.line_items for tax in line.taxes] == [Decimal("0.19"), Decimal("0.07")]
    assert [tax.rate for charge in order.charges for tax in charge.taxes] == [Decimal("0.07")]
