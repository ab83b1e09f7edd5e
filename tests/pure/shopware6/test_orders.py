"""What an order means where the platform says it in an unexpected place."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.connectors.shopware6 import inbound, wire
from services.order_import.money_proof import prove
from shared.contracts.errors import Untranslatable
from shared.contracts.order import Order

GOLDEN = Path(__file__).parents[1] / "golden" / "shopware6"


def raw(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return found


def order(body: dict[str, Any]) -> Order:
    return inbound.order(wire.Order.model_validate_json(json.dumps(body)))


@pytest.mark.proves("order-vat-id", "shopware6")
def test_a_companys_vat_number_is_the_customers_and_not_the_addresss() -> None:
    found = order(raw("company-with-vat-id-tags-and-fields"))
    assert found.customer is not None
    assert found.customer.vat_id == "DE123456789"
    assert found.tags == ("Großkunde",)
    assert {one.name: one.value for one in found.properties} == {"bestellnummer": "4711", "geprueft": "True"}


def test_what_is_empty_may_be_a_list_or_an_object() -> None:
    body = raw("guest")
    for empty in ([], {}, None):
        body["customFields"] = empty
        body["lineItems"][0] |= {"payload": empty, "customFields": empty}
        found = order(body)
        assert (found.properties, found.line_items[0].sku) == ((), None)


def test_a_total_that_is_wrong_is_not_called_rounding() -> None:
    for name, off in (("guest", 5), ("guest", 0.01), ("net-prices", 0.02)):
        body = raw(name)
        body["amountTotal"] = round(body["amountTotal"] + off, 2)
        found = order(body)
        assert prove(found).difference == round(Decimal(str(off)), 2)
        assert not [one for one in found.charges if one.kind == "rounding"]


def test_taxes_that_are_wrong_are_not_called_rounding() -> None:
    body = raw("net-prices")
    body["price"]["calculatedTaxes"][0]["tax"] += 1
    assert not [one for one in order(body).charges if one.kind == "rounding"]


def test_a_container_that_has_a_price_of_its_own_keeps_it() -> None:
    body = raw("container-whose-children-carry-the-prices")
    for line in body["lineItems"][1:]:
        line |= {"unitPrice": 0, "totalPrice": 0}
    found = order(body)
    assert [line.kind for line in found.line_items] == ["custom", "goods", "goods"]
    assert prove(found).difference == 0


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (["cancelled", "open"], "unpaid"),
        (["failed", "paid"], "paid"),
        (["cancelled", "cancelled"], "voided"),
        (["authorized"], "authorised"),
        (["paid_partially"], "partially_paid"),
        (["refunded_partially"], "partially_refunded"),
        (["unconfirmed"], "unconfirmed"),
    ],
)
def test_the_newest_attempt_that_was_not_given_up_says_whether_it_is_paid(words: list[str], state: str) -> None:
    body = raw("guest-before-technical-names")
    first = body["transactions"][0]
    body["transactions"] = [
        first | {
            "id": f"{index:032x}",
            "createdAt": f"2026-11-2{index}T10:00:00.000+00:00",
            "stateMachineState": {"id": "0" * 32, "technicalName": word},
        }
        for index, word in enumerate(words)
    ]  # fmt: skip
    assert order(body).payment_state == state


def test_the_shops_own_choice_of_payment_and_delivery_goes_first() -> None:
    body = raw("paid-another-way-than-chosen-first")
    body["primaryOrderTransactionId"] = body["transactions"][0]["id"]
    assert order(body).payment_state == "voided"
    body = raw("free-shipping-by-a-second-delivery")
    body["deliveries"].reverse()
    assert order(body).shipping_address == order(raw("free-shipping-by-a-second-delivery")).shipping_address


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (("transactions", 0, "stateMachineState", "technicalName"), "transactions.stateMachineState.technicalName"),
        (("deliveries", 0, "stateMachineState", "technicalName"), "deliveries.stateMachineState"),
        (("lineItems", 0, "type"), "lineItems.0.type"),
        (("taxStatus",), "taxStatus"),
    ],
)
def test_a_word_nobody_knows_is_named_with_its_field(path: tuple[Any, ...], field: str) -> None:
    body = raw("guest")
    place: Any = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "quatsch"
    with pytest.raises(Untranslatable) as caught:
        order(body)
    assert (caught.value.code, caught.value.field, caught.value.params) == ("unknown_word", field, {"value": "quatsch"})
