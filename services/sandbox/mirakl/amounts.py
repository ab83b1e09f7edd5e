"""How Mirakl counts money: per line, with or without tax in it as the order's tax mode says, tax beside it by code."""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal(0)
CODES = {Decimal("0.19"): "DE_STANDARD", Decimal("0.07"): "DE_REDUCED"}


@dataclass(frozen=True)
class Priced:
    """An amount as the order states it, and the tax in it or beside it."""

    amount: Decimal
    tax: Decimal = ZERO
    rate: Decimal = ZERO

    def taxes(self, *, rule: bool = True) -> list[dict[str, Any]]:
        if self.rate not in CODES:
            return []
        row = {"amount": self.tax, "code": CODES[self.rate], "rate": self.rate * 100}
        return [row | ({"tax_calculation_rule": "PROPORTIONAL_TO_AMOUNT"} if rule else {})]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def priced(amount: Decimal, rate: Decimal, mode: str, given: str) -> Priced:
    """`given` says what `amount` is: "gross", "net", or "untaxed" (gross of goods that are sold without tax)."""
    if given == "net":
        return Priced(cents(amount), cents(amount * rate), rate)
    net = cents(amount / (1 + rate))
    if given == "untaxed":
        return Priced(net)
    gross = cents(amount)
    return Priced(net if mode == "TAX_EXCLUDED" else gross, gross - net, rate)


def spread(amount: Decimal, over: list[Decimal]) -> list[Decimal]:
    """Shares of `amount` in whole cents, proportional to `over`; what is left over goes to the first of the largest."""
    whole = sum(over, ZERO)
    if not whole:
        return [amount, *[ZERO] * (len(over) - 1)]
    shares = [(amount * part / whole).quantize(CENT, ROUND_DOWN) for part in over]
    shares[over.index(max(over))] += amount - sum(shares, ZERO)
    return shares


def share(amount: Decimal, pieces: int, of: int) -> Decimal:
    return cents(amount * pieces / of) if of else amount
