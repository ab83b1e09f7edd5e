"""What was paid, and what was given back. A transaction is an attempt to pay: a cancelled one was replaced."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from services.connectors.shopware6 import wire
from services.connectors.shopware6.inbound.money import money
from services.connectors.shopware6.inbound.words import known, name
from services.connectors.shopware6.vocabulary import GIVEN_UP, PAID, PAYMENT_STATES, REFUNDED
from shared.contracts.order import Payment, PaymentState, Refund, RefundedLine

FIELD = "transactions.stateMachineState.technicalName"
EVER = datetime.min.replace(tzinfo=UTC)
CENT = Decimal("0.01")


def current(raw: wire.Order) -> wire.Transaction | None:
    """The attempt that counts: the shop's own choice (from 6.7 on), else the newest that was not given up."""
    for one in raw.transactions:
        if one.id == raw.primary_order_transaction_id:
            return one
    newest = sorted(raw.transactions, key=lambda one: one.created_at or EVER, reverse=True)
    return next((one for one in newest if _word(one) not in GIVEN_UP), next(iter(newest), None))


def payment_state(raw: wire.Order) -> PaymentState:
    """An order edited after it was paid keeps the old transaction: then it is paid only in part."""
    for one in raw.transactions:
        known(PAYMENT_STATES, _word(one), FIELD)
    chosen = current(raw)
    if chosen is None:
        return "paid" if not raw.amount_total else "unconfirmed"
    state = PAYMENT_STATES[_word(chosen)]
    got = sum((one.amount.total_price for one in raw.transactions if _word(one) in PAID), Decimal(0))
    return "partially_paid" if state == "paid" and raw.amount_total - got >= CENT else state


def payments(raw: wire.Order) -> tuple[Payment, ...]:
    """Every attempt that still counts, with the amount it was made for."""
    return tuple(
        Payment(
            method=method_key(one.payment_method),
            title="" if one.payment_method is None else name(one.payment_method),
            amount=money(one.amount.total_price, raw.currency.iso_code),
            state=_state(_word(one)),
            external_id=one.id,
        )
        for one in raw.transactions
        if _word(one) not in GIVEN_UP
    )


def refunds(raw: wire.Order) -> tuple[Refund, ...]:
    """As a payment app records them; without one the shop knows only that a transaction was refunded as a whole."""
    found = []
    for one in raw.transactions:
        done = [
            refund
            for capture in one.captures
            for refund in capture.refunds
            if refund.state_machine_state.technical_name == REFUNDED
        ]
        found += [_refund(refund, raw) for refund in done]
        if not done and _word(one) == "refunded":
            at = one.updated_at or one.created_at or raw.created_at
            found.append(
                Refund(external_id=one.id, refunded_at=at, total=money(one.amount.total_price, raw.currency.iso_code))
            )
    return tuple(found)


def _refund(raw: wire.CaptureRefund, order: wire.Order) -> Refund:
    currency = order.currency.iso_code
    return Refund(
        external_id=raw.id,
        refunded_at=raw.created_at or order.created_at,
        total=money(raw.amount.total_price, currency),
        reason=raw.reason or "",
        lines=tuple(
            RefundedLine(
                line_external_id=one.order_line_item_id,
                quantity=one.quantity,
                total=money(one.amount.total_price, currency),
            )
            for one in raw.positions
        ),
    )


def method_key(method: wire.Method | None) -> str:
    """A name that merchants cannot change; before 6.7 only the payment's handler has one."""
    if method is None:
        return ""
    return method.technical_name or method.formatted_handler_identifier or method.id


def _word(one: wire.Transaction) -> str:
    return one.state_machine_state.technical_name


def _state(word: str) -> Literal["paid", "authorised", "pending"]:
    return "paid" if word in PAID else "authorised" if word == "authorized" else "pending"
