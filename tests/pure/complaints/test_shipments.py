"""What merchants complain about in other systems: shipments that reach the customer damaged."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.connectors.shopify import outbound as shopify
from services.connectors.woocommerce import outbound as woocommerce
from shared.contracts.fulfilment import Fulfilment, ShippedLine

LINKS = [
    "https://track.test/?nr=1&plz=10115&q=a+b",
    "https://track.test/%C3%A4%20b/#/1;x=2",
    "https://track.test/?u=https%3A%2F%2Fx.test%2F&amp=1",
]


def parcel(url: str) -> Fulfilment:
    facts: dict[str, Any] = {
        "id": UUID(int=1),
        "order_external_id": "1",
        "lines": (ShippedLine.model_validate({"line_external_id": "1", "quantity": 1}),),
        "carrier": "DHL",
        "tracking_number": "T1",
        "tracking_url": url,
        "shipped_at": datetime(2026, 11, 25, tzinfo=UTC),
    }
    return Fulfilment.model_validate(facts)


@pytest.mark.parametrize("url", LINKS)
def test_a_link_to_a_parcel_arrives_as_it_was_given(url: str) -> None:
    given = parcel(url)
    plan = shopify.plan({"1": 1}, [{
        "id": "F", "status": "OPEN", "supportedActions": [{"action": "CREATE_FULFILLMENT"}],
        "assignedLocation": {"location": {"id": "P"}}, "deliveryMethod": {"methodType": "SHIPPING"},
        "lineItems": [{"id": "F-1", "remainingQuantity": 1, "lineItem": {"id": "1"}}],
    }])  # fmt: skip
    (sent,) = shopify.shipments(given, plan)
    assert sent["trackingInfo"]["url"] == url
    meta = {row["key"]: row["value"] for row in woocommerce.fulfilment(given)["meta_data"]}
    assert meta["_tracking_url"] == url
    assert woocommerce.note(given)["note"].endswith(url)
    (kept,) = woocommerce.parcel_meta(given)["meta_data"]
    assert kept["value"]["tracking_url"] == url
