"""What was paid, and what came back. The platform collects the money and does not say how: what may be sent is paid."""

from decimal import Decimal

from services.connectors.kaufland import wire
from services.connectors.kaufland.inbound.money import money
from services.connectors.kaufland.vocabulary import UnitState
from shared.contracts.order import PaymentState, Refund, RefundedLine


def payment_state(states: list[UnitState]) -> PaymentState:
    left = [state for state in states if state != "cancelled"]
    if not left:
        return "voided"
    if "waiting" in left:
        return "unconfirmed" if set(left) == {"waiting"} else "partially_paid"
    if "returned" in left:
        return "refunded" if set(left) == {"returned"} else "partially_refunded"
    return "paid"


def refunds(raw: wire.Order, states: list[UnitState]) -> tuple[Refund, ...]:
    """A piece that came back is paid back; parts of a price given back are not told with the order."""
    found = []
    for unit, state in zip(raw.order_units, states, strict=True):
        if state == "returned":
            id = str(unit.id_order_unit)
            total = money(unit.price, unit.currency)
            given_back = RefundedLine(line_external_id=id, quantity=Decimal(1), total=total)
            reason = unit.return_unit.reason if unit.return_unit else ""
            refund = Refund(
                external_id=id,
                refunded_at=unit.ts_updated_iso,
                total=total,
                reason=reason or unit.status,
                lines=(given_back,),
                return_external_id=str(unit.return_unit.id_return_unit) if unit.return_unit else "",
            )
            found.append(refund)
    return tuple(found)
