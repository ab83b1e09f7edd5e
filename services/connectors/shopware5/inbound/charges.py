"""Money that is no article: shipping, vouchers, discounts, surcharges, and rounding."""

from decimal import Decimal

from services.connectors.shopware5 import wire
from services.connectors.shopware5.inbound.money import HUNDRED, money, taxes, worth
from services.connectors.shopware5.vocabulary import MONEY_ONLY
from shared.contracts.order import Charge, TaxLine

HALF_A_CENT = Decimal("0.005")
ZERO = Decimal(0)


def charges(raw: wire.Order) -> tuple[Charge, ...]:
    """A position below zero is a discount, one above it a fee, whatever it is called."""
    rows = [one for one in raw.details if one.mode in MONEY_ONLY and one.price]
    return (*_shipping(raw), *(_extra(one, raw) for one in rows), *_rounding(raw))


def _extra(raw: wire.Detail, order: wire.Order) -> Charge:
    total = worth(raw, order.currency)
    return Charge(
        kind="discount" if total.amount < 0 else "fee",
        title=raw.article_name,
        code=raw.article_number,
        external_id=str(raw.id),
        total=total,
        taxes=taxes(total, raw.tax_rate, order),
    )


def _shipping(raw: wire.Order) -> tuple[Charge, ...]:
    """With and without tax are both told, so the tax is what lies between them."""
    if raw.dispatch is None and not raw.invoice_shipping:
        return ()
    told = raw.invoice_shipping_net if raw.net else raw.invoice_shipping
    tax = money(raw.invoice_shipping - raw.invoice_shipping_net, raw.currency)
    taxed = tax.amount and not raw.tax_free
    found = (TaxLine(rate=_rate(raw), amount=tax),) if taxed else ()
    title = raw.dispatch.name if raw.dispatch else ""
    return (Charge(kind="shipping", title=title, total=money(told, raw.currency), taxes=found),)


def _rate(raw: wire.Order) -> Decimal:
    """Old versions do not tell the rate: it is that of the positions which explains the tax, else what it comes to."""
    if raw.invoice_shipping_tax_rate:
        return raw.invoice_shipping_tax_rate / HUNDRED
    tax = raw.invoice_shipping - raw.invoice_shipping_net
    for percent in sorted({one.tax_rate for one in raw.details if one.tax_rate}, reverse=True):
        if abs(raw.invoice_shipping_net * percent / HUNDRED - tax) <= HALF_A_CENT * 2:
            return percent / HUNDRED
    return round(tax / raw.invoice_shipping_net, 4) if raw.invoice_shipping_net else ZERO


def _rounding(raw: wire.Order) -> tuple[Charge, ...]:
    """What the shop's total and the sum of its positions differ by, where tax is added to them and rounded another way.

    Nothing larger than rounding can be is taken for it: an order that does not add up stays one.
    """
    if not raw.net:
        return ()
    totals = [worth(one, raw.currency) for one in raw.details]
    summed = sum((one.amount for one in totals), ZERO) + raw.invoice_shipping_net
    for one, total in zip(raw.details, totals, strict=True):
        summed += sum((tax.amount.amount for tax in taxes(total, one.tax_rate, raw)), ZERO)
    if not raw.tax_free:
        summed += raw.invoice_shipping - raw.invoice_shipping_net
    difference = raw.invoice_amount - summed
    if not difference or abs(difference) > HALF_A_CENT * (len(raw.details) + 1):
        return ()
    return (Charge(kind="rounding", total=money(difference, raw.currency)),)
