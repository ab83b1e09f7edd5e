"""What a new state of an order takes off it: asked for, too late, returned, or the echo of our own cancellation."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.order_import.alteration import alterations
from services.order_import.arrival import Arrival, arriving
from services.order_import.cancellation import CallOff, Cancellation, Holding, Part
from services.order_import.demand import Left, demand, outstanding
from services.order_import.upholding import upheld
from shared.contracts.order import LineItem, Order, Refund, RefundedLine, Return, ReturnedLine
from tests.pure.order_import.samples import NOON, eur, line, order

ZERO = Decimal(0)


def one_line(quantity: int, **differing: Any) -> Order:
    return order("1", line("KR-1", quantity, external_id="a", **differing))


def refunded(one: Order, pieces: int, *, name: str = "R-1", **more: Any) -> Order:
    row = RefundedLine(line_external_id="a", quantity=Decimal(pieces), total=eur("1.00"), **more)
    refund = Refund(external_id=name, refunded_at=NOON, total=eur("1.00"), lines=(row,))
    return one.model_copy(update={"refunds": (*one.refunds, refund)})


def arrive(
    before: Order, after: Order, shipped: int = 0, holding: Holding | None = None, *, handed_over: bool = True
) -> Arrival:
    numbers = [item.sku or "" for item in before.line_items]
    pieces = {"a": Decimal(shipped)} if shipped else {}
    return arriving(before, after, numbers, pieces, holding or Holding(), handed_over=handed_over)


def counts(parts: list[Part]) -> dict[str, Decimal]:
    return {part.line_external_id: part.quantity for part in parts}


def asked(pieces: int, *, state: Any = "asked") -> Cancellation:
    part = Part("a", Decimal(pieces), Decimal(pieces), sku="KR-1", article_number="KR-1")
    return Cancellation(uuid4(), uuid4(), 2, False, state, NOON, NOON, (part,))


def call_off(pieces: int, state: Any) -> CallOff:
    return CallOff(uuid4(), uuid4(), "S-1", "", False, "other", False, {"a": Decimal(pieces)}, state=state)


def test_nothing_is_asked_before_hand_over_and_pieces_open_are_asked_after_it() -> None:
    before, after = one_line(3), one_line(3, cancelled_quantity=Decimal(2))
    assert not arrive(before, after, handed_over=False)
    assert counts(arrive(before, after).asked) == {"a": 2}


def test_what_is_in_a_parcel_is_too_late_whether_handed_over_or_not() -> None:
    before, after = one_line(3), order("1", *one_line(3).line_items, state="cancelled")
    made = arrive(before, after, shipped=2)
    assert (counts(made.asked), counts(made.overtaken), made.whole) == ({"a": 1}, {"a": 2}, True)
    alone = arrive(before, after, shipped=2, handed_over=False)
    assert (counts(alone.asked), counts(alone.overtaken)) == ({}, {"a": 2})


def test_a_lowered_quantity_takes_open_pieces_before_shipped_ones() -> None:
    made = arrive(one_line(5), one_line(3), shipped=2)
    assert (counts(made.asked), counts(made.overtaken)) == ({"a": 2}, {})


def test_what_an_internal_system_called_off_itself_is_not_asked_for_again() -> None:
    for state in ("pending", "reported", "blocked"):
        holding = Holding(call_offs=(call_off(2, state),))
        made = arrive(one_line(3), one_line(3, cancelled_quantity=Decimal(3)), holding=holding)
        assert counts(made.asked) == {"a": 1}
        assert holding.call_offs[0].echoed == {"a": 2}
    failed = Holding(call_offs=(call_off(2, "failed"),))
    assert counts(arrive(one_line(3), one_line(3, cancelled_quantity=Decimal(3)), holding=failed).asked) == {"a": 3}


def test_marketplace_fulfilled_orders_ask_nobody() -> None:
    before = order("1", *one_line(3).line_items, fulfilled_by_channel=True)
    assert not arrive(before, order("1", *one_line(3).line_items, fulfilled_by_channel=True, state="cancelled"))


def test_pieces_refunded_after_shipping_come_back_and_those_cancelled_before_it_do_not() -> None:
    shipped = one_line(3, fulfilled_quantity=Decimal(3))
    assert counts(arrive(shipped, refunded(shipped, 2)).returned) == {"a": 2}
    open_order = one_line(3)
    taken = refunded(one_line(3, cancelled_quantity=Decimal(1)), 1)
    assert counts(arrive(open_order, taken, handed_over=False).returned) == {}


def test_a_shop_that_forgets_what_it_cancelled_on_completion_returns_nothing() -> None:
    cancelled = refunded(one_line(3, cancelled_quantity=Decimal(1)), 1)
    completed = cancelled.model_copy(
        update={"state": "completed", "line_items": one_line(3, fulfilled_quantity=Decimal(3)).line_items}
    )
    assert not arrive(cancelled, completed, shipped=2)
    assert counts(arrive(completed, refunded(completed, 2, name="R-2"), shipped=2).returned) == {"a": 2}


def test_a_line_the_shop_removed_is_still_there_while_it_is_held() -> None:
    after = order("1", line("KR-2", external_id="b"))
    counted, numbers = upheld(after, ("KR-2",), Holding((asked(2),)))
    assert [(one.external_id, outstanding(one, ZERO)) for one in counted.line_items] == [("b", 1), ("a", 2)]
    assert numbers == ("KR-2", "KR-1")


def test_an_order_is_cancelled_only_once_nobody_holds_any_of_it() -> None:
    cancelled = order("1", *one_line(2).line_items, state="cancelled")
    assert upheld(cancelled, ("KR-1",), Holding((asked(2),)))[0].state == "open"
    settled = asked(2)
    settled.decide("accepted", NOON, "erp")
    assert upheld(cancelled, ("KR-1",), Holding((settled,)))[0].state == "cancelled"
    off = replace(call_off(2, "reported"), whole=True)
    assert upheld(one_line(2), ("KR-1",), Holding((), (off,)))[0].state == "cancelled"
    assert upheld(one_line(2), ("KR-1",), Holding((), (replace(off, state="pending"),)))[0].state == "open"


@given(
    quantity=st.integers(1, 9), cancelled=st.integers(0, 9), shipped=st.integers(0, 9), whole=st.booleans(),
    removed=st.booleans(), handed_over=st.booleans(),
)  # fmt: skip
def test_every_piece_taken_off_is_asked_for_too_late_or_gone_and_never_two_of_them(
    quantity: int, cancelled: int, shipped: int, whole: bool, removed: bool, handed_over: bool
) -> None:
    cancelled, shipped = min(cancelled, quantity), min(shipped, quantity)
    before = order("1", line("KR-1", quantity, external_id="a"), line("KR-2", external_id="b"))
    changed: list[LineItem] = [line("KR-1", quantity, external_id="a", cancelled_quantity=Decimal(cancelled))]
    after = order("1", *([] if removed else changed), line("KR-2", external_id="b"))
    if whole:
        after = after.model_copy(update={"state": "cancelled"})
    gone = quantity if whole or removed else cancelled
    holding = Holding()
    made = arriving(before, after, ("KR-1", "KR-2"), {"a": Decimal(shipped)}, holding, handed_over=handed_over)
    ask, late = counts(made.asked).get("a", ZERO), counts(made.overtaken).get("a", ZERO)
    assert ask == (min(gone, quantity - shipped) if handed_over else 0)
    assert late == gone - min(gone, quantity - shipped)
    cancellations = []
    if made.asked:
        cancellations.append(replace(asked(1), parts=tuple(made.asked)))
    if made.overtaken:
        cancellations.append(replace(asked(1, state="overtaken"), parts=tuple(made.overtaken)))
    holding.cancellations = cancellations
    numbers = tuple(item.sku or "" for item in after.line_items)
    left = Left({"a": Decimal(shipped)})
    wanted = {one.line_external_id: one.quantity for one in demand(*upheld(after, numbers, holding), left)}
    still_wanted = quantity - shipped - (0 if handed_over else min(gone, quantity - shipped))
    assert wanted.get("a", ZERO) == still_wanted


def test_an_address_that_is_told_late_or_taken_away_has_been_changed_by_nobody() -> None:
    told = order("1", line("KR-1", 1, external_id="a"))
    withheld = told.model_copy(update={"billing_address": None, "shipping_address": None})
    assert alterations(withheld, told) == []
    assert alterations(told, withheld) == []


def test_changes_are_named_without_the_words_of_a_person() -> None:
    before = order("1", line("KR-1", 2, external_id="a"), line("KR-2", 1, external_id="b"))
    address = before.shipping_address
    assert address is not None
    after = order(
        "1", line("KR-1", 1, external_id="a"), line("KR-3", 1, external_id="c"), note="private",
        shipping_address=address.model_copy(update={"street": "Hidden 1", "city": "Bonn"}),
    )  # fmt: skip
    found = {one.code: one.params for one in alterations(before, after)}
    assert found == {
        "order_quantity_lowered": {"article": "KR-1", "before": "2", "after": "1"},
        "order_line_removed": {"article": "KR-2", "before": "1", "after": "0"},
        "order_line_added": {"article": "KR-3", "before": "0", "after": "1"},
        "order_shipping_address_changed": {"fields": "street, city"},
    }
    assert alterations(after, after) == []


def test_money_without_pieces_announces_no_goods_and_names_none() -> None:
    before = one_line(3, fulfilled_quantity=Decimal(3))
    after = refunded(before, 0)
    assert arrive(before, after, shipped=3).returned == []
    assert [(one.code, one.params["pieces"]) for one in alterations(before, after)] == [("order_refunded", "")]


def coming_back(one: Order, pieces: int, state: Any, *, name: str = "B-1") -> Order:
    back = Return(external_id=name, state=state, lines=(ReturnedLine(line_external_id="a", quantity=Decimal(pieces)),))
    return one.model_copy(update={"returns": (*[each for each in one.returns if each.external_id != name], back)})


def test_goods_come_back_once_the_shop_agrees_and_not_while_the_customer_only_asks() -> None:
    sent = one_line(3, fulfilled_quantity=Decimal(3))
    asked = coming_back(sent, 2, "requested")
    assert not arrive(sent, asked, shipped=3)
    assert counts(arrive(asked, coming_back(asked, 2, "open"), shipped=3).returned) == {"a": 2}
    assert not arrive(asked, coming_back(asked, 2, "ended"), shipped=3)
    opened = coming_back(sent, 2, "open")
    assert not arrive(opened, coming_back(opened, 2, "closed"), shipped=3)
    assert counts(arrive(opened, coming_back(opened, 1, "open", name="B-2"), shipped=3).returned) == {"a": 1}


def test_goods_paid_for_after_their_return_come_back_once() -> None:
    sent = one_line(3, fulfilled_quantity=Decimal(3))
    opened = coming_back(sent, 2, "open")
    paid = refunded(opened, 2).refunds[0].model_copy(update={"return_external_id": "B-1"})
    closed = coming_back(opened.model_copy(update={"refunds": (paid,)}), 2, "closed")
    assert not arrive(opened, closed, shipped=3)
    assert counts(arrive(sent, closed, shipped=3).returned) == {"a": 2}
    beside = closed.model_copy(update={"refunds": (paid, refunded(sent, 1, name="R-9").refunds[0])})
    assert counts(arrive(closed, beside, shipped=3).returned) == {"a": 1}


def test_a_return_of_what_never_left_is_no_return() -> None:
    assert not arrive(one_line(3), coming_back(one_line(3), 2, "open"))


def ours(one: Order, pieces: int, *, name: str = "B-1") -> Order:
    told = coming_back(one, pieces, "closed", name=name)
    mine = [each.model_copy(update={"ours": each.external_id == name}) for each in told.returns]
    return told.model_copy(update={"returns": tuple(mine)})


def test_goods_that_we_told_of_ourselves_are_expected_by_nobody() -> None:
    sent = one_line(3, fulfilled_quantity=Decimal(3))
    told = ours(sent, 2)
    assert not arrive(sent, told, shipped=3)
    paid = refunded(told, 2).refunds[0].model_copy(update={"return_external_id": "B-1"})
    assert not arrive(told, told.model_copy(update={"refunds": (paid,)}), shipped=3)


def test_what_is_here_already_cannot_come_a_second_time() -> None:
    told = ours(one_line(3, fulfilled_quantity=Decimal(3)), 2)
    assert counts(arrive(told, coming_back(told, 3, "open", name="B-2"), shipped=3).returned) == {"a": 1}
    assert counts(arrive(told, refunded(told, 3), shipped=3).returned) == {"a": 1}
