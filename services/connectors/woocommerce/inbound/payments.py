"""What was paid, and what was given back."""

from decimal import Decimal

from services.connectors.woocommerce import wire
from services.connectors.woocommerce.inbound.money import money, utc
from shared.contracts.order import Payment, PaymentState, Refund, RefundedLine


def payment_state(raw: wire.Order) -> PaymentState:
    given_back = sum((one.amount for one in raw.refunds), Decimal(0))
    if raw.status == "refunded":
        return "refunded"
    if given_back > 0:
        return "refunded" if given_back >= raw.total else "partially_refunded"
    if raw.date_paid_gmt is not None:
        return "paid"
    # Cash on delivery is processed unpaid; "completed" without a payment date is a plugin's doing: nobody knows.
    return "unconfirmed" if raw.status == "completed" and raw.total > 0 else "unpaid"


def payments(raw: wire.Order) -> list[Payment]:
    """Redeemed gift cards have lowered the total already; the rest was or will be paid in one way."""
    found = [
        Payment(method="gift_card", title=one.code, amount=money(one.amount, raw.currency), deducted=True)
        for one in raw.gift_cards
    ]
    if raw.total > 0 and raw.payment_method:
        found.append(
            Payment(
                method=raw.payment_method,
                title=raw.payment_method_title,
                amount=money(raw.total, raw.currency).rounded(),
                state="paid" if raw.date_paid_gmt else "failed" if raw.status == "failed" else "pending",
                external_id=raw.transaction_id or "",
            )
        )
    return found


def refund(raw: wire.Refund, order: wire.Order) -> Refund:
    """Quantities and amounts come negative; a line names its original only in its meta data."""
    lines = []
    for one in raw.line_items:
        original = next((meta.value for meta in one.meta_data if meta.key == "_refunded_item_id"), None)
        if original is not None:
            lines.append(
                RefundedLine(
                    line_external_id=str(original),
                    quantity=abs(one.quantity),
                    total=money(abs(one.total) + abs(one.total_tax), order.currency),
                )
            )
    return Refund(
        external_id=str(raw.id),
        refunded_at=utc(raw.date_created_gmt or order.date_modified_gmt or order.date_created_gmt),
        total=money(raw.amount, order.currency),
        reason=raw.reason or "",
        lines=tuple(lines),
    )
