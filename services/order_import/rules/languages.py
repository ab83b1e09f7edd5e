"""The language of an order's documents."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision, Ruling
from shared.contracts.order import Order


def language(order: Order, rules: OrderRules, _facts: Facts) -> Ruling:
    """Never a reason to park: without a language the merchant's system uses its own."""
    given = rules.languages
    alone = order.locale.replace("_", "-").partition("-")[0]
    if given.source == "shop":
        return _decided(alone, "languages.source", "language_of_shop", order.locale) if alone else Ruling()
    for word in (order.locale, alone):
        if word in given.rows:
            return _decided(given.rows[word], f"languages.rows.{word}", "language_by_row", word)
    if given.standard:
        return _decided(given.standard, "languages.standard", "language_standard", order.locale or "–")
    return Ruling()


def _decided(name: str, rule: str, code: str, word: str) -> Ruling:
    return Ruling((Decision("language", name, rule, code, {"language": name, "word": word}),))
