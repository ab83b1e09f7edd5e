"""Our commands in OTTO's words, and the form that a seller fills in."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.connectors.otto import outbound
from services.connectors.otto.settings import Credentials
from services.connectors.otto.vocabulary import CARRIERS
from shared.contracts.errors import Rejected
from shared.contracts.fulfilment import Fulfilment, ShippedLine
from shared.contracts.stock import StockPush

FORM = {"client_id": "app", "client_secret": "hush", "ship_from_zip": "01067", "ship_from_city": "Dresden"}


def parcel(**differing: Any) -> Fulfilment:
    facts: dict[str, Any] = {
        "id": UUID(int=7),
        "order_external_id": "order-1",
        "lines": (ShippedLine(line_external_id="piece-1", quantity=Decimal("1.00")),),
        "carrier": "DHL",
        "tracking_number": "T1",
        "shipped_at": datetime(2026, 11, 25, 13, 30, tzinfo=timezone(timedelta(hours=1))),
    }
    return Fulfilment.model_validate(facts | differing)


def test_a_parcel_says_who_carries_it_where_it_comes_from_and_how_it_comes_back() -> None:
    assert outbound.shipment(parcel(), Credentials(**FORM, return_carrier="GLS")) == {
        "trackingKey": {"carrier": "DHL", "trackingNumber": "T1"},
        "shipDate": "2026-11-25T12:30:00.000Z",
        "shipFromAddress": {"city": "Dresden", "countryCode": "DEU", "zipCode": "01067"},
        "positionItems": [
            {
                "positionItemId": "piece-1",
                "salesOrderId": "order-1",
                "returnTrackingKey": {"carrier": "GLS", "trackingNumber": "T1"},
            }
        ],
    }


def test_no_return_number_is_invented_for_a_seller_who_did_not_say_that_his_labels_bear_one() -> None:
    (item,) = outbound.shipment(parcel(), Credentials(**FORM))["positionItems"]
    assert set(item) == {"positionItemId", "salesOrderId"}


def test_what_a_forwarder_took_needs_no_number() -> None:
    body = outbound.shipment(
        parcel(carrier="Other Forwarder", tracking_number=""), Credentials(**FORM, return_carrier="DHL")
    )
    assert body["trackingKey"] == {"carrier": "OTHER_FORWARDER"}
    assert "returnTrackingKey" not in body["positionItems"][0]


@pytest.mark.parametrize("forwarder", ["Dachser", "DHL Freight", "HES"])
def test_a_forwarders_own_number_is_not_told_as_that_of_the_way_back_but_one_it_brings_is(forwarder: str) -> None:
    merchant = Credentials(**FORM, return_carrier="HERMES")
    (item,) = outbound.items(parcel(carrier=forwarder), merchant)
    assert "returnTrackingKey" not in item
    (item,) = outbound.items(parcel(carrier=forwarder, return_tracking_number="R7"), merchant)
    assert item["returnTrackingKey"] == {"carrier": "HERMES", "trackingNumber": "R7"}


def test_what_is_oversold_is_sold_out_and_spoils_no_call() -> None:
    pushes = [
        StockPush(listing_id=UUID(int=1), version=1, external_id=sku, sku=sku, quantity=quantity)
        for sku, quantity in (("KR-1", -3), ("KR-2", 4))
    ]
    assert outbound.quantities(pushes) == [{"sku": "KR-1", "quantity": 0}, {"sku": "KR-2", "quantity": 4}]


@pytest.mark.parametrize(
    ("written", "code"),
    [("DHL", "DHL"), (" dhl ", "DHL"), ("DHL Express", "DHL_EXPRESS"), ("db-schenker", "DB_SCHENKER"),
     ("Kuehne + Nagel", "KUEHNE_NAGEL"), ("Hermes", "HERMES")],
)  # fmt: skip
def test_a_carrier_is_known_in_whatever_case_with_blanks_or_hyphens(written: str, code: str) -> None:
    assert outbound.carrier(parcel(carrier=written)) == code
    assert len(CARRIERS) == 35


@pytest.mark.parametrize("written", ["", "DHL Paket", "Amazon Logistics"])
def test_another_carrier_is_named_instead_of_guessed(written: str) -> None:
    with pytest.raises(Rejected) as caught:
        outbound.carrier(parcel(carrier=written))
    assert (caught.value.code, caught.value.params) == ("carrier_unknown", {"carrier": written})


@pytest.mark.parametrize("quantity", ["2", "0.5"])
def test_a_position_item_is_one_piece(quantity: str) -> None:
    lines = (ShippedLine(line_external_id="piece-1", quantity=Decimal(quantity)),)
    with pytest.raises(Rejected, match=f"piece-1 is one piece, not {quantity}"):
        outbound.items(parcel(lines=lines), Credentials(**FORM))


@pytest.mark.parametrize(
    ("differing", "complaint"),
    [
        ({"app_id": "a"}, "app_id and installation_id together"),
        ({"installation_id": "i"}, "app_id and installation_id together"),
        ({"url": "api.otto.market"}, "https://"),
        ({"ship_from_country": "DE"}, "pattern"),
        ({"return_carrier": "UPS"}, "DHL"),
    ],
)
def test_a_form_that_cannot_work_is_refused_with_what_is_wrong(differing: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Credentials.model_validate(FORM | differing)
