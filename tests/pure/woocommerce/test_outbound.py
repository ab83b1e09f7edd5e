"""Our commands in WooCommerce's words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.connectors.woocommerce import outbound
from shared.contracts.fulfilment import Fulfilment, ShippedLine
from shared.contracts.stock import StockPush


def level(id: str, quantity: int, parent: str | None = None) -> StockPush:
    return StockPush(
        listing_id=UUID(int=1), version=1, external_id=id, parent_external_id=parent, sku="A", quantity=quantity
    )


def parcel(**differing: Any) -> Fulfilment:
    facts: dict[str, Any] = {
        "id": UUID(int=7),
        "order_external_id": "12",
        "lines": (ShippedLine(line_external_id="5", quantity=Decimal("2.0")),),
        "carrier": "DHL",
        "tracking_number": "T1",
        "shipped_at": datetime(2026, 11, 25, tzinfo=UTC),
    }
    return Fulfilment.model_validate(facts | differing)


def test_variations_are_set_through_their_product_and_simple_products_together() -> None:
    grouped = outbound.quantities([level("1", 5), level("20", 6, "2"), level("3", 7), level("21", 8, "2")])
    assert {parent: [row["id"] for row in rows] for parent, rows in grouped.items()} == {"": [1, 3], "2": [20, 21]}
    assert grouped[""][0] == {"id": 1, "manage_stock": True, "stock_quantity": 5}


def test_a_shipment_carries_our_own_mark_and_leaves_out_what_is_empty() -> None:
    given = outbound.fulfilment(parcel())
    meta = {row["key"]: row["value"] for row in given["meta_data"]}
    assert meta == {
        "_items": [{"item_id": 5, "qty": 2}],
        "_tracking_number": "T1",
        "_shipment_provider": "DHL",
        "_kontor_parcel": str(UUID(int=7)),
    }
    assert (given["status"], given["notify_customer"]) == ("fulfilled", False)


def test_half_pieces_stay_half_and_whole_ones_are_whole_numbers() -> None:
    lines = (ShippedLine(line_external_id="5", quantity=Decimal("1.5")),)
    (items,) = (row["value"] for row in outbound.fulfilment(parcel(lines=lines))["meta_data"] if row["key"] == "_items")
    assert items == [{"item_id": 5, "qty": 1.5}]


def test_the_note_says_what_a_person_wants_to_know() -> None:
    text = outbound.note(parcel(tracking_url="https://track.test/T1"))["note"]
    assert text == "Shipped with DHL, tracking number T1. https://track.test/T1"
    assert outbound.note(parcel(ready_for_pickup=True))["note"] == "Ready for pickup."


@pytest.mark.proves("customer-mailed", "woocommerce")
@pytest.mark.parametrize("wanted", [True, False])
def test_the_shop_writes_to_the_customer_only_when_asked_to(wanted: bool) -> None:
    assert outbound.fulfilment(parcel(notify_customer=wanted))["notify_customer"] is wanted
    assert outbound.note(parcel(notify_customer=wanted))["customer_note"] is wanted
