"""What was paid, and what was given back. The commission is between the shop and the operator: no part of an order."""

from collections.abc import Sequence
from decimal import Decimal

from services.connectors.mirakl import wire
from services.connectors.mirakl.inbound.money import money
from services.connectors.mirakl.vocabulary import PAYMENT_WORKFLOWS, WITHHELD
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.order import Payment, PaymentState, Refund, RefundedLine

PAID_STATES = ("paid", "partially_refunded", "refunded")


def payment_state(raw: wire.Order, refunds: Sequence[Refund], total: Money) -> PaymentState:
    paid = _paid(raw)
    if paid != "paid":
        return paid
    back = sum((one.total.amount for one in refunds), Decimal(0))
    if raw.fully_refunded or (back > 0 and back >= total.amount):
        return "refunded"
    return "partially_refunded" if back > 0 else "paid"


def _paid(raw: wire.Order) -> PaymentState:
    """Where nothing says when the customer pays, only the date on which he did is believed."""
    when = PAYMENT_WORKFLOWS.get(raw.payment_workflow)
    if when is None and raw.payment_workflow:
        word = raw.payment_workflow
        raise Untranslatable(
            f"The payment workflow {word} is unknown", code="unknown_word", field="payment_workflow", value=word
        )
    if raw.customer_debited_date is not None:
        return "paid"
    if raw.order_state in WITHHELD or raw.customer_directly_pays_seller:
        # Nobody but the shop itself will know when the money is there.
        return "unpaid"
    if when in ("before", "elsewhere"):
        return "paid"
    return "authorised" if when == "with shipment" else "unpaid" if when == "after" else "unconfirmed"


def payment_method(raw: wire.Order) -> str:
    """Older platforms fill the older of the two names."""
    return raw.payment_type or raw.old_payment_type


def payments(raw: wire.Order, state: PaymentState, total: Money) -> tuple[Payment, ...]:
    method = payment_method(raw)
    if not method or not total.amount:
        return ()
    how = "paid" if state in PAID_STATES else "authorised" if state == "authorised" else "pending"
    return (Payment(method=method, title=method, amount=total, state=how),)


def refunds(raw: wire.Order, *, included: bool) -> tuple[Refund, ...]:
    """One per refund of a line, whatever is left of its way to the customer; none of them lowers the order's total."""
    found = []
    for line in raw.order_lines:
        for one in line.refunds:
            goods, whole = _given_back(one, included)
            pieces = one.quantity or Decimal(0)
            part = RefundedLine(
                line_external_id=line.order_line_id, quantity=pieces, total=money(goods, raw.currency_iso_code)
            )
            found.append(
                Refund(
                    external_id=one.id,
                    refunded_at=one.created_date or raw.last_updated_date,
                    total=money(whole, raw.currency_iso_code),
                    reason=one.reason_code,
                    lines=(part,) if pieces else (),
                )
            )
    return tuple(found)


def _given_back(one: wire.Part, included: bool) -> tuple[Decimal, Decimal]:
    """For the goods, and with shipping: both with tax, as the customer gets it."""
    goods, shipping = one.amount or Decimal(0), one.shipping_amount or Decimal(0)
    if not included:
        goods += sum((tax.amount for tax in one.taxes), Decimal(0))
        shipping += sum((tax.amount for tax in one.shipping_taxes), Decimal(0))
    return goods, goods + shipping
