"""Amounts and taxes. Rates are percentages; where a rate is missing, the amount tells it."""

from collections.abc import Iterable
from decimal import Decimal

from services.connectors.mirakl import wire
from shared.contracts.money import Money
from shared.contracts.order import TaxLine

FRACTION = Decimal("0.0001")


def money(amount: Decimal, currency: str) -> Money:
    return Money(amount=amount, currency=currency)


def taxes(raw: Iterable[wire.Tax], base: Decimal, currency: str, *, included: bool) -> tuple[TaxLine, ...]:
    """Several taxes may lie on one amount, each on what is left when all of them are taken off."""
    rows = tuple(raw)
    net = base - sum((one.amount for one in rows), Decimal(0)) if included else base
    found = []
    for one in rows:
        told = one.rate / 100 if one.rate is not None else (one.amount / net).quantize(FRACTION) if net else Decimal(0)
        found.append(TaxLine(rate=told, amount=money(one.amount, currency), title=one.code))
    return tuple(found)


def merged(found: Iterable[TaxLine], currency: str) -> tuple[TaxLine, ...]:
    """The same tax on several amounts as one."""
    sums: dict[tuple[str, Decimal], Decimal] = {}
    for one in found:
        key = (one.title, one.rate)
        sums[key] = sums.get(key, Decimal(0)) + one.amount.amount
    return tuple(TaxLine(rate=rate, amount=money(sum_, currency), title=title) for (title, rate), sum_ in sums.items())
