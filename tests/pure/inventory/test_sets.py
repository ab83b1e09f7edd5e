"""Sets and their parts share their stock."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.inventory.sellable import Level, Supply, explain, sellable
from services.inventory.sets import Bill, together
from services.inventory.stock_settings import StockSettings

BILL = {"A": Decimal(2), "B": Decimal(1)}
ON_DEMAND, READY = (Bill(kept_in_stock=kept, parts=BILL) for kept in (False, True))


def supply(quantity: int | None, reserved: int = 0, **more: Decimal) -> Supply:
    levels = () if quantity is None else (Level("main", Decimal(quantity)),)
    return Supply(levels, Decimal(reserved), **more)


def numbers(bill: Bill, settings: StockSettings = StockSettings(), **alone: Supply) -> dict[str, int]:
    shared = together(alone, {"SET": bill})
    return {number: sellable(one, settings).quantity for number, one in shared.items()}


def test_a_set_put_together_on_demand_is_sold_as_often_as_its_scarcest_part_allows() -> None:
    assert numbers(ON_DEMAND, A=supply(7), B=supply(5), SET=supply(None)) == {"A": 7, "B": 5, "SET": 3}
    assert numbers(ON_DEMAND, A=supply(7, reserved=4), B=supply(5), SET=supply(None))["SET"] == 1
    assert numbers(ON_DEMAND, A=supply(7), B=supply(None), SET=supply(None))["SET"] == 0


def test_a_number_somebody_uploaded_for_a_set_without_a_shelf_is_not_added_to_what_its_parts_allow() -> None:
    assert numbers(ON_DEMAND, A=supply(7), B=supply(5), SET=supply(50))["SET"] == 3


def test_a_set_kept_in_stock_is_sold_from_its_shelf_and_then_as_often_as_its_parts_allow() -> None:
    assert numbers(READY, A=supply(7), B=supply(5), SET=supply(4)) == {"A": 7, "B": 5, "SET": 7}
    assert numbers(READY, A=supply(7), B=supply(5), SET=supply(4, reserved=3)) == {"A": 7, "B": 5, "SET": 4}


def test_sets_that_were_sold_beyond_their_shelf_take_their_parts() -> None:
    assert numbers(READY, A=supply(7), B=supply(5), SET=supply(1, reserved=3)) == {"A": 3, "B": 3, "SET": 1}
    assert numbers(ON_DEMAND, A=supply(7), B=supply(5), SET=supply(None, reserved=2)) == {"A": 3, "B": 3, "SET": 1}


def test_sets_that_left_without_having_lain_there_still_take_their_parts_until_these_are_counted() -> None:
    for bill in (READY, ON_DEMAND):
        assert numbers(bill, A=supply(7), B=supply(5), SET=supply(-2)) == {"A": 3, "B": 3, "SET": 1}


def test_what_the_channel_keeps_back_is_kept_back_of_the_set() -> None:
    parts = {"A": supply(20), "B": supply(20), "SET": supply(None)}
    assert numbers(ON_DEMAND, StockSettings(buffer=3, maximum=6), **parts)["SET"] == 6
    assert numbers(ON_DEMAND, StockSettings(buffer=3), **parts)["SET"] == 7


def test_parts_in_other_warehouses_make_no_set_there() -> None:
    parts = {"A": Supply((Level("north", Decimal(9)), Level("south", Decimal(2)))), "B": Supply((
        Level("north", Decimal(1)), Level("south", Decimal(9)),
    ))}  # fmt: skip
    shared = together(parts | {"SET": Supply()}, {"SET": ON_DEMAND})
    places = StockSettings(locations={"n": ("north",), "s": ("south",)})
    assert [sellable(shared["SET"], places, place).quantity for place in places.places] == [1, 1]


def test_a_part_that_is_not_sold_by_itself_may_be_in_a_set() -> None:
    shared = together(
        {"A": Supply((Level("main", Decimal(4)),), active=False), "B": supply(4), "SET": Supply()}, {"SET": ON_DEMAND}
    )
    assert [sellable(shared[number], StockSettings()).quantity for number in ("A", "SET")] == [0, 2]


def test_the_explanation_names_the_scarcest_part() -> None:
    shared = together({"A": supply(7), "B": supply(9), "SET": supply(None, reserved=1)}, {"SET": ON_DEMAND})
    steps = {one.code: one.params for one in explain(shared["SET"], StockSettings())}
    assert steps["stock_step_parts"] == {"sets": "2", "part": "A", "free": "5", "per_set": "2"}
    assert "stock_step_no_level" not in steps
    of_part = {one.code: one.params for one in explain(shared["A"], StockSettings())}
    assert of_part["stock_step_for_sets"] == {"for_sets": "2"}


@given(
    a=st.integers(0, 20), b=st.integers(0, 20), ready=st.integers(0, 5), wanted=st.integers(0, 20), kept=st.booleans(),
    own=st.integers(0, 8),
)  # fmt: skip
def test_whoever_buys_all_that_is_offered_of_the_set_gets_it(
    a: int, b: int, ready: int, wanted: int, kept: bool, own: int
) -> None:
    """Sets that were promised, and all that is still offered, can be built of what lies there; nothing counts twice."""
    bill = READY if kept else ON_DEMAND
    found = numbers(bill, A=supply(a, reserved=own), B=supply(b), SET=supply(ready, reserved=wanted))
    built = max(wanted + found["SET"] - (ready if kept else 0), 0)
    if found["SET"] and built:
        assert built * 2 <= a - own
        assert built <= b
