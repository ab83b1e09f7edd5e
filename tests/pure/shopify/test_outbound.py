"""Our commands in the platform's words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.connectors.shopify import outbound
from shared.contracts.fulfilment import Fulfilment, ShippedLine


def parcel(number: str = "T1", **differing: Any) -> Fulfilment:
    facts: dict[str, Any] = {
        "id": UUID(int=1),
        "order_external_id": "o",
        "lines": (ShippedLine(line_external_id="a", quantity=Decimal(2)),),
        "tracking_number": number,
        "carrier": "DHL",
        "shipped_at": datetime(2026, 11, 25, tzinfo=UTC),
    }
    return Fulfilment.model_validate(facts | differing)


def fulfilment_order(id: str, place: str, lines: dict[str, int], status: str = "OPEN") -> dict[str, Any]:
    actions = [{"action": "CREATE_FULFILLMENT"}] if status in ("OPEN", "IN_PROGRESS") else [{"action": "RELEASE_HOLD"}]
    return {
        "id": id,
        "status": status,
        "supportedActions": actions,
        "assignedLocation": {"location": {"id": place}},
        "deliveryMethod": {"methodType": "SHIPPING"},
        "lineItems": [
            {"id": f"{id}-{line}", "remainingQuantity": left, "lineItem": {"id": line}} for line, left in lines.items()
        ],
    }


def sent(number: str | None, status: str = "SUCCESS", **lines: int) -> dict[str, Any]:
    return {
        "id": "f",
        "status": status,
        "trackingInfo": [{"number": number}] if number else [],
        "fulfillmentLineItems": [{"lineItem": {"id": line}, "quantity": many} for line, many in lines.items()],
    }


def test_no_expectation_is_said_in_so_many_words() -> None:
    given = outbound.quantities([outbound.Level("item", "place", 5, None)])
    assert given["quantities"][0]["changeFromQuantity"] is None
    assert given["name"] == "available"


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (["input", "quantities", "3", "locationId"], 3),
        (["input", "quantities", "12"], 12),
        (["input", "quantities"], None),
        (["input", "name"], None),
        (None, None),
    ],
)
def test_an_error_is_about_one_quantity_or_about_all(field: list[str] | None, place: int | None) -> None:
    assert outbound.place_of({"field": field}) == place


def test_pieces_come_from_several_fulfilment_orders_of_several_places() -> None:
    orders = [fulfilment_order("one", "north", {"a": 1, "b": 5}), fulfilment_order("two", "south", {"a": 3})]
    made = outbound.plan({"a": 3, "b": 2}, orders)
    assert made.parts == {"north": [("one", "one-a", 1), ("one", "one-b", 2)], "south": [("two", "two-a", 2)]}
    assert not made.missing
    first, second = outbound.shipments(parcel(), made)
    (only,) = first["lineItemsByFulfillmentOrder"]
    assert only["fulfillmentOrderLineItems"] == [{"id": "one-a", "quantity": 1}, {"id": "one-b", "quantity": 2}]
    assert second["trackingInfo"] == {"company": "DHL", "number": "T1"}
    assert second["notifyCustomer"] is False


def test_held_pieces_are_missing_and_known_to_wait() -> None:
    made = outbound.plan({"a": 2}, [fulfilment_order("one", "north", {"a": 2}, "ON_HOLD")])
    assert (made.missing, made.waiting) == ({"a": 2}, True)
    made = outbound.plan({"a": 2}, [fulfilment_order("one", "north", {"a": 0}, "CLOSED")])
    assert (made.missing, made.waiting) == ({"a": 2}, False)


def test_a_shipment_has_at_most_512_lines() -> None:
    lines = {f"l{n}": 1 for n in range(600)}
    made = outbound.plan(lines, [fulfilment_order("one", "north", lines)])
    sizes = [
        len(part["lineItemsByFulfillmentOrder"][0]["fulfillmentOrderLineItems"])
        for part in outbound.shipments(parcel(), made)
    ]
    assert sizes == [512, 88]


def test_what_is_there_under_the_same_number_is_taken_off() -> None:
    wanted = {"a": 3, "b": 1}
    assert outbound.unreported(parcel(), wanted, [sent("T1", a=2)]) == {"a": 1, "b": 1}
    assert outbound.unreported(parcel(), wanted, [sent("T1", a=3), sent("T1", b=1)]) == {}
    assert outbound.unreported(parcel(), wanted, [sent("T2", a=3)]) == wanted
    assert outbound.unreported(parcel(), wanted, [sent("T1", "CANCELLED", a=3)]) == wanted
    assert outbound.unreported(parcel(""), wanted, [sent(None, a=3, b=1)]) == wanted


def test_without_a_number_only_exactly_the_same_pieces_are_the_same() -> None:
    assert outbound.same_again({"a": 1}, [sent(None, a=1)])
    assert not outbound.same_again({"a": 1}, [sent(None, a=2)])
    assert not outbound.same_again({"a": 1}, [sent("T9", a=1)])


def test_a_line_named_twice_counts_twice_and_parts_of_pieces_are_refused() -> None:
    line = ShippedLine(line_external_id="a", quantity=Decimal("1.0"))
    assert outbound.pieces(parcel(lines=(line, line))) == {"a": 2}
    half = ShippedLine(line_external_id="a", quantity=Decimal("0.5"))
    assert outbound.pieces(parcel(lines=(half,))) is None
    assert outbound.pieces(parcel(lines=())) == {}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("dhl", "DHL"), (" Deutsche Post ", "Deutsche Post (DE)"), ("Radkurier", "Radkurier")],
)
def test_a_carrier_is_spelt_as_the_shop_knows_it(ours: str, theirs: str) -> None:
    assert outbound.carrier(ours) == theirs


@pytest.mark.proves("customer-mailed", "shopify")
@pytest.mark.parametrize("wanted", [True, False])
def test_the_shop_writes_to_the_customer_only_when_asked_to(wanted: bool) -> None:
    plan = outbound.plan({"a": 2}, [fulfilment_order("F1", "P1", {"a": 2})])
    (given,) = outbound.shipments(parcel(notify_customer=wanted), plan)
    assert given["notifyCustomer"] is wanted
