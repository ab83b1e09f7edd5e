"""What goes into a parcel, and what is refused with the line's name."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.order_import.demand import Left
from services.order_import.parcel_plan import Refused, Wanted, check, plan
from shared.contracts.order import Order
from tests.pure.order_import.samples import line, order

TWO_LINES = order(
    "1", line("KR-1", 2, external_id="a"), line("KR-1", 3, external_id="b"), line("KR-2", external_id="c")
)


def pack(one: Order, wanted: list[Wanted] | None, shipped: dict[str, Decimal] | None = None) -> dict[str, Decimal]:
    numbers = [item.sku or "" for item in one.line_items]
    return {part.line_external_id: part.quantity for part in plan(one, numbers, Left(shipped or {}), wanted).lines}


def test_a_shipment_without_lines_is_everything_outstanding() -> None:
    assert pack(TWO_LINES, None) == {"a": 2, "b": 3, "c": 1}
    assert pack(TWO_LINES, None, {"a": Decimal(2), "b": Decimal(1)}) == {"b": 2, "c": 1}


def test_pieces_of_an_article_find_the_lines_they_came_from() -> None:
    assert pack(TWO_LINES, [Wanted(article_number="KR-1", quantity=Decimal(4))]) == {"a": 2, "b": 2}
    assert pack(TWO_LINES, [Wanted(article_number="KR-1", quantity=Decimal(4))], {"a": Decimal(1)}) == {"a": 1, "b": 3}


def test_a_line_may_be_named_twice_as_long_as_the_pieces_suffice() -> None:
    half = Wanted(line_external_id="b", quantity=Decimal(1))
    assert pack(TWO_LINES, [half, half]) == {"b": 2}


def test_more_than_outstanding_is_refused_naming_the_line() -> None:
    with pytest.raises(Refused) as refusal:
        pack(TWO_LINES, [Wanted("a"), Wanted("b", quantity=Decimal(4))])
    assert refusal.value.code == "shipment_exceeds_outstanding"
    assert refusal.value.field == "lines.1.quantity"
    assert refusal.value.params == {"line": "b", "quantity": "4", "outstanding": "3"}


def test_a_line_the_order_does_not_have_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        pack(TWO_LINES, [Wanted(article_number="KR-9")])
    assert (refusal.value.code, refusal.value.field) == ("shipment_line_unknown", "lines.0.article_number")


def test_digital_goods_are_shipped_only_when_named() -> None:
    one = order("1", line("KR-1", external_id="a"), line("E-BOOK", external_id="e", kind="digital"))
    assert pack(one, None) == {"a": 1}
    assert pack(one, [Wanted("e")]) == {"e": 1}


def test_nothing_outstanding_is_refused() -> None:
    with pytest.raises(Refused, match="shipment_nothing_outstanding"):
        pack(order(), None, {"KR-1": Decimal(1)})


@pytest.mark.parametrize(("status", "differing", "code"), [
    ("cancelled", {}, "shipment_order_cancelled"),
    ("imported", {"fulfilled_by_channel": True}, "shipment_fulfilled_by_channel"),
    ("waiting", {"withheld": ("address",)}, "shipment_order_waiting"),
])  # fmt: skip
def test_some_orders_take_no_shipments(status: str, differing: dict[str, object], code: str) -> None:
    with pytest.raises(Refused, match=code):
        check(order(**differing), status)  # type: ignore[arg-type]


@given(st.lists(st.integers(1, 4), max_size=12))
def test_parcel_after_parcel_never_ships_more_than_was_ordered(wishes: list[int]) -> None:
    shipped: dict[str, Decimal] = {}
    for wish in wishes:
        try:
            parcel = pack(TWO_LINES, [Wanted(article_number="KR-1", quantity=Decimal(wish))], shipped)
        except Refused:
            continue
        assert sum(parcel.values()) == wish
        for external_id, quantity in parcel.items():
            shipped[external_id] = shipped.get(external_id, Decimal(0)) + quantity
    assert shipped.get("a", 0) <= 2
    assert shipped.get("b", 0) <= 3
