"""Whether an order that keeps every rule still waits for a person's word."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Ruling
from shared.contracts.order import Order
from shared.contracts.reason import Reason

WANTED = "approval_wanted"
LATER = "approval_later"


def approval(order: Order, rules: OrderRules, facts: Facts) -> Ruling:
    """Its reason keeps the order waiting. A word that was given once holds for later states of the order, too."""
    if rules.mode == "automatic" or facts.entered or facts.approval == "approved":
        return Ruling()
    if facts.approval == "later" and facts.until is not None:
        words = {"number": order.number, "until": facts.until.isoformat()}
        return Ruling(reasons=(Reason(code=LATER, params=words, actor="time"),))
    return Ruling(reasons=(Reason(code=WANTED, params={"number": order.number}),))
