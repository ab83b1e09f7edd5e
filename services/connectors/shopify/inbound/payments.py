"""What was paid, what is only promised, and what was given back."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from services.connectors.shopify import wire
from services.connectors.shopify.inbound.money import money
from services.connectors.shopify.inbound.words import known
from services.connectors.shopify.vocabulary import NEVER_LEFT, PAYMENT_KINDS, PAYMENT_STEPS
from shared.contracts.money import Money
from shared.contracts.order import Payment, Refund, RefundedLine


def payments(raw: Sequence[wire.Transaction]) -> tuple[Payment, ...]:
    """One payment per transaction that moved money, and per gateway what is still authorised or awaited beyond that.

    A redeemed gift card is a payment like any other: the order's total is not lowered by it.
    """
    steps = [
        (
            one,
            known(PAYMENT_KINDS, one.kind, "transactions.kind"),
            known(PAYMENT_STEPS, one.status, "transactions.status"),
        )
        for one in raw
    ]
    taken = [one for one, kind, step in steps if kind == "money" and step == "done"]
    promised = [one for one, kind, step in steps if kind == "promise" and step == "done"]
    awaited = [one for one, kind, step in steps if kind != "ignored" and step == "open"]
    paid = [Payment(amount=money(one.amount_set), state="paid", **_words(one)) for one in taken]
    return (*paid, *_rest(promised, taken, "authorised"), *_rest(awaited, taken, "pending"))


def _rest(asked: Sequence[wire.Transaction], taken: Sequence[wire.Transaction], state: str) -> Iterator[Payment]:
    """What a gateway has promised and not yet paid; a capture follows its authorisation as a transaction of its own."""
    for gateway in dict.fromkeys(one.gateway for one in asked):
        mine = [one for one in asked if one.gateway == gateway]
        left = _sum(mine) - _sum([one for one in taken if one.gateway == gateway])
        if left > 0:
            currency = mine[0].amount_set.shop_money.currency_code
            yield Payment.model_validate({"amount": Money.of(left, currency), "state": state} | _words(mine[0]))


def _sum(rows: Sequence[wire.Transaction]) -> Decimal:
    return sum((one.amount_set.shop_money.amount for one in rows), Decimal(0))


def _words(one: wire.Transaction) -> dict[str, str]:
    return {"method": one.gateway or "", "title": one.formatted_gateway or "", "external_id": one.id}


def refunds(raw: wire.Order) -> tuple[Refund, ...]:
    """Money given back, and goods that came back. Pieces taken off before anything was paid back are no refund."""
    paid_for = {refund.id: one.id for one in raw.returns for refund in one.refunds}
    return tuple(_refund(one, raw.taxes_included, paid_for.get(one.id, "")) for one in raw.refunds if _gives_back(one))


def _gives_back(one: wire.Refund) -> bool:
    cancelled = [known(NEVER_LEFT, line.restock_type, "refunds.restockType") for line in one.refund_line_items]
    return one.total_refunded_set.shop_money.amount != 0 or not all(cancelled)


def _refund(one: wire.Refund, taxes_included: bool, return_id: str) -> Refund:
    return Refund(
        external_id=one.id,
        refunded_at=one.processed_at,
        total=money(one.total_refunded_set),
        reason=one.note or "",
        lines=tuple(
            RefundedLine(
                line_external_id=line.line_item.id,
                quantity=Decimal(line.quantity),
                total=money(line.subtotal_set) if taxes_included
                else money(line.subtotal_set) + money(line.total_tax_set),
                restocked=line.restocked,
            )
            for line in one.refund_line_items
        ),
        return_external_id=return_id,
    )  # fmt: skip
