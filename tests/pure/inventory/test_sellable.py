"""How many pieces a channel may sell, and the words that explain it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.inventory.sellable import Level, Meaning, Supply, explain, horizon, sellable
from services.inventory.stock_settings import StockSettings, changes

NINE = datetime(2025, 11, 24, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


def supply(*quantities: int, reserved: int = 0, covered: int = 0, active: bool = True) -> Supply:
    levels = tuple(Level(f"w{n}", Decimal(quantity)) for n, quantity in enumerate(quantities))
    return Supply(levels, Decimal(reserved), Decimal(covered), active)


def test_levels_of_all_warehouses_are_summed_and_reservations_taken_off() -> None:
    assert sellable(supply(5, 7, reserved=4), StockSettings()).quantity == 8


def test_only_the_chosen_warehouses_count() -> None:
    assert sellable(supply(5, 7), StockSettings(warehouses=("w1",))).quantity == 7
    assert sellable(supply(5, 7), StockSettings(warehouses=())).quantity == 0


def test_each_location_gets_its_own_warehouses_and_the_whole_reservation_is_taken_off_at_each() -> None:
    settings = StockSettings(locations={"berlin": ("w0",), "bonn": ("w1", "w2")})
    goods = supply(5, 7, 1, reserved=2)
    assert [sellable(goods, settings, place).quantity for place in settings.places] == [3, 6]


def test_buffer_percentage_and_maximum_apply_in_this_order() -> None:
    settings = StockSettings(buffer=1, percentage=Decimal(50), maximum=3)
    assert sellable(supply(6), settings).quantity == 2
    assert sellable(supply(20), settings).quantity == 3


def test_half_a_piece_is_not_sold() -> None:
    assert sellable(supply(5), StockSettings(percentage=Decimal(50))).quantity == 2


def test_more_reserved_than_there_is_sells_nothing() -> None:
    assert sellable(supply(1, reserved=5), StockSettings()).quantity == 0


def test_a_merchant_may_ignore_reservations() -> None:
    assert sellable(supply(5, reserved=3), StockSettings(reservations=False)).quantity == 5


def test_fewer_pieces_than_the_minimum_are_told_as_none() -> None:
    assert sellable(supply(5), StockSettings(minimum=5)).quantity == 5
    assert sellable(supply(4), StockSettings(minimum=5)).quantity == 0


def test_a_correction_value_counts_only_where_it_is_asked_for() -> None:
    goods = Supply((Level("w0", Decimal(5)),), correction=Decimal(-2))
    assert sellable(goods, StockSettings()).quantity == 5
    assert sellable(goods, StockSettings(correction=True)).quantity == 3


def test_pseudo_stock_replaces_levels_and_orders_but_not_what_the_channel_keeps_back() -> None:
    goods = Supply((Level("w0", Decimal(5)),), Decimal(4), pseudo_stock=Decimal(50))
    assert sellable(goods, StockSettings()).quantity == 1
    assert sellable(goods, StockSettings(pseudo_stock=True, buffer=2, maximum=40)).quantity == 40
    settings = StockSettings(pseudo_stock=True, locations={"berlin": ("w0",), "bonn": ("w1",)})
    assert [sellable(goods, settings, place).quantity for place in settings.places] == [50, 50]


def test_pieces_the_sender_already_took_off_are_not_taken_off_twice() -> None:
    assert sellable(supply(5, reserved=3, covered=2), StockSettings()).quantity == 4


def test_an_inactive_article_is_not_sold() -> None:
    assert sellable(supply(5, active=False), StockSettings()).quantity == 0


def test_a_channel_is_never_told_more_than_its_field_can_hold() -> None:
    assert sellable(supply(10**12), StockSettings()).quantity == 2_000_000_000


numbers = st.integers(0, 10**6)


@given(st.lists(numbers, max_size=4), numbers, numbers, st.none() | numbers, st.decimals(0, 100, places=2))
def test_the_number_is_never_below_zero_nor_above_what_is_free(
    levels: list[int], reserved: int, buffer: int, maximum: int | None, percentage: Decimal
) -> None:
    settings = StockSettings(buffer=buffer, maximum=maximum, percentage=percentage)
    quantity = sellable(supply(*levels, reserved=reserved), settings).quantity
    assert 0 <= quantity <= max(sum(levels) - reserved - buffer, 0)
    assert maximum is None or quantity <= maximum


@given(numbers, numbers, numbers, numbers, st.booleans(), st.none() | st.booleans())
def test_no_piece_is_taken_off_twice_whichever_switches_are_on(
    level: int, open_pieces: int, known: int, covered: int, reservations: bool, open_orders: bool | None
) -> None:
    reserved, covered = open_pieces + known, min(covered, known)
    goods = Supply(
        (Level("w0", Decimal(level)),), Decimal(reserved), Decimal(covered), acknowledged=Decimal(known)
    )  # fmt: skip
    made = sellable(goods, StockSettings(reservations=reservations, open_orders=open_orders))
    takes_open = reservations if open_orders is None else open_orders
    expected = (known - covered if reservations else 0) + (open_pieces if takes_open else 0)
    assert made.subtracted == expected <= reserved


@given(st.lists(numbers, max_size=4), numbers, st.integers(1, 1000))
def test_one_more_reserved_piece_never_sells_more(levels: list[int], reserved: int, more: int) -> None:
    before = sellable(supply(*levels, reserved=reserved), StockSettings()).quantity
    assert sellable(supply(*levels, reserved=reserved + more), StockSettings()).quantity <= before


def level(meaning: Meaning, counted_at: datetime | None, quantity: int = 5) -> Level:
    return Level("w", Decimal(quantity), meaning, counted_at)


def test_orders_are_taken_off_already_only_when_every_stocked_level_says_so() -> None:
    assert horizon([level("available", TEN), level("available", NINE)]) == NINE
    assert horizon([level("available", TEN), level("physical", NINE)]) is None
    assert horizon([level("available", TEN), level("physical", NINE, 0)]) == TEN
    assert horizon([level("physical", TEN)]) is None
    assert horizon([]) is None


def test_the_explanation_names_every_term_that_changed_the_number() -> None:
    settings = StockSettings(buffer=2, percentage=Decimal(50), maximum=3)
    codes = [step.code for step in explain(supply(20, reserved=4, covered=1), settings)]
    assert codes == [
        "stock_step_level", "stock_step_base", "stock_step_reserved", "stock_step_covered", "stock_step_buffer",
        "stock_step_percentage", "stock_step_maximum", "stock_step_result",
    ]  # fmt: skip


def test_the_explanation_leaves_out_what_changed_nothing() -> None:
    assert [step.code for step in explain(supply(20), StockSettings())] == [
        "stock_step_level", "stock_step_base", "stock_step_result"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("goods", "settings", "code"),
    [
        (supply(), StockSettings(), "stock_step_no_level"),
        (supply(1, reserved=3), StockSettings(), "stock_step_below_zero"),
        (supply(1, active=False), StockSettings(), "stock_step_inactive"),
        (supply(1, reserved=1), StockSettings(reservations=False), "stock_step_reservations_ignored"),
        (supply(1, reserved=1), StockSettings(open_orders=False), "stock_step_only_acknowledged"),
        (supply(1, reserved=1), StockSettings(reservations=False, open_orders=True), "stock_step_only_open"),
        (supply(2), StockSettings(minimum=3), "stock_step_minimum"),
        (supply(2), StockSettings(pseudo_stock=True), "stock_step_no_pseudo"),
    ],
)
def test_the_explanation_says_why_nothing_or_everything_is_sold(
    goods: Supply, settings: StockSettings, code: str
) -> None:
    assert code in [step.code for step in explain(goods, settings)]


def test_the_explanation_ends_with_the_number_itself() -> None:
    goods, settings = supply(9, reserved=2), StockSettings(buffer=1)
    assert explain(goods, settings)[-1].params == {"quantity": str(sellable(goods, settings).quantity)}


def test_a_warehouse_belongs_to_one_location_only() -> None:
    with pytest.raises(ValidationError, match="one location only"):
        StockSettings(locations={"a": ("w0",), "b": ("w0",)})


def test_locations_and_a_list_of_warehouses_exclude_each_other() -> None:
    with pytest.raises(ValidationError, match="either warehouses or locations"):
        StockSettings(locations={"a": ("w0",)}, warehouses=("w1",))


def test_the_history_of_settings_names_what_changed() -> None:
    assert changes(StockSettings(), StockSettings(buffer=2, warehouses=("main",))) == {
        "buffer": ("0", "2"), "warehouses": ("–", "main")
    }  # fmt: skip
