"""Money that adds up to the cent, in whatever currencies it is told, and tax that is none of the seller's."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.connectors.ebay import inbound, wire
from services.order_import.money_proof import prove, sound
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Order

PAIRS = Path(__file__).parents[1] / "golden" / "ebay"
CENTS = some.integers(0, 10**8)


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAIRS / f"{name}.json").read_text("utf-8"))
    return found


def translated(body: dict[str, Any]) -> Order:
    return inbound.order(wire.Order.model_validate_json(json.dumps(body)))


def amount(cents: int, currency: str = "EUR") -> dict[str, str]:
    return {"value": f"{Decimal(cents).scaleb(-2):f}", "currency": currency}


@given(
    some.lists(some.tuples(CENTS, some.integers(1, 99), some.integers(0, 100)), min_size=1, max_size=20),
    CENTS,
    some.booleans(),
    some.integers(0, 10**5),
    some.booleans(),
)
def test_whatever_the_lines_cost_the_order_adds_up_and_collected_tax_is_no_part_of_it(
    lines: list[tuple[int, int, int]], delivery: int, free: bool, tax: int, inside: bool
) -> None:
    body = raw("one-line")
    mould = body["lineItems"][0]
    items, total, off_all = [], 0, 0
    for place, (cost, pieces, percent) in enumerate(lines, 1):
        off = cost * percent // 100
        left = {"discountedLineItemCost": amount(cost - off)} if off else {}
        collected = [{"taxType": "VAT", "amount": amount(tax)}]
        items.append(
            mould
            | {"lineItemId": str(place), "quantity": pieces, "lineItemCost": amount(cost), **left}
            | {"ebayCollectAndRemitTaxes": collected, "taxes": collected}
        )
        total, off_all = total + cost - off, off_all + off
    pricing = {"deliveryCost": amount(delivery), "priceDiscount": amount(-off_all)}
    pricing |= {"deliveryDiscount": amount(-delivery)} if free else {}
    paid = total + (0 if free else delivery)
    pricing["total"] = amount(paid + (tax * len(lines) if inside else 0))
    order = translated(body | {"lineItems": items, "pricingSummary": pricing})
    assert order.total.amount == Decimal(paid).scaleb(-2)
    assert sound(order)
    assert prove(order).difference == 0
    assert all(not line.taxes for line in order.line_items)


def test_a_total_that_fits_neither_way_stays_as_it_is_stated() -> None:
    body = raw("collected-tax-outside-the-total")
    body["pricingSummary"]["total"] = amount(99999)
    assert translated(body).total.amount == Decimal("999.99")


def test_the_currency_is_the_listings_where_both_tell_all_and_the_payouts_where_only_that_does() -> None:
    both = raw("two-currencies-all-of-it-in-both")
    assert translated(both).currency == "CHF"
    del both["lineItems"][0]["lineItemCost"]["convertedFromCurrency"]
    assert translated(both).currency == "EUR"


def test_an_order_that_no_currency_tells_as_a_whole_is_read_by_nobody() -> None:
    with pytest.raises(Untranslatable) as caught:
        translated(raw("two-currencies-none-tells-all"))
    assert caught.value.params["value"] == "EUR, GBP"


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [("Dörte von der Heide", "Dörte", "von der Heide"), ("Cher", "", "Cher"), ("  ", "", ""), ("A  B", "A", "B")],
)
def test_a_full_name_is_its_first_word_and_the_rest(written: str, first: str, last: str) -> None:
    body = raw("one-line")
    body["buyer"]["buyerRegistrationAddress"]["fullName"] = written
    customer = translated(body).customer
    assert customer is not None
    assert (customer.first_name, customer.last_name) == (first, last)
