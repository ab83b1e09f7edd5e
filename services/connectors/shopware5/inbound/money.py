"""What a position comes to, and its tax: inside the amount, beside it, or none."""

from decimal import Decimal

from services.connectors.shopware5 import wire
from shared.contracts.money import Money
from shared.contracts.order import TaxLine

HUNDRED = Decimal(100)
DIGITS = 6


def money(amount: Decimal, currency: str) -> Money:
    """The shop's numbers are floats: what lies beyond the sixth digit is their noise."""
    rounded = round(amount, DIGITS)
    return Money(amount=amount if amount == rounded else rounded, currency=currency)


def worth(raw: wire.Detail, currency: str) -> Money:
    """All pieces of a position in whole minor units, as the shop adds them up."""
    return money(raw.price * raw.quantity, currency).rounded()


def taxes(total: Money, percent: Decimal | None, order: wire.Order) -> tuple[TaxLine, ...]:
    """The tax of one amount by the order's way of counting; none where it is free of tax."""
    if order.tax_free or not percent:
        return ()
    whole = HUNDRED if order.net else HUNDRED + percent
    amount = Money(amount=total.amount * percent / whole, currency=total.currency).rounded()
    return (TaxLine(rate=percent / HUNDRED, amount=amount),)
