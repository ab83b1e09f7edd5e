"""What an order wants, per article, and how much of it the internal system knew of."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from services.inventory.demand import Demand, demands
from shared.contracts.order import DemandLine, OrderChanged

NINE = datetime(2025, 11, 24, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


def lines(*wanted: tuple[str, int]) -> tuple[DemandLine, ...]:
    return tuple(
        DemandLine(line_external_id=str(n), article_number=number, quantity=Decimal(quantity))
        for n, (number, quantity) in enumerate(wanted)
    )


def order(*wanted: tuple[str, int], **more: Any) -> OrderChanged:
    return OrderChanged(
        order_id=uuid4(), version=1, external_id="1", number="1", status="imported", demand=lines(*wanted), **more
    )


def test_lines_and_components_of_one_article_are_summed() -> None:
    made = demands(order(("A", 2), ("B", 1), ("A", 3)), {})
    assert {number: one.quantity for number, one in made.items()} == {"A": 5, "B": 1}


def test_an_article_taken_out_of_the_order_is_wanted_no_more() -> None:
    made = demands(order(("B", 1)), {"A": Demand(Decimal(2))})
    assert made["A"].quantity == 0


def test_the_pieces_known_when_acknowledged_are_kept_through_a_partial_shipment() -> None:
    first = demands(order(("A", 3), acknowledged_at=NINE), {})
    second = demands(order(("A", 2), shipped=lines(("A", 1)), shipped_at=TEN, acknowledged_at=NINE), first)
    assert second["A"] == Demand(Decimal(2), Decimal(1), TEN, Decimal(3), NINE)


def test_pieces_added_after_the_acknowledgement_are_not_known_to_the_internal_system() -> None:
    first = demands(order(("A", 2), acknowledged_at=NINE), {})
    second = demands(order(("A", 5), acknowledged_at=NINE), first)
    assert second["A"].acknowledged == 2
    assert demands(order(("A", 5), acknowledged_at=TEN), second)["A"].acknowledged == 5


def test_pieces_cancelled_after_the_acknowledgement_count_no_longer() -> None:
    first = demands(order(("A", 3), acknowledged_at=NINE), {})
    second = demands(order(("A", 1), acknowledged_at=NINE), first)
    assert second["A"].acknowledged == 1
    assert demands(order(("A", 3), acknowledged_at=NINE), second)["A"].acknowledged == 1


def test_the_time_of_a_shipment_stays_when_another_line_ships_later() -> None:
    first = demands(order(("B", 1), shipped=lines(("A", 1)), shipped_at=NINE), {})
    second = demands(order(shipped=lines(("A", 1), ("B", 1)), shipped_at=TEN), first)
    assert (second["A"].shipped_at, second["B"].shipped_at) == (NINE, TEN)
