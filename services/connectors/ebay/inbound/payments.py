"""What was paid, and what came back: some of it stands at the order, some at its lines, some at both."""

from decimal import Decimal

from services.connectors.ebay import wire
from services.connectors.ebay.inbound.money import money
from services.connectors.ebay.vocabulary import OF_BOTH, PAYMENT_STATES, PAYMENTS, REFUND_FAILED
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.money import total as sum_of
from shared.contracts.order import Payment, PaymentState, Refund, RefundedLine


def payment_state(raw: wire.Order) -> PaymentState:
    """Of an order that was paid, PENDING and FAILED speak of a refund: it is paid until that has come to an end. Raises
    Untranslatable for a word that is not in the vocabulary."""
    if raw.order_payment_status in OF_BOTH and any(
        PAYMENTS.get(one.payment_status) == "paid" for one in raw.payment_summary.payments
    ):
        return "paid"
    state = PAYMENT_STATES.get(raw.order_payment_status)
    if state is None:
        word = raw.order_payment_status
        said = f"The payment status {word} is unknown"
        raise Untranslatable(said, code="unknown_word", field="orderPaymentStatus", value=word)
    return state


def payments(raw: wire.Order, currency: str) -> tuple[Payment, ...]:
    """eBay collects the money: a payment says EBAY, and not how the buyer paid. One in another currency than the
    order's is left out, it is part of no sum."""
    found = []
    for one in raw.payment_summary.payments:
        amount = one.amount
        if amount is not None and currency in (amount.currency, amount.converted_from_currency):
            state = PAYMENTS.get(one.payment_status, "pending")
            paid = money(amount, currency)
            found.append(
                Payment(method=one.payment_method, amount=paid, state=state, external_id=one.payment_reference_id)
            )
    return tuple(found)


def refunds(raw: wire.Order, currency: str) -> tuple[Refund, ...]:
    """Each refund once, with its lines where these are told."""
    lines: dict[str, list[RefundedLine]] = {}
    dates = {}
    for line in raw.line_items:
        for place, one in enumerate(line.refunds):
            id = one.refund_id or f"{line.line_item_id}-{place + 1}"
            lines.setdefault(id, []).append(_of_line(line, money(one.amount, currency)))
            dates[id] = one.refund_date or raw.last_modified_date
    found = []
    for place, whole in enumerate(raw.payment_summary.refunds):
        id = whole.refund_id or f"{raw.order_id}-{place + 1}"
        own = tuple(lines.pop(id, ()))
        if whole.refund_status != REFUND_FAILED:
            at = whole.refund_date or raw.last_modified_date
            found.append(Refund(external_id=id, refunded_at=at, total=money(whole.amount, currency), lines=own))
    for id, own_lines in lines.items():
        total = sum_of((one.total for one in own_lines), currency)
        found.append(Refund(external_id=id, refunded_at=dates[id], total=total, lines=tuple(own_lines)))
    return tuple(sorted(found, key=lambda one: (one.refunded_at, one.external_id)))


def _of_line(line: wire.LineItem, total: Money) -> RefundedLine:
    """eBay tells money and no pieces: all of them where all of the line's money came back."""
    paid = line.discounted_line_item_cost or line.line_item_cost
    whole = total.amount >= money(paid, total.currency).amount
    return RefundedLine(
        line_external_id=line.line_item_id, quantity=Decimal(line.quantity) if whole else Decimal(0), total=total
    )
