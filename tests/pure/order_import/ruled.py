"""Rules as a merchant would write them, and what they say about an order."""

from typing import Any

from services.order_import.rules.decide import Findings, decide
from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from shared.contracts.order import Order

NO_FACTS = Facts()


def rules(**parts: Any) -> OrderRules:
    return OrderRules.model_validate(parts)


def found(order: Order, facts: Facts = NO_FACTS, **parts: Any) -> Findings:
    return decide(order, rules(**parts), facts, 3)


def said(order: Order, facts: Facts = NO_FACTS, **parts: Any) -> dict[str, tuple[str, str]]:
    """Per field of the handling: the value and the rule that decided it."""
    return {one.field: (one.value, one.rule) for one in found(order, facts, **parts).decisions}


def parked(order: Order, facts: Facts = NO_FACTS, **parts: Any) -> list[tuple[str, str]]:
    """The reasons that park the order, with their keys."""
    return [(one.code, one.key) for one in found(order, facts, **parts).reasons]


def kept_back(order: Order, facts: Facts = NO_FACTS, **parts: Any) -> list[str]:
    return [one.code for one in found(order, facts, **parts).kept_back]
