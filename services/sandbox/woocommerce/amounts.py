"""How WooCommerce counts money: every line net with its tax beside it, six digits inside, cents in the order's head.

Round-per-line shop (WooCommerce's default): an order's total is the sum of the lines' rounded nets and rounded taxes.
Tax taken out of a gross price is rounded half down, tax put on a net price half up, so that both halves of a gross
price add up to it again.
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
EXACT = Decimal("0.000001")
ZERO = Decimal(0)


@dataclass(frozen=True)
class TaxRate:
    """A row of the shop's tax table. `rate` is a fraction."""

    id: int
    code: str
    label: str
    tax_class: str
    rate: Decimal


TAX_RATES: tuple[TaxRate, ...] = (
    TaxRate(1, "DE-MWST-1", "MwSt", "", Decimal("0.19")),
    TaxRate(2, "DE-MWST-ERM-1", "MwSt (ermäßigt)", "reduced-rate", Decimal("0.07")),
)
RATE_OF = {row.rate: row for row in TAX_RATES}


@dataclass(frozen=True)
class Taxed:
    """A net amount and the tax on it per tax row, both unrounded."""

    net: Decimal = ZERO
    taxes: dict[int, Decimal] = field(default_factory=dict)
    from_gross: bool = True

    def __add__(self, other: "Taxed") -> "Taxed":
        rows = {**self.taxes}
        for row, tax in other.taxes.items():
            rows[row] = rows.get(row, ZERO) + tax
        return Taxed(self.net + other.net, rows, self.from_gross)

    def __neg__(self) -> "Taxed":
        return Taxed(-self.net, {row: -tax for row, tax in self.taxes.items()}, self.from_gross)

    @property
    def tax(self) -> Decimal:
        """All tax, each row rounded to cents as the shop books it."""
        mode = ROUND_HALF_DOWN if self.from_gross else ROUND_HALF_UP
        return sum((tax.quantize(CENT, mode) for tax in self.taxes.values()), ZERO)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def exact(amount: Decimal) -> str:
    return str(amount.quantize(EXACT, ROUND_HALF_UP))


def tax_of(amount: Decimal, rate: Decimal, prices: str) -> Taxed:
    """`prices`: "gross" (tax is inside), "net" (tax comes on top) or "untaxed" (tax was inside and is taken off)."""
    row = RATE_OF.get(rate)
    if row is None:
        return Taxed(amount)
    if prices == "net":
        return Taxed(amount, {row.id: amount * rate}, from_gross=False)
    tax = amount * rate / (1 + rate)
    return Taxed(amount - tax) if prices == "untaxed" else Taxed(amount - tax, {row.id: tax})


def split(amount: Decimal, weights: list[tuple[Decimal, Decimal]], prices: str) -> Taxed:
    """Spreads shipping or a fee over the order's tax rates; `weights` are (rate, value of the goods at that rate)."""
    whole = sum((value for _, value in weights), ZERO)
    if not whole:
        return tax_of(amount, weights[0][0] if weights else ZERO, prices)
    parts = Taxed(from_gross=prices != "net")
    for rate, value in weights:
        parts += tax_of(amount * value / whole, rate, prices)
    return parts


def spread(amount: Decimal, over: list[Decimal]) -> list[Decimal]:
    """Shares of `amount` in whole cents, proportional to `over`; what is left over goes to the largest."""
    whole = sum(over, ZERO)
    if not whole:
        return [ZERO for _ in over]
    shares = [(amount * part / whole).quantize(CENT, ROUND_HALF_DOWN) for part in over]
    shares[over.index(max(over))] += amount - sum(shares, ZERO)
    return shares


_HEAD = ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total", "total_tax")
_LINE = ("subtotal", "subtotal_tax", "total", "total_tax", "tax_total", "shipping_tax_total")
_GROUPS = ("line_items", "tax_lines", "shipping_lines", "fee_lines", "refunds")


def present(order: dict[str, Any], digits: int) -> dict[str, Any]:
    """A copy of an order (or refund) with its amounts shown at `digits` decimals, as the `dp` parameter asks."""
    unit = Decimal(1).scaleb(-digits)

    def shown(holder: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        amounts = {
            name: str(Decimal(holder[name]).quantize(unit, ROUND_HALF_UP))
            for name in names
            if isinstance(holder.get(name), str) and _countable(holder[name])
        }
        copy = {**holder, **amounts}
        if "taxes" in holder:
            copy["taxes"] = [shown(row, ("total", "subtotal")) for row in holder["taxes"]]
        return copy

    copy = shown(order, (*_HEAD, "amount"))
    for group in _GROUPS:
        if isinstance(order.get(group), list):
            copy[group] = [shown(row, _LINE) for row in order[group]]
    return copy


def _countable(text: str) -> bool:
    """Amounts are shown rounded; an empty text and a number broken on purpose stay as they are."""
    return bool(text) and len(text) < 24 and text.lstrip("-").replace(".", "", 1).isdigit()
