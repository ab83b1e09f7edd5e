"""Where the customer's comment goes. Decisions are kept for good, so they never hold the comment itself."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision, Ruling
from shared.contracts.order import Order


def comment(order: Order, rules: OrderRules, _facts: Facts) -> Ruling:
    """Nothing for an order without a comment."""
    if not order.note.strip():
        return Ruling()
    given = rules.comments
    found = [Decision("comment", given.placement, "comments.placement", f"comment_{given.placement}")]
    if given.stop_auto_shipping:
        found.append(Decision("auto_shipping", "no", "comments.stop_auto_shipping", "auto_shipping_stopped_by_comment"))
    return Ruling(tuple(found))
