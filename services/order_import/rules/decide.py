"""All rules over one order. The one place where a topic joins."""

from collections.abc import Callable
from dataclasses import dataclass

from services.order_import.money_proof import sound
from services.order_import.rules.approval import approval
from services.order_import.rules.comments import comment
from services.order_import.rules.contents import Contents, decide_contents
from services.order_import.rules.countries import countries
from services.order_import.rules.facts import Facts
from services.order_import.rules.fixed import fixed
from services.order_import.rules.knowledge import Knowledge
from services.order_import.rules.languages import language
from services.order_import.rules.model import OrderRules
from services.order_import.rules.payments import payment
from services.order_import.rules.projects import project
from services.order_import.rules.ruling import Decision, Ruling, together
from services.order_import.rules.shipping import shipping
from services.order_import.rules.triggers import triggers
from services.order_import.rules.unknown import Words, unknown, words_of
from shared.contracts.order import Order
from shared.contracts.reason import Reason

Decider = Callable[[Order, OrderRules, Facts], Ruling]

# A topic's reasons park the order. Their order is the order in which people read them.
TOPICS: tuple[Decider, ...] = (project, payment, shipping, fixed, comment, language, countries)


@dataclass(frozen=True, slots=True)
class Findings:
    """What the rules say. `reasons` park the order, `kept_back` lets it wait whatever else is wrong with it, `approval`
    lets it wait when nothing else is. `unknown` are the channel's words without a row. `version` is that of the rules,
    0 being the defaults, `master_version` that of the master data they read. `contents` None: nobody asked for them, or
    the order's amounts cannot be added up."""

    version: int = 0
    master_version: int = 0
    decisions: tuple[Decision, ...] = ()
    reasons: tuple[Reason, ...] = ()
    kept_back: tuple[Reason, ...] = ()
    approval: tuple[Reason, ...] = ()
    unknown: Words = frozenset()
    contents: Contents | None = None


def decide(
    order: Order,
    rules: OrderRules,
    facts: Facts,
    version: int,
    knowledge: Knowledge | None = None,
    master_version: int = 0,
) -> Findings:
    """Every topic once; pure. Without `knowledge` nobody asks what the ERP gets."""
    contents, about_contents = None, Ruling()
    if knowledge is not None and sound(order):
        contents, about_contents = decide_contents(order, rules, knowledge)
    ruling = together((*(topic(order, rules, facts) for topic in TOPICS), about_contents))
    return Findings(
        version,
        master_version,
        ruling.decisions,
        ruling.reasons,
        triggers(order, rules, facts).reasons,
        approval(order, rules, facts).reasons,
        unknown(words_of(order), rules),
        contents,
    )
