"""What was paid, and what was given back. The platform collects the money: what may be shipped is paid."""

from decimal import Decimal
from typing import Literal

from services.connectors.otto import wire
from services.connectors.otto.inbound.lines import worth
from services.connectors.otto.vocabulary import ItemState
from shared.contracts.money import Money
from shared.contracts.order import Payment, PaymentState, Refund, RefundedLine


def payment_state(raw: wire.Order, states: list[ItemState]) -> PaymentState:
    left = [state for state in states if state != "cancelled"]
    if not left:
        return "voided"
    if "announced" in left and set(left) != {"announced"}:
        return "partially_paid"
    if "announced" in left:
        return "unpaid" if raw.payment and raw.payment.method == "PREPAYMENT" else "unconfirmed"
    if set(left) == {"returned"}:
        return "refunded"
    reduced = any(one.type == "PARTIAL_REFUND" for one in raw.receipts)
    return "partially_refunded" if reduced or "returned" in left else "paid"


def payments(raw: wire.Order, states: list[ItemState], total: Money) -> tuple[Payment, ...]:
    """One payment of everything, where its method is named; nobody pays for what was cancelled as a whole."""
    if raw.payment is None or set(states) == {"cancelled"}:
        return ()
    state: Literal["paid", "pending"] = "pending" if "announced" in states else "paid"
    return (Payment(method=raw.payment.method, amount=total, state=state),)


def refunds(raw: wire.Order, states: list[ItemState]) -> tuple[Refund, ...]:
    """A piece that came back is paid back."""
    found = []
    for item, state in zip(raw.items, states, strict=True):
        if state == "returned":
            given_back = RefundedLine(line_external_id=item.id, quantity=Decimal(1), total=worth(item))
            found.append(
                Refund(
                    external_id=item.id,
                    refunded_at=item.returned_at or raw.changed_at,
                    total=given_back.total,
                    reason="RETURNED",
                    lines=(given_back,),
                )
            )
    return tuple(found)
