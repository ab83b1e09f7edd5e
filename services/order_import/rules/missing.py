"""An article that a rule needs, and that is not there once."""

from services.order_import.rules.knowledge import Knowledge
from shared.contracts.reason import Reason


def article_missing(number: str, field: str, facts: Knowledge, needed_for: str) -> Reason:
    """The same causes as a line's own number: the order goes on by itself when exactly one article carries it.
    `needed_for` is the head of the bill, or the kind of the charge: without them it is not needed any more."""
    words = {"sku": number, "needed_for": needed_for}
    if count := facts.ambiguous.get(number):
        return Reason(code="article_ambiguous", field=field, key=number, params=words | {"count": str(count)})
    return Reason(code="article_unknown", field=field, key=number, params=words)
