"""What the merchant writes into every order of a connection: terms of delivery and editor."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision, Ruling
from shared.contracts.order import Order


def fixed(_order: Order, rules: OrderRules, _facts: Facts) -> Ruling:
    """Nothing where nothing is set."""
    found = []
    if terms := rules.terms_of_delivery:
        found.append(Decision("terms_of_delivery", terms, "terms_of_delivery", "terms_fixed", {"terms": terms}))
    if editor := rules.editor:
        found.append(Decision("editor", editor, "editor", "editor_fixed", {"editor": editor}))
    return Ruling(tuple(found))
