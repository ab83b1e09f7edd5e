"""Money: a decimal amount and its ISO 4217 currency, never a bare number."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import Field

from shared.contracts.model import Contract

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

# ISO 4217: currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(),
        0,
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


def minor_unit(currency: str) -> Decimal:
    """The smallest coin of a currency: 0.01 for EUR, 1 for JPY, 0.001 for KWD."""
    return Decimal(1).scaleb(-MINOR_DIGITS.get(currency, 2))


class Money(Contract):
    """An amount in one currency. Adding two currencies raises ValueError; nothing rounds by itself."""

    amount: Decimal
    currency: Currency

    @staticmethod
    def zero(currency: str) -> "Money":
        return Money.model_construct(amount=Decimal(0), currency=currency)

    @staticmethod
    def of(amount: Decimal, currency: str) -> "Money":
        """Builds from values that are already checked, without validating them again."""
        return Money.model_construct(amount=amount, currency=currency)

    def __add__(self, other: "Money") -> "Money":
        return Money.of(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money.of(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money.of(-self.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def rounded(self) -> "Money":
        """The amount in whole minor units, halves away from zero, as a till rounds."""
        return Money.of(self.amount.quantize(minor_unit(self.currency), ROUND_HALF_UP), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self} and {other} are in different currencies and cannot be added")
        return other.amount


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that are all in `currency`; zero when there are none."""
    result = Money.zero(currency)
    for amount in amounts:
        result = result + amount
    return result
