"""What an order bears of goods that came back: pieces that were sent, and that nobody has or expects yet."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.order_import.goods_plan import check
from services.order_import.parcel_plan import Refused
from services.order_import.return_book import Case, ReturnLine
from shared.contracts.returned import BroughtBack
from tests.pure.order_import.samples import NOON, line, order

ORDER = order("1001", line("KR-1", 3, external_id="1"), line("KR-2", external_id="2"))
SHIPPED = {"1": Decimal(2), "2": Decimal(1)}


def back(*lines: tuple[str, int]) -> tuple[BroughtBack, ...]:
    return tuple(BroughtBack(line_external_id=id, quantity=Decimal(pieces)) for id, pieces in lines)


def case(id: str, pieces: int, state: Any = "open") -> Case:
    lines = (ReturnLine(id, "KR-1", Decimal(pieces)),)
    return Case(uuid4(), uuid4(), 1, "returned", NOON, lines, state)


def refused(*cases: Case, lines: tuple[BroughtBack, ...]) -> tuple[str, str]:
    with pytest.raises(Refused) as refusal:
        check(ORDER, SHIPPED, cases, lines)
    return refusal.value.code, refusal.value.field


def test_what_was_sent_may_come_back_in_parts_and_for_different_reasons() -> None:
    check(ORDER, SHIPPED, (), back(("1", 1), ("1", 1), ("2", 1)))


def test_what_the_channel_itself_sent_may_come_back_too() -> None:
    sent = ORDER.line_items[0].model_copy(update={"fulfilled_quantity": Decimal(3)})
    check(ORDER.model_copy(update={"line_items": (sent, ORDER.line_items[1])}), {}, (), back(("1", 3)))


def test_a_line_that_is_not_there_is_refused_by_its_place() -> None:
    assert refused(lines=back(("1", 1), ("9", 1))) == ("returned_line_unknown", "lines.1")


@pytest.mark.parametrize("lines", [back(("1", 3)), back(("1", 2), ("1", 1)), back(("2", 2))])
def test_more_than_was_sent_is_refused(lines: tuple[BroughtBack, ...]) -> None:
    assert refused(lines=lines)[0] == "returned_exceeds_line"


def test_what_is_here_or_expected_by_a_case_does_not_come_a_second_time() -> None:
    for state in ("open", "received"):
        assert refused(case("1", 1, state), lines=back(("1", 2))) == ("returned_exceeds_line", "lines.0")
        check(ORDER, SHIPPED, (case("1", 1, state),), back(("1", 1)))
    check(ORDER, SHIPPED, (case("1", 2, "closed"),), back(("1", 2)))
