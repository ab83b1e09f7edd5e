"""Asking the rules: a merchant who decided nothing, or little."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from services.order_import.rules.contents import Contents, decide_contents
from services.order_import.rules.knowledge import Knowledge
from services.order_import.rules.model_charges import ChargeRules
from services.order_import.rules.model_customers import CustomerRules
from services.order_import.rules.model_lines import LineRules
from services.order_import.rules.model_taxes import TaxRules
from services.order_import.rules.ruling import Ruling
from shared.chassis.sentences import catalogue
from shared.contracts.order import Order
from tests.pure.chassis.test_sentences import words

# Read before the first test: how long a file takes to read must not count as a property's time.
SENTENCES = catalogue()


class Rules(BaseModel, frozen=True):
    """What `decide_contents` asks of a connection's rules."""

    customers: CustomerRules = CustomerRules()
    lines: LineRules = LineRules()
    charges: ChargeRules = ChargeRules()
    taxes: TaxRules = TaxRules()


def decided(order: Order, rules: Rules = Rules(), **facts: Any) -> tuple[Contents, Ruling]:
    """The contents under these rules; every article number of the order is known unless told otherwise. Whatever is
    decided can be told in a sentence."""
    known = {line.sku: f"{line.sku} of the ERP" for line in order.line_items if line.sku}
    contents, ruling = decide_contents(order, rules, Knowledge(**({"articles": known} | facts)))
    for one in (*ruling.decisions, *ruling.reasons):
        assert words(SENTENCES[one.code].en) <= one.params.keys(), one
    return contents, ruling


def codes(ruling: Ruling) -> list[str]:
    return [one.code for one in ruling.decisions]


def why_not(ruling: Ruling) -> list[str]:
    return [one.code for one in ruling.reasons]


def worth(contents: Contents) -> Decimal:
    """What the parts come to."""
    parts = [one.gross.amount for one in contents.lines] + [one.gross.amount for one in contents.charges]
    return sum(parts, Decimal(0)) - contents.deducted.amount
