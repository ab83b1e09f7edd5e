"""Goods that come back and money that was given back: an order does not tell them, reports do."""

from datetime import UTC
from decimal import Decimal

from services.connectors.amazon import wire
from shared.contracts.money import Money
from shared.contracts.order import PaymentState, Refund, RefundedLine, Return, ReturnedLine


def returns(raw: wire.Order) -> tuple[Return, ...]:
    """Each return once, in the state that was told last."""
    items = {item.order_item_id for item in raw.order_items}
    newest: dict[str, dict[str, wire.Returned]] = {}
    for one in raw.beside:
        if isinstance(one, wire.Returned) and one.line in items:
            newest.setdefault(one.id, {})[one.line] = one
    return tuple(_return(id, list(lines.values())) for id, lines in newest.items())


def _return(id: str, lines: list[wire.Returned]) -> Return:
    return Return(
        external_id=id,
        state=lines[-1].state,
        lines=tuple(ReturnedLine(line_external_id=one.line, quantity=Decimal(one.quantity)) for one in lines),
    )


def repaid(state: PaymentState, given_back: tuple[Refund, ...], total: Money) -> PaymentState:
    """The state of a payment of which money was given back."""
    if state != "paid" or not given_back:
        return state
    whole = sum((one.total.amount for one in given_back), Decimal(0)) >= total.amount
    return "refunded" if whole else "partially_refunded"


def refunds(raw: wire.Order) -> tuple[Refund, ...]:
    """Money only: which goods come back for it, the returns tell."""
    items = {item.order_item_id for item in raw.order_items}
    return tuple(
        Refund(
            external_id=one.id,
            refunded_at=one.at.astimezone(UTC),
            total=Money.of(one.amount, one.currency),
            lines=tuple(
                RefundedLine(
                    line_external_id=line.line,
                    quantity=Decimal(0),
                    total=Money.of(line.amount, one.currency),
                )
                for line in one.lines
                if line.line in items
            ),
        )
        for one in raw.beside
        if isinstance(one, wire.PaidBack)
    )
