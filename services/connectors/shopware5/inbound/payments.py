"""How it was paid. The shop has one way of payment for an order and one state of it, and no amounts: that something was
given back is told by the state, how much is not."""

from services.connectors.shopware5 import wire
from services.connectors.shopware5.inbound.money import money
from services.connectors.shopware5.inbound.words import known
from services.connectors.shopware5.vocabulary import CREDITED, PAYMENT_STATES, PAYMENTS
from shared.contracts.order import OrderState, Payment, PaymentState


def payment_state(raw: wire.Order, state: OrderState) -> PaymentState:
    """Of an order that was cancelled everything is given back."""
    if raw.payment_status_id == CREDITED and state == "cancelled":
        return "refunded"
    return known(PAYMENT_STATES, raw.payment_status_id, "paymentStatusId")


def payments(raw: wire.Order, state: OrderState) -> tuple[Payment, ...]:
    if raw.payment is None:
        return ()
    return (
        Payment(
            method=raw.payment.name,
            title=raw.payment.description,
            amount=money(raw.invoice_amount, raw.currency),
            state=PAYMENTS.get(payment_state(raw, state), "pending"),
            external_id=raw.transaction_id,
        ),
    )
