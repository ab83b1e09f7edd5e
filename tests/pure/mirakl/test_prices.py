"""A price file names all prices of its offers: what we have no word about is written back as it was."""

import csv
import io
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.connectors.mirakl import outbound, wire
from shared.contracts.errors import Rejected
from shared.contracts.money import Money
from shared.contracts.price import PricePush


def eur(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def push(amount: str, **differing: Any) -> PricePush:
    facts = {
        "listing_id": UUID(int=1),
        "version": 1,
        "external_id": "A-1",
        "sku": "A-1",
        "price": eur(amount),
        "tax_rate": Decimal(19),
    }
    return PricePush.model_validate(facts | differing)


def offer(*prices: dict[str, Any], currency: str = "EUR") -> wire.Offer:
    return wire.Offer.model_validate(
        {
            "shop_sku": "A-1",
            "currency_iso_code": currency,
            "quantity": 1,
            "active": True,
            "read_at": "2026-11-28T00:00:00Z",
            "all_prices": list(prices),
        }
    )


def features(**given: Any) -> wire.Features:
    return wire.Features.model_validate({"offer_prices_decimals": "2", **given})


def rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file), delimiter=";"))


USUAL = {"unit_origin_price": 10, "volume_prices": [{"quantity_threshold": 1, "unit_origin_price": 10}]}


def test_a_plain_offer_has_one_row_and_no_column_that_an_operator_may_not_know() -> None:
    (row,) = rows(outbound.price_file(outbound.prices(push("9.90"), offer(USUAL), features())))
    assert row == {
        "offer-sku": "A-1", "price": "9.90", "discount-price": "", "discount-start-date": "", "discount-end-date": "",
    }  # fmt: skip


def test_prices_of_a_channel_of_customers_and_of_quantities_stay_what_they_are() -> None:
    held = offer(
        USUAL | {"volume_prices": [{"quantity_threshold": 1, "unit_origin_price": 10},
                                   {"quantity_threshold": 50, "unit_origin_price": 8}]},
        {
            "unit_origin_price": 12,
            "unit_discount_price": 11,
            "discount_start_date": "2026-01-01T00:00:00Z",
            "context": {"channel_codes": ["US", "FR"], "customer_group_ids": ["G"], "end_date": "2027-01-01T00:00:00Z"},
        },
    )  # fmt: skip
    usual, special = rows(outbound.price_file(outbound.prices(push("9.90"), held, features())))
    assert (usual["price"], usual["price-ranges"], usual["channels"]) == ("9.90", "1|9.90,50|8", "")
    assert (special["price"], special["discount-price"]) == ("12", "11")
    assert special["discount-start-date"] == "2026-01-01T00:00:00Z"
    assert (special["channels"], special["customer-group-ids"]) == ("US|FR", "G")
    assert special["end-date"] == "2027-01-01T00:00:00Z"


def test_a_strike_price_is_the_price_and_ours_the_discount() -> None:
    (row,) = outbound.prices(push("7.00", strike=eur("9.00"), sets_strike=True), offer(USUAL), features())
    assert (row["price"], row["discount-price"]) == ("9.00", "7.00")
    (row,) = outbound.prices(push("7.00", sets_strike=True), offer(USUAL | {"unit_discount_price": 5}), features())
    assert (row["price"], row["discount-price"]) == ("7.00", "")


def test_a_discount_of_the_operators_own_stays_as_long_as_it_is_one() -> None:
    held = offer(USUAL | {"unit_discount_price": 8, "discount_end_date": "2027-01-01T00:00:00Z"})
    (row,) = outbound.prices(push("9.00"), held, features())
    assert (row["discount-price"], row["discount-end-date"]) == ("8", "2027-01-01T00:00:00Z")
    (row,) = outbound.prices(push("7.00"), held, features())
    assert "discount-price" not in row


@pytest.mark.parametrize(
    ("wanted", "held", "given", "word"),
    [
        (push("9.99"), offer(USUAL, currency="PLN"), {}, "PLN"),
        (push("9.995"), offer(USUAL), {}, "2 decimals"),
        (
            push("7", strike=eur("9"), sets_strike=True),
            offer(USUAL),
            {"pricing": {"discount_period_required": True}},
            "beginning and an end",
        ),
    ],
)
def test_what_the_operators_set_up_cannot_hold_is_refused_by_name(
    wanted: PricePush, held: wire.Offer, given: dict[str, Any], word: str
) -> None:
    with pytest.raises(Rejected, match=word):
        outbound.prices(wanted, held, features(**given))


def test_the_reason_stands_at_one_line_of_an_offer_and_is_that_of_all() -> None:
    report = '"error-line","error-message","offer-sku","price"\n"1","","A-1","9"\n"2","too low","A-1","0"\n'
    assert outbound.refused_rows(report) == {"A-1": "too low"}
