"""What an order bears of refunds: pieces that were shipped, and no cent more than is left."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.order_import.parcel_plan import Refused
from services.order_import.refund_book import MoneyBack
from services.order_import.refund_plan import check, open_money
from shared.contracts.order import Refund, RefundedLine
from shared.contracts.repayment import RepaidLine, mark
from tests.pure.order_import.samples import NOON, eur, line, order

ORDER = order("1001", line("KR-1", 3, external_id="1"), line("KR-2", external_id="2"))
SHIPPED = {"1": Decimal(2), "2": Decimal(1)}


def back(*lines: tuple[str, int, str], **differing: Any) -> MoneyBack:
    repaid = tuple(
        RepaidLine(line_external_id=id, quantity=Decimal(pieces), amount=Decimal(amount))
        for id, pieces, amount in lines
    )
    facts = {"id": uuid4(), "order_id": uuid4(), "reference": "G-1", "request_hash": "", "currency": "EUR"}
    return MoneyBack(**{**facts, "lines": repaid} | differing)


def refused(wish: MoneyBack, *known: MoneyBack, of: Any = ORDER) -> str:
    with pytest.raises(Refused) as refusal:
        check(of, SHIPPED, known, wish)
    return refusal.value.code


def test_shipped_pieces_shipping_and_goodwill_are_paid_back_together() -> None:
    wish = back(("1", 2, "10.00"), shipping=Decimal("4.90"), goodwill=Decimal("1.00"))
    check(ORDER, SHIPPED, (), wish)
    assert wish.total == eur("15.90")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (back(("1", 1, "1.00"), currency="CHF"), "refund_currency_other"),
        (back(("1", 1, "1.005")), "refund_amount_uneven"),
        (back(("1", 1, "0")), "refund_of_nothing"),
        (back(), "refund_of_nothing"),
        (back(("9", 1, "1.00")), "refund_line_unknown"),
        (back(("1", 3, "1.00")), "refund_exceeds_line"),
        (back(("1", 1, "1.00"), ("1", 2, "1.00")), "refund_exceeds_line"),
        (back(goodwill=ORDER.total.amount + Decimal("0.01")), "refund_exceeds_order"),
    ],
)
def test_what_the_order_cannot_bear_is_refused(wish: MoneyBack, code: str) -> None:
    assert refused(wish) == code


@pytest.mark.parametrize(
    ("state", "code", "counts"),
    [
        ("pending", "", True),
        ("blocked", "integration_mode_off", True),
        ("reported", "", True),
        ("failed", "refund_refused_by_shop", False),
        ("failed", "refund_unsure", True),
        ("failed", "retries_ended", True),
    ],
)
def test_what_may_have_been_paid_is_not_paid_a_second_time(state: Any, code: str, counts: bool) -> None:
    other = back(("2", 1, "0.00"), goodwill=ORDER.total.amount, state=state, code=code)
    assert open_money(ORDER, [other]).amount == (Decimal(0) if counts else ORDER.total.amount)
    if counts:
        assert refused(back(goodwill=Decimal("0.01")), other) == "refund_exceeds_order"
        assert refused(back(("2", 1, "0.01")), other) == "refund_exceeds_line"
    else:
        check(ORDER, SHIPPED, [other], back(("2", 1, "0.01")))


def test_a_refund_that_the_shop_shows_by_now_counts_once() -> None:
    mine = back(("1", 1, "5.00"), state="reported", external_id="R-7")
    late = back(("1", 1, "5.00"), state="pending")
    shown = [
        Refund(
            external_id=id, refunded_at=NOON, total=eur("5.00"), reason=reason,
            lines=(RefundedLine(line_external_id="1", quantity=Decimal(1), total=eur("5.00")),),
        )
        for id, reason in (("R-7", ""), ("R-8", f"Kulanz ({mark(late.id)})"))
    ]  # fmt: skip
    seen = ORDER.model_copy(update={"refunds": tuple(shown)})
    assert open_money(seen, [mine, late]) == ORDER.total - eur("10.00")
    assert refused(back(("1", 1, "1.00")), mine, late, of=seen) == "refund_exceeds_line"


def test_a_refund_that_is_sent_again_does_not_stand_in_its_own_way() -> None:
    mine = back(goodwill=ORDER.total.amount, state="failed", code="refund_unsure")
    check(ORDER, SHIPPED, [replace(mine)], mine)


def test_pieces_that_were_cancelled_before_shipping_are_not_pieces_paid_back() -> None:
    first = ORDER.line_items[0].model_copy(update={"cancelled_quantity": Decimal(1)})
    taken_off = Refund(
        external_id="R-1", refunded_at=NOON, total=eur("0"),
        lines=(RefundedLine(line_external_id="1", quantity=Decimal(1), total=eur("0")),),
    )  # fmt: skip
    seen = ORDER.model_copy(update={"refunds": (taken_off,), "line_items": (first, ORDER.line_items[1])})
    check(seen, SHIPPED, (), back(("1", 2, "2.00")))
