"""The countries of an order's addresses, in the merchant's own words."""

from services.order_import.rules.facts import Facts
from services.order_import.rules.model import OrderRules
from services.order_import.rules.ruling import Decision, Ruling, together
from shared.contracts.order import Address, Order
from shared.contracts.reason import Reason


def countries(order: Order, rules: OrderRules, _facts: Facts) -> Ruling:
    """A row for each address; a country that both lack is one reason."""
    if not rules.countries.rows and not rules.countries.required:
        return Ruling()
    billing = _country("billing_country", "billing_address.country", order.billing_address, rules)
    shipping = _country("shipping_country", "shipping_address.country", order.shipping_address, rules)
    both = together((billing, shipping))
    return Ruling(both.decisions, tuple({reason.key: reason for reason in reversed(both.reasons)}.values()))


def _country(field: str, place: str, address: Address | None, rules: OrderRules) -> Ruling:
    code = "" if address is None else address.country
    if not code:
        return Ruling()
    if (name := rules.countries.rows.get(code)) is not None:
        words = {"word": code, "country": name}
        return Ruling((Decision(field, name, f"countries.rows.{code}", "country_by_row", words),))
    if not rules.countries.required:
        return Ruling()
    return Ruling(reasons=(Reason(code="country_unmapped", field=place, key=code, params={"word": code}),))
