"""Dividing an amount without losing any of it."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def spread(amount: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Parts by weight in whole `unit`s; what rounding leaves over goes to the largest. Their sum is the amount,
    exactly. Without any weight the first part gets everything; there must be at least one part."""
    whole = sum(weights, Decimal(0))
    largest = max(range(len(weights)), key=lambda place: abs(weights[place]))
    if whole == 0:
        largest, parts = 0, [Decimal(0)] * len(weights)
    else:
        parts = [(amount * weight / whole).quantize(unit, ROUND_HALF_UP) for weight in weights]
    parts[largest] += amount - sum(parts, Decimal(0))
    return parts
