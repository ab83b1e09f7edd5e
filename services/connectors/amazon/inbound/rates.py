"""Which rate a tax comes from: no order tells it, and a few cents of tax fit many rates."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from services.connectors.amazon.vocabulary import TAX_RATES

HUNDRED = Decimal(100)
HALF, FOUR_DIGITS = Decimal("0.005"), Decimal("0.0001")
ROUNDED_BY_PIECE = Decimal("0.001")
"""So far off may a rate be where each of many pieces was rounded by itself."""


@dataclass
class Rates:
    """Rates as fractions. Those of the country come first, then those that larger amounts of the order have shown."""

    cent: Decimal
    known: list[Decimal] = field(default_factory=list)

    @staticmethod
    def of(country: str, amounts: Sequence[tuple[Decimal, Decimal]], cent: Decimal) -> "Rates":
        """`amounts` are net amounts with their tax."""
        found = Rates(cent, [Decimal(percent) / HUNDRED for percent in TAX_RATES.get(country, ())])
        for net, tax in sorted(amounts, reverse=True):
            if tax:
                found.find(net, tax)
        return found

    def find(self, net: Decimal, tax: Decimal) -> Decimal:
        """The rate by which this tax comes out of this net amount, within two of the smallest coins."""
        if net <= 0 or tax < 0:
            return Decimal(0)
        exact = tax / net
        fitting = [rate for rate in self.known if self._fits(rate, exact, net)]
        if fitting:
            return min(fitting, key=lambda rate: abs(rate - exact))
        nearest = (exact / HALF).quantize(Decimal(1), ROUND_HALF_UP) * HALF
        rate = nearest if nearest and self._fits(nearest, exact, net) else exact.quantize(FOUR_DIGITS)
        self.known.append(rate)
        return rate

    def _fits(self, rate: Decimal, exact: Decimal, net: Decimal) -> bool:
        return abs(rate - exact) * net <= 2 * self.cent or abs(rate - exact) <= ROUNDED_BY_PIECE
