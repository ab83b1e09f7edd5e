"""Amounts and taxes. The shop's numbers are floats: what lies beyond the sixth digit is their noise."""

from decimal import Decimal

from services.connectors.shopware6 import wire
from shared.contracts.money import Money
from shared.contracts.order import TaxLine

DIGITS = 6


def money(amount: Decimal, currency: str) -> Money:
    rounded = round(amount, DIGITS)
    return Money(amount=amount if amount == rounded else rounded, currency=currency)


def taxes(price: wire.Price, currency: str) -> tuple[TaxLine, ...]:
    return tuple(TaxLine(rate=one.tax_rate / 100, amount=money(one.tax, currency)) for one in price.calculated_taxes)


def tax_of(price: wire.Price) -> Decimal:
    return sum((one.tax for one in price.calculated_taxes), Decimal(0))
