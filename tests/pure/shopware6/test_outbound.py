"""Our commands in Shopware's words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.connectors.shopware6 import outbound
from services.connectors.shopware6.settings import Credentials
from shared.contracts.fulfilment import Fulfilment, ShippedLine
from shared.contracts.stock import StockPush


def parcel(**differing: Any) -> Fulfilment:
    facts: dict[str, Any] = {
        "id": UUID(int=7),
        "order_external_id": "ab" * 16,
        "lines": (ShippedLine(line_external_id="cd" * 16, quantity=Decimal("2")),),
        "carrier": "DHL",
        "tracking_number": "T1",
        "shipped_at": datetime(2026, 11, 25, tzinfo=UTC),
    }
    return Fulfilment.model_validate(facts | differing)


@pytest.mark.parametrize(("reserved", "stock"), [(0, 5), (3, 8)])
def test_pieces_of_open_orders_are_added_where_the_shelf_is_counted(reserved: int, stock: int) -> None:
    push = StockPush(listing_id=UUID(int=1), version=1, external_id="ab" * 16, sku="A", quantity=5)
    assert outbound.quantity(push, reserved) == {"id": "ab" * 16, "stock": stock}


def test_numbers_and_fields_that_were_there_stay_and_nothing_is_written_twice() -> None:
    row = {"trackingCodes": ["T0", "T1"], "customFields": {"plugin": True}}
    body = outbound.delivery(parcel(), row)
    assert body["trackingCodes"] == ["T0", "T1"]
    assert body["customFields"]["plugin"] is True
    assert outbound.delivery(parcel(), body) == body


@pytest.mark.parametrize("empty", [None, [], {}])
def test_empty_custom_fields_are_a_list_or_nothing(empty: Any) -> None:
    body = outbound.delivery(parcel(), {"trackingCodes": None, "customFields": empty})
    assert list(body["customFields"]) == [outbound.mark(parcel())]
    assert outbound.shipped([body]) == {"cd" * 16: 2}


def test_a_parcel_without_a_number_adds_none() -> None:
    body = outbound.delivery(parcel(tracking_number="", ready_for_pickup=True), {"trackingCodes": ["T0"]})
    assert body["trackingCodes"] == ["T0"]


@pytest.mark.parametrize("given", ["https://shop.test", "https://shop.test/", "https://shop.test/admin"])
def test_the_address_of_the_administration_is_the_shops_too(given: str) -> None:
    credentials = Credentials(url=given, access_key="SWIAKEY", secret_access_key="a-secret-of-the-shop")
    assert credentials.url == "https://shop.test"
