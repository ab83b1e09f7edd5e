"""Sets and their parts share their stock: what a set may sell follows from its parts, and what sets still want that is
not on their own shelf is taken off those. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from services.inventory.sellable import ZERO, SetPart, Supply


@dataclass(frozen=True)
class Bill:
    """Parts by article, with pieces of each per set. Only a set that is `kept_in_stock` has a shelf of its own."""

    kept_in_stock: bool
    parts: Mapping[str, Decimal]


def together(alone: Mapping[str, Supply], bills: Mapping[str, Bill]) -> dict[str, Supply]:
    """The same supplies, those of sets with their parts, those of parts with what sets want of them. `alone` knows
    every part of a set that is asked about, and every set that such a part belongs to."""
    shelved, promised = dict(alone), defaultdict[str, Decimal](Decimal)
    for number, bill in bills.items():
        if not bill.kept_in_stock:
            shelved[number] = replace(alone[number], levels=(), covered=ZERO)
        for part, per_set in bill.parts.items():
            promised[part] += _short(alone[number], bill) * per_set
    parts = {number: replace(one, for_sets=promised[number]) for number, one in shelved.items()}
    return parts | {
        number: replace(parts[number], parts=tuple(
            SetPart(part, per_set, parts[part]) for part, per_set in bill.parts.items() if part in parts
        ))
        for number, bill in bills.items()
    }  # fmt: skip


def _short(supply: Supply, bill: Bill) -> Decimal:
    """Sets that orders want, or that left already, beyond those that lay ready: their parts are gone or will be."""
    own = sum((one.quantity for one in supply.levels if not one.with_channel), ZERO)
    if bill.kept_in_stock:
        return max(supply.reserved - supply.covered - own, ZERO)
    return supply.reserved - min(own, ZERO)
