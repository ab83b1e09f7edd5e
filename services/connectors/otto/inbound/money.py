"""Amounts with tax inside, and the tax in them."""

from decimal import Decimal

from services.connectors.otto import wire
from shared.contracts.errors import Untranslatable
from shared.contracts.money import Money
from shared.contracts.order import TaxLine

HUNDRED = Decimal(100)


def money(raw: wire.Amount, field: str) -> Money:
    """Raises Untranslatable for another currency than the platform's only one."""
    if raw.currency != "EUR":
        raise Untranslatable(
            f"The currency {raw.currency} is not expected", code="unknown_word", field=field, value=raw.currency
        )
    return Money(amount=raw.amount, currency=raw.currency)


def taxes(gross: Money, percent: Decimal) -> tuple[TaxLine, ...]:
    """The tax inside a gross amount."""
    inside = gross.amount * percent / (HUNDRED + percent)
    return (TaxLine(rate=percent / HUNDRED, amount=Money(amount=inside, currency=gross.currency).rounded()),)
