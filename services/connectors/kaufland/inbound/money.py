"""Whole minor units as exact amounts, and the tax inside them."""

from decimal import Decimal

from shared.contracts.money import Money, minor_unit
from shared.contracts.order import TaxLine

HUNDRED = Decimal(100)


def money(minor: Decimal, currency: str) -> Money:
    """1999 of EUR is 19.99: shifted, never divided, so nothing rounds."""
    return Money(amount=minor * minor_unit(currency), currency=currency)


def taxes(gross: Money, percent: Decimal | None, *, by_channel: bool) -> tuple[TaxLine, ...]:
    """The tax inside a gross amount; none where the platform leaves the rate to the seller's own rules."""
    if percent is None:
        return ()
    inside = gross.amount * percent / (HUNDRED + percent)
    amount = Money(amount=inside, currency=gross.currency).rounded()
    return (TaxLine(rate=percent / HUNDRED, amount=amount, remitted_by_channel=by_channel),)
