"""Amounts, taxes, and the dates beside them."""

from datetime import UTC, datetime
from decimal import Decimal

from services.connectors.woocommerce import wire
from shared.contracts.money import Money
from shared.contracts.order import TaxLine

Rates = dict[int, wire.TaxRate]
"""The order's tax rates by their id; lines name only that."""


def money(amount: Decimal, currency: str) -> Money:
    return Money(amount=amount, currency=currency)


def taxes(raw: tuple[wire.LineTax, ...], rates: Rates, currency: str) -> tuple[TaxLine, ...]:
    found = []
    for one in raw:
        rate = rates.get(one.id)
        percent = rate.rate_percent if rate is not None and rate.rate_percent is not None else Decimal(0)
        label = rate.label if rate is not None else ""
        found.append(TaxLine(rate=percent / 100, amount=money(one.total, currency), title=label))
    return tuple(found)


def utc(moment: datetime) -> datetime:
    """The `_gmt` dates come without an offset."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
