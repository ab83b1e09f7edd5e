"""Amounts as this platform writes them: unpadded decimal text, always in the shop's and in the buyer's currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

Bag = dict[str, Any]
"""A MoneyBag: shopMoney and presentmentMoney. Never changed in place, so orders may share one."""

ZERO = Decimal(0)
CENT = Decimal("0.01")
_DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3, "TND": 3}


def quantum(currency: str) -> Decimal:
    """The smallest amount of a currency."""
    return Decimal(1).scaleb(-_DIGITS.get(currency, 2))


def text(value: Decimal) -> str:
    """`Decimal('10.00')` becomes `10.0`, `59.89` stays: at least one decimal, no padding."""
    plain = f"{value:f}"
    if "." not in plain:
        return plain + ".0"
    plain = plain.rstrip("0")
    return plain + "0" if plain.endswith(".") else plain


@dataclass(frozen=True)
class Purse:
    """The two currencies of one order; `rate` turns a shop amount into what the buyer saw."""

    currency: str
    presentment: str
    rate: Decimal = Decimal(1)

    def round(self, value: Decimal) -> Decimal:
        return value.quantize(quantum(self.currency), ROUND_HALF_UP)

    def shown(self, value: Decimal) -> Decimal:
        """The presentment amount of a shop amount, rounded by itself: converted amounts do not add up."""
        return (value * self.rate).quantize(quantum(self.presentment), ROUND_HALF_UP)

    def bag(self, value: Decimal) -> Bag:
        return {
            "shopMoney": {"amount": text(value), "currencyCode": self.currency},
            "presentmentMoney": {"amount": text(self.shown(value)), "currencyCode": self.presentment},
        }


def amount(bag: Bag | None) -> Decimal:
    """The shop amount of a MoneyBag; nothing counts as zero."""
    return Decimal(bag["shopMoney"]["amount"]) if bag else ZERO


def included_tax(value: Decimal, rate: Decimal, purse: Purse, included: bool) -> Decimal:
    """The tax in (`included`) or on top of an amount."""
    return purse.round(value * rate / (1 + rate) if included else value * rate)


def share(value: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
    """Splits an amount over weights to the last unit; what rounding leaves over goes to the largest weights."""
    total = sum(weights, ZERO)
    if not total:
        return [ZERO for _ in weights]
    parts = [(value * weight / total).quantize(unit, ROUND_DOWN) for weight in weights]
    left = value - sum(parts, ZERO)
    for place in sorted(range(len(parts)), key=lambda index: weights[index], reverse=True):
        if not left:
            break
        parts[place] += unit
        left -= unit
    return parts
