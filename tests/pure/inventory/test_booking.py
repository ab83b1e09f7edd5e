"""Which level a shipment still has to be taken off."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from services.inventory.booking import leaves_from, lowers, moves
from services.inventory.sellable import Level, Meaning

NOON = datetime(2025, 11, 24, 12, tzinfo=UTC)
BEFORE, AFTER = NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)


def counted(meaning: Meaning = "physical", when: datetime | None = NOON, name: str = "w", quantity: int = 5) -> Level:
    return Level(name, Decimal(quantity), meaning, when)


def test_a_shipment_after_the_count_lowers_the_level() -> None:
    assert lowers(AFTER, None, counted())


def test_a_shipment_before_or_at_the_count_is_in_it_already() -> None:
    assert not lowers(BEFORE, None, counted())
    assert not lowers(NOON, None, counted())


def test_an_available_level_never_held_the_pieces_of_an_order_acknowledged_before() -> None:
    assert not lowers(AFTER, BEFORE, counted("available"))
    assert lowers(AFTER, NOON, counted("available"))
    assert lowers(AFTER, None, counted("available"))
    assert lowers(AFTER, BEFORE, counted("physical"))


def test_a_level_that_was_never_counted_takes_everything() -> None:
    assert lowers(BEFORE, None, counted(when=None))
    assert moves(BEFORE, counted(when=None))


def test_a_movement_before_the_count_is_in_it_already() -> None:
    assert not moves(NOON, counted())
    assert moves(AFTER, counted())


def test_a_shipment_leaves_the_warehouse_the_merchant_named() -> None:
    assert leaves_from([counted(name="big", quantity=9)], AFTER, None, "small") == "small"


def test_without_a_name_it_leaves_where_most_lies_and_no_count_shows_it_yet() -> None:
    big, small = counted(name="big", quantity=9), counted(name="small", quantity=1)
    assert leaves_from([big, small], AFTER, None, None) == "big"
    recounted = counted(name="big", quantity=9, when=AFTER)
    assert leaves_from([recounted, small], AFTER, None, None) == "small"


def test_an_article_that_lies_nowhere_leaves_from_nowhere() -> None:
    assert leaves_from([], AFTER, None, None) == ""
