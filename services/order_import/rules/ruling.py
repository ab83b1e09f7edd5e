"""What rules say about an order: decisions with their why, and reasons that keep it back."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.contracts.reason import Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a rule decided. `field` is what it is about (`payment_method`, `lines.3.tax_rate`), `value` the
    outcome as text, `rule` the setting or row that decided (`payments.standard`), `code` the sentence that says why."""

    field: str
    value: str
    rule: str
    code: str
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer of one rule or of all: every decision, and every reason at once."""

    decisions: tuple[Decision, ...] = ()
    reasons: tuple[Reason, ...] = ()


def together(rulings: Iterable[Ruling]) -> Ruling:
    """One ruling out of many, in their order."""
    found = list(rulings)
    return Ruling(
        tuple(decision for one in found for decision in one.decisions),
        tuple(reason for one in found for reason in one.reasons),
    )
